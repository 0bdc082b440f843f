//! From an invocation to a reply: what is asked, whether it may be, and the answer.
//!
//! A plan is made without asking anybody, so that a face knows at once where the reply will go
//! and can say so before the reply is there. Only then the platform is asked.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    command::Command,
    export::{self, Format},
    failure::Failure,
    help::{self, Topic},
    invocation::{Audience, Invocation, Place, Request},
    list,
    platform::{Freshness, Listing, Platform, PlatformError},
    press,
    query::View,
    reply::{Button, Content, Control, FailureText, Placement, Reply},
    show, suggest, text,
    token::{self, Key, Token},
    wish::Wish,
};

/// What will be done for an invocation.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    task: Task,
    placement: Placement,
    /// Who sees the message that was pressed.
    audience: Option<Audience>,
    place: Option<Place>,
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
    Export {
        wish: Wish,
        format: Format,
    },
    Help(Option<Topic>),
    AskPage(View),
    Suggest {
        /// An option that takes text.
        option: &'static str,
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

impl Plan {
    /// Decides what an invocation asks for and whether it may be done.
    pub fn of(invocation: &Invocation) -> Self {
        let place = invocation.place;
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
            place,
        }
    }

    /// Where the reply will go, unless it is a failure.
    pub fn placement(&self) -> Placement {
        self.placement
    }

    /// A short constant word for logs.
    pub fn name(&self) -> &'static str {
        match &self.task {
            Task::List { .. } => "list",
            Task::Show { .. } => "show",
            Task::Export { .. } => "export",
            Task::Help(_) => "help",
            Task::AskPage(_) => "ask_page",
            Task::Suggest { .. } | Task::SuggestNothing => "suggest",
            Task::Refuse(_) => "refuse",
        }
    }

    /// Does it.
    pub async fn run(&self, platform: &impl Platform, now: Timestamp) -> Outcome {
        let (freshness, place) = match (&self.task, self.place) {
            (Task::List { freshness, .. } | Task::Show { freshness, .. }, Some(place)) => {
                (*freshness, place)
            }
            (Task::Export { .. }, Some(place)) => (Freshness::Recent, place),
            (Task::Suggest { .. }, Some(place)) => (Freshness::Known, place),
            _ => return self.outcome(self.without_list()),
        };
        match platform.invites(place.target, freshness).await {
            Ok(listing) => Outcome {
                invites_total: Some(listing.invites.len()),
                ..self.outcome(self.with_list(&listing, place, now))
            },
            Err(error) => Outcome {
                error: Some(error.clone()),
                ..self.outcome(Err(Failure::of_platform(&error, place.here)))
            },
        }
    }

    /// The outcome when something outside the command went wrong: it was cut short, or broke.
    pub fn fail(&self, failure: Failure) -> Outcome {
        self.outcome(Err(failure))
    }

    /// Whether others than the person who asks will see the reply.
    fn is_seen_by_others(&self) -> bool {
        match self.placement {
            Placement::Private => false,
            Placement::Shared => true,
            Placement::Replace => self.audience == Some(Audience::Shared),
        }
    }

    fn without_list(&self) -> Result<(Content, Vec<Control>), Failure> {
        match &self.task {
            Task::Help(topic) => Ok(help::help(*topic)),
            Task::AskPage(view) => Ok((Content::AskPage(list::ask_page(view.clone())), Vec::new())),
            Task::SuggestNothing => Ok((Content::Suggestions(Vec::new()), Vec::new())),
            Task::Refuse(failure) => Err(failure.clone()),
            Task::List { .. } | Task::Show { .. } | Task::Export { .. } | Task::Suggest { .. } => {
                Err(Failure::NotInGuild)
            }
        }
    }

    fn with_list(
        &self,
        listing: &Arc<Listing>,
        place: Place,
        now: Timestamp,
    ) -> Result<(Content, Vec<Control>), Failure> {
        let platform = place.target.platform;
        let masked = self.is_seen_by_others();
        match &self.task {
            Task::List {
                wish, is_outdated, ..
            } => {
                let mut view = wish.resolve(listing)?;
                if masked && let Some(search) = view.filter.search.take() {
                    if search.tells_a_code(&listing.invites) {
                        return Err(Failure::SearchTellsCode);
                    }
                    view.filter.search = Some(search.without_codes());
                }
                let (mut content, controls) = list::page(listing, &view, platform, masked, now);
                if let (true, Content::List(page)) = (*is_outdated, &mut content) {
                    page.notes.insert(0, text::outdated());
                }
                Ok((content, controls))
            }
            Task::Show { key, back, .. } => {
                let invite = show::find(listing, key).ok_or(Failure::NoSuchInvite)?;
                Ok(show::card(listing, invite, back, platform, masked, now))
            }
            Task::Export { wish, format } => {
                let view = wish.resolve(listing)?;
                let content = export::export(listing, &view, place.target, *format, now);
                Ok((content, Vec::new()))
            }
            Task::Suggest { option, typed } => {
                let suggestions = suggest::suggest(option, typed, listing, now);
                Ok((Content::Suggestions(suggestions), Vec::new()))
            }
            Task::Help(_) | Task::AskPage(_) | Task::Refuse(_) | Task::SuggestNothing => {
                self.without_list()
            }
        }
    }

    fn outcome(&self, result: Result<(Content, Vec<Control>), Failure>) -> Outcome {
        let reply = match result {
            Ok((content, controls)) => Reply {
                content,
                controls,
                placement: self.placement,
            },
            Err(_) if matches!(self.task, Task::Suggest { .. }) => Reply {
                content: Content::Suggestions(Vec::new()),
                controls: Vec::new(),
                placement: self.placement,
            },
            Err(failure) => self.failed(failure),
        };
        Outcome {
            reply,
            error: None,
            invites_total: None,
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
        }
    }

    fn retry(&self, failure: &Failure) -> Option<Button> {
        let label = "Try again";
        match &self.task {
            Task::Show { back, .. } if *failure == Failure::NoSuchInvite => Some(Button::new(
                Token::List(token::Control::BackToList, back.clone()),
                "Back to list",
            )),
            _ if !failure.may_be_tried_again() => None,
            Task::List { wish, .. } => {
                let view = wish.without_names()?;
                Some(Button::new(
                    Token::List(token::Control::TryAgain, view),
                    label,
                ))
            }
            Task::Show { key, back, .. } => {
                Some(Button::new(Token::Card(key.clone(), back.clone()), label))
            }
            _ => None,
        }
    }
}

