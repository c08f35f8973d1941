//! What people are told, as text: blocks above the line, the fallback below.

use super::operations::{release, scale};
use super::{NOON, ada, ended, releases, run, running, shown};
use crate::answer::message;
use insta::assert_snapshot;
use signalbox_domain::answer::{Answer, RunLine};
use signalbox_domain::ids::ChannelId;
use signalbox_domain::observation::{Conclusion, Settlement};
use signalbox_domain::phrase::understand;
use signalbox_domain::policy::{ReasonCode, Verdict};
use signalbox_domain::redact::redact;
use signalbox_domain::time::Timestamp;
use signalbox_domain::{Catalogue, Frozen, Intent, MessageRef, RunHead, Value};

fn told(answer: &Answer) -> String {
    shown(&message(answer, NOON, Some("acme")))
}

fn at() -> MessageRef {
    MessageRef { channel: ChannelId::new("CRELEASES"), ts: "1795257600.000100".into() }
}

fn intent() -> Intent {
    let parameters = [
        ("service".parse().unwrap(), Value::Text("web".into())),
        ("version".parse().unwrap(), Value::Text("1.4.2".into())),
    ];
    Intent::new(&Frozen::default(), &release(), parameters.into(), ada(), releases())
}

#[test]
fn accepted_and_refused() {
    assert_snapshot!(told(&Answer::Accepted { run: run().short(), intent: intent() }), @"
    :inbox_tray: Asked for: `release service=web version=1.4.2`
    (run `12fzaxk` · its card shows how it goes · `/signalbox cancel 12fzaxk` stops it while it runs)
    ---
    :inbox_tray: Asked for: `release service=web version=1.4.2`
    ");
    let refused =
        Answer::Refused { intent: intent(), reason: ReasonCode::NotAllowed, operation: Box::new(release()) };
    assert_snapshot!(told(&refused), @"
    :no_entry: *Not carried out:* `release service=web version=1.4.2`
    You are not allowed to run this. Ask someone who is, or ask to be added to its allow list in the catalogue.
    *Who can run it*
    • <@UADA>, `T2/UGUEST` in <#C1>
    • anyone in <#C2>
    (reason `not_allowed`)
    ---
    :no_entry: *Not carried out:* `release service=web version=1.4.2`
    You are not allowed to run this. Ask someone who is, or ask to be added to its allow list in the catalogue.
    ");
    let nobody =
        Answer::Refused { intent: intent(), reason: ReasonCode::NotAllowed, operation: Box::new(scale()) };
    assert!(told(&nobody).contains("lets nobody run this"));
}

/// Each phrase beside what its writer is told.
#[test]
fn misunderstood() {
    let mut catalogue = Catalogue::default();
    for operation in [release(), scale()] {
        catalogue.operations.insert(operation.name.clone(), operation);
    }
    let said = |phrase: &str| {
        let problem = understand(&catalogue, "/signalbox", phrase, (None, NOON)).unwrap_err();
        let operation = problem.operation().and_then(|n| catalogue.operations.get(n)).cloned();
        let message = shown(&message(&Answer::Misunderstood(problem, operation), NOON, Some("acme")));
        format!("> {}\n{}", redact(phrase), message.split("\n---\n").next().unwrap_or_default())
    };
    let secret = concat!("scale web ghp", "_0123456789abcdefghijABCDEFGHIJ012345");
    let long = format!("release web 1.4.2 100 {}", "x".repeat(1001));
    let phrases = [
        "relaese web",
        "deploy-everything",
        "release web 1.4",
        "release wbe 1.4.2",
        "release shop 1.4.2",
        "release web",
        "release service=web servce=api",
        "release web service=api service=web",
        "release web 1.4.2 100 hotfix now",
        "release web 1.4.2 note=--force",
        "release note=\"open",
        "scale web 10",
        "scale web ten",
        "scale web 2 perhaps",
        secret,
        "cancel",
        "status yesterday",
    ];
    assert_snapshot!(phrases.map(said).join("\n\n"), @r#"
    > relaese web
    :warning: There is no operation `relaese`. Did you mean `release`? `/signalbox help` shows what you can run.

    > deploy-everything
    :warning: There is no operation `deploy-everything`. `/signalbox help` shows what you can run.

    > release web 1.4
    :warning: `version` cannot be `1.4`: it must match `[0-9]+(\.[0-9]+){2}` as a whole.
    Usage: `/signalbox release &lt;service&gt; &lt;version&gt; [percent] [note]`
    • `version`: text that matches `[0-9]+(\.[0-9]+){2}`

    > release wbe 1.4.2
    :warning: `service` cannot be `wbe`. Did you mean `web`?
    Usage: `/signalbox release &lt;service&gt; &lt;version&gt; [percent] [note]`
    • `service`: one of `web`, `api`. What to ship

    > release shop 1.4.2
    :warning: `service` cannot be `shop`. It is one of `web`, `api`.
    Usage: `/signalbox release &lt;service&gt; &lt;version&gt; [percent] [note]`
    • `service`: one of `web`, `api`. What to ship

    > release web
    :warning: `version` is missing.
    Usage: `/signalbox release &lt;service&gt; &lt;version&gt; [percent] [note]`
    • `version`: text that matches `[0-9]+(\.[0-9]+){2}`

    > release service=web servce=api
    :warning: `release` has no parameter `servce`. Did you mean `service`?
    Usage: `/signalbox release &lt;service&gt; &lt;version&gt; [percent] [note]`

    > release web service=api service=web
    :warning: `service` was given twice.
    Usage: `/signalbox release &lt;service&gt; &lt;version&gt; [percent] [note]`

    > release web 1.4.2 100 hotfix now
    :warning: `now` is one word more than `release` has parameters. A value with spaces goes between quotes: `note="two words"`.
    Usage: `/signalbox release &lt;service&gt; &lt;version&gt; [percent] [note]`

    > release web 1.4.2 note=--force
    :warning: `note` cannot be `--force`: a value that begins with `-` could be taken for an option.
    Usage: `/signalbox release &lt;service&gt; &lt;version&gt; [percent] [note]`
    • `note`: text; may be left out

    > release note="open
    :warning: A quote was opened and not closed. A value with spaces goes between two: `note="two words"`.

    > scale web 10
    :warning: `count` cannot be `10`: it is from 1 to 9.
    Usage: `/signalbox scale &lt;service&gt; &lt;count&gt; &lt;wait&gt;`
    Example: `/signalbox scale service=web count=1 wait=true`
    • `count`: a whole number from 1 to 9

    > scale web ten
    :warning: `count` is a whole number such as `3`, which `ten` is not.
    Usage: `/signalbox scale &lt;service&gt; &lt;count&gt; &lt;wait&gt;`
    Example: `/signalbox scale service=web count=1 wait=true`
    • `count`: a whole number from 1 to 9

    > scale web 2 perhaps
    :warning: `wait` is `true` or `false`, which `perhaps` is not.
    Usage: `/signalbox scale &lt;service&gt; &lt;count&gt; &lt;wait&gt;`
    Example: `/signalbox scale service=web count=1 wait=true`
    • `wait`: `true` or `false`

    > scale web [redacted]
    :warning: `count` is a whole number such as `3`, which `[redacted]` is not.
    Usage: `/signalbox scale &lt;service&gt; &lt;count&gt; &lt;wait&gt;`
    Example: `/signalbox scale service=web count=1 wait=true`
    • `count`: a whole number from 1 to 9

    > cancel
    :warning: Which run? Type the seven letters and digits that its card shows: `/signalbox cancel 8f3k2qx`.

    > status yesterday
    :warning: `yesterday` is not a run. Type the seven letters and digits that its card shows: `/signalbox status 8f3k2qx`.
    "#);
    assert!(said(&long).contains("`note` is too long: at most 1000 characters."));
    assert!(said(&"x".repeat(12_001)).contains("at most 12000 bytes"));
}

#[test]
fn help() {
    assert_snapshot!(told(&Answer::Help(vec![release(), scale()], 1)), @"
    *You can run*
    • `/signalbox release &lt;service&gt; &lt;version&gt; [percent] [note]` Ships a service
    • `/signalbox scale &lt;service&gt; &lt;count&gt; &lt;wait&gt;`
    (One more is for other people or channels. `/signalbox help &lt;operation&gt;` says more about one.)
    *What else you can type*
    • `/signalbox history` the latest runs, or some of them: `history 20 deploy failed 7d`; `/signalbox status &lt;run&gt;` one of them, and its card again if that is gone
    • `/signalbox cancel &lt;run&gt;` stops a run, `/signalbox retry &lt;run&gt;` runs it again
    • `/signalbox settle &lt;run&gt; succeeded|failed|did-not-run &lt;note&gt;` says what became of a run when nobody knows
    • `/signalbox alerts` what is open, or some of it: `alerts shop acknowledged 7d`; in an alert's thread: `ack`, `snooze 2h`, `mute 7d &lt;why&gt;`, `assign @somebody`, `resolve`, `reopen`
    ---
    *You can run*
    • `/signalbox release &lt;service&gt; &lt;version&gt; [percent] [note]` Ships a service
    • `/signalbox scale &lt;service&gt; &lt;count&gt; &lt;wait&gt;`
    ");
    assert_snapshot!(told(&Answer::Help(vec![], 0)), @"
    There is nothing that you are allowed to run here.
    (`/signalbox help &lt;operation&gt;` says more about one.)
    *What else you can type*
    • `/signalbox history` the latest runs, or some of them: `history 20 deploy failed 7d`; `/signalbox status &lt;run&gt;` one of them, and its card again if that is gone
    • `/signalbox cancel &lt;run&gt;` stops a run, `/signalbox retry &lt;run&gt;` runs it again
    • `/signalbox settle &lt;run&gt; succeeded|failed|did-not-run &lt;note&gt;` says what became of a run when nobody knows
    • `/signalbox alerts` what is open, or some of it: `alerts shop acknowledged 7d`; in an alert's thread: `ack`, `snooze 2h`, `mute 7d &lt;why&gt;`, `assign @somebody`, `resolve`, `reopen`
    ---
    There is nothing that you are allowed to run here.
    ");
    assert_snapshot!(told(&Answer::HelpOn(release(), Verdict::Allow)), @r"
    *release* Ships a service
    `/signalbox release &lt;service&gt; &lt;version&gt; [percent] [note]`
    • `service`: one of `web`, `api`. What to ship
    • `version`: text that matches `[0-9]+(\.[0-9]+){2}`
    • `percent`: a whole number from 1 to 100; if left out, `100`
    • `note`: text; may be left out
    :white_check_mark: You are allowed to run this here.
    ---
    *release* Ships a service
    `/signalbox release &lt;service&gt; &lt;version&gt; [percent] [note]`
    • `service`: one of `web`, `api`. What to ship
    • `version`: text that matches `[0-9]+(\.[0-9]+){2}`
    • `percent`: a whole number from 1 to 100; if left out, `100`
    • `note`: text; may be left out
    ");
    let refused = Answer::HelpOn(release(), Verdict::Refuse(ReasonCode::NotInThisChannel));
    assert_snapshot!(told(&refused), @r"
    *release* Ships a service
    `/signalbox release &lt;service&gt; &lt;version&gt; [percent] [note]`
    • `service`: one of `web`, `api`. What to ship
    • `version`: text that matches `[0-9]+(\.[0-9]+){2}`
    • `percent`: a whole number from 1 to 100; if left out, `100`
    • `note`: text; may be left out
    :no_entry: You are allowed to run this, but in another channel.
    *Who can run it*
    • <@UADA>, `T2/UGUEST` in <#C1>
    • anyone in <#C2>
    (reason `not_in_this_channel`)
    ---
    *release* Ships a service
    `/signalbox release &lt;service&gt; &lt;version&gt; [percent] [note]`
    • `service`: one of `web`, `api`. What to ship
    • `version`: text that matches `[0-9]+(\.[0-9]+){2}`
    • `percent`: a whole number from 1 to 100; if left out, `100`
    • `note`: text; may be left out
    ");
}

#[test]
fn runs() {
    assert_snapshot!(told(&Answer::Status(Box::new(running()), Some(at()))), @"
    :hourglass_flowing_sand: *release* · *Running* · <https://ci.example/job/7?a=1&amp;b=2|View run>
    *service* = `web` | *version* = `1.4.2` | *Requested by* = <@UADA> | *Running since* = <!date^1795257600^{time} ({ago})|2026-11-21 10:40 UTC> | *Step 2* = Uploading the image
    (run `12fzaxk` · asked <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC> · as usual: `count=1`)
    (its card: <https://acme.slack.com/archives/CRELEASES/p1795257600000100|12fzaxk>)
    (`/signalbox cancel 12fzaxk` stops it)
    ---
    :hourglass_flowing_sand: *release* · *Running* · <https://ci.example/job/7?a=1&amp;b=2|View run>
    ");
    let over = ended(Conclusion::Failed, "", "", 4);
    assert_snapshot!(told(&Answer::AlreadyOver(Box::new(over.clone()))), @"
    :information_source: It is already over; there is nothing to stop.
    :x: *release* · *Failed* · <https://ci.example/job/7?a=1&amp;b=2|View run>
    *service* = `web` | *version* = `1.4.2` | *Requested by* = <@UADA> | *Got as far as step 2* = Uploading the image | *Took* = 4 s
    :point_right: Open its page for its output, fix the cause, and run it again.
    (run `12fzaxk` · asked <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC> · as usual: `count=1`)
    ---
    :information_source: It is already over; there is nothing to stop.
    ");
    let before = |head: RunHead| Box::new(RunHead { requested_at: Timestamp(NOON.0 - 185_000), ..head });
    let lines = vec![
        RunLine { head: before(ended(Conclusion::Succeeded, "", "", 4)), message: Some(at()) },
        RunLine { head: before(running()), message: None },
    ];
    assert_snapshot!(told(&Answer::History(lines, false)), @"
    *The latest runs that you may see*
    :white_check_mark: <https://acme.slack.com/archives/CRELEASES/p1795257600000100|12fzaxk> `release count=1 service=web version=1.4.2` *Succeeded* · <@UADA> · 3 min 5 s ago
    :hourglass_flowing_sand: `12fzaxk` `release count=1 service=web version=1.4.2` *Running* · <@UADA> · 3 min 5 s ago
    ---
    *The latest runs that you may see*
    :white_check_mark: <https://acme.slack.com/archives/CRELEASES/p1795257600000100|12fzaxk> `release count=1 service=web version=1.4.2` *Succeeded* · <@UADA> · 3 min 5 s ago
    :hourglass_flowing_sand: `12fzaxk` `release count=1 service=web version=1.4.2` *Running* · <@UADA> · 3 min 5 s ago
    ");
    assert_snapshot!(told(&Answer::WhichRun(vec![run(), run()])), @"
    :grey_question: Several runs share this short id. Which one?
    • `12fzaxkgttqdy93s4nvcj65zf9`
    • `12fzaxkgttqdy93s4nvcj65zf9`
    ---
    :grey_question: Several runs share this short id. Which one?
    • `12fzaxkgttqdy93s4nvcj65zf9`
    • `12fzaxkgttqdy93s4nvcj65zf9`
    ");
}

#[test]
fn short_answers() {
    let short = run().short();
    let all = [
        Answer::History(vec![], false),
        Answer::Cancelling(short),
        Answer::CancelRefused(short, ReasonCode::NotAllowed),
        Answer::CancelRefused(short, ReasonCode::NotInThisChannel),
        Answer::CancelRefused(short, ReasonCode::UnknownOperation),
        Answer::Retrying(short),
        Answer::RetryRefused(short, ReasonCode::NotAllowed, None),
        Answer::RetryRefused(short, ReasonCode::CatalogueChanged, None),
        Answer::LookingAgain(short),
        Answer::Settling(short, Settlement::DidNotRun),
        Answer::SettleRefused(short, ReasonCode::NotAllowed),
        Answer::NoSuchRun(short),
        Answer::NothingStarted,
        Answer::CannotLook,
        Answer::NotConfirmed { run: Some(short), new: true },
        Answer::NotConfirmed { run: Some(short), new: false },
        Answer::NotConfirmed { run: None, new: false },
    ];
    let said = all.map(|a| told(&a).split("\n---\n").next().unwrap_or_default().to_owned());
    assert_snapshot!(said.join("\n"), @"
    There are no runs yet that you can see.
    :no_entry_sign: Run `12fzaxk` will be stopped. Its card shows when it has stopped.
    :no_entry: Run `12fzaxk` goes on. You are not allowed to stop it: only people who are allowed to run this operation can stop its runs.
    (reason `not_allowed`)
    :no_entry: Run `12fzaxk` goes on. You can stop it, but from another channel.
    (reason `not_in_this_channel`)
    :no_entry: Run `12fzaxk` goes on. The catalogue has no such operation any more, so nobody can stop it here. Stop it where it runs.
    (reason `unknown_operation`)
    :hourglass_flowing_sand: Run `12fzaxk` is being run again. Its card shows how it goes.
    :no_entry: Run `12fzaxk` stays as it is. You are not allowed to run it again: only people who are allowed to run this operation can run it again.
    (reason `not_allowed`)
    :no_entry: Run `12fzaxk` stays as it is. The catalogue changed since it was asked for. Ask for it anew.
    (reason `catalogue_changed`)
    :mag: Looking for run `12fzaxk` once more. Its card and its thread say what came of it.
    :writing_hand: On record for run `12fzaxk`: it did not run. Its card says so.
    :no_entry: Run `12fzaxk` stays as it is. You are not allowed to run this. Ask someone who is, or ask to be added to its allow list in the catalogue.
    (reason `not_allowed`)
    :grey_question: There is no run `12fzaxk` that you can see. `/signalbox history` shows the latest.
    :x: *Nothing was started:* the queue cannot be reached. Ask again in a minute; if it stays so, tell whoever runs Signalbox.
    :x: *Cannot look just now:* the store cannot be read. Nothing was changed by this. Ask again in a minute.
    :hourglass: *Not confirmed:* run `12fzaxk` appears within a minute, or was not started. Ask again only if it does not.
    :hourglass: *Not confirmed:* if the card of `12fzaxk` does not show it within a minute, nothing was changed. Ask again then.
    :hourglass: *Not confirmed:* it took too long. If nothing shows within a minute, nothing was done. Ask again then.
    ");
}
