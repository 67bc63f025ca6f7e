//! Runs every check with generated inputs and with the fuzzer's corpus.
//!
//! Generated inputs are arbitrary bytes and texts, arbitrary JSON with the names of the wire types, and Midtrans' examples
//! with some parts replaced. The inputs are the same in each run. For others:
//! `PROPTEST_RNG_SEED=1 PROPTEST_CASES=100000 cargo test -p fuzz-checks`. proptest shrinks a failing input and stores it in
//! `properties.regressions`.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use fuzz_checks::Check;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestRunner};
use serde_json::{Map, Value};

const CASES: u32 = 2_000;

macro_rules! every_check {
    ($($name:ident),+ $(,)?) => { $(
        #[test]
        fn $name() {
            holds(stringify!($name), fuzz_checks::$name);
        }
    )+
        #[test]
        fn each_check_has_a_test() {
            let tested = [$(stringify!($name)),+];
            assert_eq!(fuzz_checks::ALL.map(|(name, _)| name), tested);
        }
    };
}

every_check!(
    backend_response,
    callback,
    cart_form,
    checkout_machine,
    error_response,
    gateway_response,
    header_and_path,
    notification,
    order_request,
    order_updates,
    return_query,
    settings,
);

#[test]
fn reordered_and_repeated_reports_end_in_the_same_status() {
    let inputs = run("reordered_reports", &vec(0..5_u8, 0..24), fuzz_checks::reordered_reports);
    let _ = writeln!(std::io::stderr(), "reordered_reports: {inputs} inputs");
}

#[track_caller]
fn holds(name: &'static str, check: Check) {
    let corpus = corpus(name);
    assert!(corpus.len() > 10, "the corpus of {name} has {} inputs", corpus.len());
    for (path, input) in &corpus {
        assert!(std::panic::catch_unwind(|| check(input)).is_ok(), "fuzz/corpus/{name}.tar: {path}");
    }
    let inputs = run(name, &inputs(name), check);
    let _ = writeln!(std::io::stderr(), "{name}: {inputs} generated inputs, {} of the corpus", corpus.len());
}

/// Runs a check with generated inputs until one fails. Returns the number of inputs.
#[track_caller]
fn run(name: &'static str, inputs: &impl Strategy<Value = Vec<u8>>, check: impl Fn(&[u8])) -> u64 {
    let mut config = Config::default();
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = RngSeed::Fixed(20_260_101);
    }
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = CASES;
    }
    let regressions = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/properties.regressions");
    config.failure_persistence = Some(Box::new(FileFailurePersistence::Direct(regressions)));
    config.test_name = Some(name);
    config.source_file = Some(file!());
    let ran = AtomicU64::new(0);
    let result = TestRunner::new(config).run(inputs, |data| {
        ran.fetch_add(1, Ordering::Relaxed);
        check(&data);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{name}: {error}");
    }
    ran.into_inner()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return vec![] };
    let mut files: Vec<_> =
        entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// The fuzzer's corpus of a check, by file name.
fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let file = File::open(root().join(format!("fuzz/corpus/{name}.tar"))).expect("the corpus");
    let mut archive = tar::Archive::new(file);
    let entries = archive.entries().expect("a tar archive");
    let entries = entries.map(|entry| entry.expect("an entry")).filter(|entry| entry.header().entry_type().is_file());
    let read = |mut entry: tar::Entry<'_, File>| {
        let mut input = Vec::new();
        entry.read_to_end(&mut input).expect("a readable input");
        (entry.path().expect("a path").display().to_string(), input)
    };
    entries.map(read).collect()
}

fn inputs(name: &str) -> BoxedStrategy<Vec<u8>> {
    let bytes = vec(any::<u8>(), 0..300);
    match name {
        "checkout_machine" | "order_updates" => vec(any::<u8>(), 0..600).boxed(),
        "cart_form" => prop_oneof![bytes, form()].boxed(),
        "header_and_path" => prop_oneof![bytes, path()].boxed(),
        "return_query" => prop_oneof![bytes, query()].boxed(),
        "settings" => prop_oneof![text(), environment()].boxed(),
        "gateway_response" => {
            let body = prop_oneof![altered("responses"), altered("notifications"), json(), order_of("order-1")];
            (select(vec![200_u16, 201, 202, 302, 400, 404, 407, 500]), body)
                .prop_map(|(status, body)| [&(status - 100).to_be_bytes()[..], &body].concat())
                .boxed()
        }
        "notification" => prop_oneof![bytes, json(), altered("notifications")].boxed(),
        "callback" => prop_oneof![bytes, json(), altered("callbacks"), altered("notifications")].boxed(),
        "error_response" => prop_oneof![json(), altered("responses"), altered("requests")].boxed(),
        "order_request" => prop_oneof![bytes, json(), order_json()].boxed(),
        "backend_response" => prop_oneof![bytes, json(), altered("responses"), response_json()].boxed(),
        _ => panic!("no inputs for {name}"),
    }
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    any::<String>().prop_map(String::into_bytes)
}

