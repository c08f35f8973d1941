//! Branches and tags of a git repository at any address, by git's own protocol over HTTP:
//! <https://git-scm.com/docs/http-protocol>, <https://git-scm.com/docs/protocol-v2>. Nothing is fetched but names.

use super::names::is_ref;
use super::pkt::{self, Pkt};
use super::{Answer, Ask, Outside, address, host};
use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderName, Method, Uri};
use signalbox_domain::lookup::{Check, Question, Refs, Reply, Source, System, Values};
use signalbox_domain::redact::words;
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{Lookup, NoReply};

const PROTOCOL: HeaderName = HeaderName::from_static("git-protocol");
const ADVERTISEMENT: &str = "application/x-git-upload-pack-advertisement";
const RESULT: &str = "application/x-git-upload-pack-result";
/// What is asked of the repository first, below its address.
const INFO: &str = "/info/refs?service=git-upload-pack";

/// Git repositories.
pub struct Git(pub Outside);

#[async_trait]
impl Lookup for Git {
    fn system(&self) -> System {
        System::Git
    }

    async fn ask(&self, question: &Question, until: Timestamp) -> Result<Reply, NoReply> {
        match question {
            Question::Values(Source::Git { remote, refs }) => {
                let names = self.names(remote, *refs, "", until).await?;
                Ok(Reply::Values(Values::tidy(names, false)))
            }
            Question::Check(Check::Listed { value, source: Source::Git { remote, refs } }) => {
                let (kind, at) = match refs {
                    Refs::Branches => ("branch", address(remote)?),
                    Refs::Tags => ("tag", address(remote)?),
                };
                let value_shown = words(value, None);
                if !is_ref(value) {
                    return Ok(Reply::DoesNotHold(format!("no {kind} can be called {value_shown}")));
                }
                let names = self.names(remote, *refs, value, until).await?;
                Ok(if names.contains(value) {
                    Reply::Holds
                } else {
                    Reply::DoesNotHold(format!("{}{} has no {kind} {value_shown}", host(&at), at.path()))
                })
            }
            Question::Values(_) | Question::Check(_) | Question::Changes(_) => {
                Err(NoReply::because("that is no question to a git repository"))
            }
        }
    }
}

impl Git {
    /// The names of all branches or tags that begin with `prefix`; a server that knows only the older protocol gives
    /// the others too.
    async fn names(
        &self,
        remote: &str,
        refs: Refs,
        prefix: &str,
        until: Timestamp,
    ) -> Result<Vec<String>, NoReply> {
        let base = address(remote)?;
        if base.query().is_some() {
            return Err(NoReply::because("the address of a git repository has no `?`"));
        }
        let place = match refs {
            Refs::Branches => "refs/heads/",
            Refs::Tags => "refs/tags/",
        };
        let at = address(&format!("{}{INFO}", base.to_string().trim_end_matches('/')))?;
        let headers = [(ACCEPT, "*/*"), (PROTOCOL, "version=2")];
        let answer = self.0.get(&at, &headers, until).await?;
        let what = format!("git repository at {}", base.path());
        if !answer.status.is_success() {
            return Err(answer.refusal(&what));
        }
        let dumb = || {
            NoReply::because(format!(
                "{} does not speak git's protocol there: is it the address that `git clone` takes?",
                answer.host()
            ))
        };
        if !answer.kind().starts_with(ADVERTISEMENT) {
            return Err(dumb());
        }
        let lines = pkt::read(&answer.body).ok_or_else(dumb)?;
        let lines = after_service(&lines);
        if lines.first() != Some(&Pkt::Line(b"version 2")) {
            return listed(lines, place).map_err(|why| told(&answer, why));
        }
        let found = self.ls_refs(&answer, lines, &format!("{place}{prefix}"), until).await?;
        let lines = pkt::read(&found.body).ok_or_else(|| found.unreadable("no answer of git's protocol"))?;
        listed(&lines, place).map_err(|why| told(&found, why))
    }

