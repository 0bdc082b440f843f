//! Who may change something, on every step of the way, and what the bot itself needs for it.

use gatehouse::sandbox::platform::{Community, SampleInvite};
use gatehouse_commands::PlatformName;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{NOW, on};
use crate::support::{
    Gatehouse, Interaction, MEMBER, MODERATOR, Member, Message, On, Reply, Setup,
};

const CODE: &str = "aBcD12xY";
const ROLE: u64 = 1_510_000_000_000_000_501;

const HELPER: Member = Member {
    role: Some(ROLE),
    ..MEMBER
};

const CREATE_INVITE: u64 = 1;
const MANAGE_GUILD: u64 = 1 << 5;
const VIEW_AUDIT_LOG: u64 = 1 << 7;

fn community() -> Community {
    let invite = SampleInvite::new(CODE, NOW - SignedDuration::from_hours(24 * 90));
    Community::of(7, "Lantern Harbour").with_invites(vec![invite])
}

/// A step on the way to a change, and the permission that the bot needs for it, if it is asked for.
struct Step {
    name: &'static str,
    interaction: Interaction,
    bot_needs: Option<u64>,
}

fn step(name: &'static str, interaction: Interaction, bot_needs: Option<u64>) -> Step {
    Step {
        name,
        interaction,
        bot_needs,
    }
}

/// Every command that changes something.
fn commands(gatehouse: &Gatehouse) -> Vec<Step> {
    let command = |name, options: &[(&str, Value)]| gatehouse.command(name, options);
    let code = [("code", json!(CODE))];
    let channel = [("channel", json!("#general"))];
    let both = MANAGE_GUILD | CREATE_INVITE;
    vec![
        step("revoke", command("revoke", &code), Some(MANAGE_GUILD)),
        step("clean", command("clean", &[]), Some(MANAGE_GUILD)),
        step("create", command("create", &channel), Some(CREATE_INVITE)),
        step("rotate", command("rotate", &code), Some(both)),
        step("pause", command("pause", &[]), Some(MANAGE_GUILD)),
        step("resume", command("resume", &[]), Some(MANAGE_GUILD)),
    ]
}

/// Every button and every form, as a moderator met them; `on` says who sees the message.
async fn presses_and_forms(gatehouse: &Gatehouse, on: On) -> Vec<Step> {
    let share = json!(on == On::Shared);
    let options = [("share", share.clone())];
    let list = gatehouse.ask(&gatehouse.command("list", &options)).await;
    let options = [("code", json!(CODE)), ("share", share)];
    let card = gatehouse.ask(&gatehouse.command("show", &options)).await;
    let preview = gatehouse.ask(&gatehouse.command("clean", &[])).await;
    let resume = Message::new(json!({"custom_id": "g1u:1:-n:::", "components": []}));
    let mut steps = Vec::new();
    let both = MANAGE_GUILD | CREATE_INVITE;
    let final_button = preview
        .rows()
        .concat()
        .into_iter()
        .find(|label| preview.has_button(label) && preview.button(label).is_danger)
        .expect("a preview has a button that goes on");
    let (revoke, rotate, pause) = ("Revoke…", "Rotate…", "Pause joining…");
    for (name, message, label, needs) in [
        ("the form of revoke", &card, revoke, MANAGE_GUILD),
        ("the form of rotate", &card, rotate, both),
        ("the form of pause", &list, pause, MANAGE_GUILD),
        ("the form of clean", &preview, &*final_button, MANAGE_GUILD),
    ] {
        let press = gatehouse.press_label(message, label, on);
        let form = gatehouse.form_of(&press).await;
        let number = form.lines().into_iter().find(|line| line.is_required);
        let number: Vec<_> = number
            .iter()
            .map(|line| (line.custom_id.as_str(), "1"))
            .collect();
        let submit = gatehouse.filled(&form, &number).on_reply(message, on);
        // Showing a form asks nothing of the platform.
        steps.push(step(name, press.renewed(), None));
        steps.push(step(name, submit, Some(needs)));
    }
    let clean = gatehouse.press_label(&list, "Clean these…", on);
    steps.push(step("clean these", clean, Some(MANAGE_GUILD)));
    let resume = gatehouse.filled(&resume, &[]).on_reply(&list, on);
    steps.push(step("resume", resume, Some(MANAGE_GUILD)));
    steps
}

async fn all_steps(gatehouse: &Gatehouse) -> Vec<Step> {
    let mut steps = commands(gatehouse);
    for on in [On::Private, On::Shared] {
        steps.extend(presses_and_forms(gatehouse, on).await);
    }
    steps
}

#[tokio::test]
async fn without_rights_every_step_is_refused_in_private_and_nothing_is_asked() {
    for (platform, right) in [
        (PlatformName::Discord, "**Manage Server**"),
        (PlatformName::Fluxer, "**Manage Community**"),
    ] {
        let gatehouse = on(platform, community()).await;
        let steps = all_steps(&gatehouse).await;
        let asked = gatehouse.platform().requests().len();
        for Step {
            name, interaction, ..
        } in steps
        {
            let told = gatehouse.told_privately(&interaction.by(MEMBER)).await;
            assert_eq!(told.title(), "This takes a moderator", "{name}");
            assert!(told.description().contains(right), "{}", told.text());
            assert_eq!(told.rows().len(), 0, "{name}");
        }
        assert_eq!(gatehouse.platform().requests().len(), asked);
        gatehouse.assert_nothing_was_changed();
    }
}

