# shellcheck shell=bash
# The parts `load` and `merchant` of scripts/bench. Sourced, never run.

bench_binaries() {
  SNAP_CHECKOUT_QUIET=1 "$ROOT/scripts/setup" native
  cd "$ROOT"
  run 'building the merchant and what loads it' cargo build --locked --profile service -p merchant -p load-test
  BENCH_BIN="${CARGO_TARGET_DIR:-$ROOT/target}/service"
  # A thousand pages that listen are a thousand open files, here too.
  ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
}

load() {
  local option
  for option in "$@"; do
    case $option in --seconds=*) ;; *) die "what is '$option'? See scripts/bench --help" ;; esac
  done
  bench_binaries
  stream bounded 600 "$BENCH_BIN/load-test" load "$BENCH_BIN/merchant" "$@"
}

merchant() {
  local option
  for option in "$@"; do
    case $option in --gate|--rounds=*|--silence=*) ;; *) die "what is '$option'? See scripts/bench --help" ;; esac
  done
  bench_binaries
  npm_ci "$ROOT/bench/express" "midtrans-client in Express, what the merchant is measured against" || exit
  stream bounded 1500 "$BENCH_BIN/load-test" merchant "$BENCH_BIN/merchant" "$ROOT/bench/express/server.mjs" "$@"
}
