//! The table of what is promised, and whether it is kept.

use std::fmt;

/// What a figure is measured in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit {
    /// So many times the reference.
    Times,
    Milliseconds,
    Megabytes,
    /// A number of something.
    Count,
}

impl Unit {
    fn show(self, figure: f64) -> String {
        match self {
            _ if figure.is_infinite() => "–".to_owned(),
            Self::Times => format!("{figure:.2} ×"),
            Self::Milliseconds => format!("{figure:.1} ms"),
            Self::Megabytes => format!("{figure:.1} MB"),
            Self::Count => format!("{figure:.0}"),
        }
    }
}

/// One promise.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) unit: Unit,
    /// What was measured; `None` where that could not be done here.
    pub(crate) figure: Option<f64>,
    /// No more than this; infinite = nothing is promised, only aimed at.
    pub(crate) must: f64,
    pub(crate) aim: f64,
    /// What the figure was made of.
    pub(crate) note: String,
}

impl Row {
    fn verdict(&self) -> &'static str {
        match self.figure {
            None => "not measured",
            Some(figure) if figure <= self.aim => "reached, and its aim",
            Some(figure) if figure <= self.must => "reached",
            Some(_) => "NOT reached",
        }
    }
}

/// All promises.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) rows: Vec<Row>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | measured | must | aim | | of |")?;
        writeln!(f, "|---|---|---|---|---|---|")?;
        for row in &self.rows {
            let figure = row
                .figure
                .map_or("–".to_owned(), |figure| row.unit.show(figure));
            writeln!(
                f,
                "| {} | {figure} | {} | {} | {} | {} |",
                row.what,
                row.unit.show(row.must),
                row.unit.show(row.aim),
                row.verdict(),
                row.note,
            )?;
        }
        Ok(())
    }
}
