//! The parts of a workflow file that matter for a dispatch: what starts it, which inputs it takes, and what its runs
//! are called.
//!
//! It is as tolerant as GitHub: a part that has the wrong form counts as missing, and the findings say what to write.

use crate::tree::{Node, Scalar, Shape};

/// What a workflow says.
#[derive(Debug)]
pub(super) struct File<'t> {
    /// The text of `run-name`.
    pub(super) run_name: Option<&'t str>,
    /// Which events start it.
    pub(super) start: Start<'t>,
}

/// What `on` says about `workflow_dispatch`.
#[derive(Debug)]
pub(super) enum Start<'t> {
    /// There is no `on`.
    Nothing,
    /// There is no `on`, but there is a `true`: tools that read YAML 1.1 turn `on` into that.
    Rewritten,
    /// Only other events start it.
    Others,
    /// It can be dispatched, and declares these inputs, in this order.
    Dispatch(Vec<Input<'t>>),
    /// It can be dispatched, but the declaration of its inputs is not a mapping of mappings.
    Unclear,
}

/// An input as the file declares it.
#[derive(Debug)]
pub(super) struct Input<'t> {
    /// Its name.
    pub(super) name: &'t str,
    /// Whether a dispatch must give it.
    pub(super) required: bool,
    /// Whether it has a value if a dispatch does not give one.
    pub(super) has_default: bool,
    /// Which values it takes.
    pub(super) takes: Takes<'t>,
}

/// Which values an input takes.
#[derive(Debug)]
pub(super) enum Takes<'t> {
    /// Any text. The name of an environment is treated as a text too.
    Text,
    /// One of these.
    Choice(Vec<&'t str>),
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
}

impl Takes<'_> {
    /// Whether GitHub accepts this text as the value.
    pub(super) fn accepts(&self, text: &str) -> bool {
        match self {
            Self::Text => true,
            Self::Choice(options) => options.contains(&text),
            Self::Boolean => matches!(text, "true" | "false"),
            Self::Number => text.parse::<f64>().is_ok_and(f64::is_finite),
        }
    }
}

impl<'t> File<'t> {
    /// Reads the top level. Gives `None` if it is not a mapping.
    pub(super) fn read(root: &'t Node) -> Option<Self> {
        let Shape::Mapping(_) = &root.shape else { return None };
        let run_name = get(root, "run-name").and_then(text);
        let start = match get(root, "on") {
            Some(on) => start(on),
            None if get(root, "true").is_some() => Start::Rewritten,
            None => Start::Nothing,
        };
        Some(Self { run_name, start })
    }
}

fn start(on: &Node) -> Start<'_> {
    const DISPATCH: &str = "workflow_dispatch";
    let dispatch = match &on.shape {
        Shape::Scalar(scalar) if scalar.text == DISPATCH => return Start::Dispatch(Vec::new()),
        Shape::List(items) if items.iter().any(|item| text(item) == Some(DISPATCH)) => {
            return Start::Dispatch(Vec::new());
        }
        Shape::Mapping(_) => get(on, DISPATCH),
        Shape::Scalar(_) | Shape::List(_) | Shape::Broken => None,
    };
    let Some(dispatch) = dispatch else { return Start::Others };
    if is_nothing(dispatch) {
        return Start::Dispatch(Vec::new());
    }
    let Shape::Mapping(_) = &dispatch.shape else { return Start::Unclear };
    match get(dispatch, "inputs") {
        None => Start::Dispatch(Vec::new()),
        Some(inputs) if is_nothing(inputs) => Start::Dispatch(Vec::new()),
        Some(inputs) => entries(inputs)
            .and_then(|mut all| all.try_fold(Vec::new(), |inputs, entry| push(inputs, input(entry?)?)))
            .map_or(Start::Unclear, Start::Dispatch),
    }
}

fn push<T>(mut all: Vec<T>, one: T) -> Option<Vec<T>> {
    all.push(one);
    Some(all)
}

fn input<'t>((name, node): (&'t str, &'t Node)) -> Option<Input<'t>> {
    if !is_nothing(node) && entries(node).is_none() {
        return None;
    }
    let word = |key: &str| get(node, key).and_then(text);
    let takes = match word("type") {
        Some("choice") => Takes::Choice(options(node)),
        Some("boolean") => Takes::Boolean,
        Some("number") => Takes::Number,
        _ => Takes::Text,
    };
    Some(Input {
        name,
        required: word("required").is_some_and(|word| word.eq_ignore_ascii_case("true")),
        has_default: get(node, "default").is_some_and(|default| !is_nothing(default)),
        takes,
    })
}

fn options(input: &Node) -> Vec<&str> {
    match get(input, "options").map(|options| &options.shape) {
        Some(Shape::List(items)) => items.iter().filter_map(|item| text(item)).collect(),
        _ => Vec::new(),
    }
}

fn entries(node: &Node) -> Option<impl Iterator<Item = Option<(&str, &Node)>>> {
    let Shape::Mapping(entries) = &node.shape else { return None };
    Some(entries.iter().map(|(key, value)| Some((text(key)?, &**value))))
}

fn get<'t>(node: &'t Node, key: &str) -> Option<&'t Node> {
    entries(node)?.flatten().find(|(name, _)| *name == key).map(|(_, value)| value)
}

fn text(node: &Node) -> Option<&str> {
    match &node.shape {
        Shape::Scalar(Scalar { text, .. }) => Some(text),
        Shape::List(_) | Shape::Mapping(_) | Shape::Broken => None,
    }
}

fn is_nothing(node: &Node) -> bool {
    matches!(&node.shape, Shape::Scalar(scalar) if scalar.is_nothing())
}
