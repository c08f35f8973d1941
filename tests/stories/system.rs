//! A world with a simulated GitHub or Jenkins, which posts its webhooks to the world's door.

use super::wire::Wire;
use super::world::{Setup, World};
use async_trait::async_trait;
use signalbox_domain::Frozen;
use signalbox_engine::Backends;
use signalbox_engine::ports::Backend;
use signalbox_simulator::{github, jenkins};
use signalbox_testkit::VirtualClock;
use std::sync::Arc;

/// A simulated system that carries out runs.
#[async_trait]
pub trait System: Clone + Send + Sync + 'static {
    fn attach(&self, door: axum::Router);
    /// Posts the webhooks that are due.
    async fn post(&self);
}

#[async_trait]
impl System for github::GitHub {
    fn attach(&self, door: axum::Router) {
        Self::attach(self, door);
    }
    async fn post(&self) {
        self.deliver().await;
    }
}

#[async_trait]
impl System for jenkins::Jenkins {
    fn attach(&self, door: axum::Router) {
        Self::attach(self, door);
    }
    async fn post(&self) {
        self.deliver().await;
    }
}

/// A world whose runs are carried out by this system.
pub fn world_with<S: System>(
    system: &S,
    catalogue: Frozen,
    backend: Arc<dyn Backend>,
    clock: Arc<VirtualClock>,
) -> World {
    let postman = system.clone();
    let world = World::over_parts(Setup {
        catalogue,
        clock,
        backends: Backends::from_iter([backend]),
        deliver: Arc::new(move || {
            let postman = postman.clone();
            Box::pin(async move { postman.post().await })
        }),
    });
    system.attach(world.webhooks.clone());
    world
}

/// A world, the system in it, and the wire between the two.
pub struct Story<S> {
    pub world: World,
    pub system: S,
    pub wire: Arc<Wire>,
}

impl<S> std::ops::Deref for Story<S> {
    type Target = World;
    fn deref(&self) -> &World {
        &self.world
    }
}
