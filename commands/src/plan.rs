//! From an invocation to a reply: what is asked, whether it may be, and the answer.
//!
//! A plan is made without asking anybody, so that a face knows at once where the reply will go
//! and can say so before the reply is there. Only then the platform is asked.

mod decide;

use std::{fmt, sync::Arc};

use jiff::{SignedDuration, Timestamp};

pub(crate) use self::decide::decide;
use crate::{
    check,
    clean::{self, CleanWish, Preview, Rule},
    code::Code,
    create::{self, CreateWish},
    export::{self, Format},
    failure::Failure,
    help::{self, Topic},
    invocation::{Audience, Invocation, Place, Request},
    joins, list, notice,
    place::GuildRef,
    platform::{Freshness, Listing, Overview, Platform, PlatformError, PlatformErrorKind},
    query::View,
    reason::Actor,
    reply::{Button, Content, Control, FailureText, Form, Placement, Reply},
    review, revoke,
    rights::{Member, Right},
    rotate, show,
    stage::Stage,
    stats::{self, By},
    suggest, text,
    token::{self, Key, RunId, Token},
    who, whose,
    wish::Wish,
};

/// What will be done for an invocation.
#[derive(Clone, PartialEq)]
pub struct Plan {
    task: Task,
    placement: Placement,
    /// Who sees the message that was pressed.
    audience: Option<Audience>,
    place: Option<Place>,
    member: Member,
    actor: Actor,
}

impl fmt::Debug for Plan {
    /// Without who asks for what: that names people and invites.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("name", &self.name())
            .field("placement", &self.placement)
            .field("place", &self.place)
            .field("member", &self.member)
            .finish_non_exhaustive()
    }
}

/// What running a plan takes, for a face that runs many at a time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effort {
    /// Nothing worth counting: no platform is asked, and it is over in a moment.
    None,
    /// Suggestions for what is being typed: of no use any more after a second.
    Suggestion,
    /// Some calls of a platform.
    Short,
    /// Minutes, a file as large as the list, or many calls.
    Long,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Task {
    List {
        wish: Wish,
        freshness: Freshness,
        is_outdated: bool,
    },
    Show {
        key: Key,
        back: View,
        freshness: Freshness,
    },
    Whose {
        texts: Vec<String>,
    },
    Review {
        freshness: Freshness,
    },
    Stats(By),
    Who {
        key: Key,
        page: u32,
        back: View,
    },
    /// A form that needs nothing of the platform.
    Ask(Box<Form>),
    AskRevoke {
        key: Key,
        reason: Option<String>,
    },
    Revoke {
        key: Key,
        seen: Option<u32>,
        back: View,
        reason: Option<String>,
    },
    AskRotate {
        key: Key,
        reason: Option<String>,
    },
    Rotate {
        key: Key,
        back: View,
        reason: Option<String>,
    },
    Create {
        wish: CreateWish,
        reason: Option<String>,
    },
    Pause {
        duration: Option<SignedDuration>,
        back: View,
        reason: Option<String>,
    },
    Resume {
        back: View,
        reason: Option<String>,
    },
    PreviewClean {
        wish: CleanWish,
        page: u32,
        /// What the other pages showed, where one is turned to.
        seen: Option<Preview>,
        freshness: Freshness,
        reason: Option<String>,
    },
    Clean {
        rule: Rule,
        preview: Preview,
        page: u32,
        typed: String,
        reason: Option<String>,
    },
    Cancel(RunId),
    Export {
        wish: Wish,
        format: Format,
    },
    Check,
    Help(Option<Topic>),
    Suggest {
        /// An option that takes text.
        option: &'static str,
        typed: String,
    },
    /// Suggests channels that an invite can be made for.
    SuggestChannel {
        typed: String,
    },
    SuggestNothing,
    Refuse(Failure),
}

/// A reply, and the technical error behind it when it tells of one.
#[derive(Debug)]
pub struct Outcome {
    /// What to say.
    pub reply: Reply,
    /// What the log should hold; the reply does not.
    pub error: Option<PlatformError>,
    /// How many invites there are, where a list was read.
    pub invites_total: Option<usize>,
}

