//! What is printed for debugging holds nothing secret.

use gatehouse_commands::{Freshness, Platform};

use super::*;

#[tokio::test]
async fn platforms_that_know_a_list_show_none_of_it() {
    let bench = Bench::of(Community::sample(Timestamp::now())).await;
    for platform in PlatformName::ALL {
        let id = GuildId::new(Community::SAMPLE_ID).unwrap();
        let guild = GuildRef { platform, id };
        let listing = bench
            .platforms
            .invites(guild, Freshness::Now)
            .await
            .unwrap();
        assert_eq!(listing.invites.len(), 140);
        bench.platforms.channels(guild).await.unwrap();
        let shared = &bench.platforms.shared;
        let shown = [
            format!("{:?}", bench.platforms),
            format!("{:#?}", shared.discord.platform),
            format!("{:#?}", shared.fluxer.platform),
            format!("{:?}", shared.remembered),
        ];
        for shown in shown {
            for secret in [DISCORD_TOKEN, FLUXER_TOKEN] {
                assert!(!shown.contains(secret), "{shown}");
            }
            for invite in &listing.invites {
                assert!(!shown.contains(invite.code.as_str()), "{shown}");
                if let Some(inviter) = &invite.inviter {
                    assert!(
                        !shown.contains(&format!("{:?}", inviter.username)),
                        "{shown}"
                    );
                }
            }
        }
    }
}
