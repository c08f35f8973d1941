//! What users of comparable tools reported about GitHub and Jenkins, tried with the simulated systems: a run that
//! cannot be seen, a run that seems to be gone, and refusals that say why. There is one story for each kind.

mod github;
mod github_refuses;
mod jenkins;
mod jenkins_refuses;

use super::world::World;

impl World {
    /// Checks that the first card in #releases contains none of these texts.
    #[track_caller]
    fn card_lacks(&self, parts: &[&str]) {
        let card = self.card("CRELEASES", 0);
        for part in parts {
            assert!(!card.contains(part), "{part} is there: {card}");
        }
    }
}
