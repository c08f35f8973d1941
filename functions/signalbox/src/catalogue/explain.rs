//! `signalbox explain`: what became of an operation, and where each part of it is written.

use crate::cli::Explain;
use crate::paint;
use anyhow::bail;
use serde_json::{Value, json};
use signalbox_catalogue::{Place, Places};
use signalbox_domain::landscape::Kind as Thing;
use signalbox_domain::parameter::{Kind, Parameter, Value as Given};
use signalbox_domain::{Catalogue, Grant, Operation, nearest};
use std::process::ExitCode;

/// One thing that is said of an operation.
struct Fact {
    what: String,
    says: String,
    at: Option<Place>,
    parts: Vec<Fact>,
}

impl Fact {
    fn new(what: impl Into<String>, says: impl Into<String>, at: Option<&Place>) -> Self {
        Self { what: what.into(), says: says.into(), at: at.cloned(), parts: vec![] }
    }

    fn with(self, parts: Vec<Self>) -> Self {
        Self { parts, ..self }
    }

    fn to_json(&self) -> Value {
        let mut fields = json!({ "what": self.what, "says": self.says });
        if let Some(at) = &self.at {
            fields["path"] = json!(at.path);
            fields["line"] = json!(at.line);
            fields["column"] = json!(at.column);
        }
        if !self.parts.is_empty() {
            fields["parts"] = self.parts.iter().map(Self::to_json).collect();
        }
        fields
    }

    /// Its lines, each with the place beside it.
    fn lines(&self, indent: usize, lines: &mut Vec<(String, String)>) {
        let colon = if self.says.is_empty() { "" } else { ": " };
        let line = format!("{}{}{colon}{}", "  ".repeat(indent), self.what, self.says);
        let at = self.at.as_ref().map(|at| format!("{}:{}", at.path, at.line)).unwrap_or_default();
        lines.push((line, at));
        self.parts.iter().for_each(|part| part.lines(indent + 1, lines));
    }
}

/// The place is beside its line, unless the line is longer than this.
const WIDEST: usize = 72;

/// Explains one operation of a catalogue.
pub fn run(options: &Explain) -> anyhow::Result<ExitCode> {
    let (catalogue, places) = match signalbox_catalogue::load_with_places(&options.catalogue) {
        Ok(read) => read,
        Err(problems) => {
            paint::problems(&problems);
            return Ok(ExitCode::FAILURE);
        }
    };
    let Some(operation) = catalogue.operation(&options.operation) else {
        let names = || catalogue.operations.keys().map(signalbox_domain::Name::as_str);
        let help = nearest(&options.operation, names()).map_or_else(
            || format!("there are {}", names().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean {near}?"),
        );
        bail!("{} has no operation {:?}\n  help: {help}", options.catalogue.display(), options.operation);
    };
    let fact = Explained { catalogue: &catalogue, places: &places, operation }.fact();
    if options.json {
        outln!("{}", serde_json::to_string_pretty(&fact.to_json())?);
        return Ok(ExitCode::SUCCESS);
    }
    let mut lines = vec![];
    fact.lines(0, &mut lines);
    let width =
        lines.iter().map(|(line, _)| line.chars().count()).filter(|n| *n <= WIDEST).max().unwrap_or(0);
    for (line, at) in lines {
        match at.as_str() {
            "" => outln!("{line}"),
            at => outln!("{line:<width$}  {at}"),
        }
    }
    Ok(ExitCode::SUCCESS)
}

struct Explained<'c> {
    catalogue: &'c Catalogue,
    places: &'c Places,
    operation: &'c Operation,
}

