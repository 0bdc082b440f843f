//! Several runs at once.

use std::collections::BTreeMap;

use super::{GUILD, PLATFORMS, Ran, community, over, standing, unused};
use crate::support::{Gatehouse, Message, Reply};

const OTHER: u64 = GUILD + 1_000;

/// How often each code was revoked in a guild.
fn times(gatehouse: &Gatehouse, guild: u64) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for code in gatehouse.platform().revoked(guild) {
        *times.entry(code).or_default() += 1;
    }
    times
}

#[tokio::test(start_paused = true)]
async fn runs_in_two_guilds_do_not_disturb_each_other() {
    for face in PLATFORMS {
        let gatehouse = over(face, unused(60)).await;
        let mut other = community(unused(60));
        other.id = OTHER;
        for invite in &mut other.invites {
            invite.code = invite.code.replace("clean", "other");
        }
        gatehouse.platform().add_guild(other);

        let clean = async |guild: u64| -> (Ran, Vec<String>) {
            let there = |interaction: crate::support::Interaction| interaction.in_guild(guild);
            let command = there(gatehouse.command("clean", &[]));
            let preview = gatehouse.ask(&command).await;
            let label = super::danger(&preview).unwrap();
            let form = gatehouse
                .ask(&there(gatehouse.press_on(&preview, &label)))
                .await;
            let filled = [("line", "60"), ("reason", "")];
            let confirm = there(gatehouse.filled_in(&form, &preview, &filled));
            let ran = gatehouse.go(&confirm).await;
            (ran, gatehouse.platform().revoked(guild))
        };
        let (one, two) = tokio::join!(clean(GUILD), clean(OTHER));

        for ((ran, revoked), guild, word) in [(one, GUILD, "clean"), (two, OTHER, "other")] {
            assert_eq!(ran.with("revoked").len(), 60);
            assert_eq!(revoked.len(), 60);
            assert!(revoked.iter().all(|code| code.starts_with(word)));
            assert!(standing(&gatehouse, guild).is_empty());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn two_moderators_who_confirm_the_same_preview_revoke_each_invite_once() {
    for face in PLATFORMS {
        let gatehouse = over(face, unused(60)).await;
        let preview = gatehouse.preview(&[]).await;
        let one = gatehouse.confirmation(&preview).await;
        let two = one.clone().renewed();
        let confirm = async |confirm| -> Result<Ran, Message> {
            let reply = gatehouse.send(confirm).await;
            if reply.kind == Reply::DEFERRED_UPDATE {
                Ok(gatehouse.outcome(confirm).await)
            } else {
                Err(reply.message)
            }
        };
        let (one, two) = tokio::join!(confirm(&one), confirm(&two));

        let times = times(&gatehouse, GUILD);
        assert_eq!(times.len(), 60);
        assert!(times.values().all(|times| *times == 1), "{times:?}");
        assert!(standing(&gatehouse, GUILD).is_empty());
        let all: Vec<String> = times.into_keys().collect();
        let ran = [one, two].into_iter().filter_map(Result::ok);
        let ran: Vec<Ran> = ran.collect();
        assert!(!ran.is_empty());
        for ran in &ran {
            ran.assert_names_each_once(&all);
            ran.assert_agrees_with(&gatehouse, GUILD);
        }
        let revoked: usize = ran.iter().map(|ran| ran.with("revoked").len()).sum();
        assert_eq!(revoked, 60, "each is claimed by one of them");
    }
}
