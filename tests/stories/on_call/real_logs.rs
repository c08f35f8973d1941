//! Logs in the form in which services really write them. An error of each kind gets a card of its own, whatever source
//! it is read from. These tests use the story's own log; `real_sources.rs` uses files, CloudWatch and Loki.

use super::{Night, watch};
use signalbox_domain::watch::{Unlevelled, Watch};

/// One kind of log: its lines in order, the texts of its card, and the texts that no card may contain.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) lines: &'static [&'static str],
    says: &'static str,
}

pub(super) const KINDS: [Kind; 6] = [
    Kind {
        name: "klog",
        lines: &[
            "I0203 10:00:00.100000    1234 kubelet.go:2341] \"SyncLoop ADD\" source=\"api\"",
            "E0203 10:00:01.123456    1234 pod_workers.go:190] Error syncing pod 8f3a, skipping: network not ready",
            "I0203 10:00:02.100000    1234 kubelet.go:2341] \"SyncLoop ADD\" source=\"api\"",
        ],
        says: "network not ready",
    },
    Kind {
        name: "Rails",
        lines: &[
            "I, [2026-02-03T10:00:00.123456 #4711]  INFO -- : Started GET \"/carts/7\" for 10.0.0.1",
            "E, [2026-02-03T10:00:01.123456 #4711] ERROR -- : could not reserve stock for cart 7",
            "I, [2026-02-03T10:00:02.123456 #4711]  INFO -- : Completed 200 OK in 7ms",
        ],
        says: "could not reserve stock",
    },
    Kind {
        name: "Lambda, Python",
        lines: &[
            "START RequestId: 5f1c4a3e-8f7b-4d9e-9f55-0c1f2b3a4d5e Version: $LATEST",
            "[INFO]\t2026-02-03T10:00:00.123Z\t5f1c4a3e-8f7b-4d9e-9f55-0c1f2b3a4d5e\ttook 3 messages",
            "[ERROR]\t2026-02-03T10:00:01.123Z\t5f1c4a3e-8f7b-4d9e-9f55-0c1f2b3a4d5e\tthe bucket refuses uploads",
            "END RequestId: 5f1c4a3e-8f7b-4d9e-9f55-0c1f2b3a4d5e",
        ],
        says: "bucket refuses uploads",
    },
    Kind {
        name: "Java after INFO",
        lines: &[
            "2026-02-03 10:00:00.123  INFO 1 --- [           main] shop.Boot  : Starting up",
            "java.lang.IllegalStateException: the ledger is closed",
            "\tat shop.Ledger.book(Ledger.java:88)",
            "\tat shop.Boot.main(Boot.java:7)",
            "Caused by: java.io.IOException: disk is gone",
            "\tat shop.Disk.open(Disk.java:3)",
            "\t... 2 more",
            "2026-02-03 10:00:02.123  INFO 1 --- [           main] shop.Boot  : Stopping",
        ],
        says: "the ledger is closed",
    },
    Kind {
        name: "Python through CRI",
        lines: &[
            "2026-02-03T10:00:00.100000000Z stdout F INFO:root:took an order",
            "2026-02-03T10:00:00.123456789Z stdout F Traceback (most recent call last):",
            "2026-02-03T10:00:00.123456790Z stdout F   File \"/app/orders.py\", line 14, in take",
            "2026-02-03T10:00:00.123456791Z stdout F     total = prices[item]",
            "2026-02-03T10:00:00.123456792Z stdout F KeyError: 'teapot'",
            "2026-02-03T10:00:00.200000000Z stdout F INFO:root:took an order",
        ],
        says: "KeyError",
    },
    Kind {
        name: "PostgreSQL",
        lines: &[
            "2026-02-03 10:00:00.123 UTC [811] LOG:  checkpoint starting: time",
            "2026-02-03 10:00:01.123 UTC [812] shop@orders ERROR:  deadlock detected",
            "2026-02-03 10:00:01.123 UTC [812] shop@orders DETAIL:  Process 812 waits for ShareLock on transaction 77.",
            "2026-02-03 10:00:01.123 UTC [812] shop@orders HINT:  See server log for query details.",
            "2026-02-03 10:00:01.123 UTC [812] shop@orders STATEMENT:  UPDATE stock SET n = n - 1 WHERE id = 7",
            "2026-02-03 10:00:02.123 UTC [811] LOG:  checkpoint complete",
        ],
        says: "deadlock detected",
    },
];

