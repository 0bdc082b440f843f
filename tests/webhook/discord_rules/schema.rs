//! The request schemas of Discord's `openapi.json`.
//!
//! On loading they are changed in four ways:
//!
//! - Every object is closed, so that a misspelt key is a mistake and not silently ignored. No
//!   request schema is composed of several objects, so `additionalProperties` suffices.
//! - Unions whose branches name their own `type` become one conditional each, and so do nullable
//!   references. They accept the same bodies, but say what is wrong in the branch that was meant
//!   instead of "no branch fits".
//! - The id of an attachment may be an integer as well, as "Discord Docs/API Reference" (Uploading
//!   Files) shows it.
//! - Default member permissions are digits in a string, as "Discord Docs/Application Commands"
//!   has it, and not an integer.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::{Map, Value, json};

use super::Sent;
use super::problems::{Problems, page};

/// The schemas, changed as the module says.
static DOCUMENT: LazyLock<Value> = LazyLock::new(load);

static CALLBACK: LazyLock<Validator> = LazyLock::new(|| {
    let path = "/interactions/{interaction_id}/{interaction_token}/callback";
    let content = &DOCUMENT["paths"][path]["post"]["requestBody"]["content"];
    validator(&content["application/json"]["schema"])
});
static EDIT: LazyLock<Validator> = LazyLock::new(|| named("IncomingWebhookUpdateRequestPartial"));
/// The wider of the two branches that the route has.
static FOLLOW_UP: LazyLock<Validator> = LazyLock::new(|| named("IncomingWebhookRequestPartial"));
static COMMAND: LazyLock<Validator> = LazyLock::new(|| named("ApplicationCommandCreateRequest"));

/// Notes where `body` leaves the schema of its request.
pub(super) fn check(sent: Sent, body: &Value, problems: &mut Problems) {
    let validator = match sent {
        Sent::Callback(_) => &CALLBACK,
        Sent::Edit => &EDIT,
        Sent::FollowUp => &FOLLOW_UP,
        Sent::Command => &COMMAND,
    };
    for error in validator.iter_errors(body) {
        describe(&error, problems);
    }
}

/// The languages that a localisation may name.
///
/// The file has two more than "Discord Docs/API Reference" (Locales).
pub(super) fn documented_locales() -> Vec<&'static str> {
    let schema = &DOCUMENT["components"]["schemas"]["AvailableLocalesEnum"];
    let named = schema["oneOf"].as_array().into_iter().flatten();
    named
        .filter_map(|locale| locale["const"].as_str())
        .filter(|locale| !["ar", "he"].contains(locale))
        .collect()
}

/// Where no branch of a union fits, the complaints of the one that is nearest.
fn describe(error: &ValidationError<'_>, problems: &mut Problems) {
    let branches = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            context.as_slice()
        }
        _ => &[],
    };
    match branches.iter().min_by_key(|errors| errors.len()) {
        Some(nearest) => nearest.iter().for_each(|error| describe(error, problems)),
        None => problems.add(
            error.instance_path().as_str(),
            error.masked(),
            page::OPENAPI,
        ),
    }
}

fn named(schema: &str) -> Validator {
    validator(&json!({ "$ref": format!("#/components/schemas/{schema}") }))
}

fn validator(body: &Value) -> Validator {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "components": DOCUMENT["components"],
        "allOf": [body],
    });
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .with_format("snowflake", |text: &str| text.parse::<u64>().is_ok())
        .build(&schema)
        .expect("the OpenAPI file holds valid schemas")
}

fn load() -> Value {
    let text = include_str!("../../fixtures/discord/openapi-subset.json");
    let mut document: Value = serde_json::from_str(text).expect("the OpenAPI file is JSON");
    let schemas = &mut document["components"]["schemas"];
    schemas["MessageAttachmentRequest"]["properties"]["id"] = json!({
        "type": ["string", "integer"],
        "minimum": 0,
        "format": "snowflake",
    });
    schemas["ApplicationCommandCreateRequest"]["properties"]["default_member_permissions"] = json!({
        "type": ["string", "null"],
        "pattern": "^(0|[1-9][0-9]*)$",
    });
    let types = types(schemas);
    close(&mut document);
    discriminate(&mut document, &types);
    document
}

/// Which values of `type` each schema takes, by the reference to it.
fn types(schemas: &Value) -> BTreeMap<String, Value> {
    let schemas = schemas.as_object().into_iter().flatten();
    schemas
        .filter_map(|(name, schema)| {
            let types = schema.pointer("/properties/type/enum")?;
            Some((format!("#/components/schemas/{name}"), types.clone()))
        })
        .collect()
}

/// Forbids keys that an object's schema does not name.
fn close(schema: &mut Value) {
    if let Value::Object(keywords) = schema {
        let is_object = keywords.get("type").is_some_and(|kind| kind == "object");
        if is_object && keywords.contains_key("properties") {
            keywords
                .entry("additionalProperties")
                .or_insert(false.into());
        }
    }
    for_each_child(schema, close);
}

/// Rewrites unions into conditionals.
fn discriminate(schema: &mut Value, types: &BTreeMap<String, Value>) {
    for_each_child(schema, |child| discriminate(child, types));
    let Value::Object(keywords) = schema else {
        return;
    };
    for union in ["anyOf", "oneOf"] {
        let branches = keywords.get(union).and_then(Value::as_array);
        if let Some(conditional) = branches.and_then(|branches| conditional(branches, types)) {
            keywords.remove(union);
            let composed = keywords.insert("allOf".to_owned(), json!([conditional]));
            assert!(composed.is_none(), "a union beside `allOf` is not foreseen");
        }
    }
}

/// A conditional that accepts what the union of `branches` accepts; `None` if their types do not tell them apart.
fn conditional(branches: &[Value], types: &BTreeMap<String, Value>) -> Option<Value> {
    if let [nullable, only] = branches
        && nullable == &json!({ "type": "null" })
    {
        return Some(json!({ "if": nullable, "else": only }));
    }
    let mut every = Vec::new();
    let mut conditionals = Vec::new();
    for branch in branches {
        let own = types.get(branch["$ref"].as_str()?)?;
        every.extend(own.as_array()?.iter().cloned());
        let meant = json!({ "properties": { "type": { "enum": own } }, "required": ["type"] });
        conditionals.push(json!({ "if": meant, "then": branch }));
    }
    Some(json!({
        "type": "object",
        "properties": { "type": { "enum": every } },
        "required": ["type"],
        "allOf": conditionals,
    }))
}

fn for_each_child(value: &mut Value, change: impl FnMut(&mut Value)) {
    match value {
        Value::Object(entries) => Map::values_mut(entries).for_each(change),
        Value::Array(entries) => entries.iter_mut().for_each(change),
        _ => {}
    }
}
