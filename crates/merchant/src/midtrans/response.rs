//! A response of the gateway: its body has a size limit, and each accessor validates what it returns.

use reqwest::{StatusCode, Url};
use wire::midtrans::{ErrorResponse, StatusCode as BodyCode, StatusResponse, TokenResponse};

use super::error::{MidtransError, is_retryable_status, unavailable};

/// The largest body. Real bodies are below 10 kB.
const MAX_BYTES: usize = 64 * 1024;

/// An HTTP status and a body.
pub(crate) struct GatewayResponse {
    status: StatusCode,
    body: Vec<u8>,
}

impl GatewayResponse {
    pub(crate) fn new(status: StatusCode, body: Vec<u8>) -> Self {
        Self { status, body }
    }

    pub(super) async fn read(mut response: reqwest::Response) -> Result<Self, MidtransError> {
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| unavailable(&error))? {
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(MidtransError::InvalidResponse("larger than 64 kB"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Self { status, body })
    }

    /// The token response, if the token and the origin of its URL are valid.
    pub(crate) fn token(self, snap: &Url) -> Result<TokenResponse, MidtransError> {
        self.check_success()?;
        let mut response: TokenResponse =
            serde_json::from_slice(&self.body).map_err(|_| MidtransError::InvalidResponse("not a token response"))?;
        if !is_token(&response.token) {
            return Err(MidtransError::InvalidResponse("an invalid token"));
        }
        // The normalized URL is always a valid header value.
        response.redirect_url = hosted_page(&response.redirect_url, snap)
            .ok_or(MidtransError::InvalidResponse("the redirect_url is not the gateway's"))?;
        Ok(response)
    }

    /// Whether the token can no longer be paid. Midtrans documents the messages of rejections, not their HTTP statuses.
    pub(crate) fn cancelled(self) -> Result<bool, MidtransError> {
        match self.check_success() {
            Ok(()) => Ok(true),
            Err(MidtransError::Rejected { status, messages, .. }) => {
                let has_message =
                    |part: &str| messages.iter().any(|message| message.to_ascii_lowercase().contains(part));
                Ok(!has_message("progress")
                    && (status == 404 || has_message("already cancel") || has_message("not found")))
            }
            Err(error) => Err(error),
        }
    }

    /// The status response. The Core API repeats its code in the body, sometimes with HTTP 200.
    pub(crate) fn status_of(self, order_id: &str) -> Result<Option<StatusResponse>, MidtransError> {
        #[derive(serde::Deserialize)]
        struct Coded {
            status_code: Option<BodyCode>,
        }
        let code = serde_json::from_slice::<Coded>(&self.body).ok().and_then(|coded| coded.status_code?.number());
        if self.status == StatusCode::NOT_FOUND || (self.status.is_success() && code == Some(404)) {
            return Ok(None);
        }
        if code == Some(401) {
            return Err(MidtransError::Unauthorized);
        }
        // 407: the status of an expired transaction, returned as an error.
        if self.status != StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            self.check_success()?;
        }
        if code.is_some_and(|code| code >= 500) {
            return Err(MidtransError::Unavailable(format!("code {} in the body", code.unwrap_or_default())));
        }
        let found: StatusResponse =
            serde_json::from_slice(&self.body).map_err(|_| MidtransError::InvalidResponse("not a status response"))?;
        if found.order_id != order_id {
            return Err(MidtransError::InvalidResponse("the status of another order"));
        }
        Ok(Some(found))
    }

    /// The code and the messages of a response to an action. The code is in the body, often with HTTP 200.
    pub(crate) fn action_code(self) -> Result<(u16, Vec<String>), MidtransError> {
        if is_retryable_status(self.status) {
            return Err(MidtransError::Unavailable(format!("HTTP {}", self.status.as_u16())));
        }
        let error: ErrorResponse = serde_json::from_slice(&self.body).unwrap_or_default();
        let code = match error.status_code.as_ref().and_then(BodyCode::number) {
            Some(code) => code,
            None if self.status.is_client_error() => self.status.as_u16(),
            None => return Err(MidtransError::InvalidResponse("no code for an action")),
        };
        match code {
            401 => Err(MidtransError::Unauthorized),
            429 | 500.. => Err(MidtransError::Unavailable(format!("code {code} in the body"))),
            _ => Ok((code, error.messages().take(5).map(|m| m.chars().take(200).collect()).collect())),
        }
    }

