//! A community with people in it who may do different things, and Gatehouse among them.

use std::{
    collections::{HashMap, HashSet},
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use gatehouse::{
    clock::Clock,
    config::{Config, GatewayConfig, PlatformConfig},
    metrics::Metrics,
    sandbox::platform::{
        Community, FLUXER_BOT_ID, FLUXER_TOKEN, SampleInvite, SampleMember, SampleMessage,
        SamplePlatform, SampleRole, SampleUser, permission,
    },
    server::Server,
};
use gatehouse_commands::{ChannelId, GuildRef, PlatformName, RoleId};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tokio::{sync::oneshot, task::JoinHandle, time::sleep};

use crate::secrets;

/// How long a test waits for what has to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it looks whether it has come.
const GLANCE: Duration = Duration::from_millis(20);

/// Where everyone talks.
pub(crate) const LOUNGE: u64 = 1_510_000_000_000_000_101;
/// Where moderators are among themselves.
pub(crate) const OFFICE: u64 = 1_510_000_000_000_000_102;

/// Owns the community.
pub(crate) const OWNER: u64 = 1_510_000_000_000_000_201;
/// May manage the community.
pub(crate) const ANN: u64 = 1_510_000_000_000_009_001;
/// May manage the community as well.
pub(crate) const BEN: u64 = 1_510_000_000_000_009_002;
/// Has a role that is an administrator.
pub(crate) const ADMIN: u64 = 1_510_000_000_000_009_003;
/// Has a role that the operator named.
pub(crate) const NAMED: u64 = 1_510_000_000_000_009_004;
/// May manage the community, and is timed out.
pub(crate) const SILENCED: u64 = 1_510_000_000_000_009_005;
/// May do nothing.
pub(crate) const MEMBER: u64 = 1_510_000_000_000_009_006;
/// Is no member.
pub(crate) const STRANGER: u64 = 1_510_000_000_000_009_007;

const MANAGERS: u64 = 1_510_000_000_000_009_101;
const ADMINS: u64 = 1_510_000_000_000_009_102;
const NAMED_ROLE: u64 = 1_510_000_000_000_009_103;

/// The sample community with these people in it.
pub(crate) fn community() -> Community {
    let now = Timestamp::now();
    let mut community = Community::sample(now);
    let role = |id, name: &str, permissions| SampleRole {
        id,
        name: name.to_owned(),
        permissions,
    };
    community.roles = vec![
        role(MANAGERS, "Managers", permission::MANAGE_GUILD),
        role(ADMINS, "Admins", permission::ADMINISTRATOR),
        role(NAMED_ROLE, "Helpers", 0),
    ];
    let person = |id, name: &str, roles: &[u64]| SampleMember {
        roles: roles.to_vec(),
        ..SampleMember::new(SampleUser::new(id, name, None), now)
    };
    let silenced = SampleMember {
        silenced_until: Some(now + SignedDuration::from_hours(1)),
        ..person(SILENCED, "silenced", &[MANAGERS])
    };
    community.members.extend([
        person(ANN, "ann", &[MANAGERS]),
        person(BEN, "ben", &[MANAGERS]),
        person(ADMIN, "admin", &[ADMINS]),
        person(NAMED, "named", &[NAMED_ROLE]),
        silenced,
        person(MEMBER, "member", &[]),
    ]);
    community
}

/// What the operator set.
pub(crate) struct Setup {
    community: Community,
    links: HashMap<GuildRef, GuildRef>,
    mod_channels: HashSet<ChannelId>,
    clock: Clock,
}

impl Setup {
    pub(crate) fn new() -> Self {
        Self {
            community: community(),
            links: HashMap::new(),
            mod_channels: ChannelId::new(OFFICE).into_iter().collect(),
            clock: Clock::system(),
        }
    }

    pub(crate) fn clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    pub(crate) fn community(self, community: Community) -> Self {
        Self { community, ..self }
    }

    pub(crate) fn link(mut self, to: u64) -> Self {
        let guild = |id: u64| format!("fluxer:{id}").parse().unwrap();
        self.links.insert(guild(self.community.id), guild(to));
        self
    }

    pub(crate) async fn start(self) -> Town {
        let guild = self.community.id;
        let watch = secrets::listen();
        watch.keep([FLUXER_TOKEN]);
        watch.keep_community(&self.community);
        let platform = SamplePlatform::start(self.community).await.unwrap();
        let config = Config {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            links: self.links,
            metrics_listen: None,
            moderator_roles: vec![(PlatformName::Fluxer, RoleId::new(NAMED_ROLE).unwrap())],
            discord: PlatformConfig {
                api: platform.discord_api(),
                token: None,
                public_keys: Vec::new(),
            },
            fluxer: PlatformConfig {
                api: platform.fluxer_api(),
                token: Some(SecretString::from(FLUXER_TOKEN)),
                public_keys: Vec::new(),
            },
            fluxer_gateway: Some(GatewayConfig {
                mod_channels: self.mod_channels,
            }),
        };
        let mut town = Town {
            guild,
            running: None,
            config,
            clock: self.clock,
            platform,
        };
        town.start().await;
        town
    }
}

/// The community, and Gatehouse among its people.
pub(crate) struct Town {
    pub(crate) guild: u64,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
    config: Config,
    clock: Clock,
    pub(crate) platform: SamplePlatform,
}

impl Drop for Town {
    fn drop(&mut self) {
        let watch = secrets::listen();
        for message in self.messages() {
            if message.author.id != FLUXER_BOT_ID {
                let words = message.content.split(|c: char| !c.is_ascii_alphanumeric());
                words
                    .filter(|word| is_distinct(word))
                    .for_each(|word| watch.keep_code(word));
            }
        }
        // With those that were made meanwhile.
        let community = self.platform.community(self.guild);
        let invites = community.iter().flat_map(|community| &community.invites);
        invites.for_each(|invite| watch.keep_code(&invite.code));
        if let Some((_, running)) = &self.running {
            running.abort();
        }
    }
}

impl Town {
    /// Everybody there.
    pub(crate) async fn new() -> Self {
        Setup::new().start().await
    }

    async fn start(&mut self) {
        let server = Server::bind(&self.config, &self.clock, &Metrics::new())
            .await
            .unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async {
            // Either way it is to stop.
            let _ = stopped.await;
        }));
        self.running = Some((stop, running));
        self.until("connected", |town| {
            (town.platform.gateway_sessions() > 0).then_some(())
        })
        .await;
    }

    /// How often Gatehouse sent a frame of this opcode.
    pub(crate) fn sent(&self, opcode: u64) -> usize {
        let heard = self.platform.gateway_heard();
        let sent = heard.iter().filter(|one| one.frame(opcode).is_some());
        sent.count()
    }

    /// Asks Gatehouse to end.
    pub(crate) async fn stop(&mut self) {
        let (stop, running) = self.running.take().unwrap();
        // It is gone either way.
        let _ = stop.send(());
        running.await.unwrap();
    }

    /// Gatehouse ends and begins anew, as at a deployment: nothing is remembered.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.until("disconnected", |town| {
            (town.platform.gateway_sessions() == 0).then_some(())
        })
        .await;
        self.start().await;
    }

    /// Until there is something to find.
    pub(crate) async fn until<T>(&self, what: &str, find: impl Fn(&Self) -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(found) = find(self) {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "not {what}: {:#?}", self.told());
            sleep(GLANCE).await;
        }
    }

    /// Everything that was said anywhere, for whoever reads why a test failed.
    fn told(&self) -> Vec<String> {
        let messages = self.messages().into_iter();
        messages
            .map(|one| {
                format!(
                    "{}: {} {:?}",
                    one.author.username, one.content, one.reactions
                )
            })
            .collect()
    }

    /// What was said anywhere.
    fn messages(&self) -> Vec<SampleMessage> {
        let people = [OWNER, ANN, BEN, ADMIN, NAMED, SILENCED, MEMBER, STRANGER];
        let direct = people
            .iter()
            .filter_map(|who| self.platform.direct_channel(*who));
        let channels = [LOUNGE, OFFICE].into_iter().chain(direct);
        channels
            .flat_map(|channel| self.platform.messages(channel))
            .collect()
    }

    /// What Gatehouse wrote in a channel.
    pub(crate) fn answers(&self, channel: u64) -> Vec<SampleMessage> {
        let mut messages = self.platform.messages(channel);
        messages.retain(|message| message.author.id == FLUXER_BOT_ID);
        messages
    }

    /// What Gatehouse wrote to somebody alone.
    pub(crate) fn letters(&self, user: u64) -> Vec<SampleMessage> {
        let channel = self.platform.direct_channel(user);
        channel.map_or_else(Vec::new, |channel| self.answers(channel))
    }

    /// Says something, and waits for what is written in the same channel because of it.
    pub(crate) async fn ask(&self, channel: u64, user: u64, text: &str) -> SampleMessage {
        let before = self.answers(channel).len();
        self.platform.say(channel, user, text);
        self.next(channel, before).await
    }

    /// Says something where everyone reads, and waits for the letter that comes because of it.
    pub(crate) async fn ask_discreetly(&self, user: u64, text: &str) -> SampleMessage {
        let before = self.letters(user).len();
        self.platform.say(LOUNGE, user, text);
        self.until("written to alone", |town| {
            town.letters(user).get(before).cloned()
        })
        .await
    }

    /// Replies to a message, and waits for what is written in the same channel because of it.
    pub(crate) async fn reply(&self, to: &SampleMessage, user: u64, text: &str) -> SampleMessage {
        let before = self.answers(to.channel).len();
        self.platform.reply(to.channel, user, to.id, text);
        self.next(to.channel, before).await
    }

    /// Replies to a message, and waits until it says something else.
    pub(crate) async fn change(
        &self,
        message: &SampleMessage,
        user: u64,
        text: &str,
    ) -> SampleMessage {
        let now = self.now(message);
        self.platform.reply(message.channel, user, message.id, text);
        self.until_changed(&now).await
    }

    /// Puts an emoji below a message, and waits until it says something else.
    pub(crate) async fn press(
        &self,
        message: &SampleMessage,
        user: u64,
        emoji: &str,
    ) -> SampleMessage {
        let now = self.now(message);
        self.platform
            .react(message.channel, user, message.id, emoji);
        self.until_changed(&now).await
    }

    /// A message as it is now.
    pub(crate) fn now(&self, message: &SampleMessage) -> SampleMessage {
        self.platform.message(message.channel, message.id).unwrap()
    }

    /// Until a message says something else.
    pub(crate) async fn until_changed(&self, message: &SampleMessage) -> SampleMessage {
        self.until("changed", |town| {
            Some(town.now(message)).filter(|now| now.content != message.content)
        })
        .await
    }

    /// Until a message says this.
    pub(crate) async fn until_said(&self, message: &SampleMessage, text: &str) -> SampleMessage {
        self.until(text, |town| {
            Some(town.now(message)).filter(|now| now.content.contains(text))
        })
        .await
    }

    async fn next(&self, channel: u64, before: usize) -> SampleMessage {
        self.until("answered", |town| {
            town.answers(channel).get(before).cloned()
        })
        .await
    }

    /// Until everything that was said so far has been heard: somebody else asks for help, and what
    /// came before is heard before.
    pub(crate) async fn quiet(&self) {
        self.ask_discreetly(OWNER, "/invites help").await;
    }
}