/// A name or value of the wire types, or any text.
fn word() -> BoxedStrategy<String> {
    let words = fs::read_to_string(root().join("fuzz/dictionary.txt")).expect("the dictionary");
    let words: Vec<String> =
        words.lines().filter_map(|line| Some(line.strip_prefix('"')?.strip_suffix('"')?.to_owned())).collect();
    assert!(words.len() > 100, "the dictionary is empty");
    prop_oneof![6 => select(words), 1 => any::<String>()].boxed()
}

fn value() -> BoxedStrategy<Value> {
    let number = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0..200_000_i64).prop_map(Value::from),
    ];
    let amount = (any::<i64>(), select(vec!["", ".00", ".0", ".50", ".000000000000001", "e3"]))
        .prop_map(|(whole, sen)| Value::from(format!("{whole}{sen}")));
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number,
        amount,
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        let object =
            vec((word(), inner.clone()), 0..6).prop_map(|members| Value::Object(members.into_iter().collect()));
        prop_oneof![vec(inner, 0..4).prop_map(Value::from), object]
    })
    .boxed()
}

fn json() -> impl Strategy<Value = Vec<u8>> {
    vec((word(), value()), 0..8).prop_map(|members| written(members.into_iter().collect()))
}

fn written(object: Map<String, Value>) -> Vec<u8> {
    Value::Object(object).to_string().into_bytes()
}

/// Midtrans' examples with some members replaced, added or removed, and sometimes with a damaged byte.
fn altered(folder: &str) -> BoxedStrategy<Vec<u8>> {
    let examples: Vec<Map<String, Value>> = files(&root().join("crates/wire/fixtures").join(folder))
        .iter()
        .map(|path| serde_json::from_slice(&fs::read(path).expect("readable")).expect("an object"))
        .collect();
    assert!(!examples.is_empty(), "no examples in {folder}");
    let changes = vec((any::<prop::sample::Index>(), prop_oneof![value().prop_map(Some), Just(None)]), 0..4);
    let damage = prop_oneof![4 => Just(None), 1 => any::<(prop::sample::Index, u8)>().prop_map(Some)];
    (select(examples), changes, vec((word(), value()), 0..2), damage)
        .prop_map(|(mut example, changes, added, damage)| {
            for (at, value) in changes {
                let Some(name) = example.keys().nth(at.index(example.len().max(1))).cloned() else { continue };
                match value {
                    Some(value) => drop(example.insert(name, value)),
                    None => drop(example.remove(&name)),
                }
            }
            example.extend(added);
            let mut body = written(example);
            if let Some((at, byte)) = damage {
                let at = at.index(body.len());
                body[at] = byte;
            }
            body
        })
        .boxed()
}

fn order_of(id: &'static str) -> impl Strategy<Value = Vec<u8>> {
    vec((word(), value()), 0..4).prop_map(move |added| {
        let mut object: Map<String, Value> = added.into_iter().collect();
        for (name, value) in [
            ("order_id", id),
            ("status_code", "200"),
            ("gross_amount", "10000.00"),
            ("transaction_status", "settlement"),
        ] {
            object.insert(name.into(), value.into());
        }
        written(object)
    })
}

fn items() -> impl Strategy<Value = String> {
    prop_oneof![5 => select(vec!["kopi-gayo-250g", "teh-melati-100g"]).prop_map(str::to_owned), 1 => word()]
}

fn person() -> impl Strategy<Value = String> {
    let plain = select(vec!["Siti", "siti@example.com", "0812 3456 789", "", " ", "a\u{202e}b", "<b>", "x@y"]);
    prop_oneof![3 => plain.prop_map(str::to_owned), 1 => any::<String>(), 1 => word()]
}

fn order_json() -> impl Strategy<Value = Vec<u8>> {
    let quantity = prop_oneof![6 => (0..1_001_i64).prop_map(Value::from), 1 => value()];
    let line = (items(), quantity).prop_map(|(id, quantity)| serde_json::json!({"id": id, "quantity": quantity}));
    let customer = vec((select(vec!["name", "email", "phone", "role"]), person().prop_map(Value::from)), 0..4);
    (vec(line, 0..6), customer, any::<bool>()).prop_map(|(items, customer, odd)| {
        let customer: Map<String, Value> = customer
            .into_iter()
            .filter(|(name, _)| odd || *name != "role")
            .map(|(name, it)| (name.into(), it))
            .collect();
        serde_json::json!({"items": items, "customer": customer}).to_string().into_bytes()
    })
}

