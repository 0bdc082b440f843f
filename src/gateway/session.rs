//! What outlives a connection, so that the next one can go on where it broke off.

use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;

/// How long after its connection a session can be resumed.
const RESUMABLE_FOR: Duration = Duration::from_secs(60);

/// The session, if there is one.
#[derive(Debug, Default)]
pub(super) struct Session {
    id: Option<SecretString>,
    /// Number of the last event.
    sequence: Option<u64>,
    /// When the connection was lost, while there is none.
    lost: Option<Instant>,
}

impl Session {
    /// A session began.
    pub(super) fn begin(&mut self, id: SecretString) {
        self.id = Some(id);
        self.lost = None;
    }

    /// The session went on.
    pub(super) fn resumed(&mut self) {
        self.lost = None;
    }

    /// An event of this number came. Gives how many did not come that should have come before.
    pub(super) fn count(&mut self, number: u64) -> u64 {
        let last = self.sequence.unwrap_or(number.saturating_sub(1));
        self.sequence = Some(last.max(number));
        number.saturating_sub(last).saturating_sub(1)
    }

    /// Number of the last event.
    pub(super) fn sequence(&self) -> Option<u64> {
        self.sequence
    }

    /// The connection was lost.
    pub(super) fn lose(&mut self, now: Instant) {
        self.lost.get_or_insert(now);
    }

    /// It cannot go on.
    pub(super) fn end(&mut self) {
        *self = Self::default();
    }

    /// What to go on with, as long as it can be.
    pub(super) fn resumable(&self, now: Instant) -> Option<(&SecretString, u64)> {
        let is_in_time = self
            .lost
            .is_none_or(|lost| now.duration_since(lost) < RESUMABLE_FOR);
        let id = self.id.as_ref().filter(|_| is_in_time)?;
        Some((id, self.sequence?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        let mut session = Session::default();
        session.begin("s3cr3t".into());
        session.count(1);
        session
    }

    #[test]
    fn a_session_can_be_resumed_for_a_minute() {
        let now = Instant::now();
        let mut session = session();
        session.lose(now);
        // A connection that was tried in between is no new loss.
        session.lose(now + Duration::from_secs(30));
        let last = now + RESUMABLE_FOR - Duration::from_millis(1);
        assert_eq!(session.resumable(last).unwrap().1, 1);
        assert!(session.resumable(now + RESUMABLE_FOR).is_none());
        session.resumed();
        assert!(session.resumable(now + RESUMABLE_FOR * 2).is_some());
    }

    #[test]
    fn what_has_ended_or_never_began_cannot_be_resumed() {
        let now = Instant::now();
        assert!(Session::default().resumable(now).is_none());
        let mut session = session();
        session.end();
        assert!(session.resumable(now).is_none());
        assert_eq!(session.sequence(), None);
    }

    #[test]
    fn gaps_are_counted_and_numbers_never_go_back() {
        let mut session = session();
        assert_eq!(session.count(2), 0);
        assert_eq!(session.count(9), 6);
        assert_eq!(session.count(3), 0);
        assert_eq!(session.sequence(), Some(9));
        assert_eq!(session.count(u64::MAX), u64::MAX - 10);
        assert_eq!(session.count(0), 0);
    }

    #[test]
    fn debug_tells_no_id() {
        assert!(!format!("{:?}", session()).contains("s3cr3t"));
    }
}
