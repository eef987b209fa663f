//! `/api/v1/docs`: the API's description as a page, made here, without scripts and without foreign hosts.

use super::openapi::openapi_json;
use crate::domain::event::{EventType, contract};
use axum::{
    Router,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
    response::{Html, IntoResponse},
    routing::get,
};
use serde_json::{Map, Value};
use std::fmt::{self, Display, Write};

/// `/api/v1/docs`
pub(super) fn routes<S: Clone + Send + Sync + 'static>(stylesheet: Option<String>) -> Router<S> {
    let page: bytes::Bytes = page(stylesheet.as_deref()).into();
    let headers = [
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ),
        (CACHE_CONTROL, "public, max-age=300"),
    ];
    Router::new().route("/api/v1/docs", get(async move || (headers, Html(page)).into_response()))
}

/// The whole page.
pub(super) fn page(stylesheet: Option<&str>) -> String {
    let api: Value = serde_json::from_str(openapi_json()).expect("the description is JSON");
    let mut out = String::with_capacity(256 << 10);
    write_page(&mut out, &api, stylesheet).expect("a string takes everything");
    out
}

fn write_page(out: &mut String, api: &Value, stylesheet: Option<&str>) -> fmt::Result {
    out.write_str("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")?;
    out.write_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>API · Waybill</title>")?;
    if let Some(path) = stylesheet {
        write!(out, "<link rel=\"stylesheet\" href=\"{}\">", Text(path))?;
    }
    write!(out, "</head><body class=\"api-docs\"><main><h1>{} API</h1>", text(&api["info"]["title"]))?;
    paragraphs(out, &api["info"]["description"])?;
    out.write_str("<p>The same for programs: <a href=\"/api/v1/openapi.json\">OpenAPI</a>, <a href=\"/api/v1/asyncapi.json\">AsyncAPI</a>, <a href=\"/api/v1/contracts\">contracts</a>.</p>")?;
    out.write_str("<nav aria-label=\"Contents\"><h2>Contents</h2><ul>")?;
    each_operation(api, |path, method, operation| {
        write!(out, "<li><a href=\"#{}\">{} {}</a></li>", text(&operation["operationId"]), Upper(method), Text(path))
    })?;
    out.write_str("<li><a href=\"#types\">Event types</a></li><li><a href=\"#schemas\">Schemas</a></li></ul></nav>")?;
    each_operation(api, |path, method, operation| write_operation(out, api, (path, method), operation))?;
    write_types(out)?;
    out.write_str("<h2 id=\"schemas\">Schemas</h2>")?;
    for (name, schema) in members(&api["components"]["schemas"]) {
        write!(out, "<section><h3 id=\"schema-{0}\">{0}</h3>", Text(name))?;
        paragraphs(out, &schema["description"])?;
        write_fields(out, schema)?;
        out.write_str("</section>")?;
    }
    out.write_str("</main></body></html>")
}

fn each_operation(api: &Value, mut each: impl FnMut(&str, &str, &Value) -> fmt::Result) -> fmt::Result {
    for (path, methods) in members(&api["paths"]) {
        for (method, operation) in members(methods) {
            each(path, method, operation)?;
        }
    }
    Ok(())
}

fn write_operation(out: &mut String, api: &Value, (path, method): (&str, &str), operation: &Value) -> fmt::Result {
    let id = text(&operation["operationId"]);
    write!(out, "<section><h2 id=\"{id}\"><code>{} {}</code></h2>", Upper(method), Text(path))?;
    paragraphs(out, &operation["summary"])?;
    paragraphs(out, &operation["description"])?;
    if let Some(parameters) = operation["parameters"].as_array() {
        out.write_str("<table><caption>Parameters</caption><thead><tr><th scope=\"col\">Name</th><th scope=\"col\">In</th><th scope=\"col\">Meaning</th></tr></thead><tbody>")?;
        for parameter in parameters {
            let (name, place, meaning) = (text(&parameter["name"]), text(&parameter["in"]), prose(&parameter["description"]));
            write!(out, "<tr><th scope=\"row\"><code>{name}</code></th><td>{place}</td><td>{meaning}</td></tr>")?;
        }
        out.write_str("</tbody></table>")?;
    }
    if let Value::Object(body) = &operation["requestBody"] {
        out.write_str("<h3>Body</h3>")?;
        paragraphs(out, body.get("description").unwrap_or(&Value::Null))?;
        out.write_str("<ul>")?;
        for (media_type, _) in members(body.get("content").unwrap_or(&Value::Null)) {
            write!(out, "<li><code>{}</code></li>", Text(media_type))?;
        }
        out.write_str("</ul>")?;
    }
    out.write_str("<table><caption>Answers</caption><thead><tr><th scope=\"col\">Status</th><th scope=\"col\">Meaning</th><th scope=\"col\">Body</th></tr></thead><tbody>")?;
    for (status, answer) in members(&operation["responses"]) {
        write!(out, "<tr><th scope=\"row\">{}</th><td>", Text(status))?;
        let answer = match answer["$ref"].as_str().and_then(|place| api.pointer(place.trim_start_matches('#'))) {
            Some(shared) => shared,
            None => answer,
        };
        write!(out, "{}</td><td>", prose(&answer["description"]))?;
        for (media_type, content) in members(&answer["content"]) {
            write!(out, "<code>{}</code> {}", Text(media_type), Kind(&content["schema"]))?;
        }
        out.write_str("</td></tr>")?;
    }
    out.write_str("</tbody></table></section>")
}

