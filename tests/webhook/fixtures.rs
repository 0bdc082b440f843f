//! Every recorded interaction gets the answer that its manifest expects.

use std::{collections::BTreeMap, fs, path::PathBuf};

use gatehouse::sandbox::platform::{Community, Route, SampleChannel, SampleInvite, SampleUser};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Gatehouse, Interaction, Message, On, Reply, Setup};

/// The guild of the recorded interactions.
const GUILD: u64 = 1_103_730_309_070_848_131;

/// Slash commands that are answered with the list.
const LISTS: [&str; 13] = [
    "03_list_no_options",
    "08_guild_scoped_command",
    "22_member_lacks_manage_guild",
    "23_app_audit_log_only",
    "25_admin_all_bits",
    "26_permissions_over_64_bits",
    "28_unknown_extra_fields",
    "31_locale_ja_guild_de",
    "32_locale_rtl_unknown",
    "33_locale_missing",
    "35_in_thread",
    "37_member_sparse",
    "38_member_guest_timed_out",
];

/// Buttons, menus and forms of another bot, which are as good as those of another version.
const OUTDATED: [&str; 7] = [
    "09_button_next_page",
    "10_string_select_sort",
    "11_user_select_filter",
    "12_button_components_v2",
    "14_modal_submit_labels",
    "15_modal_submit_new_inputs",
    "16_modal_submit_action_row",
];

/// What is refused, with the heading that the moderator reads.
const REFUSED: [(&str, &str); 14] = [
    ("04_list_with_options", "I do not know this option"),
    ("05_every_option_type", "I do not know this command"),
    ("06_number_edge_values", "I do not know this command"),
    ("07_subcommand_group", "I do not know this command"),
    ("13_component_other_user", "This takes a moderator"),
    ("19_dm_bot_context", "This works only in a server"),
    ("20_group_dm_user_install", "This works only in a server"),
    ("21_guild_user_install_only", "The bot is not a member here"),
    ("24_app_lacks_both", "The bot may not see the invites"),
    ("27_unknown_command", "I do not know this command"),
    ("29_future_interaction_type", "I could not read that"),
    ("30_future_option_type", "I do not know this option"),
    ("34_hostile_names", "I do not know this option"),
    ("36_user_context_menu", "I do not know this command"),
];

const PINGS: [&str; 2] = ["01_ping", "02_ping_minimal"];

const AUTOCOMPLETES: [&str; 2] = ["17_autocomplete_string", "18_autocomplete_empty_partial"];

/// The greatest id there can be.
const LARGEST_ID: &str = "39_id_max_u64";

#[derive(Deserialize)]
struct Manifest {
    fixtures: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    file: String,
    #[serde(rename = "type")]
    kind: u64,
    /// Missing where no page says what fits.
    valid_callback_types: Option<Vec<u64>>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/discord/interactions")
}

fn fixture(name: &str) -> Interaction {
    let text = fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    Interaction::of(serde_json::from_str(&text).unwrap())
}

fn manifest() -> BTreeMap<String, Entry> {
    let text = fs::read_to_string(folder().join("manifest.json")).unwrap();
    let manifest: Manifest = serde_json::from_str(&text).unwrap();
    let entries = manifest.fixtures.into_iter();
    entries
        .map(|entry| (entry.file.trim_end_matches(".json").to_owned(), entry))
        .collect()
}

fn community() -> Community {
    let mut community = Community::sample(Timestamp::now());
    community.id = GUILD;
    community
}

async fn gatehouse() -> Gatehouse {
    Setup::new().community(community()).start().await
}

/// Sends a fixture to a service of its own, which was asked nothing before.
async fn answered(name: &str) -> (Gatehouse, Reply) {
    let gatehouse = gatehouse().await;
    let reply = gatehouse.send(&fixture(name)).await;
    (gatehouse, reply)
}

fn assert_lists_the_guild(name: &str, gatehouse: &Gatehouse, reply: &Reply) {
    assert_eq!(reply.kind, Reply::MESSAGE, "{name}");
    assert!(reply.is_private(), "{name}");
    assert!(
        reply.message.title().contains("Paper Kite Society"),
        "{name}"
    );
    assert!(reply.message.text().contains("140 invites"), "{name}");
    let platform = gatehouse.platform();
    assert_eq!(platform.count(Route::Invites.in_guild(GUILD)), 1, "{name}");
    assert_eq!(platform.count(Route::Any), 2, "{name}");
}

#[test]
fn every_fixture_has_its_place_here() {
    let mut placed: Vec<&str> = REFUSED.iter().map(|(name, _)| *name).collect();
    placed.extend(LISTS);
    placed.extend(OUTDATED);
    placed.extend(PINGS);
    placed.extend(AUTOCOMPLETES);
    placed.push(LARGEST_ID);
    placed.sort_unstable();
    let manifest = manifest();
    let all: Vec<&str> = manifest.keys().map(String::as_str).collect();
    assert_eq!(placed, all);
    assert_eq!(all.len(), 39);
}

