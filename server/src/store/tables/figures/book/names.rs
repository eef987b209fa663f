//! Names as numbers: what is compared often and told seldom.

use std::collections::HashMap;

/// A name's number.
pub(super) type Name = u32;

/// Names and their numbers.
#[derive(Default)]
pub(super) struct Names {
    numbers: HashMap<String, Name>,
    names: Vec<String>,
}

impl Names {
    /// How many are known.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The number of a name, from now on.
    pub(super) fn number(&mut self, name: &str) -> Name {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = Name::try_from(self.names.len()).expect("the book begins anew long before");
        self.numbers.insert(name.to_owned(), number);
        self.names.push(name.to_owned());
        number
    }

    /// The number of a name that may be known.
    pub(super) fn known(&self, name: &str) -> Option<Name> {
        self.numbers.get(name).copied()
    }

    /// The name of a number.
    pub(super) fn name(&self, number: Name) -> &str {
        self.names.get(number as usize).map_or("", String::as_str)
    }
}
