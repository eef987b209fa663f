//! Reads a payload type out of a [`Node`], keeping the place of what is wrong.

use super::node::{Node, NodeError};
use serde::{
    de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor},
    forward_to_deserialize_any,
};
use std::{borrow::Cow, fmt, slice};

/// Codes that payload values mark their errors with.
const MARKS: [&str; 4] = ["data_invalid", "string_too_long", "money_invalid", "time_invalid"];

impl std::error::Error for NodeError {}

impl fmt::Display for NodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl de::Error for NodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        let marked =
            message.split_once('|').and_then(|(mark, rest)| Some((*MARKS.iter().find(|m| **m == mark)?, rest.to_owned())));
        let (code, mut message) = marked.unwrap_or(("data_invalid", message));
        message.truncate(message.floor_char_boundary(300));
        Self::new(code, message)
    }

    fn invalid_type(unexpected: Unexpected, expected: &dyn de::Expected) -> Self {
        let is = match unexpected {
            Unexpected::Bool(_) => "true or false",
            Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "a number",
            Unexpected::Str(_) => "a string",
            Unexpected::Unit | Unexpected::Option => "null",
            Unexpected::Seq => "a list",
            Unexpected::Map => "an object",
            _ => "something else",
        };
        Self::new("data_invalid", format!("is {is}, must be {}", plain(expected)))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("data_missing", "is missing").under(field)
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new("data_invalid", format!("must be one of: {}", expected.join(", ")))
    }
}

/// What was expected, without names of Rust types.
fn plain(expected: &dyn de::Expected) -> String {
    let words = expected.to_string();
    if words.starts_with("struct ") { "an object".into() } else { words }
}

impl<'de> IntoDeserializer<'de, NodeError> for &'de Node<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for &'de Node<'_> {
    type Error = NodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        match self {
            Node::Null => visitor.visit_unit(),
            Node::Bool(v) => visitor.visit_bool(*v),
            Node::Int(v) => visitor.visit_i64(*v),
            Node::Float(v) => visitor.visit_f64(*v),
            Node::Text(v) => visitor.visit_borrowed_str(v),
            Node::List(list) => visitor.visit_seq(List { rest: list.iter(), index: 0 }),
            Node::Object(members) => visitor.visit_map(Object { rest: members.iter(), value: None }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        match self {
            Node::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NodeError> {
        match self {
            Node::Object(_) => self.deserialize_any(visitor),
            // A derived visitor would also read a list of its fields in order: no contract says that.
            other => Err(NodeError::new("data_invalid", format!("is {}, must be an object", other.kind()))),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NodeError> {
        match self {
            Node::Text(text) => visitor.visit_enum(de::value::StrDeserializer::new(text)),
            other => Err(NodeError::new("data_invalid", format!("is {}, must be a string", other.kind()))),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, NodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier
    }
}

struct List<'de, 't> {
    rest: slice::Iter<'de, Node<'t>>,
    index: usize,
}

impl<'de> SeqAccess<'de> for List<'de, '_> {
    type Error = NodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, NodeError> {
        let Some(node) = self.rest.next() else { return Ok(None) };
        let index = self.index;
        self.index += 1;
        seed.deserialize(node).map(Some).map_err(|error| error.under(index))
    }
}

struct Object<'de, 't> {
    rest: slice::Iter<'de, (Cow<'t, str>, Node<'t>)>,
    value: Option<(&'de str, &'de Node<'t>)>,
}

impl<'de> MapAccess<'de> for Object<'de, '_> {
    type Error = NodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, NodeError> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some((key, value));
        seed.deserialize(de::value::BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, NodeError> {
        let (key, value) = self.value.take().expect("serde asks for a value after its key");
        seed.deserialize(value).map_err(|error| error.under(key))
    }
}
