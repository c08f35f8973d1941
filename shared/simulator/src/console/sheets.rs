//! The pages of the systems that are simulated beside Slack. The links of cards lead to them.
//!
//! They are plain documents that are made here completely. They can be read without a script, and a small script
//! keeps them up to date while something runs. Nearly every word on them comes from outside, so every word goes
//! through [`escape`].

use std::fmt::Write as _;

use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use http::{StatusCode, Uri};

use super::Console;
use crate::sheet::{Line, Sheet, Sign, machine_time, time_of_day};

/// Where the pages of each system are.
pub(super) const GITHUB: &str = "/console/github";
pub(super) const JENKINS: &str = "/console/jenkins";

pub(super) async fn github(State(console): State<Console>, uri: Uri) -> Response {
    let played = console.options.github.as_ref().map(|github| github.sheet(&below(GITHUB, &uri)));
    shown(GITHUB, "practice GitHub", played)
}

pub(super) async fn jenkins(State(console): State<Console>, uri: Uri) -> Response {
    let played = console.options.jenkins.as_ref().map(|jenkins| jenkins.sheet(&below(JENKINS, &uri)));
    shown(JENKINS, "practice Jenkins", played)
}

/// The parts of a path below a system. Each part is decoded once, so a slash in a branch's name is still encoded in
/// the result.
fn below(base: &str, uri: &Uri) -> Vec<String> {
    let path = uri.path().strip_prefix(base).unwrap_or_default();
    path.split('/').filter(|part| !part.is_empty()).map(decoded).collect()
}

