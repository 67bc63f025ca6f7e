//! How the payment page is shown: the merchant's setting, and the mode for the browser.

use flow::Frame;

use crate::config::contains;

/// How the payment page is shown. A change takes effect with the next press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// The popup. Inside frames and in-app browsers the hosted page, because banks and wallet apps cannot be opened from a
    /// popup there.
    #[default]
    Auto,
    /// Snap's popup.
    Popup,
    /// Inside the page, in an element of at least 320 by 560 pixels. In a smaller one, the same as [`Mode::Auto`].
    Embed,
    /// The hosted page, without `snap.js`.
    Redirect,
}

/// Whether the page is inside a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameContext {
    /// It is not.
    Own,
    /// It is inside a frame of another page.
    Framed,
}

/// Parts of the user agents of in-app browsers.
const IN_APP: [&str; 9] =
    ["; wv)", "Instagram", "FBAN", "FBAV", " Line/", "TikTok", "BytedanceWebview", "musical_ly", "MicroMessenger"];

/// The mode for a browser if the merchant sets [`Mode::Auto`]: the popup, or the hosted page.
///
/// ```
/// use snap_checkout::{FrameContext, suitable};
///
/// let instagram = "Mozilla/5.0 (Linux; Android 14; SM-A155F; wv) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 Instagram 350.0";
/// assert_eq!(suitable(instagram, FrameContext::Own), flow::ResolvedMode::Redirect);
/// ```
#[must_use]
pub fn suitable(user_agent: &str, window: FrameContext) -> flow::ResolvedMode {
    let named = IN_APP.iter().any(|name| contains(user_agent, name));
    // On iOS, the user agent of a browser contains "Safari"; that of an in-app browser does not.
    let inside_ios = contains(user_agent, "like Mac OS X") && !contains(user_agent, "Safari/");
    if window == FrameContext::Framed || named || inside_ios {
        flow::ResolvedMode::Redirect
    } else {
        flow::ResolvedMode::OnPage(Frame::Popup)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_get_the_popup_and_in_app_browsers_the_hosted_page() {
        const POPUP: flow::ResolvedMode = flow::ResolvedMode::OnPage(Frame::Popup);
        let android = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko)";
        let ios = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
        let desktop = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)";
        for (before, after, suits) in [
            (desktop, "Chrome/130.0.0.0 Safari/537.36", POPUP),
            (desktop, "HeadlessChrome/130.0.0.0 Safari/537.36", POPUP),
            (desktop, "Version/17.0 Safari/605.1.15", POPUP),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)",
                "AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
                POPUP,
            ),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0)", "Gecko/20100101 Firefox/131.0", POPUP),
            ("Mozilla/5.0 (Android 14; Mobile; rv:131.0)", "Gecko/131.0 Firefox/131.0", POPUP),
            (android, "Chrome/130.0.0.0 Mobile Safari/537.36", POPUP),
            (android, "SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36", POPUP),
            (android, "Chrome/130.0.0.0 Mobile Safari/537.36 Online/2.1", POPUP),
            (ios, "Version/17.5 Mobile/15E148 Safari/604.1", POPUP),
            (ios, "CriOS/130.0.6723.90 Mobile/15E148 Safari/604.1", POPUP),
            (ios, "FxiOS/131.0 Mobile/15E148 Safari/605.1.15", POPUP),
            ("", "", POPUP),
            (ios, "Mobile/15E148", flow::ResolvedMode::Redirect),
            (ios, "Mobile/15E148 Instagram 350.0.0.26.91 (iPhone14,5; iOS 17_5)", flow::ResolvedMode::Redirect),
            (ios, "Mobile/15E148 [FBAN/FBIOS;FBAV/489.0.0.41.78;FBDV/iPhone14,5]", flow::ResolvedMode::Redirect),
            (ios, "Mobile/15E148 Safari/604.1 Line/14.15.0", flow::ResolvedMode::Redirect),
            (ios, "Mobile/15E148 musical_ly_36.5.0 JsSdk/2.0 BytedanceWebview/d8a21c6", flow::ResolvedMode::Redirect),
            (
                android,
                "Version/4.0 Chrome/130.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/489.0;]",
                flow::ResolvedMode::Redirect,
            ),
            (android, "Version/4.0 Chrome/130.0 Mobile Safari/537.36 Line/14.15.0/IAB", flow::ResolvedMode::Redirect),
            (
                android,
                "Version/4.0 Chrome/130.0 Mobile Safari/537.36 trill_360504 TikTok 36.5.4",
                flow::ResolvedMode::Redirect,
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-A155F; wv)",
                "Chrome/130.0 Mobile Safari/537.36",
                flow::ResolvedMode::Redirect,
            ),
        ] {
            let user_agent = [before, " ", after].concat();
            assert_eq!(suitable(&user_agent, FrameContext::Own), suits, "{user_agent}");
            assert_eq!(suitable(&user_agent, FrameContext::Framed), flow::ResolvedMode::Redirect, "{user_agent}");
        }
    }
}
