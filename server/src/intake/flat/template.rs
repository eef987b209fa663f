//! Templates: text with `{field|pick|form}` in it.

/// What of several rows' values is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pick {
    /// The one value that all rows that have one agree on.
    #[default]
    Same,
    /// Of the first row that has one, in the group's order.
    First,
    /// Of the last row that has one.
    Last,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The sum.
    Sum,
    /// All different ones, sorted: a list.
    Collect,
    /// How many rows have one.
    Count,
}

/// What of a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// The value.
    #[default]
    Whole,
    /// Why there is none.
    Reason,
    /// Money: the decimal.
    Amount,
    /// Money: the currency.
    Currency,
    /// Time: the local day.
    Day,
    /// Text, in small letters and digits with `-`.
    Slug,
}

/// A field in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Position of the field in the plan.
    pub field: usize,
    /// What of several rows.
    pub pick: Pick,
    /// What of the value.
    pub form: Form,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text.
    Text(String),
    /// A field.
    Slot(Slot),
}

/// A template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its parts.
    pub parts: Vec<Part>,
}

impl Template {
    /// Reads a template; `field` finds a field's position by name.
    pub fn parse(text: &str, field: &dyn Fn(&str) -> Option<usize>) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            let after = &rest[at + 1..];
            if let Some(after) = after.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
                continue;
            }
            if brace == "}" {
                return Err("has a } without its {; write }} for a brace".into());
            }
            let (inside, after) = after.split_once('}').ok_or("has a { without its }; write {{ for a brace")?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Slot(slot(inside, field)?));
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() || parts.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { parts })
    }

    /// Its fields.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.parts.iter().filter_map(|part| match part {
            Part::Slot(slot) => Some(slot),
            Part::Text(_) => None,
        })
    }

    /// The field, if the template is nothing but one.
    pub fn only_slot(&self) -> Option<&Slot> {
        match self.parts.as_slice() {
            [Part::Slot(slot)] => Some(slot),
            _ => None,
        }
    }
}

fn slot(inside: &str, field: &dyn Fn(&str) -> Option<usize>) -> Result<Slot, String> {
    let mut words = inside.split('|').map(str::trim);
    let name = words.next().unwrap_or_default();
    let field = field(name).ok_or_else(|| format!("there is no field `{name}`"))?;
    let mut slot = Slot { field, pick: Pick::default(), form: Form::default() };
    for word in words {
        match word {
            "first" => slot.pick = Pick::First,
            "last" => slot.pick = Pick::Last,
            "min" => slot.pick = Pick::Min,
            "max" => slot.pick = Pick::Max,
            "sum" => slot.pick = Pick::Sum,
            "collect" => slot.pick = Pick::Collect,
            "count" => slot.pick = Pick::Count,
            "same" => slot.pick = Pick::Same,
            "reason" => slot.form = Form::Reason,
            "amount" => slot.form = Form::Amount,
            "currency" => slot.form = Form::Currency,
            "day" => slot.form = Form::Day,
            "slug" => slot.form = Form::Slug,
            other => {
                return Err(format!(
                    "`{other}` is none of same, first, last, min, max, sum, collect, count, reason, amount, currency, day, slug"
                ));
            }
        }
    }
    Ok(slot)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Template, String> {
        Template::parse(text, &|name| ["a", "b c"].iter().position(|f| *f == name))
    }

    #[test]
    fn fields_picks_and_braces() {
        let template = parse("x{{{a|max|day}-{b c}}}").expect("good");
        assert_eq!(
            template.parts,
            [
                Part::Text("x{".into()),
                Part::Slot(Slot { field: 0, pick: Pick::Max, form: Form::Day }),
                Part::Text("-".into()),
                Part::Slot(Slot { field: 1, pick: Pick::Same, form: Form::Whole }),
                Part::Text("}".into()),
            ]
        );
        assert!(parse("{a}").expect("good").only_slot().is_some());
        assert!(parse("{a} ").expect("good").only_slot().is_none());
        assert_eq!(parse("").expect("good").parts, [Part::Text(String::new())]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, part) in
            [("{d}", "no field `d`"), ("{a", "without its }"), ("a}", "without its {"), ("{a|most}", "`most` is none")]
        {
            assert!(parse(text).expect_err("bad").contains(part), "{text}");
        }
    }
}
