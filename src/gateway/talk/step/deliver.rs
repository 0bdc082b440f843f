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
        let is_alone = self.guild.is_none();
        // What is masked stays so, even where whoever reads it is alone.
        page.is_none_or(|page| page.audience == Audience::Private)
            && (is_alone || self.talk.shared.mod_channels.contains(&self.channel))
    }

    /// Delivers the answer and tells how it went out.
    pub(super) async fn deliver(
        &self,
        plan: &Plan,
        reply: &Reply,
        shown_in: Option<Spot>,
        page: Option<&Page>,
    ) -> Delivery {
        let spot = shown_in.unwrap_or_else(|| self.spot(reply, page));
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
            // Whoever asked is to hear of it all the same, and can be written to alone.
            (Err(Kind::MissingPermission), Spot::Edit { .. } | Spot::Here { .. })
                if self.guild.is_some() =>
            {
                return match self.put(reply, Spot::Direct, page).await {
                    Ok(_) => self.delivered(Spot::Direct).await,
                    Err(_) => Delivery::Undelivered,
                };
            }
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
                let mut drawn = self.draw(reply, is_masked, page);
                let mut edited = courier.edit(channel, message, &drawn).await;
                if edited == Err(Kind::MissingPermission) && drawn.file.is_some() {
                    drawn = self.draw_without_file(reply, is_masked, page);
                    edited = courier.edit(channel, message, &drawn).await;
                }
                edited?;
                let has_turns = page.is_some_and(|page| page.id == message && page.has_turns);
                self.put_turns(channel, message, &drawn, has_turns).await;
                return Ok(spot);
            }
            Spot::Here { is_masked } => {
                let is_for_one = is_masked && reply.placement == Placement::Private;
                let reply = if is_for_one {
                    &reply.for_everyone()
                } else {
                    reply
                };
                let drawn = self.draw(reply, is_masked, page);
                let to = (self.channel, self.request);
                match self.post(to, &drawn, is_masked).await {
                    Err(Kind::MissingPermission) if drawn.file.is_some() => {
                        let drawn = self.draw_without_file(reply, is_masked, page);
                        self.post(to, &drawn, is_masked).await
                    }
                    posted => posted,
                }
            }
            Spot::Direct => {
                let drawn = self.draw(reply, false, None);
                let channel = courier.direct(self.user).await?;
                match self.post((channel, None), &drawn, false).await {
                    // It was closed since it was opened.
                    Err(Kind::UnknownChannel) => {
                        courier.forget_direct(self.user);
                        let channel = courier.direct(self.user).await?;
                        self.post((channel, None), &drawn, false).await
                    }
                    posted => posted,
                }
            }
        };
        if let Err(kind) = put {
            warn!(error = %kind, "reply could not be sent");
        }
        put
    }

    fn draw(&self, reply: &Reply, is_masked: bool, page: Option<&Page>) -> Drawn {
        draw::message(reply, self.frame(reply, is_masked, page))
    }

    /// The same where no file may be attached.
    fn draw_without_file(&self, reply: &Reply, is_masked: bool, page: Option<&Page>) -> Drawn {
        draw::message_without_file(reply, self.frame(reply, is_masked, page))
    }

    fn frame(&self, reply: &Reply, is_masked: bool, page: Option<&Page>) -> Frame {
        let asker = match page {
            Some(page) => page.asker_of(Anchor::of(reply).as_ref(), self.user),
            None => self.user,
        };
        Frame {
            guild: page.map(|page| page.state.guild).or(self.guild),
            asker,
            is_masked,
            now: self.talk.shared.service.clock().now(),
        }
    }

    async fn post(
        &self,
        (channel, replies_to): (ChannelId, Option<u64>),
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
        self.talk.shared.ours.insert(message, ());
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
