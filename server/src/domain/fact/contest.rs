//! Words of different weight about one fact: the owner's counts, and the latest of the others is kept beside it.
//!
//! For each key the winner is the greatest claim, rank first, and its contest is the latest claim of lesser rank than the winner's.
//! Both are maxima, so they converge like the facts: whoever loses its place to a greater rank was the latest of all that stood
//! as high, and what stood lower is in the contest already.

use super::{Claim, Domain, Fact, FactKey, Facts, Standing};
use std::sync::Arc;

/// What a source's word weighs in each domain; 0 where it owns nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ranks([i32; Domain::COUNT]);

impl Ranks {
    /// The rank in each domain.
    pub fn of(rank: impl Fn(Domain) -> i32) -> Self {
        Self(Domain::ALL.map(rank))
    }

    /// Nothing is owned.
    pub fn is_plain(&self) -> bool {
        self.0 == [0; Domain::COUNT]
    }

    /// The rank of what the source says about this.
    pub(crate) fn about(&self, key: FactKey) -> i32 {
        key.domain().map_or(0, |domain| self.0[domain as usize])
    }
}

impl Standing {
    /// Weight among words whose rank does not matter.
    fn word(&self) -> (super::Instant, &Option<String>, &str, &str) {
        (self.told_at, &self.sequence, &self.source, &self.event_id)
    }

    /// Whether it was told after another.
    pub(crate) fn is_later_than(&self, other: &Self) -> bool {
        self.word() > other.word()
    }
}

impl Facts {
    /// Takes an event's claims in, each with the rank of its source about it; what loses to a greater rank goes to `contests`.
    pub(crate) fn merge_ranked<'c>(
        &mut self,
        contests: &mut Facts,
        claims: impl IntoIterator<Item = &'c Claim>,
        (standing, ranks): (Standing, &Ranks),
    ) {
        // Claims of one domain share their standing.
        let mut standings = vec![Arc::new(standing)];
        for Claim { key, value } in claims {
            let rank = ranks.about(*key);
            let shared = standings.iter().find(|standing| standing.rank == rank).map(Arc::clone);
            let standing = shared.unwrap_or_else(|| {
                let ranked = Arc::new(Standing { rank, ..Standing::clone(&standings[0]) });
                standings.push(Arc::clone(&ranked));
                ranked
            });
            let Some(held) = self.0.get(*key) else {
                self.0.insert(*key, Fact { value: value.clone(), standing });
                continue;
            };
            match rank.cmp(&held.standing.rank) {
                std::cmp::Ordering::Less => contests.contest(*key, Fact { value: value.clone(), standing }),
                std::cmp::Ordering::Equal if !held.gives_way_to(*key, value, &standing) => {}
                std::cmp::Ordering::Equal => drop(self.0.insert(*key, Fact { value: value.clone(), standing })),
                std::cmp::Ordering::Greater => {
                    let lost = self.0.insert(*key, Fact { value: value.clone(), standing });
                    lost.into_iter().for_each(|lost| contests.contest(*key, lost));
                }
            }
        }
    }

    fn contest(&mut self, key: FactKey, fact: Fact) {
        if self.0.get(key).is_none_or(|held| fact.standing.is_later_than(&held.standing)) {
            self.0.insert(key, fact);
        }
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{fact::FactValue, time::Instant};
    use proptest::{collection::vec, prelude::*, sample::Index};

    /// What one event says of its carrier: rank, when, whose, what.
    #[derive(Debug, Clone)]
    struct Word(i32, i64, u8, u8);

    fn fold<'w>(words: impl IntoIterator<Item = &'w Word>) -> (Facts, Facts) {
        let (mut facts, mut contests) = (Facts::default(), Facts::default());
        for Word(rank, told_at, id, what) in words {
            let ranks = Ranks::of(|domain| if domain == Domain::Execution { *rank } else { 0 });
            let standing = Standing {
                rank: 0,
                told_at: Instant(*told_at),
                sequence: None,
                source: format!("source/{rank}"),
                event_id: id.to_string(),
                received_at: None,
            };
            let claims = [FactKey::Carrier, FactKey::Customer].map(|key| Claim { key, value: FactValue::Text(what.to_string()) });
            facts.merge_ranked(&mut contests, &claims, (standing, &ranks));
        }
        (facts, contests)
    }

    proptest! {
        #[test]
        fn winner_and_contest_are_the_same_for_any_order(
            words in vec((0..4_i32, 0..5_i64, 0..4_u8).prop_map(|(rank, at, id)| Word(rank, at, id, id)), 1..12),
            order in vec(any::<Index>(), 12),
            again in vec(any::<Index>(), 0..6),
        ) {
            let mut other: Vec<&Word> = words.iter().collect();
            for (at, index) in order.iter().enumerate().take(words.len()) {
                other.swap(at, index.index(words.len()));
            }
            other.extend(again.iter().map(|index| &words[index.index(words.len())]));
            let (facts, contests) = fold(&words);
            prop_assert_eq!((&facts, &contests), (&fold(other.iter().copied()).0, &fold(other.iter().copied()).1));
            // The slow way: the greatest of all, and the latest of those that stand lower.
            let greatest = words.iter().map(|word| word.0).max().expect("one at least");
            let latest = |low: bool| {
                let of = words.iter().filter(|word| (word.0 < greatest) == low);
                of.max_by_key(|word| (word.1, format!("source/{}", word.0), word.2.to_string())).map(|word| word.3.to_string())
            };
            prop_assert_eq!(facts.text(FactKey::Carrier).map(str::to_owned), latest(false));
            prop_assert_eq!(contests.text(FactKey::Carrier).map(str::to_owned), latest(true));
            prop_assert_eq!(contests.get(FactKey::Customer), None, "nobody owns it: there is nothing to contest");
        }
    }
}