#[tokio::test]
async fn every_answer_is_of_a_type_that_fits() {
    let gatehouse = gatehouse().await;
    for (name, entry) in manifest() {
        let interaction = fixture(&name);
        assert_eq!(interaction.json()["type"], entry.kind, "{name}");
        let reply = gatehouse.send(&interaction).await;
        // An interaction of a type that is not known yet gets a message: nothing else is as likely to be shown.
        let fitting = entry.valid_callback_types.unwrap_or(vec![Reply::MESSAGE]);
        assert!(fitting.contains(&reply.kind), "{name}: {}", reply.kind);
        if reply.kind == Reply::MESSAGE {
            assert!(reply.is_private(), "{name}");
        }
    }
}

#[tokio::test]
async fn pings_are_answered_without_asking_the_platform() {
    for name in PINGS {
        let (gatehouse, reply) = answered(name).await;
        assert_eq!(reply.kind, Reply::PONG, "{name}");
        gatehouse.assert_platform_not_asked();
    }
}

#[tokio::test]
async fn commands_are_answered_with_the_list() {
    for name in LISTS {
        let (gatehouse, reply) = answered(name).await;
        assert_lists_the_guild(name, &gatehouse, &reply);
        assert!(!reply.message.text().contains("another version"), "{name}");
    }
}

#[tokio::test]
async fn the_greatest_id_is_remembered_like_any_other() {
    let (gatehouse, reply) = answered(LARGEST_ID).await;
    assert_lists_the_guild(LARGEST_ID, &gatehouse, &reply);
    let again = gatehouse.try_send(&fixture(LARGEST_ID)).await;
    assert_eq!(again.status, 409);
}

#[tokio::test]
async fn what_another_version_sent_gets_a_fresh_list() {
    for name in OUTDATED {
        let (gatehouse, reply) = answered(name).await;
        assert_lists_the_guild(name, &gatehouse, &reply);
        assert!(reply.message.text().contains("another version"), "{name}");
    }
}

#[tokio::test]
async fn refusals_say_why_and_ask_the_platform_nothing() {
    for (name, title) in REFUSED {
        let (gatehouse, reply) = answered(name).await;
        assert_eq!(reply.kind, Reply::MESSAGE, "{name}");
        assert!(reply.is_private(), "{name}");
        assert_eq!(reply.message.title(), title, "{name}");
        assert!(!reply.message.description().is_empty(), "{name}");
        gatehouse.assert_platform_not_asked();
    }
}

#[tokio::test]
async fn unknown_commands_and_options_being_typed_get_no_suggestions() {
    for name in AUTOCOMPLETES {
        let (_gatehouse, reply) = answered(name).await;
        assert_eq!(reply.kind, Reply::SUGGESTIONS, "{name}");
        assert_eq!(reply.message.suggestions(), [], "{name}");
    }
}

#[tokio::test]
async fn a_refusal_names_the_permission_and_where_to_grant_it() {
    let (_gatehouse, reply) = answered("24_app_lacks_both").await;
    let text = reply.message.text();
    assert!(text.contains("**Manage Server**"), "{text}");
    assert!(text.contains("Server Settings"), "{text}");
    let (_gatehouse, reply) = answered("21_guild_user_install_only").await;
    assert!(reply.message.text().contains("**Manage Server**"));
}

#[tokio::test]
async fn a_member_whom_the_guild_lets_use_the_command_may_read_but_not_press_for_others() {
    let (gatehouse, reply) = answered("22_member_lacks_manage_guild").await;
    let next = reply.message.button("Next").custom_id;
    let command = fixture("22_member_lacks_manage_guild");
    let permissions = &command.json()["member"]["permissions"];
    let press = |on| {
        let press = gatehouse.press(&next, on, &[]);
        press.set("/member/permissions", permissions.clone())
    };

    let own = gatehouse.send(&press(On::Private)).await;
    assert_eq!(own.kind, Reply::UPDATE);
    assert!(own.message.footer().starts_with("Page 2 of 14"));

    let shared = gatehouse.send(&press(On::Shared)).await;
    assert_eq!(shared.kind, Reply::MESSAGE);
    assert!(shared.is_private());
    assert_eq!(shared.message.title(), "This takes a moderator");
    assert_eq!(gatehouse.platform().count(Route::Invites), 1);
}

#[tokio::test]
async fn without_manage_server_the_list_says_what_the_platform_hides() {
    let community = community().hiding_metadata();
    let gatehouse = Setup::new().community(community).start().await;

    let list = gatehouse.ask(&fixture("23_app_audit_log_only")).await;

    let text = list.text();
    assert!(text.contains("140 invites"), "{text}");
    assert!(
        text.contains("hidden: the bot lacks **Manage Server**"),
        "{text}"
    );
    for hidden in [" uses", "unused", "made ", "temporary"] {
        assert!(!text.contains(hidden), "{hidden:?} in {text}");
    }
}

