//! Statements and their rows: one text of SQL with `$1`, `$2` for both databases, texts and whole numbers only.

use std::borrow::Cow;
use std::sync::Arc;

use super::StoreError;

/// A statement with its values.
#[derive(Debug, Clone)]
pub(super) struct Query<'q> {
    pub(super) text: &'static str,
    pub(super) values: Vec<Value<'q>>,
}

/// What stands for `$1`.
#[derive(Debug, Clone)]
pub(super) enum Value<'q> {
    Int(Option<i64>),
    Text(Option<Cow<'q, str>>),
}

/// Whatever a statement can be sent to.
pub(super) trait Database: Send {
    /// The rows that it answers.
    fn rows(self, query: Query<'_>) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send;

    /// How many rows it changed.
    fn change(self, query: Query<'_>) -> impl Future<Output = Result<u64, StoreError>> + Send;
}

/// One row of an answer.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) names: Arc<[Box<str>]>,
    pub(super) cells: Vec<Cell>,
}

#[derive(Debug)]
pub(super) enum Cell {
    Null,
    Int(i64),
    Text(String),
}

/// What a cell can be read as.
pub(super) trait FromCell<'r>: Sized {
    fn from_cell(cell: &'r Cell) -> Option<Self>;
}

/// A statement without values yet.
pub(super) fn query<'q>(text: &'static str) -> Query<'q> {
    Query { text, values: vec![] }
}

impl<'q> Query<'q> {
    /// The next value.
    pub(super) fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.values.push(value.into());
        self
    }

    pub(super) async fn execute(self, on: impl Database) -> Result<u64, StoreError> {
        on.change(self).await
    }

    pub(super) async fn fetch_all(self, on: impl Database) -> Result<Vec<Row>, StoreError> {
        on.rows(self).await
    }

    pub(super) async fn fetch_optional(self, on: impl Database) -> Result<Option<Row>, StoreError> {
        Ok(on.rows(self).await?.into_iter().next())
    }

    pub(super) async fn fetch_one(self, on: impl Database) -> Result<Row, StoreError> {
        self.fetch_optional(on).await?.ok_or(StoreError::NoRow)
    }
}

impl Row {
    /// The value of a column.
    pub(super) fn try_get<'r, T: FromCell<'r>>(&'r self, name: &'static str) -> Result<T, StoreError> {
        let at = self.names.iter().position(|known| **known == *name);
        at.and_then(|at| T::from_cell(self.cells.get(at)?)).ok_or(StoreError::Column(name))
    }
}

impl FromCell<'_> for i64 {
    fn from_cell(cell: &Cell) -> Option<Self> {
        if let Cell::Int(number) = cell { Some(*number) } else { None }
    }
}

impl<'r> FromCell<'r> for &'r str {
    fn from_cell(cell: &'r Cell) -> Option<Self> {
        if let Cell::Text(text) = cell { Some(text) } else { None }
    }
}

impl FromCell<'_> for String {
    fn from_cell(cell: &Cell) -> Option<Self> {
        <&str>::from_cell(cell).map(str::to_owned)
    }
}

impl<'r, T: FromCell<'r>> FromCell<'r> for Option<T> {
    fn from_cell(cell: &'r Cell) -> Option<Self> {
        if let Cell::Null = cell { Some(None) } else { T::from_cell(cell).map(Some) }
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl<'q> From<&'q str> for Value<'q> {
    fn from(text: &'q str) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl<'q> From<&'q String> for Value<'q> {
    fn from(text: &'q String) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl<'q> From<Option<&'q str>> for Value<'q> {
    fn from(text: Option<&'q str>) -> Self {
        Self::Text(text.map(Cow::from))
    }
}

impl<'q> From<&'q Option<String>> for Value<'q> {
    fn from(text: &'q Option<String>) -> Self {
        text.as_deref().into()
    }
}

impl From<Option<String>> for Value<'_> {
    fn from(text: Option<String>) -> Self {
        Self::Text(text.map(Cow::from))
    }
}