#[tokio::test]
async fn without_rights_no_channel_is_suggested_for_a_new_invite() {
    let gatehouse = on(PlatformName::Discord, community()).await;
    let typing = gatehouse.autocomplete("create", &[("channel", json!("gen"))]);
    let reply = gatehouse.send(&typing.clone().by(MEMBER)).await;
    assert_eq!(reply.kind, Reply::SUGGESTIONS);
    assert_eq!(reply.message.suggestions(), []);
    gatehouse.assert_platform_not_asked();
    let reply = gatehouse.send(&typing.renewed()).await;
    assert_eq!(reply.message.suggestions().len(), 1);
}

#[tokio::test]
async fn a_role_that_the_operator_named_may_do_everything() {
    let setup = Setup::new().moderator_role(PlatformName::Discord, ROLE);
    let gatehouse = super::at_now(setup.community(community())).await;
    for Step {
        name, interaction, ..
    } in all_steps(&gatehouse).await
    {
        // A paused community is not paused again, and one invite can be ended once.
        gatehouse.platform().add_guild(community());
        let interaction = interaction.by(HELPER);
        let reply = gatehouse.send(&interaction).await;
        let told = match reply.kind {
            Reply::DEFERRED_MESSAGE | Reply::DEFERRED_UPDATE => {
                gatehouse.edit(&interaction).await.message
            }
            _ => reply.message,
        };
        assert_ne!(told.title(), "This takes a moderator", "{name}");
        assert!(!told.title().starts_with("The bot may not"), "{name}");
    }
    assert!(gatehouse.changes().len() >= 10, "{:?}", gatehouse.changes());
    let log = gatehouse.reasons();
    let by = format!("({})", HELPER.id);
    assert!(log.iter().all(|reason| reason.ends_with(&by)), "{log:#?}");
}

#[tokio::test]
async fn a_role_of_the_other_platform_or_another_role_may_do_nothing() {
    let setup = Setup::new().moderator_role(PlatformName::Fluxer, ROLE);
    let setup = setup.moderator_role(PlatformName::Discord, ROLE + 1);
    let gatehouse = super::at_now(setup.community(community())).await;
    for Step {
        name, interaction, ..
    } in commands(&gatehouse)
    {
        let told = gatehouse.told_privately(&interaction.by(HELPER)).await;
        assert_eq!(told.title(), "This takes a moderator", "{name}");
    }
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn whoever_administers_may_do_everything() {
    let gatehouse = on(PlatformName::Discord, community()).await;
    let administrator = Member {
        permissions: 1 << 3,
        ..MEMBER
    };
    let form = gatehouse
        .form_of(
            &gatehouse
                .command("revoke", &[("code", json!(CODE))])
                .by(administrator),
        )
        .await;
    let filled = gatehouse.filled(&form, &[]).by(administrator);
    gatehouse.told_privately(&filled).await;
    assert_eq!(gatehouse.platform().revoked(7), [CODE]);
}

#[tokio::test]
async fn a_bot_that_lacks_a_right_is_not_sent_to_the_platform_in_vain() {
    for (platform, place) in [
        (PlatformName::Discord, "**Server Settings → Roles**"),
        (PlatformName::Fluxer, "**Community Settings → Roles**"),
    ] {
        let gatehouse = on(platform, community()).await;
        let steps = all_steps(&gatehouse).await;
        let asked = gatehouse.platform().requests().len();
        let all = MANAGE_GUILD | CREATE_INVITE | VIEW_AUDIT_LOG;
        for Step {
            name,
            interaction,
            bot_needs,
        } in steps
        {
            let needs = bot_needs.unwrap_or_default();
            for (right, called) in [
                (MANAGE_GUILD, platform.manage_permission()),
                (CREATE_INVITE, "Create Invite"),
            ] {
                // On Fluxer nothing can be listed without it, so that is what is said first.
                let is_needed =
                    needs & right != 0 || (needs != 0 && platform == PlatformName::Fluxer);
                if !is_needed || (needs & right == 0 && right == CREATE_INVITE) {
                    continue;
                }
                let interaction = interaction.clone().renewed().bot_may(all & !right);
                let told = gatehouse.read_in_the_end(&interaction).await;
                assert!(
                    told.title().starts_with("The bot may not"),
                    "{name}: {}",
                    told.text()
                );
                let text = told.description();
                assert!(text.contains(&format!("**{called}**")), "{name}: {text}");
                assert!(text.contains(place), "{name}: {text}");
            }
        }
        assert_eq!(gatehouse.platform().requests().len(), asked);
    }
}

#[tokio::test]
async fn in_a_linked_server_the_bots_rights_here_say_nothing_of_there() {
    let setup = Setup::new().link("discord:7", "fluxer:7");
    let gatehouse = super::at_now(setup.community(community())).await;
    let command = gatehouse.command("revoke", &[("code", json!(CODE))]);
    let form = gatehouse.form_of(&command.bot_may(0)).await;
    let filled = gatehouse.filled(&form, &[("reason", "leaked")]).bot_may(0);
    gatehouse.told_privately(&filled).await;
    assert_eq!(gatehouse.changes(), ["DELETE /v1/invites/aBcD12xY"]);
    let expected = format!("leaked - by rowan.k ({})", MODERATOR.id);
    assert_eq!(gatehouse.reasons(), [expected]);
}
