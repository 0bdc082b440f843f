//! Where an answer goes, and how it gets there.

use gatehouse_commands::{
    Anchor, Audience, ChannelId, Content, Failure, Placement, Plan, PlatformErrorKind as Kind,
    Reply, RunId,
};
use tracing::warn;

use super::Step;
use crate::{
    gateway::talk::{
        TURNS,
        courier::Address,
        draw::{self, Drawn, Frame},
        page::Page,
    },
    service::Delivery,
};

/// Below a command that was answered by direct message.
const ANSWERED: &str = "✅";

/// Where an answer goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Spot {
    /// In place of a message of ours.
    Edit {
        channel: ChannelId,
        message: u64,
        is_masked: bool,
    },
    /// A new message where it was asked for.
    Here { is_masked: bool },
    /// A direct message.
    Direct,
}

impl Step {
    /// Where a reply goes.
    pub(super) fn spot(&self, reply: &Reply, page: Option<&Page>) -> Spot {
        let is_masked = page.is_some_and(|page| page.audience == Audience::Shared);
        match (reply.placement, page) {
            (Placement::Replace, Some(page)) => Spot::Edit {
                channel: page.channel,
                message: page.id,
                is_masked,
            },
            (Placement::Shared, _) => Spot::Here { is_masked: true },
            (Placement::Private | Placement::Replace, _) if self.is_open(page) => {
                Spot::Here { is_masked: false }
            }
            _ if is_for_everyone(&reply.content) => Spot::Here { is_masked: true },
            _ => Spot::Direct,
        }
    }

    /// Whether whole answers can stand where it was asked for.
    fn is_open(&self, page: Option<&Page>) -> bool {
        self.guild.is_none()
            || self.talk.shared.mod_channels.contains(&self.channel)
                && page.is_none_or(|page| page.audience == Audience::Private)
    }

    /// Delivers the answer and tells how it went out.
    pub(super) async fn deliver(
        &self,
        plan: &Plan,
        reply: &Reply,
        spot: Spot,
        page: Option<&Page>,
    ) -> Delivery {
        // The run itself shows that it ends: two that write the same message would get in each
        // other's way.
        if let (Content::Progress(_), Some(request)) = (&reply.content, self.request) {
            let courier = &self.talk.shared.courier;
            return if courier.react(self.channel, request, ANSWERED).await {
                Delivery::Reaction
            } else {
                Delivery::Undelivered
            };
        }
        let put = self.put(reply, spot, page).await;
        let put = match (put, spot) {
            (Ok(_), _) => return self.delivered(spot).await,
            (Err(_), Spot::Direct) => return self.instead_of_direct(plan, reply).await,
            // What was to be edited is there no more.
            (Err(Kind::Refused | Kind::UnknownChannel), Spot::Edit { is_masked, .. }) => {
                self.put(reply, Spot::Here { is_masked }, page).await
            }
            (put, _) => put,
        };
        match put {
            Ok(_) => Delivery::Channel,
            Err(_) => Delivery::Undelivered,
        }
    }

    async fn delivered(&self, spot: Spot) -> Delivery {
        match (spot, self.request) {
            (Spot::Edit { .. }, _) => Delivery::Edited,
            (Spot::Here { .. }, _) => Delivery::Channel,
            (Spot::Direct, request) => {
                if let Some(request) = request {
                    let courier = &self.talk.shared.courier;
                    courier.react(self.channel, request, ANSWERED).await;
                }
                Delivery::Direct
            }
        }
    }

    /// Answers where everyone reads, since there is no way to the person alone: with masked codes, or
    /// with what of it is for everyone.
    async fn instead_of_direct(&self, plan: &Plan, reply: &Reply) -> Delivery {
        let is_failure = matches!(reply.content, Content::Failure(_));
        let masked = match plan.shared().filter(|_| !is_failure) {
            Some(shared) => {
                let (service, shutdown) = (&self.talk.shared.service, &self.talk.shared.shutdown);
                let run = (shared.place(), RunId(self.number));
                let backstage = service.backstage(run, shutdown, None);
                let outcome = service.run_to_its_end(&shared, &backstage).await;
                match outcome.reply.placement {
                    Placement::Shared => outcome.reply,
                    Placement::Private | Placement::Replace => outcome.reply.for_everyone(),
                }
            }
            None => reply.for_everyone(),
        };
        match self
            .put(&masked, Spot::Here { is_masked: true }, None)
            .await
        {
            Ok(_) => Delivery::Channel,
            Err(_) => Delivery::Undelivered,
        }
    }

