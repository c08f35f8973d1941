//! The contract of `Memos`. At the start there must be no memos. A memo whose `until` has passed may still be there,
//! because adapters may delete late.

use signalbox_domain::Timestamp;
use signalbox_engine::ports::{Memo, Memos, PortError};

fn memo(shelf: &str, key: &str, revision: u64, body: &[u8]) -> Memo {
    // A moment far in the future, so that nothing is deleted while the suite runs: 2100-01-01.
    let until = Some(Timestamp(4_102_444_800_123));
    Memo { shelf: shelf.into(), key: key.into(), revision, body: body.to_vec(), until }
}

/// The keys of one page.
async fn keys(memos: &dyn Memos, shelf: &str, from: &str, to: &str, limit: usize) -> Vec<String> {
    memos.memos(shelf, from, to, limit).await.unwrap().into_iter().map(|m| m.key).collect()
}

/// Runs the suite.
pub async fn run(memos: &dyn Memos) {
    conditions(memos).await;
    pages(memos).await;
    sizes(memos).await;
}

async fn conditions(memos: &dyn Memos) {
    assert_eq!(memos.memo("web", "a").await.unwrap(), None);
    memos.drop_memo("web", "a").await.unwrap();
    let first = memo("web", "a", 1, b"\0\xff{");
    assert_eq!(memos.put_memo(memo("web", "a", 2, b"")).await, Err(PortError::Conflict));
    memos.put_memo(first.clone()).await.unwrap();
    assert_eq!(memos.memo("web", "a").await.unwrap(), Some(first.clone()));

    // A writer who did not see the latest revision cannot replace it.
    for revision in [1, 3] {
        assert_eq!(memos.put_memo(memo("web", "a", revision, b"x")).await, Err(PortError::Conflict));
    }
    assert_eq!(memos.memo("web", "a").await.unwrap(), Some(first));
    let second = Memo { until: None, ..memo("web", "a", 2, b"") };
    memos.put_memo(second.clone()).await.unwrap();
    assert_eq!(memos.memo("web", "a").await.unwrap(), Some(second.clone()));

    // The same key on another shelf is another memo. Two shelves are different even if their names begin with the
    // same letters.
    memos.put_memo(memo("web2", "a", 1, b"2")).await.unwrap();
    memos.put_memo(memo("we", "ba", 1, b"3")).await.unwrap();
    assert_eq!(memos.memo("web", "a").await.unwrap(), Some(second));
    assert_eq!(keys(memos, "we", "", "~", 9).await, ["ba"]);

    memos.drop_memo("web", "a").await.unwrap();
    assert_eq!(memos.memo("web", "a").await.unwrap(), None);
    assert_eq!(memos.memo("web2", "a").await.unwrap().unwrap().body, b"2");
    // After a memo was dropped, its revisions begin again at 1.
    memos.put_memo(memo("web", "a", 1, b"again")).await.unwrap();
}

async fn pages(memos: &dyn Memos) {
    for key in ["b/2", "a", "b", "B", "b/10", "b/1", "c d|e"] {
        memos.put_memo(memo("pages", key, 1, key.as_bytes())).await.unwrap();
    }
    // Keys are sorted by their bytes.
    let all = ["B", "a", "b", "b/1", "b/10", "b/2", "c d|e"];
    assert_eq!(keys(memos, "pages", "", "~", 1000).await, all);
    // The result includes `from` and excludes `to`.
    assert_eq!(keys(memos, "pages", "b", "b/2", 1000).await, ["b", "b/1", "b/10"]);
    assert_eq!(keys(memos, "pages", "a0", "b/11", 1000).await, ["b", "b/1", "b/10"]);
    assert!(keys(memos, "pages", "b", "b", 1000).await.is_empty());
    assert!(keys(memos, "pages", "c", "b", 1000).await.is_empty());
    assert!(keys(memos, "nobody", "", "~", 1000).await.is_empty());
    for limit in [1, 2, 3, 7] {
        let (mut seen, mut from) = (vec![], String::new());
        loop {
            let page = keys(memos, "pages", &from, "~", limit).await;
            assert!(page.len() <= limit);
            let Some(last) = page.last() else { break };
            from = format!("{last}\0");
            seen.extend(page);
        }
        assert_eq!(seen, all, "pages of {limit}");
    }
    // Here the key right after the last one of the page is the end of the range.
    assert_eq!(keys(memos, "pages", "a", "b/1", 2).await, ["a", "b"]);
}

async fn sizes(memos: &dyn Memos) {
    let large = |n: u8| memo("large", &format!("{n}{}", "k".repeat(199)), 1, &vec![n; 300 * 1024]);
    for n in 0..5 {
        memos.put_memo(large(n)).await.unwrap();
    }
    assert_eq!(memos.memos("large", "", "~", 1000).await.unwrap(), (0..5).map(large).collect::<Vec<_>>());
    assert_eq!(memos.memos("large", "1", "4", 2).await.unwrap(), [large(1), large(2)]);
}
