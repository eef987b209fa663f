//! Values that come out of a row, each decoded as its own type.

use sqlx::{
    Decode, Postgres, Row as _, Sqlite, Type, ValueRef as _,
    error::BoxDynError,
    postgres::{PgRow, PgValueRef},
    sqlite::SqliteRow,
};

/// A type that columns are read as.
pub trait Column: Sized {
    /// Of a row that the writer reads.
    fn of_written(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<Self>;
    /// Of a row that a reader reads.
    fn of_sqlite(row: &SqliteRow, at: usize) -> sqlx::Result<Self>;
    /// Of PostgreSQL.
    fn of_postgres(row: &PgRow, at: usize) -> sqlx::Result<Self>;
}

/// A type that a value of PostgreSQL is read as.
trait Given: Sized {
    fn given(value: PgValueRef<'_>) -> Result<Self, BoxDynError>;
}

impl<T> Column for T
where
    T: Given + rusqlite::types::FromSql + Type<Sqlite> + for<'r> Decode<'r, Sqlite>,
{
    fn of_written(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<Self> {
        row.get(at)
    }

    fn of_sqlite(row: &SqliteRow, at: usize) -> sqlx::Result<Self> {
        row.try_get(at)
    }

    fn of_postgres(row: &PgRow, at: usize) -> sqlx::Result<Self> {
        T::given(row.try_get_raw(at)?).map_err(|source| sqlx::Error::ColumnDecode { index: at.to_string(), source })
    }
}

/// A hash: 32 bytes, or nothing.
impl Column for Option<[u8; 32]> {
    fn of_written(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<Self> {
        row.get(at)
    }

    fn of_sqlite(row: &SqliteRow, at: usize) -> sqlx::Result<Self> {
        hash(row.try_get(at)?, at)
    }

    fn of_postgres(row: &PgRow, at: usize) -> sqlx::Result<Self> {
        hash(row.try_get(at)?, at)
    }
}

fn hash(bytes: Option<Vec<u8>>, at: usize) -> sqlx::Result<Option<[u8; 32]>> {
    let whole = bytes.map(<[u8; 32]>::try_from).transpose();
    whole.map_err(|_| sqlx::Error::ColumnDecode { index: at.to_string(), source: "not 32 bytes".into() })
}

impl<T: Given> Given for Option<T> {
    fn given(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        if value.is_null() { Ok(None) } else { T::given(value).map(Some) }
    }
}

macro_rules! integers {
    ($($type:ty)*) => {
        $(impl Given for $type {
            fn given(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
                Ok(integer(value)?.try_into()?)
            }
        })*
    };
}
integers!(i64 i32 u32 u16 u8);

impl Given for bool {
    fn given(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        Ok(integer(value)? != 0)
    }
}

impl Given for f64 {
    fn given(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        match value.type_info().oid().map(|oid| oid.0) {
            Some(701) => <f64 as Decode<Postgres>>::decode(value),
            // A literal such as 0.0, and what is worked out with it.
            Some(1700) => fraction(value.as_bytes()?),
            _ => integer(value).map(nearest),
        }
    }
}

impl Given for String {
    fn given(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        <String as Decode<Postgres>>::decode(value)
    }
}

impl Given for Vec<u8> {
    fn given(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        <Vec<u8> as Decode<Postgres>>::decode(value)
    }
}

/// A whole number of whatever width. SQLite has one kind of them, and its truths are numbers.
fn integer(value: PgValueRef<'_>) -> Result<i64, BoxDynError> {
    let bytes = value.as_bytes()?;
    Ok(match value.type_info().oid().map(|oid| oid.0) {
        Some(20) => i64::from_be_bytes(bytes.try_into()?),
        Some(23) => i32::from_be_bytes(bytes.try_into()?).into(),
        Some(21) => i16::from_be_bytes(bytes.try_into()?).into(),
        Some(16) => i64::from(bytes == [1]),
        // A sum of 64-bit numbers.
        Some(1700) => numeric(bytes)?,
        other => return Err(format!("no whole number: type {other:?}").into()),
    })
}

/// A whole `numeric`: its digits to the base of 10,000, the weight of the first, and the sign.
fn numeric(bytes: &[u8]) -> Result<i64, BoxDynError> {
    let words: Vec<i16> = bytes.chunks_exact(2).map(|pair| i16::from_be_bytes([pair[0], pair[1]])).collect();
    let [_, weight, sign, _, digits @ ..] = words.as_slice() else { return Err("a cut numeric".into()) };
    let places = usize::try_from(weight + 1)?;
    if digits.len() > places {
        return Err("a numeric with a fraction".into());
    }
    let padded = digits.iter().copied().chain(std::iter::repeat(0)).take(places);
    let size = padded.fold(0i128, |sum, digit| sum * 10_000 + i128::from(digit));
    Ok((if *sign == 0x4000 { -size } else { size }).try_into()?)
}

#[expect(clippy::cast_precision_loss, reason = "SQLite does the same")]
fn nearest(n: i64) -> f64 {
    n as f64
}

/// A `numeric` as near as a float comes to it.
fn fraction(bytes: &[u8]) -> Result<f64, BoxDynError> {
    let words: Vec<i16> = bytes.chunks_exact(2).map(|pair| i16::from_be_bytes([pair[0], pair[1]])).collect();
    let [_, weight, sign, _, digits @ ..] = words.as_slice() else { return Err("a cut numeric".into()) };
    let powers = (0..).map(|place| 10_000_f64.powi(i32::from(*weight) - place));
    let size: f64 = digits.iter().zip(powers).map(|(digit, power)| f64::from(*digit) * power).sum();
    Ok(if *sign == 0x4000 { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_come_as_numeric() {
        let of = |words: &[i16]| numeric(&words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<_>>());
        assert_eq!(of(&[0, 0, 0, 0]).ok(), Some(0));
        assert_eq!(of(&[1, 1, 0, 0, 3]).ok(), Some(30_000));
        assert_eq!(of(&[2, 1, 0x4000, 0, 1, 2345]).ok(), Some(-12_345));
        assert_eq!(of(&[5, 4, 0, 0, 922, 3372, 368, 5477, 5807]).ok(), Some(i64::MAX));
        assert!(of(&[5, 4, 0, 0, 922, 3372, 368, 5477, 5808]).is_err());
        assert!(of(&[1, -1, 0, 1, 5000]).is_err(), "a half");
    }
}
