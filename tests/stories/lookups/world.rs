//! A catalogue as a team writes it, with lists and checks outside, and systems that answer what the story tells them to.

use super::super::world::World;
use async_trait::async_trait;
use signalbox_domain::Timestamp;
use signalbox_domain::lookup::{Question, Reply, System, Values};
use signalbox_engine::Lookups;
use signalbox_engine::ports::{Lookup, NoReply};
use std::sync::{Arc, Mutex};

const CATALOGUE: &str = r#"
programs: { ship: /bin/true }
environments:
  qa: {}
  prod: { protected: true }
services: { web: , api: }
operations:
  deploy:
    description: Bring a version of a service to an environment
    parameters:
      - { name: service, type: service, required: true }
      - { name: env, type: environment, required: true }
      - name: version
        type: version
        channels: [stable, rc]
        from: { github: tags, repository: "acme/{service}", fresh: 1m }
        required: true
    target: { command: [ship, "{service}", "{env}", "{version}"], timeout: 1m }
    requires:
      - { green: "{version}", repository: "acme/{service}" }
      - not-older: true
    verify:
      - { answers: "https://{service}.{env}.example.com/health", contains: ok, within: 1m }
    ships: { version: "{version}", repository: "acme/{service}" }
    allow: [{ users: [TPRACTICE/UADA] }]
  rollback:
    description: Go back
    parameters:
      - { name: service, type: service, required: true }
      - { name: env, type: environment, required: true }
      - { name: version, type: version, from: { github: tags, repository: "acme/{service}", stale: true }, required: true }
    target: { command: [ship, "{service}", "{env}", "{version}"], timeout: 1m }
    ships: { version: "{version}" }
    allow: [{ users: [TPRACTICE/UADA] }]
  tidy:
    description: Tidy up, and see that nothing breaks
    parameters: [{ name: env, type: environment, required: true }]
    target: { command: [ship, tidy, "{env}"], timeout: 1m }
    verify: [{ lines: shop, at-most: 10, within: 15m }]
    allow: [{ users: [TPRACTICE/UADA] }]
watches:
  shop:
    channel: TPRACTICE/COPS
    sources: { app: { files: [shop.log] } }
    allow: [{ users: [TPRACTICE/UADA] }]
"#;

/// What a system answers.
type Answers = Box<dyn Fn(&Question) -> Result<Reply, NoReply> + Send + Sync>;

/// What was asked of one system, and what it answers.
#[derive(Default)]
pub struct Told {
    pub asked: Vec<Question>,
    answers: Option<Answers>,
}

/// A system that answers what it is told to.
#[derive(Clone)]
pub struct Scripted {
    system: System,
    told: Arc<Mutex<Told>>,
}

impl Scripted {
    fn new(system: System) -> Self {
        Self { system, told: Arc::default() }
    }

    /// From now on it answers this.
    pub fn answers(&self, with: impl Fn(&Question) -> Result<Reply, NoReply> + Send + Sync + 'static) {
        self.told.lock().unwrap().answers = Some(Box::new(with));
    }

    /// It has these tags, and everything else holds.
    pub fn has(&self, tags: &[&str]) {
        let tags: Vec<String> = tags.iter().map(|&tag| tag.to_owned()).collect();
        self.answers(move |question| {
            Ok(match question {
                Question::Values(_) => Reply::Values(Values::tidy(tags.clone(), false)),
                Question::Check(signalbox_domain::lookup::Check::Listed { value, .. })
                    if !tags.contains(value) =>
                {
                    Reply::DoesNotHold(format!("there is no tag {value}"))
                }
                Question::Check(_) => Reply::Holds,
                Question::Changes(_) => Reply::Changes(signalbox_domain::lookup::Changes {
                    commits: 2,
                    subjects: vec!["Cheaper <!here> shoes (#41)".into(), "Fix a typo".into()],
                    authors: vec!["ada".into(), "grace".into()],
                    pulls: vec![41],
                    link: Some("https://github.com/acme/web/compare/1.4.1...1.4.2".into()),
                    behind: None,
                }),
            })
        });
    }

    /// It cannot be asked.
    pub fn fails(&self, why: &'static str) {
        self.answers(move |_| Err(NoReply::because(why)));
    }

    /// How often it was asked something of which this is true.
    pub fn asked(&self, which: impl Fn(&Question) -> bool) -> usize {
        self.told.lock().unwrap().asked.iter().filter(|question| which(question)).count()
    }
}

#[async_trait]
impl Lookup for Scripted {
    fn system(&self) -> System {
        self.system
    }

    async fn ask(&self, question: &Question, _: Timestamp) -> Result<Reply, NoReply> {
        let mut told = self.told.lock().unwrap();
        told.asked.push(question.clone());
        match &told.answers {
            Some(answers) => answers(question),
            None => Err(NoReply::because("it was not told what to answer")),
        }
    }
}

/// A world with that catalogue, GitHub, and any other address.
pub fn deploys() -> (World, Scripted, Scripted) {
    let files = [("catalogue.yaml".to_owned(), CATALOGUE.to_owned())];
    let catalogue = signalbox_catalogue::parse(&files).unwrap_or_else(|wrong| panic!("{wrong}"));
    let (github, web) = (Scripted::new(System::GitHub), Scripted::new(System::Web));
    github.has(&["1.4.1", "1.4.2", "1.5.0-rc.1", "nightly"]);
    web.has(&[]);
    let all: [Arc<dyn Lookup>; 2] = [Arc::new(github.clone()), Arc::new(web.clone())];
    let world = World::scripted(catalogue.freeze()).asking(Lookups::from_iter(all));
    (world, github, web)
}