fn decide(invocation: &Invocation) -> Result<(Task, Placement), Failure> {
    let request = &invocation.request;
    if *request == Request::Unreadable {
        return Err(Failure::Unreadable);
    }
    let place = invocation.place.ok_or(Failure::NotInGuild)?;
    let platform = place.here.platform;
    if place.bot.is_installed == Some(false) {
        return Err(Failure::BotNotInstalled { platform });
    }
    if invocation.audience() == Some(Audience::Shared) && !invocation.member.is_moderator() {
        return Err(Failure::MemberLacksRight { platform });
    }
    let (task, placement) = match request {
        Request::Command(words) => command(Command::parse(words).map_err(Failure::Words)?),
        Request::Misread(error) => return Err(Failure::Words(error.clone())),
        Request::UnknownCommand { name } => {
            return Err(Failure::UnknownCommand { name: name.clone() });
        }
        Request::Press {
            id,
            values,
            audience,
        } => press::pressed(id, values, *audience),
        Request::Submit { id, text, audience } => press::submitted(id, text, *audience)?,
        Request::Complete {
            words,
            option,
            typed,
        } => {
            let command = Command::name(words).map_err(Failure::Words)?;
            let task = match command.spec().suggested(option) {
                Some(option) => Task::Suggest {
                    option: option.name,
                    typed: typed.clone(),
                },
                None => Task::SuggestNothing,
            };
            (task, Placement::Private)
        }
        Request::Unreadable => return Err(Failure::Unreadable),
    };
    let needs_list = !matches!(
        task,
        Task::Help(_) | Task::AskPage(_) | Task::SuggestNothing
    );
    // In a linked guild the bot's permissions there say nothing of the community that is shown.
    if needs_list && !place.is_linked() && !place.bot.may_list_invites(platform) {
        return Err(Failure::BotLacksRight { platform });
    }
    Ok((task, placement))
}

fn command(command: Command) -> (Task, Placement) {
    let placement = |share| {
        if share {
            Placement::Shared
        } else {
            Placement::Private
        }
    };
    match command {
        Command::List { wish, share } => (Task::list(wish), placement(share)),
        Command::Show { code, share } => {
            let task = Task::Show {
                key: Key::Code(code),
                back: View::default(),
                freshness: Freshness::Recent,
            };
            (task, placement(share))
        }
        Command::Export { wish, format } => (Task::Export { wish, format }, Placement::Private),
        Command::Help { topic } => (Task::Help(topic), Placement::Private),
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
        platform::PlatformErrorKind,
        rights::{Bot, Member, Permissions},
        samples::{NOW, guild, invite, listing},
        words::Words,
    };

    /// Gives one list, or one error.
    struct Fixed(Result<Listing, PlatformErrorKind>);

    impl Platform for Fixed {
        async fn invites(
            &self,
            guild: crate::place::GuildRef,
            _freshness: Freshness,
        ) -> Result<Arc<Listing>, PlatformError> {
            self.0
                .clone()
                .map(Arc::new)
                .map_err(|kind| PlatformError::new(guild.platform, kind))
        }
    }

    fn invocation(request: Request) -> Invocation {
        Invocation {
            place: Some(Place {
                here: guild(),
                target: guild(),
                bot: Bot::default(),
            }),
            member: Member::default(),
            request,
        }
    }

    fn list_command(options: &[(&str, &str)]) -> Invocation {
        invocation(Request::Command(Words::of("list", options)))
    }

    fn press(id: &Token, values: &[&str], audience: Audience) -> Invocation {
        invocation(Request::Press {
            id: id.to_string(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            audience,
        })
    }

    fn reply(invocation: &Invocation, platform: &impl Platform) -> Reply {
        let plan = Plan::of(invocation);
        let mut run = std::pin::pin!(plan.run(platform, NOW));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match run.as_mut().poll(&mut context) {
            std::task::Poll::Ready(outcome) => outcome.reply,
            std::task::Poll::Pending => panic!("a fixed platform answers at once"),
        }
    }

    /// Must not be asked.
    struct Nobody;

    impl Platform for Nobody {
        async fn invites(
            &self,
            _guild: crate::place::GuildRef,
            _freshness: Freshness,
        ) -> Result<Arc<Listing>, PlatformError> {
            panic!("nobody is to be asked")
        }
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
    fn a_list_reads_like_this() {
        let reply = reply(&list_command(&[("state", "used")]), &one_invite());
        let Content::List(page) = reply.content else {
            panic!("no list");
        };
        let mut text = vec![page.title, page.summary];
        text.extend(page.entries.into_iter().flat_map(|entry| entry.lines));
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
            write!(seen, "{:?}", entry.lines).unwrap();
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
            words: Words::of("show", &[("code", "a")]),
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
                text: text.to_owned(),
                audience: Some(Audience::Private),
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