fn write_types(out: &mut String) -> fmt::Result {
    out.write_str("<h2 id=\"types\">Event types</h2><p>What <code>data</code> may hold, by the event's <code>type</code>. Fields that are not named here are kept and mean nothing.</p>")?;
    for event_type in EventType::ALL.iter().copied() {
        let schema = contract::schema(event_type);
        let name = event_type.name();
        write!(out, "<section><h3 id=\"{name}\">{}: <code>{name}</code></h3>", Text(event_type.title()))?;
        paragraphs(out, &schema["description"])?;
        write!(out, "<p>Subject: the {}’s reference. ", text(&schema["x-subject"]))?;
        write!(
            out,
            "<a href=\"{}\">JSON Schema of {name}</a></p><details><summary>Fields and an example</summary>",
            contract::path(event_type)
        )?;
        write_fields(out, &schema)?;
        write!(out, "<pre tabindex=\"0\"><code>{}</code></pre></details></section>", Text(event_type.example()))?;
    }
    Ok(())
}

fn write_fields(out: &mut String, schema: &Value) -> fmt::Result {
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if schema["properties"].is_null() {
        return Ok(());
    }
    out.write_str("<table><caption>Fields</caption><thead><tr><th scope=\"col\">Field</th><th scope=\"col\">Kind</th><th scope=\"col\">Meaning</th></tr></thead><tbody>")?;
    for (name, field) in members(&schema["properties"]) {
        let must = if required.contains(&name.as_str()) { " (required)" } else { "" };
        write!(out, "<tr><th scope=\"row\"><code>{}</code>{must}</th><td>{}</td>", Text(name), Kind(field))?;
        write!(out, "<td>{}</td></tr>", prose(&field["description"]))?;
    }
    out.write_str("</tbody></table>")
}

fn paragraphs(out: &mut String, words: &Value) -> fmt::Result {
    for paragraph in words.as_str().unwrap_or_default().split("\n\n").filter(|p| !p.trim().is_empty()) {
        write!(out, "<p>{}</p>", Prose(paragraph))?;
    }
    Ok(())
}

fn prose(value: &Value) -> Prose<'_> {
    Prose(value.as_str().unwrap_or_default())
}

/// Text in which what stands between backticks is code.
struct Prose<'a>(&'a str);

impl Display for Prose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, piece) in self.0.split('`').enumerate() {
            if index % 2 == 1 { write!(f, "<code>{}</code>", Text(piece))? } else { Text(piece).fmt(f)? }
        }
        Ok(())
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn text(value: &Value) -> Text<'_> {
    Text(value.as_str().unwrap_or_default())
}

/// Text with what HTML would take for markup escaped.
struct Text<'a>(&'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

struct Upper<'a>(&'a str);

impl Display for Upper<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Text(&self.0.to_ascii_uppercase()).fmt(f)
    }
}

/// A schema in a word or two.
struct Kind<'a>(&'a Value);

impl Display for Kind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schema = self.0;
        if let Some(name) = schema["$ref"].as_str().and_then(|place| place.rsplit('/').next()) {
            let known = schema["$ref"].as_str().is_some_and(|place| place.starts_with("#/components/"));
            return if known { write!(f, "<a href=\"#schema-{0}\">{0}</a>", Text(name)) } else { write!(f, "{}", Text(name)) };
        }
        if let Some(first) = ["oneOf", "anyOf", "allOf"].iter().find_map(|of| schema[of].as_array()) {
            let mut kinds = first.iter().filter(|kind| kind["type"] != "null");
            return kinds.next().map_or(Ok(()), |kind| Kind(kind).fmt(f));
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default(),
            kind => kind.as_str().unwrap_or("any"),
        };
        match kind {
            "array" => write!(f, "list of {}", Kind(&schema["items"])),
            "string" => match schema["maxLength"].as_u64() {
                Some(most) => write!(f, "text, at most {most}"),
                None => f.write_str("text"),
            },
            "boolean" => f.write_str("true or false"),
            "integer" | "number" => f.write_str("number"),
            other => write!(f, "{}", Text(other)),
        }
    }
}
