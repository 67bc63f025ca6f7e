//! One answer of the gateway: read up to a bound, then believed only as far as it was checked.

use reqwest::{StatusCode, Url};
use wire::midtrans::{ErrorResponse, StatusCode as BodyCode, StatusResponse, TokenResponse};

use super::{MidtransError, passes, unavailable};

/// Real answers are below 10 kB.
const MAX_BYTES: usize = 64 * 1024;

/// A status and a bounded body.
pub(crate) struct Answer {
    status: StatusCode,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn new(status: StatusCode, body: Vec<u8>) -> Self {
        Self { status, body }
    }

    pub(super) async fn read(mut response: reqwest::Response) -> Result<Self, MidtransError> {
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| unavailable(&error))? {
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(MidtransError::BadAnswer("larger than 64 kB"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Self { status, body })
    }

    /// The token, once its shape and the host of its page hold.
    pub(crate) fn token(self, snap: &Url) -> Result<TokenResponse, MidtransError> {
        self.usable()?;
        let mut answer: TokenResponse =
            serde_json::from_slice(&self.body).map_err(|_| MidtransError::BadAnswer("no token response"))?;
        if !is_token(&answer.token) {
            return Err(MidtransError::BadAnswer("the token has no token's shape"));
        }
        // The parsed text, not the given one: only it is sure to fit a header.
        answer.redirect_url = hosted_page(&answer.redirect_url, snap)
            .ok_or(MidtransError::BadAnswer("the redirect_url leads elsewhere"))?;
        Ok(answer)
    }

    /// Whether a session is over. The HTTP codes of refusals are not documented, their sentences are.
    pub(crate) fn cancelled(self) -> Result<bool, MidtransError> {
        match self.usable() {
            Ok(()) => Ok(true),
            Err(MidtransError::Rejected { status, messages, .. }) => {
                let says = |word: &str| messages.iter().any(|message| message.to_ascii_lowercase().contains(word));
                Ok(!says("progress") && (status == 404 || says("already cancel") || says("not found")))
            }
            Err(error) => Err(error),
        }
    }

    /// How the order stands. The Core API repeats its code in the body, sometimes under HTTP 200.
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
            return Err(MidtransError::Refused);
        }
        // 407: the status of an expired transaction, told as an error.
        if self.status != StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            self.usable()?;
        }
        if code.is_some_and(|code| code >= 500) {
            return Err(MidtransError::Unavailable(format!("code {} in the body", code.unwrap_or_default())));
        }
        let found: StatusResponse =
            serde_json::from_slice(&self.body).map_err(|_| MidtransError::BadAnswer("no status answer"))?;
        if found.order_id != order_id {
            return Err(MidtransError::BadAnswer("the status is another order's"));
        }
        Ok(Some(found))
    }

    /// The code of an answer to an action, and its words. It stands in the body, often under HTTP 200.
    pub(crate) fn coded(self) -> Result<(u16, Vec<String>), MidtransError> {
        if passes(self.status) {
            return Err(MidtransError::Unavailable(format!("HTTP {}", self.status.as_u16())));
        }
        let said: ErrorResponse = serde_json::from_slice(&self.body).unwrap_or_default();
        let code = match said.status_code.as_ref().and_then(BodyCode::number) {
            Some(code) => code,
            None if self.status.is_client_error() => self.status.as_u16(),
            None => return Err(MidtransError::BadAnswer("an action's answer without a code")),
        };
        match code {
            401 => Err(MidtransError::Refused),
            429 | 500.. => Err(MidtransError::Unavailable(format!("code {code} in the body"))),
            _ => Ok((code, said.messages().take(5).map(|m| m.chars().take(200).collect()).collect())),
        }
    }

    fn usable(&self) -> Result<(), MidtransError> {
        let status = self.status;
        if passes(status) {
            return Err(MidtransError::Unavailable(format!("HTTP {}", status.as_u16())));
        }
        if status.is_success() {
            return Ok(());
        }
        if status == StatusCode::UNAUTHORIZED {
            return Err(MidtransError::Refused);
        }
        if !status.is_client_error() {
            return Err(MidtransError::BadAnswer("a redirect"));
        }
        let said: ErrorResponse = serde_json::from_slice(&self.body).unwrap_or_default();
        // Messages are localised, but the field they begin with is not. The id itself was checked before it
        // was sent, so a complaint about it means that it was used.
        if status == StatusCode::BAD_REQUEST && said.messages().any(|m| m.starts_with("transaction_details.order_id")) {
            return Err(MidtransError::OrderIdTaken);
        }
        let customer = said.messages().any(|m| m.starts_with("customer_details."));
        let messages = said.messages().take(5).map(|m| m.chars().take(200).collect()).collect();
        Err(MidtransError::Rejected { status: status.as_u16(), messages, customer })
    }
}