    /// `ls-refs` of version 2. A redirect of the first answer counts for this request too.
    async fn ls_refs(
        &self,
        first: &Answer,
        offers: &[Pkt<'_>],
        prefix: &str,
        until: Timestamp,
    ) -> Result<Answer, NoReply> {
        let there = first.address.to_string();
        let base = there.strip_suffix(INFO).ok_or_else(|| {
            NoReply::because(format!("{} sends us to what is no git repository", first.host()))
        })?;
        let at: Uri = address(&format!("{base}/git-upload-pack"))?;
        let mut body = pkt::line("command=ls-refs");
        let format = offers.iter().find_map(|offer| match offer {
            Pkt::Line(line) => line.strip_prefix(b"object-format="),
            Pkt::Flush | Pkt::Delim | Pkt::End => None,
        });
        if let Some(format) = format.and_then(|f| std::str::from_utf8(f).ok()).filter(|f| is_word(f)) {
            body.push_str(&pkt::line(&format!("object-format={format}")));
        }
        body.push_str("0001");
        body.push_str(&pkt::line(&format!("ref-prefix {prefix}")));
        body.push_str("0000");
        let headers = [
            (ACCEPT, RESULT),
            (CONTENT_TYPE, "application/x-git-upload-pack-request"),
            (PROTOCOL, "version=2"),
        ];
        let ask = Ask {
            method: Method::POST,
            address: &at,
            headers: &headers,
            body: Bytes::from(body),
            authorization: None,
        };
        let answer = self.0.call(ask, until).await?;
        if !answer.status.is_success() {
            return Err(answer.refusal("list of its branches and tags"));
        }
        if !answer.kind().starts_with(RESULT) {
            return Err(answer.unreadable("no answer of git's protocol"));
        }
        Ok(answer)
    }
}

fn is_word(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Without `# service=git-upload-pack` and the end of that part, which not every server sends.
fn after_service<'l, 'b>(lines: &'l [Pkt<'b>]) -> &'l [Pkt<'b>] {
    match lines {
        [Pkt::Line(b"# service=git-upload-pack"), Pkt::Flush, rest @ ..] => rest,
        rest => rest,
    }
}

/// What is wrong with a list.
enum Wrong {
    /// It is not whole, or not a list.
    Broken,
    /// The server says what is wrong.
    Says(String),
}

fn told(answer: &Answer, wrong: Wrong) -> NoReply {
    match wrong {
        Wrong::Broken => answer.unreadable("no whole list of branches and tags"),
        Wrong::Says(why) => NoReply::because(format!("{} says: {why}", answer.host())),
    }
}

/// The names below `place` in lines `ID NAME`; behind the first name of the older protocol and behind names of the
/// newer one stands more. A list is whole only if its end was seen. Names that are no text are left out.
fn listed(lines: &[Pkt<'_>], place: &str) -> Result<Vec<String>, Wrong> {
    let mut names = vec![];
    for pkt in lines {
        let line = match pkt {
            Pkt::Line(line) => line,
            Pkt::Flush => return Ok(names),
            Pkt::Delim | Pkt::End => return Err(Wrong::Broken),
        };
        if let Some(why) = line.strip_prefix(b"ERR ") {
            return Err(Wrong::Says(words(&String::from_utf8_lossy(why), None)));
        }
        // Version 1 of the protocol is the older one with this line before it; `shallow` says nothing of names.
        if *line == b"version 1" || line.starts_with(b"shallow ") {
            continue;
        }
        let mut parts = line.splitn(2, |b| *b == b' ');
        let (id, rest) = (parts.next().unwrap_or_default(), parts.next().ok_or(Wrong::Broken)?);
        let whole = id.len() >= 40 && id.iter().all(u8::is_ascii_hexdigit);
        if !whole && id != b"unborn" {
            return Err(Wrong::Broken);
        }
        let name = rest.split(|b| matches!(b, b' ' | 0)).next().unwrap_or_default();
        let Ok(name) = std::str::from_utf8(name) else { continue };
        // `^{}` is what a tag points to.
        if let Some(name) = name.strip_prefix(place).filter(|name| !name.ends_with("^{}")) {
            names.push(name.to_owned());
        }
    }
    Err(Wrong::Broken)
}