fn response_json() -> impl Strategy<Value = Vec<u8>> {
    let statuses = select(vec!["paid", "PAID", "pending", "half_paid", "expired", "partially_refunded", ""]);
    let amount = prop_oneof![any::<i64>().prop_map(Value::from), value()];
    (statuses, amount, vec((word(), value()), 0..4)).prop_map(|(status, amount, added)| {
        let mut object: Map<String, Value> = added.into_iter().collect();
        for (name, value) in
            [("order_id", Value::from("o")), ("token", "t".into()), ("status", status.into()), ("gross_amount", amount)]
        {
            object.insert(name.into(), value);
        }
        written(object)
    })
}

/// `name=value&…`, partly percent-encoded.
fn pairs(names: Vec<&'static str>, values: BoxedStrategy<String>) -> impl Strategy<Value = Vec<u8>> {
    let name = prop_oneof![8 => select(names).prop_map(str::to_owned), 1 => any::<String>()];
    let pair = (name, values, any::<bool>()).prop_map(|(name, value, plain)| {
        let value = if plain { value } else { value.bytes().map(|byte| format!("%{byte:02X}")).collect() };
        format!("{name}={value}")
    });
    vec(pair, 0..7).prop_map(|pairs| pairs.join("&").into_bytes())
}

fn form() -> impl Strategy<Value = Vec<u8>> {
    let names = vec![
        "quantity[kopi-gayo-250g]",
        "quantity%5Bteh-melati-100g%5D",
        "quantity[]",
        "name",
        "email",
        "phone",
        "key",
        "go",
    ];
    let digits =
        prop_oneof![(0..1_100_u32).prop_map(|many| many.to_string()), Just("0123456789abcdefghjkmnpqrs".to_owned())];
    pairs(names, prop_oneof![3 => digits, 2 => person()].boxed())
}

fn query() -> impl Strategy<Value = Vec<u8>> {
    let names = vec![
        "order_id",
        "status_code",
        "transaction_status",
        "merchant_id",
        "result",
        "https://shop.example/?order_id",
    ];
    pairs(names, prop_oneof![word(), any::<String>()].boxed())
}

fn path() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        select(vec![
            "..",
            "%2e%2e",
            ".%2E",
            "%252e",
            "assets",
            "index.html",
            "%2f",
            "%5c",
            "\\",
            "",
            ".git",
            "a.js",
            "%00",
            "%",
            "%ff"
        ])
        .prop_map(str::to_owned),
        "[a-z.%/\\\\]{0,6}",
    ];
    vec(part, 0..6).prop_map(|parts| format!("/{}", parts.join("/")).into_bytes())
}

fn environment() -> impl Strategy<Value = Vec<u8>> {
    const NAMES: [&str; 9] = [
        "MIDTRANS_SERVER_KEY",
        "MIDTRANS_CLIENT_KEY",
        "MIDTRANS_ENVIRONMENT",
        "MIDTRANS_LOCAL_URL",
        "MERCHANT_ADDR",
        "MERCHANT_PUBLIC_URL",
        "DATABASE_URL",
        "SHOP_WEBHOOK_URL",
        "SHOP_WEBHOOK_SECRET",
    ];
    const VALUES: [&str; 22] = [
        "SB-Mid-server-PROOF_NOT_A_KEY",
        "SB-Mid-client-PROOF_NOT_A_KEY",
        "Mid-server-PROOF_NOT_A_KEY",
        "sandbox",
        "production",
        "local",
        "http://127.0.0.1:9090",
        "http://localhost:1/",
        "http://127.0.0.1.evil.example",
        "https://app.midtrans.com@evil.example",
        "http://[::1]:80",
        "https://shop.example",
        "http://shop.example/path",
        "127.0.0.1:8080",
        "[::]:0",
        "sqlite://x",
        "sqlite::memory:",
        "postgres://u:secret@h/d",
        "",
        " ",
        "ftp://x",
        "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ];
    // A valid configuration with some odd variables before it.
    let valid = [
        "MIDTRANS_SERVER_KEY=SB-Mid-server-PROOF_NOT_A_KEY",
        "MIDTRANS_CLIENT_KEY=SB-Mid-client-PROOF",
        "MIDTRANS_ENVIRONMENT=sandbox",
        "MERCHANT_PUBLIC_URL=https://shop.example",
    ];
    let value = prop_oneof![6 => select(VALUES.to_vec()).prop_map(str::to_owned), 1 => any::<String>()];
    vec((select(NAMES.to_vec()), value), 0..4).prop_map(move |odd| {
        let odd: Vec<String> = odd.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let valid = valid.map(str::to_owned);
        odd.iter().chain(&valid).cloned().collect::<Vec<_>>().join("\n").into_bytes()
    })
}
