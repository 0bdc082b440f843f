//! Snowflakes as types, so that a channel can't be taken for a guild.
//!
//! Both platforms write ids as decimal strings of up to 64 bits.
//! See [Discord Docs/Snowflakes].
//!
//! [Discord Docs/Snowflakes]: https://discord.com/developers/docs/reference#snowflakes

use std::{fmt, num::NonZeroU64, str::FromStr};

use jiff::Timestamp;

/// The text is not a snowflake: 1 to 20 decimal digits, from 1 to 2^64 - 1.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not an id: an id is a number of up to 20 digits")]
pub struct IdError;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(NonZeroU64);

        impl $name {
            /// The id of this number; `None` for zero, which no platform gives out.
            pub const fn new(id: u64) -> Option<Self> {
                match NonZeroU64::new(id) {
                    Some(id) => Some(Self(id)),
                    None => None,
                }
            }

            /// The id as a number.
            pub const fn number(self) -> u64 {
                self.0.get()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                // `u64::from_str` takes a leading `+`, which is no id.
                if !text.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(IdError);
                }
                text.parse().ok().and_then(Self::new).ok_or(IdError)
            }
        }
    )*};
}

ids! {
    /// A community (Discord says server, Fluxer says community).
    GuildId;
    /// A channel that an invite leads into.
    ChannelId;
    /// A person or a bot.
    UserId;
    /// A role, as named by the operator.
    RoleId;
}

/// The moment from which both platforms count, in milliseconds since 1970.
const EPOCH_MILLIS: u64 = 1_420_070_400_000;

/// The bits of a snowflake below its time.
const BELOW_TIME_BITS: u32 = 22;

impl UserId {
    /// When the account was made, which its id tells.
    pub fn created_at(self) -> Timestamp {
        let millis = (self.number() >> BELOW_TIME_BITS) + EPOCH_MILLIS;
        i64::try_from(millis)
            .ok()
            .and_then(|millis| Timestamp::from_millisecond(millis).ok())
            .unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_up_to_64_bits_and_not_beyond() {
        let greatest = GuildId::new(u64::MAX);
        assert_eq!("18446744073709551615".parse().ok(), greatest);
        for wrong in [
            "18446744073709551616",
            "0",
            "",
            "-1",
            "+1",
            " 1",
            "1a",
            "１",
        ] {
            assert_eq!(wrong.parse::<GuildId>(), Err(IdError), "{wrong:?}");
        }
    }
}
