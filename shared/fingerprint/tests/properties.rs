//! What must be true for any bytes at all.

use proptest::prelude::*;
use signalbox_fingerprint::{Fingerprinter, Joiner, Record, Rules};

/// The template of a line, or nothing.
fn template(line: &[u8]) -> String {
    Fingerprinter::new(&Rules::default()).line(line).map(|p| p.template.to_owned()).unwrap_or_default()
}

/// Words like those in messages.
const WORD: &str = "[a-z]{3,9}";

/// Lines that only look like parts of something.
const SINGLES: &[&str] = &[
    "order 17 paid",
    "",
    "  ",
    "Warning: no tea left",
    "Error: cannot open display :0",
    "error: tea is out",
    "java.io.IOException: no disk",
    "ValueError: bad tea",
    "TypeError: x is not a function",
    "KeyError",
    "2026-02-03 04:05:06 ERROR [main] shop.Tea: boom",
    "2026-02-03 04:05:06 ERROR boom: java.io.IOException: no disk",
    "2026-02-03T04:05:06Z INFO shop: ready",
    "2026-02-03T04:05:06.123456789Z stdout F order 17 paid",
    "2026-02-03T04:05:06.123456789Z stderr F java.io.IOException: no disk",
    "E0203 04:05:06.000001       1 a.go:7] tea is gone",
    "Feb  3 04:05:06 web1 shop[12]: KeyError",
    "web-1  | TypeError: x is not a function",
    "[pod/web-1/web] order 17 paid",
    "{\"level\":\"error\",\"msg\":\"tea\"}",
    "{\"log\":\"KeyError\\n\",\"stream\":\"stdout\",\"time\":\"2026-02-03T04:05:06Z\"}",
    "level=error msg=\"no tea\"",
    "worker 3 panicked at startup, restarting",
    "panic button pressed",
    "  at 10:30 the job runs again",
    "at the end of the day",
    "   at noon",
    "from here on all is well",
    "  from a.rb:3 on",
    "File is gone",
    "Caused by a storm",
    "Suppressed 7 messages",
    "note that tea is hot",
    "... and so on",
    "goroutines: 17",
    "stack is full",
    "#1 in the list",
    "#0 is the first",
    "** tea **",
    "State is ready",
    "Args are missing",
    "Thread 7 started",
    "Client connected",
    "WARN: tea is cold",
    "SEVERE: no tea",
    "ERROR:root:no tea",
    "ERROR no tea",
    "DETAIL of the order",
    "}",
    "]",
    "thrown in the bin",
    "Next order, please",
    "main.go is fine",
    "example.com",
    "shop.Cart (17)",
    "Exit status was 7",
    "exit status 7",
    "=====",
    "==7==",
    "- tea",
    "+ tea",
    "| tea |",
    "10.0.0.1 - - [10/Oct/2026:13:55:36 +0000] \"GET / HTTP/1.1\" 500 17",
    "2026-02-03 04:05:06 UTC:10.0.0.1(1):tea@shop:[7]:ERROR:  out of tea",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    /// Lines that differ only in their code share one kept name. With a rule that looks at templates, every line is
    /// named without a stand-in, so that both ways can be compared.
    #[test]
    fn a_code_is_shown_as_if_its_line_were_the_first(
        lines in prop::collection::vec(
            "((status|code|errno|level|exit code|\"GET /a HTTP/1.1\"|[a-z]{3,6}|x7)( |=|: |\\(|)-?([0-9]{1,6}|[2-9]77|5077)( |, |\\) |\")){1,4}",
            1..30,
        ),
    ) {
        let named_alone = Rules::builder().ignore("nobody writes <*> like this").build().unwrap();
        let (mut kept, mut alone) = (Fingerprinter::new(&Rules::default()), Fingerprinter::new(&named_alone));
        for line in lines.iter().chain(&lines) {
            prop_assert_eq!(kept.line(line.as_bytes()), alone.line(line.as_bytes()), "{}", line);
        }
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mut prints = Fingerprinter::new(&Rules::default());
        if let Some(print) = prints.line(&bytes) {
            prop_assert!(print.template.len() <= 1100);
            prop_assert_eq!(print.fingerprint.to_string().parse(), Ok(print.fingerprint));
            prop_assert!(!print.template.chars().any(char::is_control), "{:?}", print.template);
        }
    }

    #[test]
    fn bytes_that_look_like_logs(line in "(\\{\"msg\":|level=|\\[|\tat |2026-02-03 |Caused by: |panic: |[a-zA-Z0-9 ./:@=\"'\\\\\\[\\]{}<>*\\n-]){0,60}") {
        let one = template(line.as_bytes());
        prop_assert!(one.len() <= 1100);
    }

    #[test]
    fn what_was_seen_before_does_not_count(
        lines in proptest::collection::vec("[ -~\\n]{0,80}", 1..20),
    ) {
        let mut kept = Fingerprinter::new(&Rules::default());
        for line in &lines {
            let kept = kept.line(line.as_bytes()).map(|p| p.template.to_owned()).unwrap_or_default();
            prop_assert_eq!(kept, template(line.as_bytes()));
        }
    }

    /// Before a line is named, its numbers and ids are written in one form; that does not change its name. A team's
    /// own rule, which matches nothing here, leaves the numbers and ids unchanged.
    #[test]
    fn the_canonical_form_has_the_lines_name(
        parts in proptest::collection::vec(
            "([a-z]{3,8}|[A-Z][a-z]{3,8}|[0-9]{1,15}|[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}(:[0-9]{2,5})?|0x[0-9a-f]{1,16}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{6,40}|[a-z]{2,5}[0-9]{1,4}|status [0-9]{3}|code=[0-9]{1,3}|signal [0-9]{1,2}|ORA-[0-9]{5}|[0-9]{1,4}(ms|kB|%|s)|[a-z]{2,4}[_-][0-9]{1,6}|/[a-z]{2,5}/[a-z0-9]{2,5}|[a-z]{2,6}=[a-z0-9]{1,6}|\"[a-z]{2,5} [a-z0-9]{2,5}\"|sha256|IPv6|HTTP/1\\.1\" [1-5][0-9]{2}|[0-9]{2}:[0-9]{2}:[0-9]{2}|2[0-9]{3}-[0-9]{2}-[0-9]{2})",
            1..9,
        ),
    ) {
        let line = format!("shop {}", parts.join(" "));
        let own = Rules::builder().mask("never there: <*>").build().unwrap();
        let as_it_is = Fingerprinter::new(&own).line(line.as_bytes()).map(|p| p.template.to_owned()).unwrap_or_default();
        prop_assert_eq!(template(line.as_bytes()), as_it_is, "{}", line);
    }

    #[test]
    fn colours_do_not_count(words in proptest::collection::vec(WORD, 2..8), at in 0..8_usize, code in 0..120_u8) {
        let plain = words.join(" ");
        let coloured: Vec<String> = words
            .iter()
            .enumerate()
            .map(|(n, w)| if n == at % words.len() { format!("\u{1b}[1;{code}m{w}\u{1b}[0m") } else { w.clone() })
            .collect();
        prop_assert_eq!(template(plain.as_bytes()), template(coloured.join(" ").as_bytes()));
    }

    #[test]
    fn values_do_not_count(
        words in proptest::collection::vec(WORD, 2..6),
        numbers in (any::<u32>(), any::<i64>(), any::<f32>().prop_filter("finite", |f| f.is_finite())),
        others in (any::<u32>(), any::<i64>(), any::<f32>().prop_filter("finite", |f| f.is_finite())),
        ids in (any::<u128>(), any::<u128>()),
        hosts in (any::<[u8; 4]>(), any::<[u8; 4]>()),
    ) {
        let line = |n: (u32, i64, f32), id: u128, ip: [u8; 4]| {
            let hex = format!("{id:032x}");
            let uuid = format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
            let ip = format!("{}.{}.{}.{}", ip[0], ip[1], ip[2], ip[3]);
            format!("{} took {} and {} or {:.3} in {uuid} at {ip}:80 of 0x{:x}", words.join(" "), n.0, n.1, n.2, n.0)
        };
        prop_assert_eq!(template(line(numbers, ids.0, hosts.0).as_bytes()), template(line(others, ids.1, hosts.1).as_bytes()));
    }

    #[test]
    fn headers_do_not_count(
        words in proptest::collection::vec(WORD, 3..8),
        (h, m, s, ms) in (0..24_u8, 0..60_u8, 0..60_u8, 0..1000_u16),
        (day, pid) in (1..29_u8, 1..99_999_u32),
    ) {
        let text = words.join(" ");
        let plain = template(text.as_bytes());
        for line in [
            format!("2026-02-{day:02} {h:02}:{m:02}:{s:02},{ms:03} INFO [main] com.example.Shop: {text}"),
            format!("2026-02-{day:02}T{h:02}:{m:02}:{s:02}.{ms:03}Z ERROR shop::cart: {text}"),
            format!("Feb {day:2} {h:02}:{m:02}:{s:02} web1 shop[{pid}]: {text}"),
            format!("[2026-02-{day:02}T{h:02}:{m:02}:{s:02}Z] [warn] {text}"),
            format!("I02{day:02} {h:02}:{m:02}:{s:02}.{ms:03}000 {pid} shop.go:17] {text}"),
            format!("2026/02/{day:02} {h:02}:{m:02}:{s:02} [error] {pid}#{pid}: {text}"),
            format!("{{\"time\":{pid},\"level\":\"info\",\"msg\":\"{text}\"}}"),
            format!("level=info ts={pid} msg=\"{text}\""),
        ] {
            prop_assert_eq!(&template(line.as_bytes()), &plain, "{}", line);
        }
    }

    #[test]
    fn a_template_is_its_own(words in proptest::collection::vec("(<\\*>|[a-z]{3,9}|[0-9]{1,6}|/[a-z]{2,5}/[a-z]{2,5}|[a-z]{3,6}_[0-9]{2,4})", 3..10)) {
        let text = format!("shop {}", words.join(" is "));
        let once = template(text.as_bytes());
        prop_assert_eq!(template(once.as_bytes()), once);
    }

    /// Single lines are records of their own in any order, so that the lines around a line change nothing about it.
    #[test]
    fn single_lines_are_the_same_records_everywhere(order in proptest::collection::vec(0..SINGLES.len(), 1..40)) {
        let mut joiner = Joiner::new();
        let mut records = vec![];
        let mut give = |record: Record<'_>| records.push(String::from_utf8_lossy(record.text).into_owned());
        for &n in &order {
            joiner.push(SINGLES[n].as_bytes(), 0, &mut give);
        }
        joiner.finish(&mut give);
        let lines: Vec<String> = order.iter().map(|&n| SINGLES[n].to_owned()).collect();
        prop_assert_eq!(records, lines);
    }

    #[test]
    fn the_joiner_loses_no_line(lines in proptest::collection::vec("(\tat a\\.b\\(C\\.java:1\\)|Caused by: x\\.Y|panic: z||Traceback \\(most recent call last\\):|  File \"a\\.py\", line 1, in b|ValueError: x|2026-02-03 04:05:06 ERROR boom|[ -~]{0,30})", 0..40)) {
        let mut joiner = Joiner::new();
        let mut counted = 0;
        let mut texts = vec![];
        let mut give = |record: Record<'_>| {
            counted += record.lines;
            texts.push(String::from_utf8_lossy(record.text).into_owned());
        };
        for line in &lines {
            joiner.push(line.as_bytes(), 0, &mut give);
        }
        joiner.finish(&mut give);
        prop_assert_eq!(counted, lines.len());
        prop_assert_eq!(texts.join("\n"), lines.join("\n"));
        joiner.finish(&mut |_| unreachable!());
    }
}

