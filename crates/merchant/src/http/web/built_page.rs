//! The built page on disk: its folder, its `index.html` and the parts that the backend fills in.

use std::path::{Path, PathBuf};

use crate::error::{ApiError, ErrorCode};

/// The folder of the built page. `index.html` is read on every request, so a new build needs no restart.
#[derive(Debug, Clone)]
pub struct BuiltPage {
    dist: PathBuf,
}

impl BuiltPage {
    /// Uses a folder, which may not exist yet.
    #[must_use]
    pub fn new(dist: PathBuf) -> Self {
        Self { dist }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.dist
    }

    /// Checks that the page can be served.
    ///
    /// # Errors
    /// A sentence for the operator: the fault and its remedy.
    pub fn check(&self) -> Result<(), String> {
        let index = self.dist.join("index.html");
        let text = std::fs::read_to_string(&index).map_err(|error| {
            format!(
                "{} cannot be read ({error}): build the page or set MERCHANT_DIST; the API works without it",
                index.display()
            )
        })?;
        if shop_block(&text).is_none() {
            return Err(format!(
                "{} has no <script type=\"application/json\" id=\"shop\"></script> for the shop's settings",
                index.display()
            ));
        }
        Ok(())
    }

    /// Reads `index.html`.
    ///
    /// # Errors
    /// [`ErrorCode::PageMissing`].
    pub async fn index(&self) -> Result<String, ApiError> {
        tokio::fs::read_to_string(self.dist.join("index.html"))
            .await
            .map_err(|error| ApiError::from(ErrorCode::PageMissing).caused_by(error))
    }

    /// The `<link rel="stylesheet">` tags of `index.html`, for error pages in the same style.
    pub async fn styles(&self) -> String {
        let Ok(text) = self.index().await else { return String::new() };
        tags(&text, "<link")
            .filter(|(start, end)| text[*start..*end].contains("stylesheet"))
            .map(|(start, end)| &text[start..end])
            .collect()
    }
}

/// Start and end of the content of `<script id="shop">`, in any spelling that a minifier produces.
pub(super) fn shop_block(text: &str) -> Option<(usize, usize)> {
    let (_, end) = tags(text, "<script").find(|(start, end)| {
        let tag = &text[*start..*end];
        [" id=\"shop\"", " id='shop'", " id=shop>", " id=shop "].iter().any(|id| tag.contains(id))
    })?;
    let close = text[end..].find("</script")? + end;
    Some((end, close))
}

/// Start and end of the content of `<section class="plain">`, which is shown without script.
pub(super) fn plain_section(text: &str) -> Option<(usize, usize)> {
    let (_, end) = tags(text, "<section").find(|(start, end)| text[*start..*end].contains("\"plain\""))?;
    Some((end, text[end..].find("</section")? + end))
}

/// Start and end of all opening tags that begin with `name`.
fn tags<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
    text.match_indices(name).filter_map(move |(start, _)| Some((start, text[start..].find('>')? + start + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shop_block_is_found_in_every_spelling() {
        for tag in [
            r#"<script type="application/json" id="shop">"#,
            r"<script id='shop' type='application/json'>",
            "<script type=application/json id=shop>",
            "<script id=shop type=application/json>",
            "<script\n  type=\"application/json\" id=\"shop\">",
        ] {
            let page = format!("<script src=\"a.js\"></script>{tag}old</script><p>");
            let (start, end) = shop_block(&page).unwrap();
            assert_eq!(&page[start..end], "old", "{tag}");
        }
        for page in ["", "<script>", "<script id=\"shop\">", "<script id=\"shopping\"></script>"] {
            assert_eq!(shop_block(page), None, "{page}");
        }
    }
}