/// Whether this could not as well be a word of a log line, or an id.
fn is_distinct(word: &str) -> bool {
    // A capital letter at the beginning makes a word no code.
    let mut rest = word.chars().skip(1);
    word.chars().any(|c| c.is_ascii_alphabetic())
        && rest.any(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// The codes that stand in a text, as a table shows them.
pub(crate) fn codes(text: &str) -> Vec<String> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| Some(row.split_once('`')?.0.to_owned()))
        .collect()
}

/// Opcode of what asks for a session.
pub(crate) const IDENTIFY: u64 = 2;

/// Opcode of what asks to go on with one.
pub(crate) const RESUME: u64 = 6;

/// The reactions that turn pages, in the order in which they stand.
pub(crate) const TURNS: [&str; 4] = ["⏮️", "◀️", "▶️", "⏭️"];

/// Invites that a clean would take in [`few`]: fewer than have to be counted elsewhere.
pub(crate) const FEW: usize = 12;

/// A town with a few unused invites among others.
pub(crate) async fn few() -> Town {
    let mut community = community();
    let old = Timestamp::now() - SignedDuration::from_hours(48);
    let channel = community.channels[0].clone();
    community.invites = (0..FEW + 8)
        .map(|number| SampleInvite {
            channel: channel.clone(),
            max_age: 0,
            uses: u32::from(number >= FEW),
            ..SampleInvite::new(&format!("fewOnes{number:02}"), old)
        })
        .collect();
    Setup::new().community(community).start().await
}