#[test]
fn long_and_endless_input_is_bounded() {
    let long = "word 17 ".repeat(1_000_000);
    assert!(template(long.as_bytes()).len() <= 1100);
    let frames = format!("java.lang.Error: x\n{}", "\tat com.example.A.b(A.java:1)\n".repeat(100_000));
    assert!(template(frames.as_bytes()).len() <= 1100);
    assert_eq!(template(&[0xff, 0, 1, 2, 3, 4, 0xfe, 0xfd]), "<binary>");
    for hostile in [
        "1.",
        "a.",
        "1-",
        "a/",
        "[",
        "\"",
        "{\"a\":",
        "0:",
        "a@",
        "x=",
        "(",
        "<",
        "at a(",
        "\tat a.b(\n",
        "2026-02-03 ",
    ] {
        assert!(template(hostile.repeat(100_000).as_bytes()).len() <= 1100, "{hostile}");
    }
    let mut joiner = Joiner::new();
    let mut most = 0;
    joiner.push(b"java.lang.Error: x", 0, &mut |_| {});
    for _ in 0..100_000 {
        let line = b"\tat com.example.A.b(A.java:1)".repeat(10);
        joiner.push(&line, 0, &mut |record| most = most.max(record.text.len()));
    }
    assert!(most > 0 && most <= 32 * 1024, "{most}");
}
