//! The real client of GitHub, held against GitHub's own description.
