//! The names of a query's parameters, as the type says that they are read into.

use serde::{
    Deserializer,
    de::{DeserializeOwned, Error as _, Visitor, value::Error},
    forward_to_deserialize_any,
};

/// The names of a type's fields; none of a type that takes any.
pub(super) fn of<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut found: &'static [&'static str] = &[];
    // It ends in an error always: nothing is read.
    drop(T::deserialize(Names(&mut found)));
    found
}

/// Reads nothing, and sees what would be read.
struct Names<'n>(&'n mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        *self.0 = fields;
        Err(Error::custom("only the names are asked for"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("has no names"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct
        seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::of;
    use app::model::{KpiFilter, WorkFilter};
    use std::collections::BTreeMap;

    #[test]
    fn a_type_tells_its_fields_and_a_map_takes_any() {
        assert_eq!(
            of::<WorkFilter>(),
            ["hold", "age", "region", "business_unit", "carrier", "customer", "mode", "sort", "after"]
        );
        assert!(of::<KpiFilter>().contains(&"destination"));
        assert!(of::<BTreeMap<String, String>>().is_empty());
    }
}
