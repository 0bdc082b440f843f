//! The audit log: what was changed through the calls of this platform, and why.

use jiff::Timestamp;

use super::{invite::SampleInvite, percent, record::Recorded};

/// Most characters of a reason that either platform keeps.
pub(super) const REASON_MAX_CHARS: usize = 512;

/// Most entries that one answer holds.
const LIMIT_MAX: usize = 100;

/// Entries that an answer holds unless asked for more or fewer.
const LIMIT_DEFAULT: usize = 50;

/// One entry of a guild's audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Snowflake of the entry.
    pub id: u64,
    /// Number that both platforms have for it: 1 guild changed, 40 invite made, 42 invite revoked.
    pub action: u32,
    /// Code of the invite, or id of the guild.
    pub target: String,
    /// Why, as the asked platform keeps it; `None` when no reason was given or it was too long.
    pub reason: Option<String>,
    /// Account id of the bot that did it.
    pub user_id: u64,
    /// When it was done.
    pub at: Timestamp,
    /// The invite as it was made, or as it was last.
    pub(super) invite: Option<SampleInvite>,
    /// Whether joining is paused from now on, of a change of the guild.
    pub(super) paused: Option<bool>,
}

impl AuditEntry {
    /// Number of a change of the guild itself.
    pub const GUILD_UPDATE: u32 = 1;

    /// Number of an invite that was made.
    pub const INVITE_CREATE: u32 = 40;

    /// Number of an invite that was revoked.
    pub const INVITE_DELETE: u32 = 42;
}

/// The logs of all guilds, oldest entry first. They outlive a guild that is put in the place of another.
#[derive(Debug, Default)]
pub(super) struct AuditLog(Vec<(u64, AuditEntry)>);

impl AuditLog {
    pub(super) fn add(&mut self, guild: u64, entry: AuditEntry) {
        self.0.push((guild, entry));
    }

    /// All entries of a guild, oldest first.
    pub(super) fn of(&self, guild: u64) -> impl DoubleEndedIterator<Item = &AuditEntry> {
        let own = self.0.iter().filter(move |(of, _)| *of == guild);
        own.map(|(_, entry)| entry)
    }

    /// The guild that had an invite of this code until it was revoked.
    pub(super) fn guild_of_revoked(&self, code: &str) -> Option<u64> {
        let revoked = |entry: &AuditEntry| entry.action == AuditEntry::INVITE_DELETE;
        let mut newest_first = self.0.iter().rev();
        let found = newest_first.find(|(_, entry)| revoked(entry) && entry.target == code);
        found.map(|(guild, _)| *guild)
    }
}

/// Which entries a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Filter {
    limit: usize,
    before: Option<u64>,
    /// Only newer ones than this.
    pub(super) after: Option<u64>,
    user: Option<u64>,
    action: Option<u32>,
}

impl Filter {
    /// Reads the query.
    ///
    /// # Errors
    ///
    /// The name of the first parameter that is wrong.
    pub(super) fn read(asked: &Recorded) -> Result<Self, &'static str> {
        let number = |name: &'static str| match asked.parameter(name) {
            None => Ok(None),
            Some(value) => value.parse::<u64>().map(Some).map_err(|_| name),
        };
        let limit = match number("limit")? {
            None => LIMIT_DEFAULT,
            Some(limit) => usize::try_from(limit).map_err(|_| "limit")?,
        };
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err("limit");
        }
        let action = match number("action_type")? {
            None => None,
            Some(action) => Some(u32::try_from(action).map_err(|_| "action_type")?),
        };
        Ok(Self {
            limit,
            before: number("before")?,
            after: number("after")?,
            user: number("user_id")?,
            action,
        })
    }

    fn passes(&self, entry: &AuditEntry) -> bool {
        self.before.is_none_or(|before| entry.id < before)
            && self.after.is_none_or(|after| entry.id > after)
            && self.user.is_none_or(|user| entry.user_id == user)
            && self.action.is_none_or(|action| entry.action == action)
    }

    /// The first of these entries that pass, in the order given.
    pub(super) fn pick<'a>(
        &self,
        entries: impl Iterator<Item = &'a AuditEntry>,
    ) -> Vec<&'a AuditEntry> {
        let passing = entries.filter(|entry| self.passes(entry));
        passing.take(self.limit).collect()
    }
}

