//! Values that go into a statement.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};

/// What a missing value would be: PostgreSQL wants to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Int,
    Real,
    Text,
    Blob,
}

/// A value as databases know it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'v> {
    Null(Kind),
    Int(i64),
    Real(f64),
    Text(&'v str),
    Blob(&'v [u8]),
}

/// A value that was given away.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Owned {
    Null(Kind),
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<Value<'_>> for Owned {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Null(kind) => Self::Null(kind),
            Value::Int(n) => Self::Int(n),
            Value::Real(x) => Self::Real(x),
            Value::Text(text) => Self::Text(text.to_owned()),
            Value::Blob(bytes) => Self::Blob(bytes.to_owned()),
        }
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null(_) => ValueRef::Null,
            Self::Int(n) => ValueRef::Integer(n),
            Self::Real(x) => ValueRef::Real(x),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// What can go into a statement.
pub trait Bind {
    /// As databases know it.
    fn value(&self) -> Value<'_>;
}

/// What can be missing.
pub trait Known: Bind {
    /// What it would be.
    const KIND: Kind;
}

macro_rules! known {
    ($($type:ty: $kind:ident, $self:ident => $value:expr;)*) => {
        $(
            impl Bind for $type {
                fn value(&self) -> Value<'_> {
                    let $self = self;
                    Value::$kind($value)
                }
            }
            impl Known for $type {
                const KIND: Kind = Kind::$kind;
            }
        )*
    };
}

known! {
    i64: Int, n => *n;
    i32: Int, n => i64::from(*n);
    u32: Int, n => i64::from(*n);
    u16: Int, n => i64::from(*n);
    u8: Int, n => i64::from(*n);
    bool: Int, flag => i64::from(*flag);
    f64: Real, x => *x;
    str: Text, text => text;
    String: Text, text => text;
    [u8]: Blob, bytes => bytes;
    Vec<u8>: Blob, bytes => bytes;
    [u8; 32]: Blob, bytes => bytes;
}

impl<T: Bind + ?Sized> Bind for &T {
    fn value(&self) -> Value<'_> {
        (**self).value()
    }
}

impl<T: Known + ?Sized> Known for &T {
    const KIND: Kind = T::KIND;
}

impl<T: Known> Bind for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null(T::KIND), Bind::value)
    }
}

/// The values of a statement, in their order.
pub trait Params {
    /// Tells each.
    fn each(&self, tell: &mut dyn FnMut(Value<'_>));
}

impl Params for () {
    fn each(&self, _: &mut dyn FnMut(Value<'_>)) {}
}

impl<T: Bind, const N: usize> Params for [T; N] {
    fn each(&self, tell: &mut dyn FnMut(Value<'_>)) {
        self.iter().for_each(|value| tell(value.value()));
    }
}

impl Params for &[&dyn Bind] {
    fn each(&self, tell: &mut dyn FnMut(Value<'_>)) {
        self.iter().for_each(|value| tell(value.value()));
    }
}

macro_rules! tuples {
    ($($name:ident)*; $($at:tt)*) => {
        impl<$($name: Bind),*> Params for &($($name,)*) {
            fn each(&self, tell: &mut dyn FnMut(Value<'_>)) {
                $(tell(self.$at.value());)*
            }
        }
    };
}

tuples!(A; 0);
tuples!(A B; 0 1);
tuples!(A B C; 0 1 2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_keeps_its_kind() {
        assert_eq!(None::<&str>.value(), Value::Null(Kind::Text));
        assert_eq!(None::<[u8; 32]>.value(), Value::Null(Kind::Blob));
        assert_eq!(Some(&true).value(), Value::Int(1));
    }
}
