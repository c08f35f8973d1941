//! What users of comparable tools reported of GitHub and Jenkins, played against the simulated ones: a run that cannot
//! be seen, one that seems to be gone, refusals that say why. One story for each kind.

mod github;
mod github_refuses;
mod jenkins;
mod jenkins_refuses;

use super::world::World;

impl World {
    /// The first card in #releases has none of this on it.
    #[track_caller]
    fn card_lacks(&self, parts: &[&str]) {
        let card = self.card("CRELEASES", 0);
        for part in parts {
            assert!(!card.contains(part), "{part} is there: {card}");
        }
    }
}
