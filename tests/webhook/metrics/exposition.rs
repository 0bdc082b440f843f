//! Prometheus' text format, read as strictly as its description allows.
//! See [Prometheus/Exposition formats].
//!
//! [Prometheus/Exposition formats]: https://prometheus.io/docs/instrumenting/exposition_formats/

use std::collections::{BTreeMap, BTreeSet};

/// Labels by name, in alphabetical order.
type Labels = BTreeMap<String, String>;

/// What was scraped, valid throughout.
#[derive(Debug)]
pub(crate) struct Exposition {
    /// Type of every family, by its name.
    families: BTreeMap<String, String>,
    samples: BTreeMap<(String, Labels), f64>,
}

impl Exposition {
    /// Reads a text; panics where it is not valid.
    #[track_caller]
    pub(crate) fn read(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line must end");
        let mut helped: BTreeSet<&str> = BTreeSet::new();
        let mut families: BTreeMap<String, String> = BTreeMap::new();
        let mut samples = BTreeMap::new();
        let mut current: Option<&str> = None;
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, help) = help.split_once(' ').expect("help says something");
                assert!(!help.trim().is_empty(), "{line}");
                assert!(helped.insert(name), "help twice: {line}");
                current = None;
            } else if let Some(family) = line.strip_prefix("# TYPE ") {
                let (name, kind) = family.split_once(' ').expect("a type is named");
                assert!(is_name(name), "{line}");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert!(helped.contains(name), "no help before {line}");
                let before = families.insert(name.to_owned(), kind.to_owned());
                assert_eq!(before, None, "a family in two places: {line}");
                current = Some(name);
            } else {
                let (name, labels, value) = sample(line);
                let family = current.unwrap_or_else(|| panic!("no type before {line}"));
                let kind = families[family].as_str();
                let rest = name.strip_prefix(family);
                let fits: &[&str] = match kind {
                    "histogram" => &["_bucket", "_sum", "_count"],
                    _ => &[""],
                };
                assert!(rest.is_some_and(|rest| fits.contains(&rest)), "{line}");
                if kind == "counter" {
                    assert!(name.ends_with("_total") && value >= 0.0, "{line}");
                }
                let before = samples.insert((name, labels), value);
                assert_eq!(before, None, "a series twice: {line}");
            }
        }
        let read = Self { families, samples };
        read.check_histograms();
        read
    }

    fn check_histograms(&self) {
        let histograms = self
            .families
            .iter()
            .filter(|(_, kind)| *kind == "histogram");
        for (name, _) in histograms {
            let mut buckets: BTreeMap<Labels, Vec<(f64, f64)>> = BTreeMap::new();
            for ((sample, labels), value) in &self.samples {
                if *sample == format!("{name}_bucket") {
                    let mut labels = labels.clone();
                    let bound = labels.remove("le").expect("a bucket has a bound");
                    let bound = bound.replace("+Inf", "inf").parse().unwrap();
                    buckets.entry(labels).or_default().push((bound, *value));
                }
            }
            assert!(!buckets.is_empty(), "{name} has no buckets");
            for (labels, mut buckets) in buckets {
                buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
                assert!(buckets.is_sorted_by(|one, next| one.1 <= next.1), "{name}");
                let (bound, in_all) = *buckets.last().unwrap();
                let count = self.samples[&(format!("{name}_count"), labels.clone())];
                assert!(
                    bound.is_infinite() && in_all.total_cmp(&count).is_eq(),
                    "{name}{labels:?}"
                );
                assert!(
                    self.samples[&(format!("{name}_sum"), labels)] >= 0.0,
                    "{name}"
                );
            }
        }
    }

    /// The value of a series that counts, given as `name{label="value",…}` with its labels in any
    /// order.
    #[track_caller]
    pub(crate) fn count(&self, series: &str) -> u64 {
        let (name, labels, _) = sample(&format!("{series} 0"));
        let value = self.samples.get(&(name, labels));
        whole(*value.unwrap_or_else(|| panic!("there is no {series}")))
    }

    /// The values of all series of this name.
    #[track_caller]
    pub(crate) fn sum(&self, name: &str) -> u64 {
        let samples = self.samples.iter();
        let named = samples.filter(|((sample, _), _)| sample == name);
        named.map(|(_, value)| whole(*value)).sum()
    }

    /// Every label's value.
    pub(crate) fn labels(&self) -> BTreeSet<&str> {
        let labels = self.samples.keys().flat_map(|(_, labels)| labels.values());
        labels.map(String::as_str).collect()
    }

    /// The values of this label in series of this name; empty if there are none.
    pub(crate) fn values_of(&self, name: &str, label: &str) -> BTreeSet<&str> {
        let named = self.samples.keys().filter(|(sample, _)| sample == name);
        let values = named.filter_map(|(_, labels)| labels.get(label));
        values.map(String::as_str).collect()
    }

    /// The names of all samples.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        self.samples.keys().map(|(name, _)| name.as_str()).collect()
    }

    /// The names of all families.
    pub(crate) fn families(&self) -> impl Iterator<Item = &str> {
        self.families.keys().map(String::as_str)
    }

    /// Every series.
    pub(crate) fn series(&self) -> BTreeSet<(String, Labels)> {
        self.samples.keys().cloned().collect()
    }
}

/// A number that counts something.
#[track_caller]
fn whole(value: f64) -> u64 {
    format!("{value}")
        .parse()
        .expect("a count is a whole number")
}

fn is_name(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !text.starts_with(|c: char| c.is_ascii_digit()) && !text.is_empty() && text.bytes().all(is_part)
}

/// A line of a sample, taken apart.
#[track_caller]
fn sample(line: &str) -> (String, Labels, f64) {
    let (series, value) = line.rsplit_once(' ').expect("a blank before the value");
    let number: f64 = value
        .parse()
        .unwrap_or_else(|_| panic!("no number: {line}"));
    assert!(number.is_finite(), "{line}");
    let Some((name, labels)) = series.split_once('{') else {
        assert!(is_name(series), "{line}");
        return (series.to_owned(), Labels::new(), number);
    };
    assert!(is_name(name), "{line}");
    let mut rest = labels.strip_suffix('}').expect("labels end");
    let mut labels = Labels::new();
    loop {
        let (label, after) = rest.split_once("=\"").expect("a label has a value");
        assert!(is_name(label), "{line}");
        // None of ours needs an escape.
        let (value, after) = after.split_once('"').expect("a value ends");
        assert!(!value.contains('\\'), "{line}");
        let before = labels.insert(label.to_owned(), value.to_owned());
        assert_eq!(before, None, "a label twice: {line}");
        if after.is_empty() {
            return (name.to_owned(), labels, number);
        }
        rest = after.strip_prefix(',').expect("a comma between labels");
    }
}
