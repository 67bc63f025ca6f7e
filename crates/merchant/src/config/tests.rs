use super::*;

const LOCAL: &[(&str, &str)] = &[
    ("MIDTRANS_ENVIRONMENT", "local"),
    ("MIDTRANS_LOCAL_URL", "http://127.0.0.1:9090"),
    ("MIDTRANS_SERVER_KEY", "SB-Mid-server-EXAMPLE"),
    ("MIDTRANS_CLIENT_KEY", "SB-Mid-client-EXAMPLE"),
];

/// Reads the local configuration with some variables replaced.
fn read(changes: &[(&str, &str)]) -> Result<(Config, Vec<ConfigWarning>), ConfigErrors> {
    Config::read(|name| {
        let find = |table: &[(&str, &str)]| table.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        find(changes).or_else(|| find(LOCAL))
    })
}

#[test]
fn a_local_environment_needs_four_variables() {
    let (config, warnings) = read(&[]).unwrap();
    assert_eq!(config.addr.to_string(), "127.0.0.1:8080");
    assert_eq!(config.public_origin(), "http://127.0.0.1:8080");
    assert_eq!(config.gateway.core, config.gateway.snap);
    assert_eq!(warnings, []);
    assert!(!format!("{config:?}").contains("Mid-server"), "the key is in Debug");
}

#[test]
fn errors_name_the_variable_and_hide_the_keys() {
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("MIDTRANS_ENVIRONMENT", "")], "MIDTRANS_ENVIRONMENT must be"),
        (&[("MIDTRANS_ENVIRONMENT", "Sandbox ")], "MIDTRANS_ENVIRONMENT must be"),
        (&[("MIDTRANS_SERVER_KEY", "")], "MIDTRANS_SERVER_KEY is missing"),
        (&[("MIDTRANS_SERVER_KEY", "SB-Mid-client-SECRET")], "MIDTRANS_SERVER_KEY contains a client key"),
        (&[("MIDTRANS_CLIENT_KEY", "SB-Mid-server-SECRET")], "MIDTRANS_CLIENT_KEY contains a server key"),
        (&[("MIDTRANS_LOCAL_URL", "")], "MIDTRANS_LOCAL_URL must be"),
        (&[("MIDTRANS_LOCAL_URL", "http://example.com")], "MIDTRANS_LOCAL_URL must be"),
        (&[("MIDTRANS_LOCAL_URL", "http://127.0.0.1@example.com")], "MIDTRANS_LOCAL_URL must be"),
        (&[("MIDTRANS_ENVIRONMENT", "sandbox")], "MIDTRANS_LOCAL_URL requires"),
        (&[("MERCHANT_ADDR", "8080")], "MERCHANT_ADDR must be"),
        (&[("MERCHANT_PUBLIC_URL", "shop.example")], "MERCHANT_PUBLIC_URL must be"),
        (&[("MERCHANT_PUBLIC_URL", "https://shop.example/shop")], "MERCHANT_PUBLIC_URL must be"),
        (&[("DATABASE_URL", "mysql://localhost")], "DATABASE_URL must be a SQLite file"),
        (&[("SHOP_WEBHOOK_URL", "https://shop.example/hook")], "go together"),
        (
            &[("SHOP_WEBHOOK_URL", "http://shop.example"), ("SHOP_WEBHOOK_SECRET", "x")],
            "SHOP_WEBHOOK_URL must be https",
        ),
        (
            &[("SHOP_WEBHOOK_URL", "https://shop.example"), ("SHOP_WEBHOOK_SECRET", "whsec_-SECRET")],
            "SHOP_WEBHOOK_SECRET must be",
        ),
        (&[("MERCHANT_METRICS_ADDR", "9100")], "MERCHANT_METRICS_ADDR must be"),
        (&[("MERCHANT_CORS_ORIGINS", "*")], "MERCHANT_CORS_ORIGINS must be"),
        (&[("MERCHANT_CORS_ORIGINS", "null")], "MERCHANT_CORS_ORIGINS must be"),
        (&[("MERCHANT_CORS_ORIGINS", "https://a.example,https://b.example/x")], "MERCHANT_CORS_ORIGINS must be"),
        (&[("MERCHANT_TRUSTED_PROXIES", "10.0.0.0/8, proxy")], "MERCHANT_TRUSTED_PROXIES must be"),
        (&[("MERCHANT_TRUSTED_PROXIES", "0.0.0.0/0")], "MERCHANT_TRUSTED_PROXIES must be"),
        (&[("MERCHANT_TRUSTED_PROXIES", "::/0")], "MERCHANT_TRUSTED_PROXIES must be"),
        (&[("MERCHANT_ORDERS_PER_MINUTE", "-1")], "MERCHANT_ORDERS_PER_MINUTE must be a number from 0 to"),
        (&[("MERCHANT_MAX_REQUESTS", "0")], "MERCHANT_MAX_REQUESTS must be a number from 1 to"),
        (&[("MERCHANT_MAX_CONNECTIONS", "many")], "MERCHANT_MAX_CONNECTIONS must be a number from 2 to"),
        (&[("DATABASE_URL", "sqlite::memory:")], "DATABASE_URL must be a SQLite file"),
        (
            &[
                ("MIDTRANS_ENVIRONMENT", "production"),
                ("MIDTRANS_LOCAL_URL", ""),
                ("MERCHANT_PUBLIC_URL", "http://shop.example"),
            ],
            "must be https in production",
        ),
    ];
    for (changes, expected) in cases {
        let error = read(changes).unwrap_err().to_string();
        assert!(error.contains(expected), "{changes:?} gave {error}");
        assert!(!error.contains("-SECRET"), "{error}");
    }
    let error = read(&[("MIDTRANS_ENVIRONMENT", "x"), ("MERCHANT_ADDR", "x")]).unwrap_err();
    assert_eq!(error.0.len(), 2, "all errors together: {error}");
}