/// Texts of lines about what went well. They never get a card, whatever lines are beside them.
const FINE: [&str; 7] = [
    "SyncLoop",
    "Started GET",
    "Completed 200",
    "took 3 messages",
    "Starting up",
    "took an order",
    "checkpoint",
];

#[tokio::test]
async fn an_error_of_each_kind_of_log_gets_one_card() {
    let mut wrong = vec![];
    for kind in KINDS {
        let night = Night::over(Watch { most_cards: 10, ..watch() }).await;
        night.writes(kind.lines.len(), |n| kind.lines[n].to_owned());
        night.windows(1).await;
        let all = night.ops();
        let cards: Vec<&String> = all.iter().filter(|m| m.contains("New in web")).collect();
        let one = cards.len() == 1 && cards[0].contains(kind.says) && cards[0].contains("1 in 5 min");
        let fine = all.iter().any(|m| FINE.iter().any(|fine| m.contains(fine)));
        if !one || fine {
            wrong.push(format!("{}:\n{}", kind.name, all.join("\n---\n")));
        }
        night.world.ends_clean().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
}

/// All kinds of logs in one log and one window, as a collector delivers them.
#[tokio::test]
async fn all_kinds_in_one_window() {
    let night = Night::over(Watch { most_cards: 10, ..watch() }).await;
    for kind in KINDS {
        night.writes(kind.lines.len(), |n| kind.lines[n].to_owned());
    }
    night.windows(1).await;
    each_has_a_card(&night);
    night.world.ends_clean().await;
}

/// Checks that the error of each kind has one card, and that lines about what went well have none.
#[track_caller]
pub(super) fn each_has_a_card(night: &Night) {
    let all = night.ops();
    let cards: Vec<&String> = all.iter().filter(|m| m.contains("New in web")).collect();
    for kind in KINDS {
        let own = cards.iter().filter(|m| m.contains(kind.says) && m.contains("1 in 5 min")).count();
        assert_eq!(own, 1, "{}:\n{}", kind.name, all.join("\n---\n"));
    }
    assert_eq!(cards.len(), KINDS.len(), "{}", all.join("\n---\n"));
    assert!(!all.iter().any(|m| FINE.iter().any(|fine| m.contains(fine))), "{}", all.join("\n---\n"));
}

/// A line whose level is not known does not silently count as "info". The bulletin says how many such lines there were,
/// and the watch decides what to do with them.
#[tokio::test]
async fn what_has_no_level_is_said_and_decided_about() {
    let lines = [
        "the cart is open, password=canary-in-example",
        "the cart is closed",
        "INFO fine",
        "the upload failed",
    ];
    for (without_level, says, counted) in [
        (Unlevelled::Failures, "3 lines name no level, 1 of them counted", "2 errors in 5 lines"),
        (Unlevelled::All, "3 lines name no level, all of them counted", "4 errors in 5 lines"),
        (Unlevelled::None, "3 lines name no level, none of them counted", "1 error in 5 lines"),
    ] {
        let night = Night::over(Watch { without_level, ..watch() }).await;
        night.writes(lines.len(), |n| lines[n].to_owned());
        night.writes(1, |_| "ERROR no route".to_owned());
        night.windows(1).await;
        let (_, bulletin) = night.finds("name no level");
        assert!(bulletin.contains(says) && bulletin.contains(counted), "{bulletin}");
        assert!(bulletin.contains("One of them: the cart is open"), "{bulletin}");
        night.world.never_stored_or_said("canary");
        night.world.ends_clean().await;
    }
}
