//! Forms with what depends on what, and what becomes of them.

use super::*;
use crate::catalogue::Catalogue;
use crate::frozen::Frozen;
use crate::ids::OperationName;
use crate::ids::{ChannelId, UserId, WorkspaceId};
use crate::landscape::{Environment, Landscape, Service};
use crate::parameter::{Special, When};
use crate::people::{Actor, Chat, Place};
use crate::sample;
use crate::time::Timestamp;
use proptest::prelude::{ProptestConfig, Strategy, prop, prop_assert_eq, prop_oneof, proptest};

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn given(pairs: &[(&str, &str)]) -> Given {
    pairs.iter().map(|(n, v)| (name(n), (*v).to_owned())).collect()
}

/// `deploy service env [copies] [reason]`: `api` runs in qa alone; prod is protected, and its name has to be typed;
/// copies differ by environment, and a reason is wanted in prod.
fn catalogue() -> Catalogue {
    let thing = |of, only: &[&str]| Kind::Thing { of, only: only.iter().map(|n| name(n)).collect() };
    let required = |word: &str, kind| Parameter { required: true, ..Parameter::plain(name(word), kind) };
    let environment =
        |word: &str, protected| Environment { protected, type_name: protected, ..sample::environment(word) };
    let service = |word: &str, environments: &[&str]| Service {
        name: name(word),
        title: String::new(),
        environments: environments.iter().map(|n| name(n)).collect(),
        settings: BTreeMap::new(),
    };
    let integer = Kind::Integer { min: Some(1), max: Some(9), step: None, unit: None };
    let string = Kind::String { pattern: None, shortest: Some(3), longest: None };
    let parameters = vec![
        required("service", thing(landscape::Kind::Service, &["api", "web"])),
        required("env", thing(landscape::Kind::Environment, &["qa", "prod"])),
        Parameter {
            default: Some(Value::Integer(2)),
            special: vec![Special {
                environments: vec![name("prod")],
                channels: vec![],
                value: Value::Integer(4),
                fixed: false,
            }],
            ..Parameter::plain(name("copies"), integer)
        },
        Parameter {
            required: true,
            when: vec![When { parameter: name("env"), is: vec![Value::Text("prod".into())] }],
            ..Parameter::plain(name("reason"), string)
        },
    ];
    let operation = Operation { description: "Deploy a service".into(), ..sample::deploy(parameters, &[]) };
    Catalogue {
        operations: [(operation.name.clone(), operation)].into(),
        landscape: Landscape {
            environments: vec![environment("qa", false), environment("prod", true)],
            services: vec![service("api", &["qa"]), service("web", &[])],
            ..Landscape::default()
        },
        ..Catalogue::default()
    }
}

struct World {
    catalogue: Frozen,
    place: Place,
    ada: Actor,
}

impl World {
    fn new() -> Self {
        let workspace = WorkspaceId::new("T1");
        Self {
            catalogue: catalogue().freeze(),
            ada: Actor::person(Chat::SLACK, workspace.clone(), UserId::new("UADA")),
            place: Place { chat: Chat::SLACK, workspace, channel: ChannelId::new("C1") },
        }
    }

    fn asking(&self) -> Asking<'_> {
        let context = Context {
            landscape: &self.catalogue.landscape,
            place: Some(&self.place),
            now: Timestamp(0),
            lists: None,
            steps: None,
        };
        Asking { operation: &self.catalogue.operations["deploy"], context }
    }

    fn send(&self, entered: &Entered) -> Sent {
        let asking = self.asking();
        asking.sent(entered, |values| {
            Intent::new(&self.catalogue, asking.operation, values, self.ada.clone(), self.place.clone())
        })
    }
}

fn shown(form: &AskForm) -> Vec<String> {
    let field = |f: &AskField| {
        let options: Vec<&str> = f.options.iter().map(|(value, _)| value.as_str()).collect();
        let live = if f.live { "!" } else { "" };
        let depends = f.depends.as_ref().map(|on| format!("@{on}")).unwrap_or_default();
        format!(
            "{}{live}{depends} {} {}",
            f.parameter.name,
            options.join("|"),
            f.value.as_deref().unwrap_or("-")
        )
    };
    form.fields.iter().map(field).collect()
}

#[test]
fn fields_follow_what_is_filled_in() {
    let world = World::new();
    let form = |pairs: &[(&str, &str)]| shown(&world.asking().form(&given(pairs)));
    assert_eq!(form(&[]), ["service! api|web -", "env! qa|prod -", "copies  2"]);
    // The service narrows where it can go, and the environment has a default of its own and one more question.
    assert_eq!(form(&[("service", "api")]), ["service! api|web api", "env!@api qa -", "copies  2"]);
    assert_eq!(
        form(&[("service", "web"), ("env", "prod")]),
        ["service! api|web web", "env! qa|prod prod", "copies@prod  4", "reason  -"]
    );
    // What was filled in stays, even where it is wrong.
    assert_eq!(form(&[("copies", "77")])[2], "copies  77");
    assert_eq!(
        form(&[("env", "qa"), ("reason", "because")]),
        ["service! api|web -", "env! qa|prod qa", "copies@qa  2"]
    );
}

