//! The emulator allows every function to do everything. So each request of a function to AWS is compared here with the
//! function's role in the template, as AWS would do it: by action, by resource, and by partition where a condition
//! names partitions.

use super::home::ROOT;
use crate::binary::process::text;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// One request of a function: the action, such as `dynamodb:GetItem`, the resource, such as `table/signalbox-state`,
/// and the partition if the request names one.
pub type Asked = (String, String, Option<String>);

/// What a call asks for. The list is empty for services that are not checked here.
pub fn asked(target: &str, body: &Value) -> Vec<Asked> {
    let action = target.rsplit('.').next().unwrap_or_default();
    if target.starts_with("AmazonSQS.") {
        // A batch needs the same permission as a single message.
        let action = format!("sqs:{}", action.trim_end_matches("Batch"));
        let queue = body["QueueUrl"].as_str().and_then(|url| url.rsplit('/').next());
        return queue.map(|queue| (action, queue.to_owned(), None)).into_iter().collect();
    }
    if !target.starts_with("DynamoDB_") {
        return vec![];
    }
    let table = |of: &Value| format!("table/{}", of["TableName"].as_str().unwrap_or_default());
    // The partition key of `state` is `pk`, and that of `events` is `run`.
    let partition = |of: &Value| of["pk"]["S"].as_str().or(of["run"]["S"].as_str()).map(str::to_owned);
    let one = |action: &str, of: &Value| {
        let key = partition(&of["Key"]).or_else(|| partition(&of["Item"]));
        (format!("dynamodb:{action}"), table(of), key)
    };
    match action {
        "TransactWriteItems" => {
            let items = body["TransactItems"].as_array().into_iter().flatten();
            let of = |item: &Value| {
                let (kind, of) = item.as_object()?.iter().next()?;
                let action = if kind == "ConditionCheck" {
                    "ConditionCheckItem".into()
                } else {
                    format!("{kind}Item")
                };
                Some(one(&action, of))
            };
            items.filter_map(of).collect()
        }
        "BatchGetItem" => {
            let tables = body["RequestItems"].as_object().into_iter().flatten();
            let keys = |(table, of): (&String, &Value)| {
                let keys = of["Keys"].as_array().cloned().unwrap_or_default();
                let table = format!("table/{table}");
                keys.into_iter()
                    .map(move |key| ("dynamodb:BatchGetItem".into(), table.clone(), partition(&key)))
            };
            tables.flat_map(keys).collect()
        }
        "Query" => {
            let index = body["IndexName"].as_str().map(|index| format!("/index/{index}")).unwrap_or_default();
            vec![("dynamodb:Query".into(), format!("{}{index}", table(body)), None)]
        }
        action => vec![one(action, body)],
    }
}

/// Checks that no function asked for something that its role does not allow.
pub fn nothing_else_was_asked(all: &BTreeMap<String, BTreeSet<Asked>>) {
    let python = Path::new(ROOT).join("tests/infra/.venv/bin/python");
    let compare = ["infra/compare.py", "--dump", "template.yaml"];
    let output = Command::new(python).args(compare).current_dir(ROOT).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let dump: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut refused = vec![];
    for (function, asked) in all {
        let role = dump["all_set"]["permissions"][format!("signalbox-{function}")].as_array();
        let role = role.unwrap_or_else(|| panic!("{function} has no role and asked for {asked:?}"));
        let role: Vec<&str> = role.iter().filter_map(Value::as_str).collect();
        assert!(!role.is_empty(), "{function}");
        for one in asked.iter().filter(|one| !role.iter().any(|line| allows(line, one))) {
            refused.push(format!("{function}: {one:?}"));
        }
    }
    assert_eq!(all.len(), 6, "{:?}", all.keys());
    assert!(refused.is_empty(), "AWS would refuse:\n{}", refused.join("\n"));
}

/// Whether a line of a role allows a request. A line looks like `Allow dynamodb:GetItem arn:…:table/signalbox-state if
/// {…}`.
fn allows(line: &str, (action, resource, partition): &Asked) -> bool {
    let (line, condition) = line.split_once(" if ").unwrap_or((line, "{}"));
    let named = line
        .strip_prefix(&format!("Allow {action} "))
        .is_some_and(|arn| arn.rsplit_once(':').is_some_and(|(_, of)| of == resource));
    let condition: Value = serde_json::from_str(condition).unwrap();
    let lists = condition.as_object().into_iter().flatten().filter(|(operator, _)| *operator != "Null");
    let mut fits = lists.map(|(operator, keys)| {
        let keys: Vec<&str> =
            keys["dynamodb:LeadingKeys"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        // A query names its partition in an expression, which is not read here.
        let Some(partition) = partition else { return action == "dynamodb:Query" };
        let like = |key: &&str| match key.strip_suffix('*') {
            Some(prefix) => partition.starts_with(prefix),
            None => *key == partition,
        };
        keys.iter().any(like) != operator.contains("Not")
    });
    named && fits.all(|fits| fits)
}

#[test]
fn a_line_allows_what_it_says_and_no_more() {
    let line = "Allow dynamodb:GetItem arn:aws:dynamodb:us-east-1:1:table/signalbox-state if {\"ForAllValues:StringLike\": \
                {\"dynamodb:LeadingKeys\": [\"run:*\"]}, \"Null\": {\"dynamodb:LeadingKeys\": [\"false\"]}}";
    let asked = |action: &str, table: &str, key: Option<&str>| {
        (action.to_owned(), table.to_owned(), key.map(str::to_owned))
    };
    assert!(allows(line, &asked("dynamodb:GetItem", "table/signalbox-state", Some("run:1"))));
    for no in [
        asked("dynamodb:PutItem", "table/signalbox-state", Some("run:1")),
        asked("dynamodb:GetItem", "table/signalbox-events", Some("run:1")),
        asked("dynamodb:GetItem", "table/signalbox-state", Some("memo:1")),
        asked("dynamodb:GetItem", "table/signalbox-state", None),
    ] {
        assert!(!allows(line, &no), "{no:?}");
    }
}