/// What a task came to.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) content: Content,
    pub(crate) controls: Vec<Control>,
    pub(crate) reason: Option<String>,
    /// How many invites there are, where a list was read.
    pub(crate) total: Option<usize>,
    /// What went wrong on the way, for the log.
    pub(crate) error: Option<PlatformError>,
}

impl Answer {
    pub(crate) fn new(content: Content) -> Self {
        Self {
            content,
            controls: Vec::new(),
            reason: None,
            total: None,
            error: None,
        }
    }
}

/// Why a task came to nothing, and the technical error behind it.
#[derive(Debug)]
pub(crate) struct Problem {
    failure: Failure,
    error: Option<PlatformError>,
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            error: None,
        }
    }
}

/// What a task is worked on with.
#[derive(Debug)]
pub(crate) struct Work<'a, P, S> {
    pub(crate) platform: &'a P,
    pub(crate) stage: &'a S,
    pub(crate) place: Place,
    pub(crate) member: Member,
    pub(crate) actor: &'a Actor,
    /// Whether others than the person who asked will see the reply.
    pub(crate) masked: bool,
}

impl<P: Platform, S: Stage> Work<'_, P, S> {
    /// The guild's invites.
    pub(crate) async fn list(&self, freshness: Freshness) -> Result<Arc<Listing>, Problem> {
        let listing = self.platform.invites(self.place.target, freshness).await;
        listing.map_err(|error| self.problem(error))
    }

    /// The guild itself.
    pub(crate) async fn overview(&self) -> Result<Overview, Problem> {
        let overview = self.platform.overview(self.place.target).await;
        overview.map_err(|error| self.problem(error))
    }

    /// Whether the platform lists this code no more; `None` when that can't be found out.
    pub(crate) async fn is_gone(&self, code: &Code) -> Option<bool> {
        let listing = self.list(Freshness::Now).await.ok()?;
        let is_listed = listing.invites.iter().any(|other| other.code == *code);
        // What could not be read may be this one.
        (is_listed || listing.unreadable == 0).then_some(!is_listed)
    }

    /// What a platform's error comes to where an invite was to be made: a second one must not
    /// follow by itself.
    pub(crate) fn problem_of_making(&self, error: PlatformError) -> Problem {
        if !revoke::may_be_done(error.kind) {
            return self.problem_of_changing(error, Right::CreateInvite);
        }
        Problem {
            failure: Failure::MayBeMade {
                platform: error.platform,
            },
            error: Some(error),
        }
    }

    /// What a platform's error comes to where something was to be changed that takes this
    /// permission.
    pub(crate) fn problem_of_changing(&self, error: PlatformError, right: Right) -> Problem {
        if error.kind != PlatformErrorKind::MissingPermission {
            return self.problem(error);
        }
        Problem {
            failure: Failure::BotMayNot {
                platform: error.platform,
                right,
            },
            error: Some(error),
        }
    }

    /// What a platform's error comes to for the moderator.
    pub(crate) fn problem(&self, error: PlatformError) -> Problem {
        Problem {
            failure: Failure::of_platform(&error, self.place.here),
            error: Some(error),
        }
    }
}

impl Plan {
    /// Decides what an invocation asks for and whether it may be done.
    pub fn of(invocation: &Invocation) -> Self {
        let is_completion = matches!(invocation.request, Request::Complete { .. });
        let (task, placement) = decide(invocation).unwrap_or_else(|failure| {
            let task = if is_completion {
                // While typing there is no room for a failure.
                Task::SuggestNothing
            } else {
                Task::Refuse(failure)
            };
            (task, Placement::Private)
        });
        Self {
            task,
            placement,
            audience: invocation.audience(),
            place: invocation.place,
            member: invocation.member,
            actor: invocation.actor.clone(),
        }
    }

    /// Where the reply will go, unless it is a failure.
    pub fn placement(&self) -> Placement {
        self.placement
    }

    /// The guild that it is asked for in.
    pub fn place(&self) -> Option<GuildRef> {
        self.place.map(|place| place.here)
    }

