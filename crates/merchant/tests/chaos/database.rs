//! A database of the test's own, and what is in it, seen by somebody else than the merchant.

use std::path::Path;

use sqlx::any::{AnyPoolOptions, AnyRow, install_default_drivers};
use sqlx::{AnyPool, AssertSqlSafe, Row as _};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

pub struct Database {
    pub url: String,
    drop_at: Option<(String, String)>,
}

impl Database {
    pub async fn new(kind: Kind, folder: &Path, name: &str) -> Self {
        match kind {
            Kind::Sqlite => Self { url: format!("sqlite://{}/shop.sqlite", folder.display()), drop_at: None },
            Kind::Postgres => {
                let server = std::env::var("TEST_POSTGRES_URL")
                    .unwrap_or_else(|_| panic!("TEST_POSTGRES_URL is not set: scripts/test chaos starts a PostgreSQL"));
                Self::at(&server, name).await
            }
        }
    }

    /// On a server that is known.
    pub async fn at(server: &str, name: &str) -> Self {
        run(server, format!("CREATE DATABASE {name}")).await;
        let (before, _) = server.rsplit_once('/').unwrap();
        Self { url: format!("{before}/{name}"), drop_at: Some((server.to_owned(), name.to_owned())) }
    }

    /// Rows of one statement, read by `read`.
    pub async fn rows<T>(&self, query: &'static str, read: impl Fn(&AnyRow) -> T) -> Vec<T> {
        let pool = pool(&self.url).await;
        let rows = sqlx::query(query).fetch_all(&pool).await.unwrap();
        pool.close().await;
        rows.iter().map(read).collect()
    }

    pub async fn change(&self, statement: &'static str) {
        let pool = pool(&self.url).await;
        sqlx::query(statement).execute(&pool).await.unwrap();
        pool.close().await;
    }

    pub async fn change_of(&self, statement: &'static str, order_id: &str) {
        let pool = pool(&self.url).await;
        sqlx::query(statement).bind(order_id).execute(&pool).await.unwrap();
        pool.close().await;
    }

    pub async fn close(self) {
        if let Some((server, name)) = self.drop_at {
            run(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

pub fn text(row: &AnyRow, column: &str) -> String {
    row.try_get::<Option<String>, _>(column).unwrap().unwrap_or_default()
}

pub fn number(row: &AnyRow, column: &str) -> i64 {
    row.try_get::<i64, _>(column).unwrap()
}

async fn run(url: &str, statement: String) {
    let pool = pool(url).await;
    sqlx::query(AssertSqlSafe(statement)).execute(&pool).await.unwrap();
    pool.close().await;
}

async fn pool(url: &str) -> AnyPool {
    install_default_drivers();
    AnyPoolOptions::new().max_connections(1).connect(url).await.unwrap()
}