fn decoded(part: &str) -> String {
    // In a path, `+`, `&` and `=` have no special meaning. They are escaped so that the parser for forms leaves them
    // as they are.
    let exact = part.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(exact.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

fn shown(base: &str, system: &'static str, sheet: Option<Option<Sheet>>) -> Response {
    let (status, sheet) = match sheet {
        Some(Some(sheet)) => (StatusCode::OK, sheet),
        Some(None) => (StatusCode::NOT_FOUND, nothing(system)),
        None => (StatusCode::NOT_FOUND, not_played(system)),
    };
    (status, Html(document(base, &sheet))).into_response()
}

fn nothing(system: &'static str) -> Sheet {
    Sheet {
        system,
        title: "There is nothing here".to_owned(),
        notes: vec![
            format!("The {system} has no such page."),
            "It keeps its runs in memory: what ran before Signalbox was last started is forgotten. What became of \
             it is still on record: type /signalbox history in the console."
                .to_owned(),
        ],
        ..Sheet::default()
    }
}

fn not_played(system: &'static str) -> Sheet {
    Sheet {
        system,
        title: "There is nothing here".to_owned(),
        notes: vec![format!(
            "No {system} is played here: the catalogue names none, or the real one is used."
        )],
        ..Sheet::default()
    }
}

/// The whole page.
fn document(base: &str, sheet: &Sheet) -> String {
    let mut out = String::from("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    let title = escape(&sheet.title);
    let word = sheet.sign.map(|sign| format!("{}: ", sign.word)).unwrap_or_default();
    let _ = write!(
        out,
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{word}{title} — {}</title>\n\
         <link rel=\"icon\" type=\"image/svg+xml\" href=\"/console/signal.svg\">\n\
         <link rel=\"stylesheet\" href=\"/console/palette.css\">\n\
         <link rel=\"stylesheet\" href=\"/console/sheet.css\">\n\
         <script type=\"module\" src=\"/console/sheet.js\"></script>\n",
        sheet.system
    );
    if sheet.moves {
        out.push_str("<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>\n");
    }
    out.push_str("</head>\n<body>\n<header>\n<a class=\"home\" href=\"/console\">Back to the console</a>\n");
    let _ = writeln!(
        out,
        "<nav aria-label=\"Where this is\"><ol>\n<li><a href=\"{base}\">{}</a></li>",
        sheet.system
    );
    for (name, path) in &sheet.trail {
        let _ = writeln!(out, "<li><a href=\"{}\">{}</a></li>", address(base, path), escape(name));
    }
    out.push_str("</ol></nav>\n</header>\n");
    let _ = writeln!(out, "<main{}>\n<h1>{title}</h1>", if sheet.moves { " data-moves" } else { "" });
    if let Some(sign) = sheet.sign {
        let _ = writeln!(out, "<p class=\"whole\">{}</p>", lamp(sign));
    }
    for note in &sheet.notes {
        let _ = writeln!(out, "<p class=\"note\">{}</p>", escape(note));
    }
    pairs(&mut out, &sheet.facts);
    if !sheet.inputs.is_empty() {
        out.push_str("<h2>What it was given</h2>\n");
        pairs(&mut out, &sheet.inputs);
    }
    if !sheet.lines.is_empty() {
        let _ = writeln!(out, "<h2>{}</h2>", sheet.heading);
        lines(&mut out, base, &sheet.lines);
    }
    if let Some((of, log)) = &sheet.log {
        let of = if of.is_empty() { String::new() } else { format!(" of {}", escape(of)) };
        let _ = writeln!(out, "<h2 id=\"log-title\">The end of the log{of}</h2>");
        let _ = writeln!(
            out,
            "<pre id=\"log\" tabindex=\"0\" role=\"region\" aria-labelledby=\"log-title\">{}</pre>",
            escape(log)
        );
    }
    out.push_str("</main>\n<p id=\"news\" class=\"unseen\" aria-live=\"polite\"></p>\n<footer>");
    let _ = writeln!(
        out,
        "This page plays the part of a real one. The {} is in this program; nothing on it was really built or \
         deployed. Times are UTC.</footer>\n</body>\n</html>",
        sheet.system
    );
    out
}

fn pairs(out: &mut String, pairs: &[(String, String)]) {
    if pairs.is_empty() {
        return;
    }
    out.push_str("<dl>\n");
    for (name, value) in pairs {
        let value = if value.is_empty() { "(empty)" } else { value };
        let _ = writeln!(out, "<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(value));
    }
    out.push_str("</dl>\n");
}

fn lines(out: &mut String, base: &str, all: &[Line]) {
    out.push_str("<ul>\n");
    for line in all {
        let name = escape(&line.name);
        out.push_str("<li><div class=\"line\">");
        let _ = match &line.path {
            Some(path) => write!(out, "<a href=\"{}\">{name}</a>", address(base, path)),
            None => write!(out, "<span class=\"name\">{name}</span>"),
        };
        if let Some((began, took)) = line.began {
            let _ = write!(
                out,
                "<span class=\"when\"><time datetime=\"{}\">{}</time> · {}</span>",
                machine_time(began),
                time_of_day(began),
                length(took)
            );
        }
        if let Some(sign) = line.sign {
            out.push_str(&lamp(sign));
        }
        out.push_str("</div>");
        if !line.parts.is_empty() {
            lines(out, base, &line.parts);
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
}

fn lamp(sign: Sign) -> String {
    let (picture, name) = sign.mood.shown();
    format!(
        "<span class=\"sign\" data-mood=\"{name}\"><span aria-hidden=\"true\">{picture}</span> {}</span>",
        sign.word
    )
}

/// Makes a link within this program from a path below a system. Characters that could end an attribute or have a
/// meaning in an address are encoded.
fn address(base: &str, path: &str) -> String {
    path.bytes().fold(format!("{base}/"), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/%@:,+".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

fn length(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

/// Makes a text safe: nothing in it is markup, and no character in it hides or reverses the text beside it.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
                out.push('\u{fffd}');
            }
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_stays_text() {
        assert_eq!(
            escape("<img src=x onerror='alert(1)'> & \"quotes\""),
            "&lt;img src=x onerror=&#39;alert(1)&#39;&gt; &amp; &quot;quotes&quot;"
        );
        assert_eq!(escape("a\u{202e}b\u{1b}[31m\nc"), "a\u{fffd}b\u{fffd}[31m\nc");
        assert_eq!(address("/b", "x\" onclick=\"y/%2F"), "/b/x%22%20onclick%3D%22y/%2F");
    }

    #[test]
    fn addresses_are_decoded_once() {
        let uri = |path: &str| path.parse::<Uri>().unwrap();
        let parts = below(JENKINS, &uri("/console/jenkins/job/shop//job/feature%252Fx+y/7/"));
        assert_eq!(parts, ["job", "shop", "job", "feature%2Fx+y", "7"]);
        assert!(below(GITHUB, &uri("/console/github")).is_empty());
    }

    #[test]
    fn lengths_are_short() {
        assert_eq!([999, 61_000, 3_660_000, -5].map(length), ["0 s", "1 min 1 s", "1 h 1 min", "0 s"]);
    }
}
