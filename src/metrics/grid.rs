//! A metric for every combination of words from closed sets.
//!
//! All are made at the start: an alert needs a zero to see a one after it, and whoever counts
//! finds the metric by the places of its words, without looking anything up.

use std::fmt::Debug;

use prometheus_client::{
    encoding::EncodeMetric,
    metrics::{TypedMetric, family::Family},
    registry::Registry,
};

/// Metrics of one name, told apart by `N` labels.
#[derive(Debug)]
pub(super) struct Grid<M, const N: usize> {
    cells: Vec<M>,
    sizes: [usize; N],
}

/// A label, and every word that it can say.
pub(super) type Set<'a> = (&'static str, &'a [&'static str]);

impl<M, const N: usize> Grid<M, N>
where
    M: Clone + Debug + EncodeMetric + TypedMetric + Send + Sync + 'static,
{
    /// Makes and registers a metric for every combination that can come up.
    pub(super) fn register(
        registry: &mut Registry,
        (name, help): (&str, &str),
        sets: [Set<'_>; N],
        can_come_up: impl Fn([usize; N]) -> bool,
        make: fn() -> M,
    ) -> Self {
        let family = Family::<[(&'static str, &'static str); N], M>::new_with_constructor(make);
        let sizes = sets.map(|(_, words)| words.len());
        let cells = (0..sizes.iter().product()).map(|index| {
            let place = place(sizes, index);
            let mut labels = [("", ""); N];
            for ((label, (name, words)), at) in labels.iter_mut().zip(sets).zip(place) {
                *label = (name, words[at]);
            }
            if can_come_up(place) {
                family.get_or_create_owned(&labels)
            } else {
                make()
            }
        });
        let cells = cells.collect();
        registry.register(name, help, family);
        Self { cells, sizes }
    }
}

impl<M, const N: usize> Grid<M, N> {
    /// The metric with these words, each told by its place in its set.
    pub(super) fn at(&self, place: [usize; N]) -> &M {
        let sizes = self.sizes.into_iter().zip(place);
        &self.cells[sizes.fold(0, |index, (size, at)| index * size + at)]
    }
}

fn place<const N: usize>(sizes: [usize; N], mut index: usize) -> [usize; N] {
    let mut place = [0; N];
    for (at, size) in place.iter_mut().zip(sizes).rev() {
        *at = index % size;
        index /= size;
    }
    place
}

#[cfg(test)]
mod tests {
    use prometheus_client::{encoding::prometheus_text::encode, metrics::counter::Counter};

    use super::*;

    #[test]
    fn every_combination_is_found_at_its_place() {
        let mut registry = Registry::default();
        let sets = [("one", &["a", "b"][..]), ("two", &["x", "y", "z"][..])];
        let named = ("things", "Things");
        let grid = Grid::register(
            &mut registry,
            named,
            sets,
            |at| at != [0, 2],
            Counter::<u64>::default,
        );
        for (times, place) in [[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]].iter().enumerate() {
            grid.at(*place).inc_by(times as u64);
        }
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        let mut lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        lines.sort_unstable();
        assert_eq!(
            lines,
            [
                r#"things_total{one="a",two="x"} 0"#,
                r#"things_total{one="a",two="y"} 1"#,
                r#"things_total{one="b",two="x"} 2"#,
                r#"things_total{one="b",two="y"} 3"#,
                r#"things_total{one="b",two="z"} 4"#,
            ]
        );
    }
}
