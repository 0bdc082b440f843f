//! The HTTP client that calls platforms, and the TLS of every connection to them.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{Method, RequestBuilder, multipart, redirect};
use rustls::{ClientConfig, RootCertStore};

use crate::export::File;

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections to a platform that are kept for the next requests. More of them are only needed for a
/// moment.
const IDLE_MAX: usize = 16;

/// How we introduce ourselves.
const USER_AGENT: &str = concat!("GatehouseBot (gatehouse, ", env!("CARGO_PKG_VERSION"), ")");

/// How we introduce ourselves to Discord, which turns others away.
/// See [Discord Docs/User Agent].
///
/// [Discord Docs/User Agent]: https://discord.com/developers/docs/reference#user-agent
pub(crate) const DISCORD_USER_AGENT: &str =
    concat!("DiscordBot (gatehouse, ", env!("CARGO_PKG_VERSION"), ")");

/// A client that is set up at its first request: certificates are compiled in, and a start waits
/// for nothing.
#[derive(Debug)]
pub(crate) struct Client {
    user_agent: &'static str,
    pooled: OnceLock<reqwest::Client>,
    /// Keeps no connection.
    unpooled: OnceLock<reqwest::Client>,
}

impl Default for Client {
    fn default() -> Self {
        Self::named(USER_AGENT)
    }
}

impl Client {
    /// A client that introduces itself in this way.
    pub(crate) const fn named(user_agent: &'static str) -> Self {
        Self {
            user_agent,
            pooled: OnceLock::new(),
            unpooled: OnceLock::new(),
        }
    }

    /// A request to this URL.
    pub(crate) fn request(&self, method: Method, url: &str) -> RequestBuilder {
        let client = || client(self.user_agent, IDLE_MAX);
        self.pooled.get_or_init(client).request(method, url)
    }

    /// A request to this URL on a connection of its own.
    pub(crate) fn request_anew(&self, method: Method, url: &str) -> RequestBuilder {
        let client = || client(self.user_agent, 0);
        self.unpooled.get_or_init(client).request(method, url)
    }
}

/// The part of a form that holds a message's file; its body's `attachments` name it by its number.
const FILE_PART: &str = "files[0]";

/// A message's body with a file beside it, as both platforms take them.
pub(crate) fn form(body: Vec<u8>, file: &File) -> multipart::Form {
    let part = |bytes, media_type| {
        let part = multipart::Part::bytes(bytes).mime_str(media_type);
        part.expect("the files that we make have media types")
    };
    let content = part(file.bytes.clone(), file.media_type).file_name(file.name.clone());
    multipart::Form::new()
        .part("payload_json", part(body, "application/json"))
        .part(FILE_PART, content)
}

fn client(user_agent: &str, idle_connections_max: usize) -> reqwest::Client {
    reqwest::Client::builder()
        .user_agent(user_agent)
        .pool_max_idle_per_host(idle_connections_max)
        .connect_timeout(CONNECT_TIMEOUT)
        // A redirect would take the token to wherever it points.
        .redirect(redirect::Policy::none())
        .tls_backend_preconfigured(tls_config())
        .build()
        .expect("the options are compatible and TLS is set up already")
}

/// TLS with the certificates of public authorities, which are compiled in.
pub(crate) fn tls_config() -> ClientConfig {
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth()
}