#[test]
fn a_form_that_is_sent_is_checked_whole() {
    let world = World::new();
    let send = |pairs: &[(&str, &str)]| world.send(&Entered { given: given(pairs), ..Entered::default() });
    let Sent::Wrong(wrong) = send(&[("env", "prod"), ("copies", "77")]) else { unreachable!("it is") };
    let words: Vec<&str> = wrong.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(words, ["service", "copies", "reason"]);
    // A reason that was typed while prod was chosen is dropped.
    let Sent::Ask(intent) = send(&[("service", "api"), ("env", "qa"), ("reason", "oh")]) else {
        unreachable!("it is")
    };
    assert_eq!(intent.phrase(), "deploy copies=2 env=qa service=api");
}

#[test]
fn what_is_protected_is_looked_at_first_and_only_what_was_seen_counts() {
    let world = World::new();
    let prod = given(&[("service", "web"), ("env", "prod"), ("reason", "release")]);
    let entered = |seen: Option<String>, typed: Option<&str>, given: &Given| Entered {
        fields: BTreeMap::new(),
        given: given.clone(),
        seen,
        typed: typed.map(str::to_owned),
        placed: false,
    };
    let Sent::Review(form) = world.send(&entered(None, None, &prod)) else { unreachable!("it is protected") };
    let review = form.review.clone().unwrap();
    assert_eq!((review.environment, review.type_name), (Some(name("prod")), true));
    assert_eq!(shown(&form)[3], "reason  release");
    let seen = review.intent.hash.map(|hash| hash.to_string());
    for typed in [None, Some(""), Some("qa"), Some("PROD")] {
        assert_eq!(world.send(&entered(seen.clone(), typed, &prod)), Sent::NameDiffers(name("prod")));
    }
    let Sent::Ask(intent) = world.send(&entered(seen.clone(), Some(" prod "), &prod)) else {
        unreachable!("it was seen")
    };
    assert_eq!(*intent, review.intent);
    // Something else than what was seen is seen first.
    let mut other = prod;
    other.insert(name("copies"), "9".to_owned());
    assert!(matches!(world.send(&entered(seen, Some("prod"), &other)), Sent::Review(_)));
}

#[test]
fn a_form_has_room_for_so_many_fields() {
    let mut world = World::new();
    let mut many = catalogue();
    let operation = many.operations.values_mut().next().unwrap();
    let string = || Kind::String { pattern: None, shortest: None, longest: None };
    operation.parameters = (0..120)
        .map(|n| Parameter { required: n % 2 == 1, ..Parameter::plain(name(&format!("p{n}")), string()) })
        .collect();
    world.catalogue = many.freeze();
    let form = world.asking().form(&Given::new());
    assert_eq!(form.fields.len(), MOST_FIELDS);
    assert_eq!(form.left_out.len(), 120 - MOST_FIELDS);
    assert_eq!(form.fields.iter().filter(|f| f.parameter.required).count(), 60);
}

#[test]
fn small_menus_are_listed_and_the_others_are_searched() {
    let options = |count: usize, long: usize| -> Kind {
        Kind::Choice { options: (0..count).map(|n| format!("{n:0long$}")).collect() }
    };
    let mut world = World::new();
    let with = |kinds: Vec<Kind>| {
        let mut many = catalogue();
        let named = kinds.into_iter().enumerate();
        let parameters = named.map(|(n, kind)| Parameter::plain(name(&format!("p{n}")), kind)).collect();
        many.operations.values_mut().next().unwrap().parameters = parameters;
        many.freeze()
    };
    let mut searched = |kinds| {
        world.catalogue = with(kinds);
        let form = world.asking().form(&given(&[("p0", "0001")]));
        let listed = form.fields.iter().filter(|f| !f.searched);
        let bytes = listed.flat_map(|f| &f.options).map(|(value, label)| value.len() + label.len() + AROUND);
        assert!(bytes.sum::<usize>() <= MOST_LISTED);
        form.fields.into_iter().map(|f| (f.searched, f.options.len())).collect::<Vec<_>>()
    };
    // A hundred is the most that a menu lists; of a field that is searched only what is chosen is in the form.
    assert_eq!(searched(vec![options(100, 4), options(101, 4)]), [(false, 100), (true, 0)]);
    assert_eq!(searched(vec![options(101, 4)]), [(true, 1)]);
    // 72 bytes an option: 455 of them have room, the shortest menus first.
    let kinds =
        vec![options(90, 4), options(95, 4), options(99, 4), options(98, 4), options(5, 4), options(97, 4)];
    let is = searched(kinds);
    assert_eq!(is, [(false, 90), (false, 95), (true, 0), (false, 98), (false, 5), (false, 97)]);
    // A value that no menu takes cannot be searched for: its surface finds another way.
    assert_eq!(searched(vec![options(101, 76), options(1, 76)]), [(false, 101), (false, 1)]);
}

