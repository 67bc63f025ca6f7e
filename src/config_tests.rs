//! Whatever a merchant sets: no server key leaves the page, no header that the browser would throw at.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;

/// The same inputs each time, unless `PROPTEST_RNG_SEED` says otherwise.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = RngSeed::Fixed(20_260_101);
    }
    config
}

fn settings(key: &str, headers: &[(String, String)]) -> CheckoutConfig {
    let mut settings =
        CheckoutConfig::new(key.to_owned().into(), Environment::Sandbox, "/api/orders".into(), "{}".into());
    settings.headers = headers.iter().map(|(name, value)| (name.clone().into(), value.clone().into())).collect();
    settings
}

/// RFC 9110, 5.6.2, by another way than the rule itself.
fn is_token(name: &str) -> bool {
    let no = |c: char| !c.is_ascii() || c.is_ascii_control() || " \"(),/:;<=>?@[\\]{}".contains(c);
    !name.is_empty() && !name.chars().any(no)
}

/// The words in a mixture of capitals.
fn server_key() -> impl Strategy<Value = String> {
    (any::<String>(), prop::collection::vec(any::<bool>(), 10), any::<String>()).prop_map(
        |(before, capitals, after)| {
            let mixed = |(letter, capital): (char, &bool)| if *capital { letter.to_ascii_uppercase() } else { letter };
            let words: String = "mid-server".chars().zip(&capitals).map(mixed).collect();
            format!("{before}{words}{after}")
        },
    )
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_server_key_is_refused_wherever_it_stands(key in server_key()) {
        prop_assert_eq!(check_client_key(&key), Err(ScriptFault::Misconfigured));
        prop_assert_eq!(settings(&key, &[]).check(), Err(TokenFault::ClientKey));
        prop_assert!(settings("SB-Mid-client-x", &[("x".into(), key)]).check().is_err());
    }

    #[test]
    fn a_header_is_taken_only_if_http_can_carry_it(name in "[ -~]{0,6}|\\PC{1,4}", value in "[ -~]{0,6}|\\PC{0,4}|[a\r\n\0]{0,3}") {
        let plain = value.chars().all(|c| (' '..='~').contains(&c));
        let taken = settings("SB-Mid-client-x", &[(name.clone(), value.clone())]).check().is_ok();
        prop_assert_eq!(taken, is_token(&name) && plain, "{:?}: {:?}", name, value);
    }

    #[test]
    fn any_key_is_taken_or_refused(key in any::<String>()) {
        let empty = key.trim_ascii().is_empty();
        let of_the_server = key.to_ascii_lowercase().contains("mid-server");
        prop_assert_eq!(check_client_key(&key).is_ok(), !empty && !of_the_server);
    }

    #[test]
    fn only_the_gateway_owns_its_origin(origin in any::<String>()) {
        for environment in [Environment::Sandbox, Environment::Production] {
            prop_assert_eq!(environment.owns(&origin), origin == environment.origin());
        }
        let local = Environment::Local(origin.clone().into());
        let bare = origin.strip_suffix('/').unwrap_or(&origin);
        prop_assert!(local.owns(bare) && !local.owns("https://app.midtrans.com.evil.example"));
    }

    /// What is one order to the shop is one place in the storage, and what is another is another.
    #[test]
    fn a_place_in_the_storage_for_each_order(one in any::<String>(), other in any::<String>()) {
        let of = |order: &str| {
            let mut settings = settings("SB-Mid-client-x", &[]);
            settings.order = order.to_owned().into();
            settings.storage_key()
        };
        prop_assert_eq!(of(&one) == of(&other), one == other);
        prop_assert!(of(&one).starts_with(STORAGE_PREFIX));
    }

    #[test]
    fn words_are_found_as_the_standard_library_finds_them(text in "[mMid\\-serv]{0,40}") {
        prop_assert_eq!(contains(&text, "mid-server"), text.to_ascii_lowercase().contains("mid-server"));
    }
}
