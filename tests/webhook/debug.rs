//! What can be printed for debugging holds nothing secret.

use gatehouse::{
    clock::Clock, config::Config, metrics::Metrics, parts, sandbox::platform::Community,
    server::Server, service::Service, shutdown::Shutdown, terminal,
};
use gatehouse_commands::{
    Actor, Audience, Code, Content, Invocation, Member, Notice, Plan, Reply, Request, Tone, Words,
};
use jiff::Timestamp;

use crate::support::{Setup, secrets};

const CODE: &str = "aBcD12xY";
const NAME: &str = "rowan.k";
const REASON: &str = "because of the raid";

fn invocation(request: Request) -> Invocation {
    Invocation {
        place: None,
        member: Member::operator(),
        actor: Actor {
            id: None,
            name: NAME.to_owned(),
        },
        request,
    }
}

#[test]
fn an_invocation_and_its_plan_show_neither_who_nor_what() {
    let typed = ["revoke", CODE, &format!("reason:{REASON}")];
    let requests = [
        Request::Command(Words::typed(typed).unwrap()),
        Request::Message {
            texts: vec![format!("https://discord.gg/{CODE} {REASON}")],
        },
        Request::Press {
            id: format!("g1c:{CODE}:1:-n:::"),
            values: vec![CODE.to_owned()],
            audience: Audience::Private,
            reason: Some(REASON.to_owned()),
        },
        Request::Submit {
            id: format!("g1r:{CODE}"),
            lines: vec![(CODE.to_owned(), REASON.to_owned())],
            audience: None,
            reason: None,
        },
    ];
    for request in requests {
        let invocation = invocation(request);
        let plan = Plan::of(&invocation);
        for shown in [
            format!("{invocation:?}"),
            format!("{invocation:#?}"),
            format!("{plan:?}"),
        ] {
            for secret in [CODE, NAME, REASON] {
                assert!(!shown.contains(secret), "{shown}");
            }
        }
    }
    assert!(!format!("{:?}", Code::new(CODE).unwrap()).contains(CODE));
}

#[tokio::test]
async fn a_configuration_and_what_runs_by_it_show_no_token_and_no_list() {
    let setup = Setup::new();
    let gatehouse = setup.start().await;
    let config: Config = Setup::new().config(gatehouse.platform());
    let metrics = Metrics::new();
    let service = Service::new(&config, &Clock::system(), &metrics);
    let guild = format!("fluxer:{}", Community::SAMPLE_ID).parse().unwrap();
    let words = ["list".to_owned()];
    let style = terminal::Style {
        is_json: true,
        width: terminal::DEFAULT_WIDTH,
        is_terminal: false,
    };
    let consent = terminal::Consent { is_given: false };
    let shutdown = Shutdown::default();
    let output = terminal::run(&service, guild, &words, style, consent, &shutdown, |_| {}).await;
    assert!(output.complaint.is_none(), "{output:?}");
    let server = Server::bind(&config, &Clock::system(), &metrics)
        .await
        .unwrap();
    let shown = format!("{config:#?} {service:#?} {server:#?} {metrics:#?}");
    secrets::listen().assert_tells_none(&shown);
    assert!(shown.contains("Service"), "{shown}");
}

#[test]
fn the_bodies_of_a_reply_show_nothing_of_it() {
    let reply = Reply::private(Content::Notice(Notice {
        tone: Tone::Plain,
        title: NAME.into(),
        paragraphs: vec![format!("{CODE} {REASON}").into()],
    }));
    let bodies = parts::bodies(&reply, Timestamp::now());
    assert!(String::from_utf8_lossy(&bodies.edit).contains(CODE));
    let shown = format!("{bodies:?}");
    for secret in [CODE, NAME, REASON] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
