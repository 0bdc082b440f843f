//! What everything is measured against: the same work on bare hyper.
//!
//! The signature verified strictly, JSON read borrowed, one call to the platform, a page drawn. No limits, no logs,
//! no checks of rights, no memory, no error texts; what goes wrong ends the connection.

use std::{borrow::Cow, cmp::Reverse, fmt::Write, net::SocketAddr, sync::Arc};

use anyhow::{Context, ensure};
use bytes::Bytes;
use ed25519_dalek::{Signature, VerifyingKey};
use http_body_util::{BodyExt, Empty, Full};
use hyper::{Request, Response, body::Incoming, header, server::conn::http1, service::service_fn};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::interactions::key;

/// Entries on a page.
const PAGE: usize = 10;

/// Serves until it is killed.
pub(crate) fn run(listen: SocketAddr, platform: SocketAddr) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(listen).await?;
        let bare = Arc::new(Bare {
            key: key().verifying_key(),
            platform,
            client: Client::builder(TokioExecutor::new()).build_http(),
        });
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let bare = Arc::clone(&bare);
            let service = service_fn(move |request| {
                let bare = Arc::clone(&bare);
                async move { bare.answer(request).await }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    })
}

struct Bare {
    key: VerifyingKey,
    platform: SocketAddr,
    client: Client<HttpConnector, Empty<Bytes>>,
}

#[derive(Deserialize)]
struct Interaction<'a> {
    #[serde(rename = "type")]
    kind: u8,
    guild_id: Option<&'a str>,
}

#[derive(Deserialize)]
struct Invite<'a> {
    code: &'a str,
    #[serde(borrow)]
    channel: Channel<'a>,
    #[serde(borrow)]
    inviter: Option<Inviter<'a>>,
    uses: u32,
    max_uses: u32,
    #[serde(borrow)]
    created_at: Cow<'a, str>,
    #[serde(borrow)]
    expires_at: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Channel<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Inviter<'a> {
    #[serde(borrow)]
    username: Cow<'a, str>,
}

#[derive(Serialize)]
struct Answer {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Message>,
}

#[derive(Serialize)]
struct Message {
    flags: u32,
    embeds: [Embed; 1],
    components: [Row; 2],
}

#[derive(Serialize)]
struct Embed {
    title: String,
    description: String,
}

#[derive(Serialize)]
struct Row {
    #[serde(rename = "type")]
    kind: u8,
    components: Vec<Component>,
}

#[derive(Serialize)]
struct Component {
    #[serde(rename = "type")]
    kind: u8,
    custom_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<Choice>,
}

#[derive(Serialize)]
struct Choice {
    label: String,
    value: String,
}

impl Bare {
    async fn answer(&self, request: Request<Incoming>) -> anyhow::Result<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let header = |name| head.headers.get(name).context("a header is missing");
        let mut signature = [0; 64];
        hex::decode_to_slice(header("x-signature-ed25519")?, &mut signature)?;
        let mut signed = header("x-signature-timestamp")?.as_bytes().to_vec();
        let start = signed.len();
        let body = body.collect().await?.to_bytes();
        signed.extend_from_slice(&body);
        self.key
            .verify_strict(&signed, &Signature::from_bytes(&signature))?;
        let interaction: Interaction<'_> = serde_json::from_slice(&signed[start..])?;
        let answer = match interaction.guild_id {
            Some(guild) if interaction.kind != 1 => self.list(guild).await?,
            _ => Answer {
                kind: 1,
                data: None,
            },
        };
        let response = Response::builder().header(header::CONTENT_TYPE, "application/json");
        Ok(response.body(Full::new(serde_json::to_vec(&answer)?.into()))?)
    }

    async fn list(&self, guild: &str) -> anyhow::Result<Answer> {
        let platform = self.platform;
        let request = Request::get(format!("http://{platform}/v1/guilds/{guild}/invites"))
            .header(header::AUTHORIZATION, "Bot load")
            .body(Empty::new())?;
        let response = self.client.request(request).await?;
        ensure!(response.status().is_success(), "the platform refuses");
        let body = response.into_body().collect().await?.to_bytes();
        let mut invites: Vec<Invite<'_>> = serde_json::from_slice(&body)?;
        invites.sort_by(|a, b| Reverse(&a.created_at).cmp(&Reverse(&b.created_at)));
        Ok(Answer {
            kind: 4,
            data: Some(page(&invites)),
        })
    }
}

fn page(invites: &[Invite<'_>]) -> Message {
    let mut description = String::new();
    let mut options = Vec::new();
    for invite in invites.iter().take(PAGE) {
        let by = invite
            .inviter
            .as_ref()
            .map_or("nobody", |who| &who.username);
        let ends = invite.expires_at.as_deref().unwrap_or("never");
        // Writing to a string does not fail.
        let _ = writeln!(
            description,
            "`{}` · {}/{} uses · ends {ends}\n#{} · by {by}\n",
            invite.code, invite.uses, invite.max_uses, invite.channel.name,
        );
        options.push(Choice {
            label: invite.code.to_owned(),
            value: invite.code.to_owned(),
        });
    }
    let button = |label: &'static str| Component {
        kind: 2,
        custom_id: format!("page:{label}"),
        label: Some(label),
        options: Vec::new(),
    };
    let menu = Component {
        kind: 3,
        custom_id: "open".to_owned(),
        label: None,
        options,
    };
    Message {
        flags: 64,
        embeds: [Embed {
            title: format!("{} invites", invites.len()),
            description,
        }],
        components: [
            Row {
                kind: 1,
                components: vec![menu],
            },
            Row {
                kind: 1,
                components: ["First", "Back", "Next", "Last"].map(button).into(),
            },
        ],
    }
}
