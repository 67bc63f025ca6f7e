//! Sends one notification once, as Midtrans does: `POST`, JSON, some redirects followed.

use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Client, StatusCode, Url};

use crate::delivery::DeliveryResponse;

const MOST_REDIRECTS: usize = 5;

/// Posts `body`, which should be JSON, to `url`; 307 and 308 are followed with the same method and body, other redirects are not.
pub async fn send(client: &Client, url: &str, body: &str) -> DeliveryResponse {
    let Ok(mut url) = Url::parse(url) else {
        return DeliveryResponse::Unreachable;
    };
    for _ in 0..=MOST_REDIRECTS {
        let response = match client
            .post(url.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(body.to_owned())
            .send()
            .await
        {
            Ok(response) => response,
            Err(error) if error.is_timeout() => return DeliveryResponse::Timeout,
            Err(_) => return DeliveryResponse::Unreachable,
        };
        let status = response.status();
        if !matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT) {
            return DeliveryResponse::Status(status.as_u16());
        }
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        match location.and_then(|location| url.join(location).ok()) {
            Some(next) => url = next,
            None => return DeliveryResponse::Status(status.as_u16()),
        }
    }
    DeliveryResponse::Status(StatusCode::PERMANENT_REDIRECT.as_u16())
}