    /// Every [`name`](Self::name), so that each can be counted before it comes up.
    pub const NAMES: [&'static str; 22] = [
        "list",
        "show",
        "whose",
        "review",
        "stats",
        "who",
        "ask",
        "ask_revoke",
        "revoke",
        "ask_rotate",
        "rotate",
        "create",
        "pause",
        "resume",
        "preview_clean",
        "clean",
        "cancel",
        "export",
        "check",
        "help",
        "suggest",
        "refuse",
    ];

    /// A short constant word for logs.
    pub fn name(&self) -> &'static str {
        match &self.task {
            Task::List { .. } => "list",
            Task::Show { .. } => "show",
            Task::Whose { .. } => "whose",
            Task::Review { .. } => "review",
            Task::Stats(_) => "stats",
            Task::Who { .. } => "who",
            Task::Ask(_) => "ask",
            Task::AskRevoke { .. } => "ask_revoke",
            Task::Revoke { .. } => "revoke",
            Task::AskRotate { .. } => "ask_rotate",
            Task::Rotate { .. } => "rotate",
            Task::Create { .. } => "create",
            Task::Pause { .. } => "pause",
            Task::Resume { .. } => "resume",
            Task::PreviewClean { .. } => "preview_clean",
            Task::Clean { .. } => "clean",
            Task::Cancel(_) => "cancel",
            Task::Export { .. } => "export",
            Task::Check => "check",
            Task::Help(_) => "help",
            Task::Suggest { .. } | Task::SuggestChannel { .. } | Task::SuggestNothing => "suggest",
            Task::Refuse(_) => "refuse",
        }
    }

    /// What running it takes.
    pub fn effort(&self) -> Effort {
        match &self.task {
            Task::Help(_)
            | Task::Ask(_)
            | Task::SuggestNothing
            | Task::Refuse(_)
            | Task::Cancel(_) => Effort::None,
            Task::Suggest { .. } | Task::SuggestChannel { .. } => Effort::Suggestion,
            // The first two hold every invite of a guild while their file is on its way, and a check
            // asks for a dozen things at once.
            Task::Clean { .. } | Task::Export { .. } | Task::Check => Effort::Long,
            Task::List { .. }
            | Task::Show { .. }
            | Task::Whose { .. }
            | Task::Review { .. }
            | Task::Stats(_)
            | Task::Who { .. }
            | Task::AskRevoke { .. }
            | Task::Revoke { .. }
            | Task::AskRotate { .. }
            | Task::Rotate { .. }
            | Task::Create { .. }
            | Task::Pause { .. }
            | Task::Resume { .. }
            | Task::PreviewClean { .. } => Effort::Short,
        }
    }

    /// The same with a reply that everyone may read, in a message of its own; `None` where there is
    /// none.
    pub fn shared(&self) -> Option<Self> {
        let can_be_masked = matches!(
            self.task,
            Task::List { .. } | Task::Show { .. } | Task::Review { .. } | Task::Stats(_)
        );
        can_be_masked.then(|| Self {
            placement: Placement::Shared,
            ..self.clone()
        })
    }

    /// What running it changes at once, for a face that wants to be told so first; `None` when it
    /// asks by itself, or changes nothing.
    pub fn announcement(&self, now: Timestamp) -> Option<Reply> {
        let platform = self.place?.target.platform;
        let announced = match &self.task {
            Task::Create { wish, .. } => create::announce(platform, wish),
            Task::Pause { duration, .. } => joins::announce_pause(platform, *duration, now),
            Task::Resume { .. } => Ok(joins::announce_resume()),
            _ => return None,
        };
        Some(match announced {
            Ok(notice) => Reply::private(Content::Notice(notice)),
            Err(failure) => self.failed(failure),
        })
    }

    /// Does it.
    pub async fn run(&self, platform: &impl Platform, stage: &impl Stage) -> Outcome {
        match self.answer(platform, stage).await {
            Ok(answer) => Outcome {
                reply: Reply {
                    content: answer.content,
                    controls: answer.controls,
                    placement: self.placement,
                    reason: answer.reason,
                },
                error: answer.error,
                invites_total: answer.total,
            },
            Err(Problem { failure, error }) => Outcome {
                error,
                ..self.fail(failure)
            },
        }
    }

    /// The outcome when something outside the command went wrong: it was cut short, or broke.
    pub fn fail(&self, failure: Failure) -> Outcome {
        // The sentences for these say that nothing was changed.
        let failure = match failure {
            Failure::Stopping | Failure::Internal if self.task.acts() => Failure::Interrupted,
            failure => failure,
        };
        let reply = if self.is_completion() {
            Reply {
                placement: self.placement,
                ..Reply::private(Content::Suggestions(Vec::new()))
            }
        } else {
            self.failed(failure)
        };
        Outcome {
            reply,
            error: None,
            invites_total: None,
        }
    }

    /// The outcome of a run that was cut short after it had shown this last.
    pub fn cut_short(&self, shown: &Reply) -> Outcome {
        let Content::Progress(progress) = &shown.content else {
            return self.fail(Failure::Stopping);
        };
        let answer = clean::cut_short(progress);
        Outcome {
            reply: Reply {
                content: answer.content,
                controls: answer.controls,
                placement: self.placement,
                reason: self.reason(),
            },
            error: None,
            invites_total: None,
        }
    }

    fn is_completion(&self) -> bool {
        matches!(
            self.task,
            Task::Suggest { .. } | Task::SuggestChannel { .. } | Task::SuggestNothing
        )
    }

    /// Whether others than the person who asks will see the reply.
    fn is_seen_by_others(&self) -> bool {
        match self.placement {
            Placement::Private => false,
            Placement::Shared => true,
            Placement::Replace => self.audience == Some(Audience::Shared),
        }
    }

    async fn answer<P: Platform, S: Stage>(
        &self,
        platform: &P,
        stage: &S,
    ) -> Result<Answer, Problem> {
        match &self.task {
            Task::Help(topic) => {
                let (content, controls) = help::help(*topic);
                return Ok(Answer {
                    controls,
                    ..Answer::new(content)
                });
            }
            Task::Ask(form) => return Ok(Answer::new(Content::Form(form.clone()))),
            Task::SuggestNothing => return Ok(Answer::new(Content::Suggestions(Vec::new()))),
            Task::Refuse(failure) => return Err(failure.clone().into()),
            _ => {}
        }
        let work = Work {
            platform,
            stage,
            place: self.place.ok_or(Failure::NotInGuild)?,
            member: self.member,
            actor: &self.actor,
            masked: self.is_seen_by_others(),
        };
        self.work(&work).await
    }

    async fn work<P: Platform, S: Stage>(&self, work: &Work<'_, P, S>) -> Result<Answer, Problem> {
        match &self.task {
            Task::List {
                wish,
                freshness,
                is_outdated,
            } => list::run(work, wish, *freshness, *is_outdated).await,
            Task::Show {
                key,
                back,
                freshness,
            } => show::run(work, key, back, *freshness).await,
            Task::Whose { texts } => whose::run(work, texts).await,
            Task::Review { freshness } => review::run(work, *freshness).await,
            Task::Stats(by) => stats::run(work, *by).await,
            Task::Who { key, page, back } => who::run(work, key, *page, back).await,
            Task::AskRevoke { key, reason } => {
                revoke::ask_named(work, key, reason.as_deref()).await
            }
            Task::Revoke {
                key,
                seen,
                back,
                reason,
            } => revoke::run(work, key, *seen, back, reason.as_deref()).await,
            Task::AskRotate { key, reason } => {
                rotate::ask_named(work, key, reason.as_deref()).await
            }
            Task::Rotate { key, back, reason } => {
                rotate::run(work, key, back, reason.as_deref()).await
            }
            Task::Create { wish, reason } => create::run(work, wish, reason.as_deref()).await,
            Task::Pause {
                duration,
                back,
                reason,
            } => joins::pause(work, *duration, back, reason.as_deref()).await,
            Task::Resume { back, reason } => joins::resume(work, back, reason.as_deref()).await,
            Task::PreviewClean {
                wish,
                page,
                seen,
                freshness,
                reason,
            } => {
                let reason = reason.as_deref();
                clean::preview(work, wish, *page, *seen, *freshness, reason).await
            }
            Task::Clean {
                rule,
                preview,
                page,
                typed,
                reason,
            } => clean::run(work, rule, *preview, *page, typed, reason.as_deref()).await,
            Task::Cancel(run) => clean::cancel(work, *run),
            Task::Export { wish, format } => export::run(work, wish, *format).await,
            Task::Check => check::run(work).await,
            Task::Suggest { option, typed } => {
                let listing = work.list(Freshness::Known).await?;
                let all = suggest::suggest(option, typed, &listing, work.stage.now());
                Ok(Answer {
                    total: Some(listing.invites.len()),
                    ..Answer::new(Content::Suggestions(all))
                })
            }
            Task::SuggestChannel { typed } => {
                let channels = work.platform.channels(work.place.target).await;
                let channels = channels.map_err(|error| work.problem(error))?;
                let all = suggest::channels_to_choose(typed, &channels);
                Ok(Answer::new(Content::Suggestions(all)))
            }
            Task::Help(_) | Task::Ask(_) | Task::SuggestNothing | Task::Refuse(_) => {
                Err(Failure::Internal.into())
            }
        }
    }

    /// A failure takes the place of the message that was pressed, with a way to go on from
    /// there, when only the person who pressed sees it. What others see stays as it is.
    fn failed(&self, failure: Failure) -> Reply {
        let (title, advice) = text::failure(&failure);
        let retry = self.retry(&failure);
        let in_place = self.placement == Placement::Replace && !self.is_seen_by_others();
        let placement = if in_place && retry.is_some() {
            Placement::Replace
        } else {
            Placement::Private
        };
        let controls = retry.map(|button| vec![Control::Buttons(vec![button])]);
        Reply {
            content: Content::Failure(FailureText {
                failure,
                title,
                advice,
            }),
            controls: controls.unwrap_or_default(),
            placement,
            reason: self.reason(),
        }
    }

    /// The reason that was given, so that a second try need not ask for it again.
    fn reason(&self) -> Option<String> {
        match &self.task {
            Task::AskRevoke { reason, .. }
            | Task::Revoke { reason, .. }
            | Task::AskRotate { reason, .. }
            | Task::Rotate { reason, .. }
            | Task::Pause { reason, .. }
            | Task::Resume { reason, .. }
            | Task::PreviewClean { reason, .. }
            | Task::Clean { reason, .. } => reason.clone(),
            _ => None,
        }
    }

    fn retry(&self, failure: &Failure) -> Option<Button> {
        let again = |token| Some(Button::new(token, "Try again"));
        let missing = *failure == Failure::NoSuchInvite;
        match &self.task {
            Task::Show { back, .. } | Task::Who { back, .. } | Task::Rotate { back, .. }
                if missing =>
            {
                Some(notice::back_to(back))
            }
            _ if !failure.may_be_tried_again() => None,
            Task::List { wish, .. } => {
                let view = wish.without_names()?;
                again(Token::List(token::Control::TryAgain, view))
            }
            Task::Show { key, back, .. } => again(Token::Card(key.clone(), back.clone())),
            Task::Who { key, page, back } => {
                let act = token::Act::Members { page: *page };
                again(Token::Invite(act, key.clone(), back.clone()))
            }
            // The card shows what it is before it is ended.
            Task::AskRevoke { key, .. } => again(Token::Card(key.clone(), View::default())),
            Task::Revoke {
                key, seen, back, ..
            } => {
                let act = token::Act::Revoke { seen: *seen };
                again(Token::Invite(act, key.clone(), back.clone()))
            }
            Task::AskRotate { key, .. } => again(Token::Invite(
                token::Act::Rotate,
                key.clone(),
                View::default(),
            )),
            // Where it is not known whether a new invite was made, a second one must not follow
            // by a slip of the finger.
            Task::Rotate { back, .. } => Some(notice::back_to(back)),
            Task::Pause { back, .. } => again(Token::List(token::Control::Pause, back.clone())),
            Task::Resume { back, .. } => again(Token::List(token::Control::Resume, back.clone())),
            Task::Clean {
                rule,
                preview,
                page,
                ..
            } => again(Token::Clean(
                token::Step::Refresh,
                rule.clone(),
                *preview,
                *page,
            )),
            Task::PreviewClean { wish, page, .. } => again(wish.again(*page)?),
            Task::Review { .. } => again(Token::Review),
            Task::Stats(by) => again(Token::Stats(*by)),
            Task::Check => again(Token::Check),
            _ => None,
        }
    }
}