/// A UUID by the documentation; anything that is safe in a URL and a script is accepted.
fn is_token(token: &str) -> bool {
    (8..=64).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The hosted page is on the origin that the token came from, without credentials in the address.
fn hosted_page(url: &str, snap: &Url) -> Option<String> {
    let url = Url::parse(url).ok().filter(|_| url.len() <= 512)?;
    // The origin of a `blob:` address is that of its inner one.
    let same = url.scheme() == snap.scheme() && url.origin() == snap.origin();
    let ours = same && url.username().is_empty() && url.password().is_none();
    ours.then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_gateways_own_page_is_a_way_on() {
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
            // The words that browsers get lead nowhere else, however they are read.
            assert!(page.is_none_or(|page| page.starts_with(&format!("{}/", snap.origin().ascii_serialization()))));
        }
        let odd = hosted_page("http://127.0.0.1:9090/snap\n/b\u{e9}", &local).unwrap();
        assert_eq!(odd, "http://127.0.0.1:9090/snap/b%C3%A9", "what goes into a header");
    }

    #[test]
    fn a_session_is_over_or_not() {
        let cases = [
            (200, r#"{"canceled_at":"2025-06-03T13:09:39.776Z"}"#, Ok(true)),
            (400, r#"{"error_messages":["token already canceled"]}"#, Ok(true)),
            (404, r#"{"error_messages":["token not found"]}"#, Ok(true)),
            (400, r#"{"error_messages":["token not found"]}"#, Ok(true)),
            (400, r#"{"error_messages":["Transaction is on progress"]}"#, Ok(false)),
            (404, r#"{"error_messages":["Transaction is on progress"]}"#, Ok(false)),
            (409, "{}", Ok(false)),
            (401, "{}", Err(MidtransError::Refused)),
            (503, "{}", Err(MidtransError::Unavailable("HTTP 503".into()))),
        ];
        for (status, body, expected) in cases {
            let answer = Answer { status: StatusCode::from_u16(status).unwrap(), body: body.into() };
            assert_eq!(answer.cancelled(), expected, "{status} {body}");
        }
    }

    #[test]
    fn actions_are_answered_in_the_body() {
        let cases = [
            (200, r#"{"status_code":"200"}"#, Ok((200, vec![]))),
            (200, r#"{"status_code":"412","status_message":"no"}"#, Ok((412, vec!["no".to_owned()]))),
            (412, r#"{"status_code":"412"}"#, Ok((412, vec![]))),
            (404, "<html>", Ok((404, vec![]))),
            (200, "<html>", Err(MidtransError::BadAnswer("an action's answer without a code"))),
            (302, "", Err(MidtransError::BadAnswer("an action's answer without a code"))),
            (200, r#"{"status_code":"401"}"#, Err(MidtransError::Refused)),
            (200, r#"{"status_code":"500"}"#, Err(MidtransError::Unavailable("code 500 in the body".into()))),
            (503, r#"{"status_code":"200"}"#, Err(MidtransError::Unavailable("HTTP 503".into()))),
        ];
        for (status, body, expected) in cases {
            let answer = Answer { status: StatusCode::from_u16(status).unwrap(), body: body.into() };
            assert_eq!(answer.coded(), expected, "{status} {body}");
        }
    }

    #[test]
    fn answers() {
        type Row<'a> = (u16, &'a str, Result<Option<()>, MidtransError>);
        let cases: &[Row] = &[
            (404, "{}", Ok(None)),
            (200, r#"{"status_code":"404","status_message":"Transaction doesn't exist."}"#, Ok(None)),
            (401, "{}", Err(MidtransError::Refused)),
            (200, r#"{"status_code":"401"}"#, Err(MidtransError::Refused)),
            (503, "<html>", Err(MidtransError::Unavailable("HTTP 503".into()))),
            (200, "<html>", Err(MidtransError::BadAnswer("no status answer"))),
            (302, "", Err(MidtransError::BadAnswer("a redirect"))),
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
                Err(MidtransError::BadAnswer("the status is another order's")),
            ),
        ];
        for (status, body, expected) in cases {
            let answer = Answer { status: StatusCode::from_u16(*status).unwrap(), body: body.as_bytes().to_vec() };
            assert_eq!(answer.status_of("a").map(|found| found.map(|_| ())), *expected, "{status} {body}");
        }
    }
}
