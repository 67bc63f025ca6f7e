//! The index page: `index.html` with the shop's data filled in.
//!
//! The backend fills in the script block with the id `shop`. For the form without script it fills in `{{form_items}}`,
//! a quantity field for each item, and `{{form_key}}`, a fresh key for one order. On `/order/{id}` the order replaces
//! the form.

use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};

use crate::error::{ApiError, ErrorCode};
use crate::http::app_state::AppState;
use crate::http::orders_api::{OrderId, load_public_order, parse_order_id};
use crate::http::web::built_page::{plain_section, shop_block};
use crate::http::web::checkout_form::render_quantity_fields;
use crate::http::web::error_page::error_page;
use crate::http::web::order_page::{render_order, render_unknown_order};
use crate::id;

/// `GET /`, `/order`: the page.
pub async fn index(State(state): State<AppState>) -> Response {
    respond(render_index(&state).await)
}

/// `GET /order/{id}`: the page; its part without script shows the order.
pub async fn order(State(state): State<AppState>, id: OrderId) -> Response {
    let _permit = match state.permits.customer() {
        Ok(permit) => permit,
        Err(error) => return error_page(error, ""),
    };
    respond(render_index_with_order(&state, id).await)
}

fn respond(page: Result<String, ApiError>) -> Response {
    match page {
        Ok(page) => ([(header::CACHE_CONTROL, "no-cache")], Html(page)).into_response(),
        Err(error) => error_page(error, ""),
    }
}

async fn render_index_with_order(state: &AppState, id: OrderId) -> Result<String, ApiError> {
    let page = render_index(state).await?;
    let Some((start, end)) = plain_section(&page) else { return Ok(page) };
    let order = match parse_order_id(id) {
        Ok(id) => load_public_order(state, &id).await,
        Err(error) => Err(error),
    };
    let section = match order {
        Ok(order) => {
            state.reconcile.poll_in_background(&order.order_id);
            let attempt = state.store.current_attempt(&order.order_id).await?;
            let payment_url = attempt.and_then(|attempt| attempt.token).map(|token| token.redirect_url);
            render_order(&order, payment_url.as_deref())
        }
        Err(error) if error.code == ErrorCode::OrderNotFound => render_unknown_order(),
        Err(error) => return Err(error),
    };
    Ok(format!("{}{section}{}", &page[..start], &page[end..]))
}

async fn render_index(state: &AppState) -> Result<String, ApiError> {
    let text = state.page.index().await?;
    let (start, end) =
        shop_block(&text).ok_or_else(|| ApiError::from(ErrorCode::PageMissing).caused_by("no shop block"))?;
    let json = serde_json::to_string(&*state.storefront)
        .map_err(|error| ApiError::from(ErrorCode::Internal).caused_by(error))?;
    let page = format!("{}{}{}", &text[..start], escape_for_script(&json), &text[end..]);
    let page = page.replace("{{form_items}}", &render_quantity_fields(&state.storefront.items));
    Ok(page.replace("{{form_key}}", &id::random()?))
}

/// Escapes JSON for a script element: it can neither end the element nor begin a comment.
fn escape_for_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_cannot_leave_its_script() {
        let json = escape_for_script(r#"{"name":"</script><!--&"}"#);
        assert!(!json.contains(['<', '>', '&']));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["name"], "</script><!--&");
    }
}
