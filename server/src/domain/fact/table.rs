//! Facts by key, side by side in memory: they are copied, walked and dropped with each change, and looked up in between.

use super::{Fact, FactKey};

/// A map in the order of its keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table(Vec<(FactKey, Fact)>);

impl Table {
    /// Without facts.
    pub const EMPTY: Self = Self(Vec::new());

    /// The fact under this key.
    pub fn get(&self, key: FactKey) -> Option<&Fact> {
        self.place(key).ok().map(|at| &self.0[at].1)
    }

    /// Puts a fact under this key; what was there before.
    pub fn insert(&mut self, key: FactKey, fact: Fact) -> Option<Fact> {
        match self.place(key) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, fact)),
            Err(at) => {
                self.0.insert(at, (key, fact));
                None
            }
        }
    }

    /// Takes the fact under this key out.
    #[cfg(test)]
    pub(crate) fn remove(&mut self, key: FactKey) -> Option<Fact> {
        self.place(key).ok().map(|at| self.0.remove(at).1)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (FactKey, &Fact)> {
        self.0.iter().map(|(key, fact)| (*key, fact))
    }

    fn place(&self, key: FactKey) -> Result<usize, usize> {
        self.0.binary_search_by_key(&key, |(held, _)| *held)
    }
}

impl FromIterator<(FactKey, Fact)> for Table {
    fn from_iter<I: IntoIterator<Item = (FactKey, Fact)>>(facts: I) -> Self {
        let mut table = Self::EMPTY;
        // In the order of the keys, as they are stored, each goes to the end.
        facts.into_iter().for_each(|(key, fact)| drop(table.insert(key, fact)));
        table
    }
}
