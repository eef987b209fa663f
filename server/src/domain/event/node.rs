//! A JSON value as it stands in the text: strings borrowed, objects sorted as RFC 8785 wants, limits kept while reading.

use super::limits::Limits;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::{borrow::Cow, cell::RefCell, cmp::Ordering, fmt};

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node<'t> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Cow<'t, str>),
    List(Vec<Self>),
    /// Sorted by key, no key twice.
    Object(Vec<(Cow<'t, str>, Self)>),
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NodeError {
    /// Stable code.
    pub(super) code: &'static str,
    /// In words.
    pub(super) message: String,
    /// From the value up to the root.
    path: Vec<String>,
}

impl NodeError {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), path: Vec::new() }
    }

    /// The same, one level further up.
    pub(super) fn under(mut self, segment: impl fmt::Display) -> Self {
        if self.path.len() < 64 {
            let segment: String = segment.to_string().chars().take(64).collect();
            self.path.push(segment.replace('~', "~0").replace('/', "~1"));
        }
        self
    }

    /// JSON pointer from the root; `None` at the root itself.
    pub(super) fn pointer(&self) -> Option<String> {
        (!self.path.is_empty()).then(|| self.path.iter().rev().flat_map(|s| ["/", s.as_str()]).collect())
    }
}

/// An event's members as far as they could be read, and what stopped the reading.
pub(super) type Members<'t> = Vec<(Cow<'t, str>, Node<'t>)>;

/// Reads a JSON object. What was read before an error stays in `members`, in the order of the text; on success they are sorted.
pub(super) fn read_object<'t>(text: &'t str, limits: &Limits, members: &mut Members<'t>) -> Result<(), NodeError> {
    let state = State { string: limits.string, found: RefCell::new(None) };
    let mut json = serde_json::Deserializer::from_str(text);
    let read = Root { state: &state, depth: limits.depth, members }.deserialize(&mut json).and_then(|()| json.end());
    read.map_err(|error| state.found.into_inner().unwrap_or_else(|| malformed(&error)))?;
    sort(members)
}

/// Where the text stops being JSON.
fn malformed(error: &serde_json::Error) -> NodeError {
    let mut message = error.to_string();
    // serde_json echoes at most a token's kind; a long message could only hold input.
    message.truncate(message.floor_char_boundary(160));
    NodeError::new("json_malformed", message)
}

struct State {
    string: usize,
    found: RefCell<Option<NodeError>>,
}

impl State {
    /// Notes what is wrong and gives serde_json something to unwind with.
    fn fail<E: serde::de::Error>(&self, code: &'static str, message: String) -> E {
        *self.found.borrow_mut() = Some(NodeError::new(code, message));
        E::custom("limit")
    }

    /// Adds a level to the place of what is wrong, if it is ours.
    fn under(&self, segment: impl fmt::Display) {
        let found = self.found.take();
        *self.found.borrow_mut() = found.map(|error| error.under(segment));
    }

    fn text<'t, E: serde::de::Error>(&self, text: Cow<'t, str>) -> Result<Cow<'t, str>, E> {
        if text.len() > self.string {
            return Err(self.fail("string_too_long", format!("a string has {} bytes, {} are allowed", text.len(), self.string)));
        }
        if text.as_bytes().contains(&0) {
            return Err(self.fail("string_invalid", "a string holds the character U+0000".into()));
        }
        Ok(text)
    }
}

struct Root<'s, 'm, 't> {
    state: &'s State,
    depth: usize,
    members: &'m mut Members<'t>,
}

impl<'t> DeserializeSeed<'t> for Root<'_, '_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'t> Visitor<'t> for Root<'_, '_, 't> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'t>>(self, map: A) -> Result<(), A::Error> {
        Value { state: self.state, depth: self.depth }.members(map, self.members)
    }
}

#[derive(Clone, Copy)]
struct Value<'s> {
    state: &'s State,
    depth: usize,
}

impl Value<'_> {
    /// One level further in.
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth, ..self }),
            None => Err(self.state.fail("too_deep", "the JSON is nested too deeply".into())),
        }
    }

    fn members<'t, A: MapAccess<'t>>(self, mut map: A, members: &mut Members<'t>) -> Result<(), A::Error> {
        let inner = self.inner()?;
        while let Some(key) = map.next_key_seed(Key(self.state))? {
            let value = map.next_value_seed(inner).inspect_err(|_| self.state.under(&key))?;
            members.push((key, value));
        }
        Ok(())
    }
}

impl<'t> DeserializeSeed<'t> for Value<'_> {
    type Value = Node<'t>;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Node<'t>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'t> Visitor<'t> for Value<'_> {
    type Value = Node<'t>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node<'t>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, v: bool) -> Result<Node<'t>, E> {
        Ok(Node::Bool(v))
    }

    fn visit_i64<E: serde::de::Error>(self, v: i64) -> Result<Node<'t>, E> {
        if v.unsigned_abs() > 1 << 53 {
            let message = "a number has more digits than JSON readers keep; send it as a string".into();
            return Err(self.state.fail("number_too_precise", message));
        }
        Ok(Node::Int(v))
    }

    fn visit_u64<E: serde::de::Error>(self, v: u64) -> Result<Node<'t>, E> {
        self.visit_i64(i64::try_from(v).unwrap_or(i64::MAX))
    }

    fn visit_f64<E>(self, v: f64) -> Result<Node<'t>, E> {
        Ok(Node::Float(v))
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, v: &'t str) -> Result<Node<'t>, E> {
        self.state.text(Cow::Borrowed(v)).map(Node::Text)
    }

    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<Node<'t>, E> {
        self.state.text(Cow::Owned(v.to_owned())).map(Node::Text)
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut seq: A) -> Result<Node<'t>, A::Error> {
        let inner = self.inner()?;
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(inner).inspect_err(|_| self.state.under(list.len()))? {
            list.push(value);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'t>>(self, map: A) -> Result<Node<'t>, A::Error> {
        let mut members = Vec::with_capacity(8);
        self.members(map, &mut members)?;
        sort(&mut members).map_err(|error| {
            *self.state.found.borrow_mut() = Some(error);
            A::Error::custom("key twice")
        })?;
        Ok(Node::Object(members))
    }
}

struct Key<'s>(&'s State);

impl<'t> DeserializeSeed<'t> for Key<'_> {
    type Value = Cow<'t, str>;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Cow<'t, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'t> Visitor<'t> for Key<'_> {
    type Value = Cow<'t, str>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, v: &'t str) -> Result<Cow<'t, str>, E> {
        self.0.text(Cow::Borrowed(v))
    }

    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<Cow<'t, str>, E> {
        self.0.text(Cow::Owned(v.to_owned()))
    }
}

/// Sorts by UTF-16 units, as RFC 8785 wants, and refuses a key that comes twice.
fn sort(members: &mut Members<'_>) -> Result<(), NodeError> {
    members.sort_unstable_by(|(a, _), (b, _)| by_utf16(a, b));
    match members.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => Err(NodeError::new("key_twice", "the same name comes twice in one object").under(&pair[0].0)),
        None => Ok(()),
    }
}

/// Bytes sort like UTF-16 units unless both sides hold what lies beyond the Basic Multilingual Plane's surrogates.
fn by_utf16(a: &str, b: &str) -> Ordering {
    if a.is_ascii() || b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

impl<'t> Node<'t> {
    /// The text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// In words.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

/// The member of this name.
pub(super) fn get<'m, 't>(members: &'m [(Cow<'t, str>, Node<'t>)], name: &str) -> Option<&'m Node<'t>> {
    members.iter().find_map(|(key, value)| (key == name).then_some(value))
}