#[test]
fn all_choices_are_there_to_be_searched() {
    let mut world = World::new();
    let mut many = catalogue();
    let options: std::sync::Arc<[String]> = (0..5000).map(|n| format!("v{n}")).collect();
    let parameter = Parameter::plain(name("p"), Kind::Choice { options });
    many.operations.values_mut().next().unwrap().parameters.push(parameter);
    world.catalogue = many.freeze();
    let (choices, _) = world.asking().choices(&name("p"), &Given::new());
    assert_eq!((choices.len(), choices[4999]), (5000, ("v4999", "v4999")));
    // What is left out in the form is left out here too.
    assert_eq!(world.asking().choices(&name("env"), &given(&[("service", "api")])).0, [("qa", "qa")]);
    assert_eq!(world.asking().choices(&name("nothing"), &Given::new()).0, []);
}

#[test]
fn options_are_found_as_one_types() {
    let options: Vec<(String, String)> =
        ["api", "web", "web-admin", "old-web"].map(|o| (o.to_owned(), o.to_uppercase())).into();
    let found = |typed: &str, most| {
        matching(&options, typed, most).iter().map(|(value, _)| value.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(found("WEB", 10), ["web", "web-admin", "old-web"]);
    assert_eq!(found("web", 2), ["web", "web-admin"]);
    assert_eq!(found("", 10).len(), 4);
    assert_eq!(found("zzz", 10).len(), 0);
    let picker = Picker {
        recent: vec![],
        all: vec![
            (name("deploy"), "Bring it".into()),
            (name("undeploy"), "Take".into()),
            (name("zap"), "Deploy it".into()),
        ],
    };
    let found: Vec<&str> = picker.search("deploy").iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(found, ["deploy", "undeploy", "zap"]);
}

/// What a search brought before it was made fast: lower-cased, one text after the other.
fn simply_matching<'o>(
    options: &'o [(String, String)],
    typed: &str,
    most: usize,
) -> Vec<&'o (String, String)> {
    let typed = typed.trim().to_lowercase();
    let of = |test: fn(&str, &str) -> bool, (value, label): &(String, String)| {
        test(&value.to_lowercase(), &typed) || test(&label.to_lowercase(), &typed)
    };
    let begins = |o: &&(String, String)| of(|text, typed| text.starts_with(typed), o);
    let has = |o: &&(String, String)| of(|text, typed| text.contains(typed), o);
    let first = options.iter().filter(begins);
    let then = options.iter().filter(|o| !begins(o) && has(o));
    first.chain(then).take(most).collect()
}

fn simply_picked<'p>(picker: &'p Picker, typed: &str) -> Vec<&'p (OperationName, String)> {
    let typed = typed.trim().to_lowercase();
    let rank = |(name, description): &&(OperationName, String)| match name.as_str().find(&typed) {
        Some(0) => Some(0),
        Some(_) => Some(1),
        None => description.to_lowercase().contains(&typed).then_some(2),
    };
    let mut found: Vec<_> = picker.all.iter().filter_map(|entry| Some((rank(&entry)?, entry))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, entry)| entry).collect()
}

/// Texts of few letters, so that what is typed is found: some with a case that is no single letter (`İ`, the Kelvin
/// sign, a sigma at the end), some with a nought, of lengths around the eight bytes that are looked at together.
fn word(most: usize) -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        8 => prop::sample::select(vec!['a', 'b', 'A', 'B', '1', '-', '@', '`', ' ', '[', '{']),
        1 => prop::sample::select(vec!['ä', 'Ä', 'İ', 'ı', '\u{212a}', 'k', 'ß', 'Σ', '\u{7f}', '\0', '東', '🚀']),
    ];
    prop_oneof![
        proptest::collection::vec(letter, 0..most).prop_map(|letters| letters.into_iter().collect()),
        "[abAB]{0,20}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_search_finds_what_the_simple_one_finds_in_the_same_order(
        options in proptest::collection::vec((word(20), word(20)), 0..40),
        typed in word(5),
        most in 0usize..12,
    ) {
        prop_assert_eq!(matching(&options, &typed, most), simply_matching(&options, &typed, most));
        let all = options.into_iter().enumerate();
        let all = all.map(|(n, (_, words))| (name(&format!("{}{n}", ["ab", "b", "ab-a"][n % 3])), words)).collect();
        let picker = Picker { recent: vec![], all };
        prop_assert_eq!(picker.search(&typed), simply_picked(&picker, &typed));
    }
}
