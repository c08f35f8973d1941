//! A bulletin's chart as a picture: bars in a PNG that is drawn only from its own address.
//!
//! Slack fetches pictures from their addresses, <https://docs.slack.dev/reference/block-kit/blocks/image-block>. So
//! nothing is uploaded, kept or looked up, and the address itself holds the numbers. An uploaded file could not be in
//! the message before Slack has checked it, and would have to be deleted when the message changes.

use signalbox_voice as voice;

/// The folder of the pictures, below the server's root.
const FOLDER: &str = "/charts/";
/// At most this many bars; of more windows the latest are shown.
const MOST_BARS: usize = 48;
/// The longest name that is read, in bytes: so many bars with so many digits fit.
const LONGEST_NAME: usize = MOST_BARS * 21 + 16;
/// In pixels; Slack scales pictures to the width of the message.
const WIDTH: usize = 720;
const HEIGHT: usize = 96;
/// There is room for at least this many bars, so that two bars are not as broad as the message.
const PLACES: usize = 24;
/// Below each bar, and between two, in pixels.
const BASE: usize = 2;
const GAP: usize = 4;
/// The height of the lowest bar that is more than zero.
const LEAST: usize = 3;

/// Colours that can be told apart on a light and on a dark page: for nothing, the line below, earlier windows, the
/// latest window as usual, and the latest window with news.
const PALETTE: [u8; 15] = [255, 255, 255, 139, 148, 158, 120, 150, 190, 38, 110, 190, 207, 60, 48];
const ALPHA: [u8; 5] = [0, 255, 255, 255, 255];
const LINE: u8 = 1;
const EARLIER: u8 = 2;
const USUAL: u8 = 3;
const NEWS: u8 = 4;

/// What a picture shows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Chart {
    /// Whether the latest window brought something new, back or spiking.
    news: bool,
    /// Lines in each window, oldest first.
    bars: Vec<u64>,
}

impl Chart {
    fn of(chart: &voice::Chart) -> Self {
        let first = chart.bars.len().saturating_sub(MOST_BARS);
        Self { news: chart.news, bars: chart.bars.iter().skip(first).copied().collect() }
    }

    /// `usual-3-0-812.png`.
    fn name(&self) -> String {
        let bars: String = self.bars.iter().map(|lines| format!("-{lines}")).collect();
        format!("{}{bars}.png", if self.news { "news" } else { "usual" })
    }

    fn read(name: &str) -> Option<Self> {
        let name = Some(name).filter(|name| name.len() <= LONGEST_NAME)?.strip_suffix(".png")?;
        let (kind, bars) = name.split_once('-')?;
        let news = match kind {
            "news" => true,
            "usual" => false,
            _ => return None,
        };
        let bars = bars.split('-').map(|lines| lines.parse().ok()).collect::<Option<Vec<u64>>>()?;
        // Each picture has only one name.
        let chart = Some(Self { news, bars }).filter(|chart| chart.bars.len() <= MOST_BARS)?;
        (chart.name().strip_suffix(".png") == Some(name)).then_some(chart)
    }

    /// A colour for each pixel, row by row.
    fn pixels(&self) -> Vec<u8> {
        let mut pixels = vec![0; WIDTH * HEIGHT];
        let mut fill = |from: (usize, usize), to: (usize, usize), colour: u8| {
            for row in pixels.chunks_mut(WIDTH).skip(from.1).take(to.1.saturating_sub(from.1)) {
                if let Some(part) = row.get_mut(from.0..to.0) {
                    part.fill(colour);
                }
            }
        };
        fill((0, HEIGHT - BASE), (WIDTH, HEIGHT), LINE);
        let most = self.bars.iter().copied().max().unwrap_or_default().max(1);
        let room = HEIGHT - BASE - GAP;
        let count = self.bars.len().max(PLACES);
        let before = count - self.bars.len();
        for (at, lines) in (before..).zip(&self.bars) {
            let height =
                usize::try_from(u128::from(*lines) * room as u128 / u128::from(most)).unwrap_or(room);
            let height = if *lines > 0 { height.max(LEAST) } else { 0 };
            let (left, right) = (at * WIDTH / count, (at + 1) * WIDTH / count);
            let colour = match (at + 1 == count, self.news) {
                (false, _) => EARLIER,
                (true, false) => USUAL,
                (true, true) => NEWS,
            };
            fill(
                (left, HEIGHT - BASE - height),
                (right.saturating_sub(GAP).max(left + 1), HEIGHT - BASE),
                colour,
            );
        }
        pixels
    }

    fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
        let mut file = vec![];
        let mut encoder = png::Encoder::new(&mut file, side(WIDTH), side(HEIGHT));
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(&PALETTE[..]);
        encoder.set_trns(&ALPHA[..]);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels())?;
        writer.finish()?;
        Ok(file)
    }
}

/// Where a chart's picture is, below the address at which Slack reaches this server; `None` if there is nothing to
/// compare.
pub(crate) fn address(public: &str, chart: &voice::Chart) -> Option<String> {
    let chart = Chart::of(chart);
    (chart.bars.len() > 1).then(|| format!("{}{FOLDER}{}", public.trim_end_matches('/'), chart.name()))
}

/// The picture of this name, as PNG; `None` if it is not the name of a picture.
#[must_use]
pub fn picture(name: &str) -> Option<Vec<u8>> {
    match Chart::read(name)?.png() {
        Ok(png) => Some(png),
        Err(error) => {
            tracing::error!(%error, "cannot draw a chart");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(file: &[u8]) -> (png::Info<'static>, Vec<u8>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        (reader.info().clone(), pixels)
    }

    /// The height and colour of each bar, by the pixels at the middle of its place.
    fn bars(name: &str, count: usize) -> Vec<(usize, u8)> {
        let (info, pixels) = decode(&picture(name).unwrap());
        assert_eq!((info.width, info.height), (720, 96));
        let column = |at: usize| ((PLACES - count + at) * 2 + 1) * WIDTH / (PLACES * 2) - GAP;
        let of = |at: usize| {
            let all = pixels.chunks(WIDTH).take(HEIGHT - BASE).map(|row| row[column(at)]);
            let inked: Vec<u8> = all.filter(|colour| *colour != 0).collect();
            (inked.len(), inked.first().copied().unwrap_or_default())
        };
        (0..count).map(of).collect()
    }

    #[test]
    fn bars_are_as_high_as_their_lines() {
        let room = HEIGHT - BASE - GAP;
        assert_eq!(
            bars("news-0-50-100-1.png", 4),
            [(0, 0), (room / 2, EARLIER), (room, EARLIER), (LEAST, NEWS)]
        );
        assert_eq!(bars("usual-7-7.png", 2), [(room, EARLIER), (room, USUAL)]);
        let vast = format!("usual-{}-0.png", u64::MAX);
        assert_eq!(bars(&vast, 2), [(room, EARLIER), (0, 0)]);
        assert!(picture("usual-0-0.png").unwrap().len() < 1_000, "small enough for every bulletin");
    }

    #[test]
    fn what_is_no_name_is_no_picture() {
        let long = format!("usual{}.png", "-1".repeat(MOST_BARS + 1));
        for name in [
            "",
            ".png",
            "usual.png",
            "usual-.png",
            "usual-1",
            "usual-1.gif",
            "other-1.png",
            "usual-1-.png",
            "usual--1.png",
            "usual-01.png",
            "usual-+1.png",
            "usual-1.5.png",
            "usual-18446744073709551616.png",
            "usual-1-x.png",
            "../usual-1.png",
            long.as_str(),
        ] {
            assert_eq!(picture(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_chart_is_read_back(news in any::<bool>(), bars in proptest::collection::vec(any::<u64>(), 1..=MOST_BARS)) {
            let chart = Chart { news, bars };
            prop_assert_eq!(Chart::read(&chart.name()), Some(chart.clone()));
            let (_, pixels) = decode(&chart.png().unwrap());
            prop_assert_eq!(pixels, chart.pixels());
        }

        #[test]
        fn no_name_panics(name in "[a-z0-9.-]{0,60}|.{0,40}") {
            prop_assert_eq!(picture(&name).is_some(), Chart::read(&name).is_some());
        }
    }
}