#[tokio::test]
async fn permissions_above_64_bits_are_read() {
    let gatehouse = gatehouse().await;
    let command = fixture("26_permissions_over_64_bits");
    let permissions = &command.json()["member"]["permissions"];
    assert_eq!(permissions, "1180591620717411303456");
    let list = gatehouse.ask(&fixture("26_permissions_over_64_bits")).await;

    // A press on what others see takes Manage Server.
    let press = gatehouse
        .press(&list.button("Next").custom_id, On::Shared, &[])
        .set("/member/permissions", permissions.clone());

    assert_eq!(gatehouse.send(&press).await.kind, Reply::UPDATE);
}

#[tokio::test]
async fn the_future_is_met_politely() {
    let (_gatehouse, reply) = answered("29_future_interaction_type").await;
    assert!(reply.message.text().contains("`/invites help`"));
    let (_gatehouse, reply) = answered("30_future_option_type").await;
    let text = reply.message.text();
    assert!(
        text.contains("newkind") && text.contains("`search`"),
        "{text}"
    );
}

/// What a mention, a link or other markup begins or ends with.
const MARKUP: [char; 12] = ['@', '<', '>', '*', '_', '~', '`', '|', '[', ']', '(', ')'];

/// Whether every character of `shown` that could act as markup stands behind a backslash.
fn is_inert(shown: &str) -> bool {
    let mut chars = shown.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if MARKUP.contains(&c) || ('\u{202A}'..='\u{202E}').contains(&c) || c == '\n' {
            return false;
        }
    }
    true
}

/// What stands between the marks that keep a name's direction of writing to itself.
fn names(text: &str) -> Vec<&str> {
    text.split('\u{2068}')
        .skip(1)
        .map(|rest| rest.split('\u{2069}').next().unwrap())
        .collect()
}

fn assert_pings_nobody(message: &Message) {
    let allowed = &message.json()["allowed_mentions"];
    assert_eq!(allowed["parse"], json!([]), "{allowed}");
    assert!(allowed["users"].as_array().is_none_or(Vec::is_empty));
    assert!(allowed["roles"].as_array().is_none_or(Vec::is_empty));
}

#[tokio::test]
async fn hostile_names_are_inert_and_ping_nobody() {
    let hostile = fixture("34_hostile_names");
    let text_at = |pointer: &str| hostile.json().pointer(pointer).unwrap().as_str().unwrap();
    let at = "/data/resolved/users/865346990899200012/global_name";
    let zalgo = "/data/resolved/members/865346990899200012/nick";
    let names_of_creators = [
        text_at(at),
        text_at(zalgo),
        text_at("/member/nick"),
        text_at("/member/user/global_name"),
    ];
    let invites = (1..).zip(names_of_creators).map(|(number, name)| {
        let made = Timestamp::now() - jiff::SignedDuration::from_mins(number);
        let id = u64::try_from(number).unwrap() + 1_510_000_000_000_000_900;
        SampleInvite {
            channel: SampleChannel::text(id + 50, text_at("/channel/name")),
            inviter: SampleUser::new(id, "evil", Some(name)).into(),
            ..SampleInvite::new(&format!("hostile{number}"), made)
        }
    });
    let mut community = Community::of(GUILD, text_at(at)).with_invites(invites.collect());
    community.name = text_at("/member/nick").to_owned();
    let gatehouse = Setup::new().community(community).start().await;

    let list = gatehouse.ask(&fixture("03_list_no_options")).await;
    assert_pings_nobody(&list);
    let shown = [names(list.title()), names(list.description())].concat();
    assert_eq!(shown.len(), 1 + 2 * 4, "{}", list.text());
    for name in shown {
        assert!(is_inert(name), "{name:?}");
    }
}

#[tokio::test]
async fn what_was_typed_comes_back_inert_and_pings_nobody() {
    let hostile = fixture("34_hostile_names");
    let typed = hostile
        .json()
        .pointer("/data/options/0/options/1/value")
        .and_then(Value::as_str)
        .unwrap();
    let search: String = typed.chars().take(32).collect();
    let mention = "@everyone <@553879653580800011>";
    let gatehouse = gatehouse().await;

    let asked = [
        ("list", "search", search.as_str()),
        ("list", "by", mention),
        ("list", "channel", mention),
        ("list", "state", mention),
        ("show", "code", mention),
        ("@everyone", "<@553879653580800011>", mention),
    ];
    for (command, option, value) in asked {
        let asked = gatehouse.command(command, &[(option, json!(value))]);
        let answer = gatehouse.ask(&asked).await;
        assert_pings_nobody(&answer);
        for name in names(answer.description()) {
            assert!(is_inert(name), "{name:?}");
        }
        assert!(!answer.text().contains(" <@"), "{}", answer.text());
    }

    // No option of ours is named like the recorded one: the refusal repeats its name.
    let refused = gatehouse.ask(&hostile).await;
    assert_pings_nobody(&refused);
    assert_eq!(names(refused.description()), ["creator"]);
}

#[tokio::test]
async fn a_context_menu_of_our_name_is_no_slash_command() {
    let gatehouse = gatehouse().await;
    let menu = fixture("36_user_context_menu").set("/data/name", Value::from("invites"));

    let reply = gatehouse.ask(&menu).await;

    assert_eq!(reply.title(), "I do not know this command");
    gatehouse.assert_platform_not_asked();
}