impl Explained<'_> {
    /// The place of something below the operation.
    fn at(&self, keys: &[&str]) -> Option<&Place> {
        self.places.of(&[&["operations", self.operation.name.as_str()], keys].concat())
    }

    fn fact(&self) -> Fact {
        let o = self.operation;
        let mut parts = vec![Fact::new("description", &o.description, self.at(&["description"]))];
        let aliases: Vec<&str> = o.aliases.iter().map(signalbox_domain::Name::as_str).collect();
        if !aliases.is_empty() {
            parts.push(Fact::new("aliases", aliases.join(", "), self.at(&["aliases"])));
        }
        for (key, is) in [("confirm", o.confirm), ("idempotent", o.idempotent)] {
            if is {
                parts.push(Fact::new(key, "true", self.at(&[key])));
            }
        }
        for (key, word) in [("shortcut", &o.shortcuts.global), ("message-shortcut", &o.shortcuts.message)] {
            parts.extend(word.iter().map(|word| Fact::new(key, word, self.at(&[key]))));
        }
        parts.extend(o.parameters.iter().enumerate().map(|(i, p)| self.parameter(&i.to_string(), p)));
        parts.push(self.target());
        parts.extend(self.looked_up());
        parts.extend(
            o.allow
                .iter()
                .enumerate()
                .map(|(i, grant)| Fact::new("may ask", who(grant), self.at(&["allow", &i.to_string()]))),
        );
        Fact::new("operation", o.name.as_str(), self.at(&[])).with(parts)
    }

    fn parameter(&self, index: &str, parameter: &Parameter) -> Fact {
        let at = |keys: &[&str]| self.at(&[&["parameters", index], keys].concat());
        let takes = signalbox_voice::plain(&signalbox_voice::takes(&parameter.kind));
        let mut parts = vec![Fact::new("type", format!("{}: {takes}", parameter.kind.word()), at(&["type"]))];
        for (key, text) in [
            ("title", &parameter.title),
            ("description", &parameter.description),
            ("placeholder", &parameter.placeholder),
        ] {
            if !text.is_empty() {
                parts.push(Fact::new(key, text, at(&[key])));
            }
        }
        if !parameter.examples.is_empty() {
            parts.push(Fact::new("examples", listed(&parameter.examples, ", "), at(&["examples"])));
        }
        if parameter.required {
            parts.push(Fact::new("required", "true", at(&["required"])));
        }
        for (key, value) in [("default", &parameter.default), ("fixed", &parameter.fixed)] {
            parts.extend(value.iter().map(|value| Fact::new(key, value.to_string(), at(&[key]))));
        }
        for when in &parameter.when {
            let name = when.parameter.as_str();
            let says = format!("{name} is {}", listed(&when.is, " or "));
            parts.push(Fact::new("only when", says, at(&["when", name])));
        }
        for (i, special) in parameter.special.iter().enumerate() {
            let key = if special.fixed { "fixed" } else { "default" };
            let environments: Vec<&str> =
                special.environments.iter().map(signalbox_domain::Name::as_str).collect();
            let channels: Vec<String> = special.channels.iter().map(|(w, c)| format!("{w}/{c}")).collect();
            let places = [environments.join(" or "), channels.join(" or ")];
            let places: Vec<String> = places.into_iter().filter(|text| !text.is_empty()).collect();
            let says = format!("{key} {}", special.value);
            let here = at(&["for", &i.to_string(), key]).or_else(|| at(&["for", &i.to_string()]));
            parts.push(Fact::new(format!("in {}", places.join(", and in ")), says, here));
        }
        Fact::new("parameter", parameter.name.as_str(), at(&[])).with(parts)
    }

    fn target(&self) -> Fact {
        let parts = self.operation.target.written().into_iter().map(|(keys, says)| {
            let path: Vec<&str> = std::iter::once("target").chain(keys.iter().map(String::as_str)).collect();
            Fact::new(keys.join("."), says, self.at(&path))
        });
        let parts = parts.collect();
        Fact::new("target", self.operation.target.kind().as_str(), self.at(&["target"])).with(parts)
    }

    /// What the target's placeholders stand for that the catalogue says: settings of all that can be chosen.
    fn looked_up(&self) -> Vec<Fact> {
        let mut names = self.operation.target.placeholders();
        names.sort();
        names.dedup();
        names
            .iter()
            .filter_map(|name| Some((name, name.split_once('.')?)))
            .map(|(name, (of, key))| {
                let parts = if of == "requester" { self.of_people(key) } else { self.of_things(of, key) };
                Fact::new(format!("{{{name}}}"), "", None).with(parts)
            })
            .collect()
    }

    fn of_people(&self, key: &str) -> Vec<Fact> {
        let people = self.catalogue.landscape.people.iter();
        let known = people.filter_map(|(person, settings)| Some((person, settings.get(key)?)));
        known
            .map(|(person, says)| Fact::new(person, says, self.places.of(&["people", person, key])))
            .collect()
    }

    fn of_things(&self, parameter: &str, key: &str) -> Vec<Fact> {
        let found = self.operation.parameters.iter().find(|p| p.name.as_str() == parameter);
        let Some(Kind::Thing { of, only }) = found.map(|p| &p.kind) else { return vec![] };
        let section = match of {
            Thing::Environment => "environments",
            Thing::Service => "services",
            Thing::Size => "sizes",
        };
        let told = only.iter().filter_map(|name| {
            let name = name.as_str();
            let says = self.catalogue.landscape.setting(*of, name, key)?;
            // Settings that everybody knows may stand beside the others.
            let at = self.places.of(&[section, name, "settings", key]);
            Some(Fact::new(name, says, at.or_else(|| self.places.of(&[section, name, key]))))
        });
        told.collect()
    }
}

fn listed(all: &[Given], between: &str) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}

/// Whom a grant names.
pub(super) fn who(grant: &Grant) -> String {
    let users: Vec<String> = grant.users.iter().map(|(w, u)| format!("{w}/{u}")).collect();
    let channels: Vec<String> = grant.channels.iter().map(|(w, c)| format!("{w}/{c}")).collect();
    match (users.as_slice(), channels.as_slice()) {
        ([], _) => format!("anyone of the workspace, in {}", channels.join(", ")),
        (_, []) => format!("{}, anywhere", users.join(", ")),
        (_, _) => format!("{}, in {}", users.join(", "), channels.join(", ")),
    }
}