/// The reason as Fluxer keeps it: each byte is a character of Latin-1, escapes stay, and too many are dropped.
pub(super) fn kept_by_fluxer(reason: &[u8]) -> Option<String> {
    let given = (1..=REASON_MAX_CHARS).contains(&reason.len());
    given.then(|| reason.iter().copied().map(char::from).collect())
}

/// The reason as Discord keeps it: escapes stand for UTF-8.
///
/// # Errors
///
/// It is too long. What the real server does then is not documented; a refusal shows who sends one.
pub(super) fn kept_by_discord(reason: &[u8]) -> Result<Option<String>, TooLong> {
    let reason = percent::decoded(reason);
    if reason.chars().count() > REASON_MAX_CHARS {
        return Err(TooLong);
    }
    Ok(Some(reason).filter(|reason| !reason.is_empty()))
}

/// A reason of more than [`REASON_MAX_CHARS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: u64, action: u32, target: &str) -> AuditEntry {
        AuditEntry {
            id,
            action,
            target: target.to_owned(),
            reason: None,
            user_id: 9,
            at: Timestamp::UNIX_EPOCH,
            invite: None,
            paused: None,
        }
    }

    fn filter(query: &str) -> Result<Filter, &'static str> {
        Filter::read(&Recorded::of("GET", "", query, b""))
    }

    #[test]
    fn fluxer_keeps_bytes_and_drops_what_is_too_long() {
        assert_eq!(
            kept_by_fluxer("Øre%20".as_bytes()),
            Some("Ã\u{98}re%20".to_owned())
        );
        assert_eq!(kept_by_fluxer(b""), None);
        assert_eq!(kept_by_fluxer(&[b'a'; 512]), Some("a".repeat(512)));
        assert_eq!(kept_by_fluxer(&[b'a'; 513]), None);
        // 257 letters, but 514 bytes.
        assert_eq!(kept_by_fluxer("Ø".repeat(257).as_bytes()), None);
    }

    #[test]
    fn discord_reads_escapes_and_refuses_what_is_too_long() {
        assert_eq!(kept_by_discord(b"%C3%98re"), Ok(Some("Øre".to_owned())));
        assert_eq!(kept_by_discord(b""), Ok(None));
        let escaped = "%C3%98".repeat(512);
        assert_eq!(
            kept_by_discord(escaped.as_bytes()),
            Ok(Some("Ø".repeat(512)))
        );
        assert_eq!(
            kept_by_discord("%C3%98".repeat(513).as_bytes()),
            Err(TooLong)
        );
    }

    #[test]
    fn a_query_is_read_within_its_limits() {
        for wrong in ["limit=0", "limit=101", "limit=x", "limit=-1"] {
            assert_eq!(filter(wrong), Err("limit"), "{wrong}");
        }
        assert!(filter("limit=1").is_ok() && filter("limit=100").is_ok());
        assert_eq!(filter("before=x"), Err("before"));
        assert_eq!(filter("action_type=x&limit=5"), Err("action_type"));
    }

    #[test]
    fn a_filter_passes_what_it_asks_for() {
        let entries = [entry(1, 40, "a"), entry(2, 42, "a"), entry(3, 40, "b")];
        let ids = |query: &str| -> Vec<u64> {
            let picked = filter(query).expect("a filter").pick(entries.iter().rev());
            picked.iter().map(|entry| entry.id).collect()
        };
        assert_eq!(ids(""), [3, 2, 1]);
        assert_eq!(ids("limit=2"), [3, 2]);
        assert_eq!(ids("action_type=40"), [3, 1]);
        assert_eq!(ids("before=3&after=1"), [2]);
        assert_eq!(ids("user_id=9"), [3, 2, 1]);
        assert_eq!(ids("user_id=8"), Vec::<u64>::new());
    }

    #[test]
    fn a_revoked_code_still_leads_to_its_guild() {
        let mut log = AuditLog::default();
        log.add(1, entry(1, 40, "a"));
        assert_eq!(log.guild_of_revoked("a"), None);
        log.add(1, entry(2, 42, "a"));
        log.add(2, entry(3, 42, "b"));
        assert_eq!(log.guild_of_revoked("a"), Some(1));
        assert_eq!(log.of(2).map(|entry| entry.id).collect::<Vec<_>>(), [3]);
    }
}
