//! Files that grow, are rotated, or have unusual content.

use super::*;
use std::io::Write;
use std::path::Path;

const T0: i64 = 1_795_262_400_000; // 2026-11-21T12:00:00Z

fn span(from: i64, to: i64) -> Span {
    Span { from: Timestamp(T0 + from * 1000), to: Timestamp(T0 + to * 1000) }
}

/// A line written so many seconds after noon.
fn line(second: i64, text: &str) -> String {
    let at = jiff::Timestamp::from_millisecond(T0 + second * 1000).unwrap();
    format!("{at} {text}\n")
}

struct World {
    folder: tempfile::TempDir,
    position: Option<String>,
    paths: Vec<String>,
    zone: TimeZone,
}

impl World {
    fn new(paths: &[&str]) -> Self {
        let paths = paths.iter().map(|p| (*p).to_owned()).collect();
        Self { folder: tempfile::tempdir().unwrap(), position: None, paths, zone: TimeZone::UTC }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn add(&self, name: &str, text: &str) {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(self.path(name));
        file.unwrap().write_all(text.as_bytes()).unwrap();
    }

    fn page(&self, span: Span) -> Result<LogPage, SourceError> {
        let folder = self.folder.path().to_owned();
        let settings = FilesSettings { folder, paths: self.paths.clone(), zone: self.zone.clone() };
        page(&settings, span, self.position.as_deref())
    }

    /// All lines of a span: seconds after noon, the file's name, and the text without its time.
    fn read(&mut self, span: Span) -> Vec<(i64, String, String)> {
        let mut lines = vec![];
        loop {
            let page = self.page(span).unwrap();
            lines.extend(page.lines.into_iter().map(|l| {
                let text = l.text.split_once("Z ").map_or(l.text.as_str(), |(_, t)| t).to_owned();
                let name = Path::new(&l.stream).file_name().unwrap().to_str().unwrap().to_owned();
                ((l.at.0 - T0).div_euclid(1000), name, text)
            }));
            match page.more {
                More::At(next) => self.position = Some(next),
                More::End(next) => {
                    self.position = next;
                    return lines;
                }
            }
        }
    }

    fn texts(&mut self, span: Span) -> Vec<String> {
        self.read(span).into_iter().map(|(_, _, text)| text).collect()
    }
}

/// Central Europe on 2026-10-25: the hour from two to three o'clock comes twice.
#[test]
fn the_hour_that_is_there_twice_is_read_once_and_in_order() {
    let mut w = World::new(&["app.log"]);
    w.zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let midnight = 1_792_886_400_000; // 2026-10-25T00:00:00Z, two o'clock for the first time
    let hour = |n: i64| Span {
        from: Timestamp(midnight + n * 3_600_000),
        to: Timestamp(midnight + (n + 1) * 3_600_000),
    };
    w.add("app.log", "2026-10-25 01:59:00 x\n");
    assert_eq!(w.texts(hour(-1)).len(), 1);
    for clock in ["02:00", "02:20", "02:40", "02:00", "02:20", "02:40", "03:00"] {
        w.add("app.log", &format!("2026-10-25 {clock}:00 x\n"));
    }
    let mut minutes = |span: Span| {
        let read = w.read(span);
        read.into_iter().map(|(at, ..)| (at * 1000 + T0 - midnight) / 60_000).collect::<Vec<i64>>()
    };
    assert_eq!(minutes(hour(0)), [0, 20, 40]);
    assert_eq!(minutes(hour(1)), [60, 80, 100]);
    assert_eq!(minutes(hour(2)), [120]);
}

#[test]
fn a_span_ends_where_the_next_begins() {
    let mut w = World::new(&["app.log"]);
    w.add("app.log", &[line(-60, "old"), "  at old\n".into(), line(0, "a"), line(59, "b")].concat());
    w.add("app.log", &["  at x\n", "\tat y\n", &line(60, "c"), "  at z\n", &line(61, "d")[..10]].concat());
    let file = |s, t: &str| (s, "app.log".to_owned(), t.to_owned());
    // The same page read again is the same.
    assert_eq!(w.page(span(0, 60)).unwrap(), w.page(span(0, 60)).unwrap());
    assert_eq!(w.read(span(0, 60)), [file(0, "a"), file(59, "b"), file(59, "  at x"), file(59, "\tat y")]);
    // A line without its end waits; a late line counts where it is read.
    assert_eq!(w.read(span(60, 61)), [file(60, "c"), file(60, "  at z")]);
    w.add("app.log", &[&line(61, "d")[10..], &line(3, "late"), &line(62, "e")].concat());
    assert_eq!(w.read(span(61, 62)), [file(61, "d"), file(3, "late")]);
    assert_eq!(w.texts(span(62, 63)), ["e"]);
    assert!(w.texts(span(63, 64)).is_empty());
}

#[test]
fn lines_without_any_time_count_when_they_are_read() {
    let mut w = World::new(&["app.log"]);
    w.add("app.log", "one\ntwo\r\n\n\u{fffd}three");
    let now = std::fs::metadata(w.path("app.log")).unwrap();
    // The span lies around the file's own last change, whatever the clock says.
    let changed = std::os::unix::fs::MetadataExt::mtime(&now) * 1000;
    let span = Span { from: Timestamp(changed - 1000), to: Timestamp(changed + 1000) };
    let lines = w.page(span).unwrap().lines;
    assert!(lines.iter().all(|l| l.at == last_of(span)));
    assert_eq!(w.texts(span), ["one", "two", ""]);
    w.add("app.log", "\nfour\n");
    assert_eq!(w.texts(span), ["\u{fffd}three", "four"]);

    // A file that was last changed before the span is old as a whole.
    let later = Span { from: Timestamp(changed + 5000), to: Timestamp(changed + 9000) };
    w.position = None;
    assert!(w.texts(later).is_empty());
    w.add("app.log", "five\n");
    assert_eq!(w.texts(later), ["five"]);
}

#[test]
fn a_rotated_file_is_read_to_its_end_first() {
    let mut w = World::new(&["app.log"]);
    w.add("app.log", &line(0, "a"));
    assert_eq!(w.texts(span(0, 60)), ["a"]);
    w.add("app.log", &[line(1, "b"), line(2, "no end").trim_end().to_owned()].concat());
    std::fs::rename(w.path("app.log"), w.path("app.log.1")).unwrap();
    // For a moment the file has neither name.
    assert_eq!(w.texts(span(0, 60)), ["b"]);
    w.add("app.log", &line(3, "c"));
    assert_eq!(w.texts(span(0, 60)), ["no end", "c"]);
    std::fs::rename(w.path("app.log.1"), w.path("app.log.2")).unwrap();
    std::fs::rename(w.path("app.log"), w.path("app.log.1")).unwrap();
    w.add("app.log", &line(4, "d"));
    assert_eq!(w.texts(span(0, 60)), ["d"]);
    std::fs::remove_file(w.path("app.log.2")).unwrap();
    std::fs::remove_file(w.path("app.log.1")).unwrap();
    w.add("app.log", &line(5, "e"));
    assert_eq!(w.texts(span(0, 60)), ["e"]);
}

#[test]
fn a_rotated_file_that_still_fits_is_not_read_twice() {
    let mut w = World::new(&["app.log*"]);
    w.add("app.log", &line(0, "a"));
    assert_eq!(w.texts(span(0, 60)), ["a"]);
    std::fs::rename(w.path("app.log"), w.path("app.log.1")).unwrap();
    w.add("app.log.1", &line(1, "b"));
    w.add("app.log", &line(2, "c"));
    w.add("app.log.2.gz", "packed\n");
    assert_eq!(w.texts(span(0, 60)), ["b", "c"]);
    assert!(w.texts(span(0, 60)).is_empty());
}

#[test]
fn a_truncated_file_begins_anew() {
    let mut w = World::new(&["app.log"]);
    w.add("app.log", &[line(0, "a"), line(1, "b")].concat());
    assert_eq!(w.texts(span(0, 60)), ["a", "b"]);
    std::fs::write(w.path("app.log"), line(2, "c")).unwrap();
    assert_eq!(w.texts(span(0, 60)), ["c"]);
    // The file is longer than before, but has another beginning.
    std::fs::write(w.path("app.log"), [line(3, "d"), line(4, "e")].concat()).unwrap();
    assert_eq!(w.texts(span(0, 60)), ["d", "e"]);
}

#[test]
fn pages_are_bounded_and_nothing_is_lost_between_them() {
    let mut w = World::new(&["*.log"]);
    for name in ["a.log", "b.log"] {
        let text: String = (0..12_000).map(|n| line(n / 1000, &format!("{name} {n}"))).collect();
        w.add(name, &text);
    }
    w.add("c.log", &[line(1, &"x".repeat(200_000)), line(2, "after")].concat());
    let first = w.page(span(0, 60)).unwrap();
    assert_eq!(first.lines.len(), PAGE_LINES);
    assert!(matches!(first.more, More::At(_)));
    let all = w.texts(span(0, 60));
    let wanted = ["a.log", "b.log"].into_iter().flat_map(|f| (0..12_000).map(move |n| format!("{f} {n}")));
    assert_eq!(all[..24_000], wanted.collect::<Vec<_>>());
    assert_eq!((all.len(), all[24_000].len() < 65_536, all[24_001].as_str()), (24_002, true, "after"));
}

#[test]
fn the_first_read_of_a_large_file_finds_its_span() {
    let mut w = World::new(&["app.log"]);
    let text: String = (0..60_000)
        .map(|n| [line(n - 59_900, "a line that fills the file up"), "  and its frame\n".into()].concat())
        .collect();
    assert!(text.len() > 3 << 20);
    w.add("app.log", &text);
    let got = w.read(span(0, 60));
    assert_eq!((got.len(), got[0].0, got[119].0), (120, 0, 59));
}

#[test]
fn a_path_that_is_added_begins_with_the_span() {
    let mut w = World::new(&["a.log"]);
    w.add("a.log", &line(0, "a"));
    w.add("b.log", &[line(-60, "old"), line(1, "b")].concat());
    assert_eq!(w.texts(span(0, 60)), ["a"]);
    w.paths.push("b*.log".into());
    assert_eq!(w.texts(span(0, 60)), ["b"]);
    // A file that appears later is read from its beginning.
    w.add("b2.log", &[line(-60, "slow"), line(2, "c")].concat());
    assert_eq!(w.texts(span(0, 60)), ["slow", "c"]);
}

#[test]
fn a_time_from_far_ahead_does_not_stop_reading() {
    let mut w = World::new(&["app.log"]);
    w.add("app.log", &[line(0, "a"), line(400 * 86_400, "mistaken"), line(1, "b")].concat());
    let got = w.read(span(0, 60));
    assert_eq!(
        got.iter().map(|(s, _, t)| (*s, t.as_str())).collect::<Vec<_>>(),
        [(0, "a"), (0, "mistaken"), (1, "b")]
    );
    // But if no earlier line follows, the line waits for its day.
    w.add("app.log", &line(3 * 86_400, "c"));
    assert!(w.texts(span(60, 120)).is_empty());
    assert_eq!(w.texts(span(3 * 86_400, 3 * 86_400 + 60)), ["c"]);
}

#[test]
fn what_is_not_there_is_said() {
    let mut w = World::new(&["none-*.log"]);
    let error = w.page(span(0, 60)).unwrap_err();
    assert!(error.why.contains("none-*.log: check the path") && !error.lost, "{error}");
    w.paths = vec!["nowhere/app.log".into()];
    assert!(w.page(span(0, 60)).unwrap_err().why.contains("no file is called"));
    w.paths = vec!["*/app.log".into()];
    assert!(w.page(span(0, 60)).unwrap_err().why.contains("file's name only"));
    w.paths = vec!["..".into()];
    assert!(w.page(span(0, 60)).unwrap_err().why.contains("is no file"));
    w.position = Some("nonsense".into());
    assert!(w.page(span(0, 60)).unwrap_err().lost);
}

#[tokio::test]
async fn it_is_a_source() {
    let w = World::new(&["app.log"]);
    w.add("app.log", &line(0, "a"));
    let folder = w.folder.path().to_owned();
    let files = Files::new(FilesSettings { folder, paths: w.paths.clone(), zone: TimeZone::UTC });
    assert_eq!(files.read(span(0, 60), None).await.unwrap().lines.len(), 1);
    assert_eq!(files.settles(), Duration::ZERO);
}
