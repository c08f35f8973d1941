//! The contract of `SealCopies`: what every place for copies of the seals has to do.

use signalbox_domain::time::Day;
use signalbox_engine::ports::{SealCopies, SealRow};
use signalbox_engine::wire;
use std::collections::{BTreeMap, BTreeSet};

/// Runs the suite over a place without copies.
pub async fn run(copies: &dyn SealCopies) {
    assert_eq!(copies.days().await.unwrap(), BTreeSet::new(), "nothing is there yet");
    assert_eq!(copies.hashes().await.unwrap(), BTreeMap::new());
    let seal = |day: i64, text: &str| {
        let bytes = text.as_bytes().to_vec();
        SealRow { day: Day(day), hash: wire::hash(&bytes), bytes }
    };
    let (first, second, third) = (seal(20_000, "one"), seal(20_001, "two {\"ü\":1}"), seal(20_003, ""));
    for seal in [&second, &first, &third] {
        assert!(copies.keep(seal).await.unwrap(), "{}", seal.day);
    }
    // A copy that is there is never replaced.
    assert!(!copies.keep(&first).await.unwrap());
    assert!(!copies.keep(&seal(20_000, "made anew")).await.unwrap());
    assert_eq!(copies.days().await.unwrap(), BTreeSet::from([first.day, second.day, third.day]));
    let hashes: BTreeMap<_, _> = [first, second, third].map(|s| (s.day, s.hash)).into();
    assert_eq!(copies.hashes().await.unwrap(), hashes);
}
