//! A platform, or whatever pretends to be it, that cannot be spoken to in secret.

use gatehouse_commands::PlatformName;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use super::{assert_lists, assert_says, list, no_http::before, other};
use crate::support::{
    Gatehouse,
    crude::{Crude, CrudePlatform},
};

/// A server with a certificate of its own making; changed as told.
fn certified(change: impl FnOnce(&mut CertificateParams)) -> ServerConfig {
    let mut parameters = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    change(&mut parameters);
    let key = KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = rustls::crypto::ring::default_provider();
    ServerConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap()
}

async fn assert_out_of_reach(platform: PlatformName, crude: &CrudePlatform, what: &str) {
    let mut gatehouse = before(platform, &crude.origin("https")).await;
    let message = list(&gatehouse).await;
    assert_says(
        &message,
        &format!("{platform} cannot be reached"),
        &[
            "Try again in a minute",
            "tell the person who hosts this bot",
        ],
    );
    assert_eq!(
        crude.asked_in_all(),
        0,
        "{platform}, {what}: something was told"
    );
    assert_other_works(&mut gatehouse, platform).await;
}

/// The platform that interactions come from shows its own invites where there is no link.
async fn assert_other_works(gatehouse: &mut Gatehouse, platform: PlatformName) {
    assert_eq!(gatehouse.face, other(platform));
    let unlinked = gatehouse.guild + 1;
    let mut community = gatehouse.platform().community(gatehouse.guild).unwrap();
    community.id = unlinked;
    gatehouse.platform().add_guild(community);
    gatehouse.guild = unlinked;
    assert_lists(&list(gatehouse).await);
}

#[tokio::test]
async fn nothing_is_told_to_whom_nobody_vouches_for() {
    for platform in PlatformName::ALL {
        let crude = CrudePlatform::with_tls(certified(|_| {})).await;
        assert_out_of_reach(platform, &crude, "self-signed").await;
        let expired = certified(|parameters| {
            parameters.not_before = date_time_ymd(2020, 1, 1);
            parameters.not_after = date_time_ymd(2020, 2, 1);
        });
        let crude = CrudePlatform::with_tls(expired).await;
        assert_out_of_reach(platform, &crude, "expired").await;
        let another = certified(|parameters| parameters.subject_alt_names.clear());
        let crude = CrudePlatform::with_tls(another).await;
        assert_out_of_reach(platform, &crude, "another name").await;
    }
}

#[tokio::test]
async fn nothing_is_told_to_whom_does_not_speak_tls() {
    for platform in PlatformName::ALL {
        let plain = Crude::answer("400 Bad Request", &[], "plain HTTP");
        let crude = CrudePlatform::greeting(plain.hanging_up()).await;
        assert_out_of_reach(platform, &crude, "plain text").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_never_ends_is_given_up() {
    for platform in PlatformName::ALL {
        let crude = CrudePlatform::greeting(Crude::nothing()).await;
        let gatehouse = before(platform, &crude.origin("https")).await;
        let message = list(&gatehouse).await;
        let titles = ["cannot be reached", "took too long to answer"];
        let told = titles.map(|title| format!("{platform} {title}"));
        assert!(
            told.iter().any(|title| message.title() == title),
            "{}",
            message.text()
        );
        assert_eq!(crude.asked_in_all(), 0, "{platform}");
    }
}
