//! The discovery document, which every instance serves without a token.

use serde_json::{Value, json};

use super::objects::merged;

/// The discovery document of a self-hosted server at `origin`, with its gateway.
pub(super) fn well_known(origin: &str, gateway: &str) -> Value {
    let api = format!("{origin}/api");
    let instance = json!({
        "api_code_version": 1,
        "endpoints": {
            "api": api,
            "api_client": api,
            "api_public": api,
            "gateway": gateway,
            "media": format!("{origin}/media"),
            "static_cdn": origin,
            "marketing": origin,
            "admin": format!("{origin}/admin"),
            "invite": format!("{origin}/invite"),
            "gift": format!("{origin}/gift"),
            "webapp": origin,
        },
        "captcha": {
            "provider": "none",
            "hcaptcha_site_key": "",
            "turnstile_site_key": "",
            "altcha_challenge_url": null,
        },
        "features": {
            "voice_enabled": false,
            "stripe_enabled": false,
            "self_hosted": true,
            "presigned_attachment_uploads": false,
            "emails_enabled": false,
            "easypwned_enabled": false,
        },
        "gif": { "provider": "klipy", "display_name": "KLIPY", "attribution_required": true },
        "sso": {
            "enabled": false,
            "enforced": false,
            "display_name": null,
            "redirect_uri": format!("{origin}/auth/sso/callback"),
        },
        "registration": { "mode": "open", "admin_registration_urls_enabled": true },
        "community": {
            "single_community": false,
            "single_community_guild_id": null,
            "direct_messages_disabled": false,
        },
        "services": { "gif_enabled": false, "youtube_enabled": false },
        "push": { "public_vapid_key": "sample-vapid-public-key" },
        "monitoring": { "sentry_enabled": false, "sentry_dsn": null, "environment": null },
    });
    let rest = json!({ "limits": limits(), "app_public": app_public(origin) });
    merged(instance, rest)
}

fn limits() -> Value {
    json!({
        "version": 2,
        "traitDefinitions": [],
        "rules": [
            {
                "id": "default",
                "overrides": {
                    "feature_animated_avatar": 1,
                    "feature_animated_banner": 1,
                    "feature_custom_discriminator": 1,
                    "feature_early_access": 1,
                    "feature_global_expressions": 1,
                    "feature_higher_video_quality": 1,
                    "feature_per_guild_profiles": 1,
                    "feature_voice_entrance_sounds": 1,
                    "max_bookmarks": 300,
                    "max_created_packs": 50,
                    "max_custom_backgrounds": 15,
                    "max_favorite_memes": 500,
                    "max_guilds": 200,
                    "max_installed_packs": 50,
                    "max_attachment_file_size": 524_288_000,
                    "max_message_length": 4_000,
                    "max_guild_emojis": 500,
                    "max_guild_emojis_animated_more": 500,
                    "max_guild_emojis_animated": 500,
                    "max_guild_emojis_static_more": 500,
                    "max_guild_emojis_static": 500,
                    "max_guild_stickers_more": 500,
                    "max_guild_stickers": 500,
                    "max_guild_soundboard_sounds_more": 96,
                    "max_guild_soundboard_sounds": 8,
                },
            },
            {
                "id": "very_large_guild",
                "filters": { "guildFeatures": ["VERY_LARGE_GUILD"] },
                "overrides": { "max_guild_members": 10_000_000 },
            },
        ],
        "defaultsHash": "ep9u17",
    })
}

fn app_public(origin: &str) -> Value {
    json!({
        "branding": {
            "product_name": "Fluxer (sample)",
            "icon_url": null,
            "symbol_url": null,
            "logo_url": null,
            "wordmark_url": null,
            "favicon_url": null,
            "theme_color": null,
            "status_page_url": null,
            "status_page_incident_history_url": null,
        },
        "setup": { "configured": false, "admin_url": format!("{origin}/admin") },
        "legal": { "terms_url": null, "privacy_url": null },
        "registration": { "collect_date_of_birth": false },
    })
}
