//! SQL statements with parameters `$1`, `$2`, and their rows, for both databases. Values are texts and whole numbers.

use std::borrow::Cow;
use std::sync::Arc;

use super::StoreError;

/// A statement with its parameters.
#[derive(Debug, Clone)]
pub(super) struct Query<'q> {
    pub(super) text: &'static str,
    pub(super) values: Vec<SqlParam<'q>>,
}

/// A parameter.
#[derive(Debug, Clone)]
pub(super) enum SqlParam<'q> {
    Int(Option<i64>),
    Text(Option<Cow<'q, str>>),
}

/// A connection or a pool that runs statements.
pub(super) trait Executor: Send {
    /// The resulting rows.
    fn rows(self, query: Query<'_>) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send;

    /// The number of changed rows.
    fn execute(self, query: Query<'_>) -> impl Future<Output = Result<u64, StoreError>> + Send;
}

/// One resulting row.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) names: Arc<[Box<str>]>,
    pub(super) cells: Vec<SqlValue>,
}

#[derive(Debug)]
pub(super) enum SqlValue {
    Null,
    Int(i64),
    Text(String),
}

/// A type that a column can be read as.
pub(super) trait FromSqlValue<'r>: Sized {
    fn from_sql_value(cell: &'r SqlValue) -> Option<Self>;
}

/// A statement without parameters.
pub(super) fn query<'q>(text: &'static str) -> Query<'q> {
    Query { text, values: vec![] }
}

impl<'q> Query<'q> {
    /// Adds the next parameter.
    pub(super) fn bind(mut self, value: impl Into<SqlParam<'q>>) -> Self {
        self.values.push(value.into());
        self
    }

    pub(super) async fn execute(self, on: impl Executor) -> Result<u64, StoreError> {
        on.execute(self).await
    }

    pub(super) async fn fetch_all(self, on: impl Executor) -> Result<Vec<Row>, StoreError> {
        on.rows(self).await
    }

    pub(super) async fn fetch_optional(self, on: impl Executor) -> Result<Option<Row>, StoreError> {
        Ok(on.rows(self).await?.into_iter().next())
    }

    pub(super) async fn fetch_one(self, on: impl Executor) -> Result<Row, StoreError> {
        self.fetch_optional(on).await?.ok_or(StoreError::NoRow)
    }
}

impl Row {
    /// The value of a column.
    pub(super) fn try_get<'r, T: FromSqlValue<'r>>(&'r self, name: &'static str) -> Result<T, StoreError> {
        let at = self.names.iter().position(|known| **known == *name);
        at.and_then(|at| T::from_sql_value(self.cells.get(at)?)).ok_or(StoreError::Column(name))
    }
}

impl FromSqlValue<'_> for i64 {
    fn from_sql_value(cell: &SqlValue) -> Option<Self> {
        if let SqlValue::Int(number) = cell { Some(*number) } else { None }
    }
}

impl<'r> FromSqlValue<'r> for &'r str {
    fn from_sql_value(cell: &'r SqlValue) -> Option<Self> {
        if let SqlValue::Text(text) = cell { Some(text) } else { None }
    }
}

impl FromSqlValue<'_> for String {
    fn from_sql_value(cell: &SqlValue) -> Option<Self> {
        <&str>::from_sql_value(cell).map(str::to_owned)
    }
}

impl<'r, T: FromSqlValue<'r>> FromSqlValue<'r> for Option<T> {
    fn from_sql_value(cell: &'r SqlValue) -> Option<Self> {
        if let SqlValue::Null = cell { Some(None) } else { T::from_sql_value(cell).map(Some) }
    }
}

impl From<i64> for SqlParam<'_> {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Option<i64>> for SqlParam<'_> {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl<'q> From<&'q str> for SqlParam<'q> {
    fn from(text: &'q str) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl<'q> From<&'q String> for SqlParam<'q> {
    fn from(text: &'q String) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl From<String> for SqlParam<'_> {
    fn from(text: String) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl<'q> From<Option<&'q str>> for SqlParam<'q> {
    fn from(text: Option<&'q str>) -> Self {
        Self::Text(text.map(Cow::from))
    }
}

impl<'q> From<&'q Option<String>> for SqlParam<'q> {
    fn from(text: &'q Option<String>) -> Self {
        text.as_deref().into()
    }
}

impl From<Option<String>> for SqlParam<'_> {
    fn from(text: Option<String>) -> Self {
        Self::Text(text.map(Cow::from))
    }
}