impl Task {
    pub(crate) const fn list(wish: Wish) -> Self {
        Self::List {
            wish,
            freshness: Freshness::Recent,
            is_outdated: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::{
        invocation::Request,
        rights::{Bot, Permissions},
        samples::{Fixed, NOW, Nobody, guild, invite, listing, outcome},
        words::Words,
    };

    fn invocation(request: Request) -> Invocation {
        Invocation {
            place: Some(Place {
                here: guild(),
                target: guild(),
                bot: Bot::default(),
            }),
            member: Member::default(),
            actor: Actor::default(),
            request,
        }
    }

    fn list_command(options: &[(&str, &str)]) -> Invocation {
        invocation(Request::Command(Words::with("list", options)))
    }

    fn press(id: &Token, values: &[&str], audience: Audience) -> Invocation {
        invocation(Request::Press {
            id: id.to_string(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            audience,
            reason: None,
        })
    }

    fn reply(invocation: &Invocation, platform: &impl Platform) -> Reply {
        outcome(invocation, platform).reply
    }

    fn one_invite() -> Fixed {
        Fixed(Ok(listing(vec![invite("aBcD12xY")])))
    }

    fn failure(reply: &Reply) -> &Failure {
        match &reply.content {
            Content::Failure(text) => &text.failure,
            other => panic!("no failure: {other:?}"),
        }
    }

    #[test]
    fn every_name_is_listed() {
        let source = include_str!("plan.rs");
        let (_, from) = source.split_once("pub fn name").unwrap();
        let (body, _) = from.split_once("\n    }\n").unwrap();
        let arms = body.split("=> \"").skip(1);
        let words: Vec<_> = arms.map(|arm| arm.split('"').next().unwrap()).collect();
        assert_eq!(words, Plan::NAMES);
    }

    #[test]
    fn a_list_reads_like_this() {
        let reply = reply(&list_command(&[("state", "used")]), &one_invite());
        let Content::List(page) = reply.content else {
            panic!("no list");
        };
        let mut text = vec![page.title, page.summary];
        text.extend(page.entries.into_iter().flat_map(|entry| entry.lines()));
        text.push(page.footer);
        let text: Vec<String> = text.iter().map(|line| line.plain(NOW)).collect();
        insta::assert_snapshot!(text.join("\n"), @r"
        Invites into Lantern Harbour
        1 of 1 matches: used · newest first
        aBcD12xY · 3 uses · never ends
        #welcome · by Ann · made 1 hour ago
        1 of 1000 invites · read 4 seconds ago
        ");
    }

    #[test]
    fn nothing_of_a_shared_reply_holds_a_code() {
        let shared = reply(&list_command(&[("share", "true")]), &one_invite());
        assert_eq!(shared.placement, Placement::Shared);
        let mut seen = format!("{:?}", shared.controls);
        let Content::List(page) = &shared.content else {
            panic!("no list");
        };
        for entry in &page.entries {
            write!(seen, "{:?}", entry.lines()).unwrap();
        }
        assert!(!seen.contains("aBcD12xY"), "{seen}");
        assert!(seen.contains("aBcD••••"), "{seen}");
    }

    #[test]
    fn an_invite_opened_from_a_shared_list_is_for_the_moderator_alone() {
        let made = invite("aBcD12xY").created_at().unwrap();
        let open = Token::List(token::Control::Open, View::default());
        let key = Key::Made(made).to_string();
        let mut invocation = press(&open, &[&key], Audience::Shared);
        assert!(matches!(
            failure(&reply(&invocation, &one_invite())),
            Failure::MemberLacksRight { .. }
        ));
        invocation.member.permissions = Permissions::MANAGE_GUILD;
        let reply = reply(&invocation, &one_invite());
        assert_eq!(reply.placement, Placement::Private);
        assert!(matches!(reply.content, Content::Card(card) if card.fields[0].0 == "Link"));
    }

    #[test]
    fn a_press_on_a_private_list_needs_no_more_rights_and_replaces_it() {
        let next = Token::List(token::Control::Next, View::default().at(2));
        let reply = reply(&press(&next, &[], Audience::Private), &one_invite());
        assert_eq!(reply.placement, Placement::Replace);
        assert!(matches!(reply.content, Content::List(page) if page.page == 1));
    }

    #[test]
    fn a_failing_press_leaves_a_way_to_go_on() {
        let broken = Fixed(Err(PlatformErrorKind::Broken));
        let next = Token::List(token::Control::Next, View::default().at(2));
        let private = reply(&press(&next, &[], Audience::Private), &broken);
        assert_eq!(private.placement, Placement::Replace);
        let again = Token::List(token::Control::TryAgain, View::default().at(2));
        assert_eq!(
            private.controls,
            [Control::Buttons(vec![Button::new(again, "Try again")])]
        );

        let mut shared = press(&next, &[], Audience::Shared);
        shared.member.has_moderator_role = true;
        assert_eq!(reply(&shared, &broken).placement, Placement::Private);
    }

    #[test]
    fn an_unknown_button_is_answered_with_a_fresh_list() {
        for audience in [Audience::Private, Audience::Shared] {
            let mut invocation = invocation(Request::Press {
                id: "inv:1:list:2:n".to_owned(),
                values: Vec::new(),
                audience,
                reason: None,
            });
            invocation.member.has_moderator_role = true;
            let reply = reply(&invocation, &one_invite());
            assert_eq!(reply.placement, Placement::Private);
            let Content::List(page) = reply.content else {
                panic!("no list");
            };
            assert_eq!(page.notes[0], text::outdated());
        }
    }

    #[test]
    fn without_the_right_nobody_is_asked() {
        let mut outside = list_command(&[]);
        outside.place = None;
        assert_eq!(failure(&reply(&outside, &Nobody)), &Failure::NotInGuild);

        let mut not_installed = list_command(&[]);
        not_installed.place.as_mut().unwrap().bot.is_installed = Some(false);
        assert!(matches!(
            failure(&reply(&not_installed, &Nobody)),
            Failure::BotNotInstalled { .. }
        ));

        let mut powerless = list_command(&[]);
        powerless.place.as_mut().unwrap().bot.permissions = Some(Permissions::default());
        assert!(matches!(
            failure(&reply(&powerless, &Nobody)),
            Failure::BotLacksRight { .. }
        ));

        // Where the guild is linked, what the bot may do here says nothing of the community there.
        let place = powerless.place.as_mut().unwrap();
        place.target.id = crate::id::GuildId::new(7).unwrap();
        assert!(matches!(
            reply(&powerless, &one_invite()).content,
            Content::List(_)
        ));
    }

    #[test]
    fn a_failure_while_typing_suggests_nothing() {
        let completion = invocation(Request::Complete {
            words: Words::with("show", &[("code", "a")]),
            option: "code".to_owned(),
            typed: "a".to_owned(),
        });
        for platform in [one_invite(), Fixed(Err(PlatformErrorKind::TimedOut))] {
            let expected = usize::from(platform.0.is_ok());
            let reply = reply(&completion, &platform);
            assert!(matches!(reply.content, Content::Suggestions(all) if all.len() == expected));
        }
        let mut outside = completion;
        outside.place = None;
        let reply = reply(&outside, &one_invite());
        assert!(matches!(reply.content, Content::Suggestions(all) if all.is_empty()));
    }

    #[test]
    fn a_page_is_jumped_to_by_the_form() {
        let submit = |text: &str| {
            invocation(Request::Submit {
                id: Token::List(token::Control::Jump, View::default()).to_string(),
                lines: vec![("line".to_owned(), text.to_owned())],
                audience: Some(Audience::Private),
                reason: None,
            })
        };
        let there = reply(&submit("7"), &one_invite());
        assert_eq!(there.placement, Placement::Replace);
        assert!(matches!(there.content, Content::List(page) if page.page == 1));
        assert_eq!(
            failure(&reply(&submit("x"), &one_invite())),
            &Failure::NotAPage
        );
    }
}
