//! One guild's trouble is nobody else's.

use std::time::Duration;

use gatehouse::sandbox::platform::{Community, Fault, Route};
use gatehouse_commands::PlatformName;
use tokio::time::sleep;

use super::{assert_lists, on};
use crate::support::{Gatehouse, Interaction, PATIENCE, Reply, all};

/// Guilds that hang at the same time.
const HANGING: u64 = 20;

fn guild(number: u64) -> u64 {
    1_510_000_000_000_020_000 + number
}

/// Until the platform was asked this often for invites.
async fn asked(gatehouse: &Gatehouse, times: usize) {
    let asked = async {
        while gatehouse.platform().count(Route::Invites) < times {
            sleep(Duration::from_millis(10)).await;
        }
    };
    let asked = tokio::time::timeout(PATIENCE, asked).await;
    asked.expect("the platform is asked");
}

#[tokio::test]
async fn a_hanging_guild_delays_no_other() {
    for face in PlatformName::ALL {
        let gatehouse = on(face).await;
        for number in 0..HANGING {
            let community = Community::of(guild(number), "Hanging");
            gatehouse.platform().add_guild(community);
            for route in [Route::Invites, Route::Guild] {
                let hanging = route.in_guild(guild(number));
                gatehouse.platform().fault(hanging, Fault::Hang);
            }
        }
        let commands: Vec<_> = (0..HANGING)
            .map(|number| Interaction::command(guild(number), "list", &[]))
            .collect();
        let hanging = all(commands.iter().map(|command| gatehouse.send(command)));
        let healthy = async {
            asked(&gatehouse, usize::try_from(HANGING).unwrap()).await;
            // Inline, as `ask` makes sure.
            gatehouse.ask(&gatehouse.command("list", &[])).await
        };
        let (promised, message) = tokio::join!(hanging, healthy);
        assert_lists(&message);
        for reply in promised {
            assert_eq!(reply.kind, Reply::DEFERRED_MESSAGE, "{face}");
        }
    }
}

#[tokio::test]
async fn a_hanging_platform_delays_not_the_other() {
    for face in PlatformName::ALL {
        let mut gatehouse = on(face).await;
        let list = Route::Invites.in_guild(gatehouse.guild);
        gatehouse.platform().fault_times(list, 1, Fault::Hang);
        let first = gatehouse.send(&gatehouse.command("list", &[])).await;
        assert_eq!(first.kind, Reply::DEFERRED_MESSAGE, "{face}");
        gatehouse.face = match face {
            PlatformName::Discord => PlatformName::Fluxer,
            PlatformName::Fluxer => PlatformName::Discord,
        };
        assert_lists(&gatehouse.ask(&gatehouse.command("list", &[])).await);
    }
}