    fn check_success(&self) -> Result<(), MidtransError> {
        let status = self.status;
        if is_retryable_status(status) {
            return Err(MidtransError::Unavailable(format!("HTTP {}", status.as_u16())));
        }
        if status.is_success() {
            return Ok(());
        }
        if status == StatusCode::UNAUTHORIZED {
            return Err(MidtransError::Unauthorized);
        }
        if !status.is_client_error() {
            return Err(MidtransError::InvalidResponse("a redirect"));
        }
        let error: ErrorResponse = serde_json::from_slice(&self.body).unwrap_or_default();
        // Messages are localised, but their first word, the field, is not. The client validated the id, so an error about
        // it means that it was used before.
        if status == StatusCode::BAD_REQUEST && error.messages().any(|m| m.starts_with("transaction_details.order_id"))
        {
            return Err(MidtransError::OrderIdTaken);
        }
        let customer = error.messages().any(|m| m.starts_with("customer_details."));
        let messages = error.messages().take(5).map(|m| m.chars().take(200).collect()).collect();
        Err(MidtransError::Rejected { status: status.as_u16(), messages, customer })
    }
}

/// Midtrans documents UUIDs. Any text that is safe in a URL and a script is accepted.
fn is_token(token: &str) -> bool {
    (8..=64).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The URL of the hosted page, if it has the gateway's origin and no credentials.
fn hosted_page(url: &str, snap: &Url) -> Option<String> {
    let url = Url::parse(url).ok().filter(|_| url.len() <= 512)?;
    // The origin of a `blob:` URL is the origin of its inner URL.
    let same = url.scheme() == snap.scheme() && url.origin() == snap.origin();
    let ours = same && url.username().is_empty() && url.password().is_none();
    ours.then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_url_must_have_the_gateways_origin() {
        let sandbox = Url::parse("https://app.sandbox.midtrans.com").unwrap();
        let local = Url::parse("http://127.0.0.1:9090").unwrap();
        let cases = [
            ("https://app.sandbox.midtrans.com/snap/v2/vtweb/66e4fa55", &sandbox, true),
            ("http://app.sandbox.midtrans.com/snap", &sandbox, false),
            ("https://app.midtrans.com/snap", &sandbox, false),
            ("https://app.sandbox.midtrans.com.evil.example/", &sandbox, false),
            ("https://app.sandbox.midtrans.com@evil.example/", &sandbox, false),
            ("https://me@app.sandbox.midtrans.com/", &sandbox, false),
            ("javascript:alert(1)", &sandbox, false),
            ("//app.sandbox.midtrans.com/", &sandbox, false),
            ("//evil.example/", &sandbox, false),
            ("/snap", &sandbox, false),
            ("", &sandbox, false),
            ("https:\\\\evil.example\\app.sandbox.midtrans.com", &sandbox, false),
            ("https://app.sandbox.midtrans.com\\@evil.example/", &sandbox, true),
            ("https://evil.example\\@app.sandbox.midtrans.com/", &sandbox, false),
            ("https://app.sandbox.midtrans.com:8443/", &sandbox, false),
            ("https://app.sandbox.midtrans.com:443/", &sandbox, true),
            ("https://APP.sandbox.midtrans.com/", &sandbox, true),
            ("https://app.sandbox.midtrans.com./", &sandbox, false),
            ("https://app.sandbox.midtr\u{430}ns.com/", &sandbox, false),
            ("data:text/html,app.sandbox.midtrans.com", &sandbox, false),
            ("blob:https://app.sandbox.midtrans.com/x", &sandbox, false),
            ("http://127.0.0.1:9090/snap/v4/redirection/x", &local, true),
            ("http://127.0.0.1:9091/snap", &local, false),
        ];
        for (url, snap, expected) in cases {
            let page = hosted_page(url, snap);
            assert_eq!(page.is_some(), expected, "{url}");
            // The normalized text starts with the origin, so no other parser reads another host.
            assert!(page.is_none_or(|page| page.starts_with(&format!("{}/", snap.origin().ascii_serialization()))));
        }
        let odd = hosted_page("http://127.0.0.1:9090/snap\n/b\u{e9}", &local).unwrap();
        assert_eq!(odd, "http://127.0.0.1:9090/snap/b%C3%A9", "the value of the header");
    }

    #[test]
    fn a_token_is_cancelled_by_status_and_message() {
        let cases = [
            (200, r#"{"canceled_at":"2025-06-03T13:09:39.776Z"}"#, Ok(true)),
            (400, r#"{"error_messages":["token already canceled"]}"#, Ok(true)),
            (404, r#"{"error_messages":["token not found"]}"#, Ok(true)),
            (400, r#"{"error_messages":["token not found"]}"#, Ok(true)),
            (400, r#"{"error_messages":["Transaction is on progress"]}"#, Ok(false)),
            (404, r#"{"error_messages":["Transaction is on progress"]}"#, Ok(false)),
            (409, "{}", Ok(false)),
            (401, "{}", Err(MidtransError::Unauthorized)),
            (503, "{}", Err(MidtransError::Unavailable("HTTP 503".into()))),
        ];
        for (status, body, expected) in cases {
            let response = GatewayResponse { status: StatusCode::from_u16(status).unwrap(), body: body.into() };
            assert_eq!(response.cancelled(), expected, "{status} {body}");
        }
    }

    #[test]
    fn the_code_of_an_action_is_in_the_body() {
        let cases = [
            (200, r#"{"status_code":"200"}"#, Ok((200, vec![]))),
            (200, r#"{"status_code":"412","status_message":"no"}"#, Ok((412, vec!["no".to_owned()]))),
            (412, r#"{"status_code":"412"}"#, Ok((412, vec![]))),
            (404, "<html>", Ok((404, vec![]))),
            (200, "<html>", Err(MidtransError::InvalidResponse("no code for an action"))),
            (302, "", Err(MidtransError::InvalidResponse("no code for an action"))),
            (200, r#"{"status_code":"401"}"#, Err(MidtransError::Unauthorized)),
            (200, r#"{"status_code":"500"}"#, Err(MidtransError::Unavailable("code 500 in the body".into()))),
            (503, r#"{"status_code":"200"}"#, Err(MidtransError::Unavailable("HTTP 503".into()))),
        ];
        for (status, body, expected) in cases {
            let response = GatewayResponse { status: StatusCode::from_u16(status).unwrap(), body: body.into() };
            assert_eq!(response.action_code(), expected, "{status} {body}");
        }
    }

    #[test]
    fn a_status_response_is_validated() {
        type Row<'a> = (u16, &'a str, Result<Option<()>, MidtransError>);
        let cases: &[Row] = &[
            (404, "{}", Ok(None)),
            (200, r#"{"status_code":"404","status_message":"Transaction doesn't exist."}"#, Ok(None)),
            (401, "{}", Err(MidtransError::Unauthorized)),
            (200, r#"{"status_code":"401"}"#, Err(MidtransError::Unauthorized)),
            (503, "<html>", Err(MidtransError::Unavailable("HTTP 503".into()))),
            (200, "<html>", Err(MidtransError::InvalidResponse("not a status response"))),
            (302, "", Err(MidtransError::InvalidResponse("a redirect"))),
            (
                200,
                r#"{"order_id":"a","status_code":"200","gross_amount":"1.00","transaction_status":"expire"}"#,
                Ok(Some(())),
            ),
            (
                407,
                r#"{"order_id":"a","status_code":"407","gross_amount":"1.00","transaction_status":"expire"}"#,
                Ok(Some(())),
            ),
            (
                200,
                r#"{"order_id":"b","status_code":"200","gross_amount":"1.00","transaction_status":"settlement"}"#,
                Err(MidtransError::InvalidResponse("the status of another order")),
            ),
        ];
        for (status, body, expected) in cases {
            let response =
                GatewayResponse { status: StatusCode::from_u16(*status).unwrap(), body: body.as_bytes().to_vec() };
            assert_eq!(response.status_of("a").map(|found| found.map(|_| ())), *expected, "{status} {body}");
        }
    }
}
