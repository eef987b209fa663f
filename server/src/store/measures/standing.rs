//! What stands for a shipment: its number and its dimensions as variable-length integers, then its measures.

use super::{
    Unreadable,
    body::{self, Entry},
    varint::{read, write},
};
use crate::domain::measure::Measure;

/// What stands for a shipment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its number.
    pub number: i64,
    /// The number of its dimensions.
    pub dims: i64,
    /// Its measures, sorted.
    pub measures: Vec<Measure>,
}

/// As stored.
pub fn pack(number: i64, dims: i64, measures: &[Measure]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(12 + 8 * measures.len());
    write(&mut bytes, number.unsigned_abs());
    write(&mut bytes, dims.unsigned_abs());
    let mut day = 0;
    measures.iter().for_each(|measure| body::push(&mut bytes, &mut day, Entry { measure: *measure, back: false }));
    bytes
}

/// The shipment's number; none if it was never measured.
pub fn number(mut bytes: &[u8]) -> Result<Option<i64>, Unreadable> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let number = read(&mut bytes).and_then(|number| i64::try_from(number).ok());
    number.map(Some).ok_or(Unreadable)
}

/// All of it; none if the shipment was never measured.
pub fn unpack(mut bytes: &[u8]) -> Result<Option<Standing>, Unreadable> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let mut next = || i64::try_from(read(&mut bytes)?).ok();
    let (Some(number), Some(dims)) = (next(), next()) else { return Err(Unreadable) };
    let measures = body::entries(bytes).map(|entry| entry.map(|entry| entry.measure)).collect::<Result<_, _>>()?;
    Ok(Some(Standing { number, dims, measures }))
}
