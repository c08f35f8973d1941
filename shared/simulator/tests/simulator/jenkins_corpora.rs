//! Compares the documents of the simulated Jenkins with samples from the tests of two Python clients. A document must
//! have everything that its sample has.

use std::path::PathBuf;

use serde_json::{Value, json};
use signalbox_simulator::jenkins::{Job, ParameterDefinition};

use crate::jenkins::ci;

/// Fields of matrix jobs, of plugins and of other causes. `allBuilds` is here because it is shown only to requests
/// that name it.
const NOT_HERE: [&str; 6] =
    ["runs", "fingerprint", "stages", "allBuilds", "upstreamProject", "upstreamBuild"];

#[tokio::test]
async fn every_field_of_the_samples_is_there_and_of_the_same_kind() {
    let job = || Job::freestyle("foo").parameter(ParameterDefinition::string("param1", "test1"));
    let ci = ci(vec![job(), Job { pipeline: true, concurrent: true, path: "pipe".into(), ..job() }]);
    for job in ["foo", "pipe"] {
        ci.post(&format!("/job/{job}/buildWithParameters?delay=0sec"), "").await;
    }
    let samples = [
        (
            "jenkins-python-jenkins",
            "tests/test_queue.py",
            "queue_item_to_return@78",
            "/queue/item/1/api/json",
        ),
        ("jenkins-jenkinsapi", "jenkinsapi_tests/unittests/configs.py", "JOB_DATA@4", "/job/foo/api/json"),
        (
            "jenkins-jenkinsapi",
            "jenkinsapi_tests/unittests/configs.py",
            "BUILD_DATA@78",
            "/job/foo/1/api/json",
        ),
        ("jenkins-python-jenkins", "tests/base.py", "crumb_data@16", "/crumbIssuer/api/json"),
        ("jenkins-jenkinsapi", "jenkinsapi_tests/unittests/test_jenkins.py", "TWO_JOBS_DATA@13", "/api/json"),
    ];
    for (corpus, test, name, path) in samples {
        let Some(corpus) = corpus_named(corpus) else { return };
        let sample = &corpus[test][name];
        assert!(sample.is_object(), "{test} {name}");
        let problems = differences(sample, &ci.get(path).await.json(), "");
        assert_eq!(problems, Vec::<String>::new(), "{path} beside {name}");
    }
}

#[test]
fn a_difference_is_seen() {
    let sample = json!({"a": [{"b": 1}], "c": {"d": ""}, "runs": 1, "e": null});
    let same = json!({"a": [{"x": 1}, {"b": 2}], "c": {"d": "x"}, "e": 7, "more": 1});
    assert_eq!(differences(&sample, &same, ""), Vec::<String>::new());
    let other = json!({"a": [{"b": "1"}], "c": {}});
    assert_eq!(
        differences(&sample, &other, ""),
        ["/a/b: is \"1\", not 1", "/c/d: is missing", "/e: is missing"]
    );
}

/// The parts of the sample that the document lacks, or has with another type. A null says nothing about the type.
fn differences(sample: &Value, document: &Value, at: &str) -> Vec<String> {
    match (sample, document) {
        (Value::Object(fields), Value::Object(_)) => {
            let fields = fields.iter().filter(|(name, _)| !NOT_HERE.contains(&name.as_str()));
            let one = |(name, sample): (&String, &Value)| {
                let at = format!("{at}/{name}");
                match document.get(name) {
                    Some(document) => differences(sample, document, &at),
                    None => vec![format!("{at}: is missing")],
                }
            };
            fields.flat_map(one).collect()
        }
        // An old Jenkins put several things into one action that are separate actions now. So each field may be in
        // any of the elements.
        (Value::Array(samples), Value::Array(items)) => {
            let Some(sample) = samples.first() else { return vec![] };
            let fields = sample.as_object().into_iter().flatten().map(|(name, value)| json!({name: value}));
            let one = |field: Value| {
                let each = items.iter().map(|item| differences(&field, item, at));
                each.min_by_key(Vec::len).unwrap_or_default()
            };
            fields.flat_map(one).collect()
        }
        (Value::Null, _) | (_, Value::Null) => vec![],
        _ if std::mem::discriminant(sample) == std::mem::discriminant(document) => vec![],
        _ => vec![format!("{at}: is {document}, not {sample}")],
    }
}

#[expect(clippy::disallowed_methods, reason = "tests find their inputs by the environment")]
fn corpus_named(name: &str) -> Option<Value> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora"));
    let folder = std::env::var_os("SIGNALBOX_CORPORA").map_or_else(beside, PathBuf::from);
    if folder.is_dir() {
        let text = std::fs::read(folder.join(name).join("payloads.json")).unwrap();
        return Some(serde_json::from_slice(&text).unwrap());
    }
    // No macro is used, because the output of macros is hidden if the test passes.
    let said = format!("SKIPPED: there are no corpora in {}\n", folder.display());
    std::io::Write::write_all(&mut std::io::stderr(), said.as_bytes()).unwrap();
    assert_ne!(std::env::var("SIGNALBOX_REQUIRE").as_deref(), Ok("all"), "the corpora are required");
    None
}