#[test]
fn suspicious_keys_only_warn() {
    let cases = [
        ("production", "https://shop.example", "SB-Mid-server-X", 1),
        ("production", "https://shop.example", "Mid-server-X", 0),
        ("sandbox", "http://127.0.0.1:8080", "Mid-server-X", 1),
        ("sandbox", "http://192.168.1.5:8080", "SB-Mid-server-X", 1),
    ];
    for (environment, url, key, expected) in cases {
        let (config, warnings) = read(&[
            ("MIDTRANS_ENVIRONMENT", environment),
            ("MIDTRANS_LOCAL_URL", ""),
            ("MERCHANT_PUBLIC_URL", url),
            ("MIDTRANS_SERVER_KEY", key),
        ])
        .unwrap();
        assert_eq!(warnings.len(), expected, "{environment} {key} {warnings:?}");
        assert_eq!(config.gateway.snap.scheme(), "https");
    }
}

#[test]
fn limits_proxies_and_origins_are_read() {
    let (config, _) = read(&[
        ("MERCHANT_CORS_ORIGINS", "https://WWW.shop.example:443/, http://127.0.0.1:5173"),
        ("MERCHANT_TRUSTED_PROXIES", "127.0.0.1 2001:db8::/32"),
        ("MERCHANT_ORDERS_PER_MINUTE", "0"),
    ])
    .unwrap();
    assert_eq!(config.cors_origins, ["https://www.shop.example", "http://127.0.0.1:5173"]);
    let proxies: Vec<_> = config.limits.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["127.0.0.1/32", "2001:db8::/32"]);
    assert_eq!((config.limits.orders_per_minute, config.limits.max_requests), (0, 256));
}

#[test]
fn configuration_md_lists_each_variable() {
    let read = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let lookup = |name: &str| {
        read.borrow_mut().insert(name.to_owned());
        LOCAL.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    Config::read(lookup).unwrap();
    // `main` reads these.
    read.borrow_mut().extend(["MERCHANT_LOG_FORMAT", "RUST_LOG"].map(str::to_owned));
    let page = include_str!("../../../../docs/configuration.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    assert_eq!(rows.map(str::to_owned).collect::<std::collections::BTreeSet<_>>(), read.into_inner());
}
