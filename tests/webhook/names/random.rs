//! Names at random, put together from what usually does harm.

use gatehouse::sandbox::platform::{Community, SampleChannel, SampleInvite, SampleUser};
use jiff::SignedDuration;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use tokio::runtime::Runtime;

use super::{
    assert_cards_inert, assert_inert, assert_shared_inert, assert_suggestions_inert, hostile, over,
};
use crate::{conversations::NOW, support::Gatehouse};

const CASES: u32 = 32;

/// Where a failing case is looked for further, each step costs some requests.
const SHRINKS_MAX: u32 = 200;

/// One account and one channel: names of the account, of the channel, of the guild.
type Names = (String, Option<String>, String);

fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => proptest::sample::select(&hostile::NAMES[..]).prop_map(str::to_owned),
        2 => "\\PC{0,40}",
        1 => any::<String>(),
        1 => (any::<char>(), 1_usize..300).prop_map(|(c, n)| String::from(c).repeat(n)),
        1 => (1_usize..300).prop_map(|n| format!("e{}", "\u{301}".repeat(n))),
    ];
    vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

fn names() -> impl Strategy<Value = (String, Vec<Names>)> {
    let one = (nasty(), proptest::option::of(nasty()), nasty());
    (nasty(), vec(one, 1..13))
}

fn community(id: u64, guild: &str, names: &[Names]) -> Community {
    let invites = (0_u64..)
        .zip(names)
        .map(|(number, (username, shown, channel))| SampleInvite {
            channel: SampleChannel::text(100 + number, channel),
            inviter: SampleUser::new(200 + number, username, shown.as_deref()).into(),
            max_uses: u32::MAX,
            uses: u32::MAX - 1,
            temporary: true,
            ..SampleInvite::new(
                &format!("aBcD12xY{number:02}"),
                NOW - SignedDuration::from_mins(1 + number.cast_signed()),
            )
        });
    Community::of(id, guild).with_invites(invites.collect())
}

/// Looks at everything in which the names stand.
async fn look_around(gatehouse: &Gatehouse) {
    let list = gatehouse.list(&[]).await;
    for page in gatehouse.pages_from(list.clone()).await {
        assert_inert(&page);
    }
    assert_cards_inert(gatehouse, &list).await;
    assert_shared_inert(gatehouse).await;
    assert_suggestions_inert(gatehouse).await;
    let export = gatehouse.command("export", &[]);
    let (later, ..) = gatehouse.file(&export).await;
    assert_inert(&later.message);
}

#[test]
fn no_name_breaks_a_limit_or_acts() {
    let runtime = Runtime::new().unwrap();
    let mut gatehouse = runtime.block_on(over(Community::of(1, "first")));
    let gatehouse = std::cell::RefCell::new(&mut gatehouse);
    let next_id = std::cell::Cell::new(1_000_u64);
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        max_shrink_iters: SHRINKS_MAX,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&names(), |(guild, names)| {
        // A guild of its own for each case: what was read of another is still in memory.
        let id = next_id.replace(next_id.get() + 1);
        let mut gatehouse = gatehouse.borrow_mut();
        gatehouse.guild = id;
        gatehouse
            .platform()
            .add_guild(community(id, &guild, &names));
        runtime.block_on(look_around(&gatehouse));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