    /// Puts a reply where it goes; gives where it stands now, to be edited from there.
    pub(super) async fn put(
        &self,
        reply: &Reply,
        spot: Spot,
        page: Option<&Page>,
    ) -> Result<Spot, Kind> {
        let courier = &self.talk.shared.courier;
        let put = match spot {
            Spot::Edit {
                channel,
                message,
                is_masked,
            } => {
                let drawn = self.draw(reply, is_masked, page);
                courier.edit(channel, message, &drawn).await?;
                let has_turns = page.is_some_and(|page| page.id == message && page.has_turns);
                self.put_turns(channel, message, &drawn, has_turns).await;
                return Ok(spot);
            }
            Spot::Here { is_masked } => {
                let drawn = if is_masked && reply.placement != Placement::Shared {
                    let is_edit = reply.placement == Placement::Replace;
                    let reply = if is_edit {
                        reply
                    } else {
                        &reply.for_everyone()
                    };
                    self.draw(reply, true, page)
                } else {
                    self.draw(reply, is_masked, page)
                };
                self.post(self.channel, self.request, &drawn, is_masked)
                    .await
            }
            Spot::Direct => {
                let channel = courier.direct(self.user).await?;
                let drawn = self.draw(reply, false, None);
                self.post(channel, None, &drawn, false).await
            }
        };
        if let Err(kind) = put {
            warn!(error = %kind, "reply could not be sent");
        }
        put
    }

    fn draw(&self, reply: &Reply, is_masked: bool, page: Option<&Page>) -> Drawn {
        let asker = match page {
            Some(page) => page.asker_of(Anchor::of(reply).as_ref(), self.user),
            None => self.user,
        };
        let frame = Frame {
            guild: page.map(|page| page.state.guild).or(self.guild),
            asker,
            is_masked,
            now: self.talk.shared.service.clock().now(),
        };
        draw::message(reply, frame)
    }

    async fn post(
        &self,
        channel: ChannelId,
        replies_to: Option<u64>,
        drawn: &Drawn,
        is_masked: bool,
    ) -> Result<Spot, Kind> {
        let courier = &self.talk.shared.courier;
        let to = |replies_to| Address {
            channel,
            replies_to,
            nonce: self.nonce(),
        };
        let posted = match courier.post(&to(replies_to), drawn).await {
            // What it replies to may be gone.
            Err(Kind::Refused) if replies_to.is_some() => courier.post(&to(None), drawn).await,
            posted => posted,
        };
        let message = posted?;
        self.talk.shared.ours.insert(message, ()).await;
        self.put_turns(channel, message, drawn, false).await;
        Ok(Spot::Edit {
            channel,
            message,
            is_masked,
        })
    }

    /// Puts what turns pages below a message that is one of several.
    async fn put_turns(&self, channel: ChannelId, message: u64, drawn: &Drawn, has_turns: bool) {
        if !drawn.has_pages || has_turns {
            return;
        }
        for (emoji, _) in TURNS {
            let courier = &self.talk.shared.courier;
            if !courier.react(channel, message, emoji).await {
                // Words turn pages as well.
                break;
            }
        }
    }
}

/// Whether a reply tells nothing that everyone may not know, and is best told where it was asked.
const fn is_for_everyone(content: &Content) -> bool {
    match content {
        Content::Failure(text) => matches!(
            text.failure,
            Failure::Words(_)
                | Failure::MemberMayNotRead { .. }
                | Failure::AskedByAnother
                | Failure::AskedLongAgo
                | Failure::TooFast
                | Failure::SearchTellsCode
        ),
        _ => false,
    }
}
