# shellcheck shell=bash
# scripts/bench browser: the built element in Chromium next to its baselines. Needs common.sh, packages.sh, tools.sh and
# browsers.sh.

BASELINES="$ROOT/bench/browser/baselines"

browser() {
  local build=1 option args=''
  for option in "$@"; do
    case $option in
      --no-build) build='' ;;
      --gate) args="$args --gate" ;;
      --rounds=*|--only=*) args="$args $option" ;;
      *) die "what is '$option'? See scripts/bench --help" ;;
    esac
  done
  setup_npm_tools
  chromium_path >/dev/null || setup_browser chromium
  npm_ci "$BASELINES" "the baselines: React, midtrans-snap, Stripe's packages, Vite"
  if [ -n "$build" ]; then
    SNAP_CHECKOUT_QUIET=1 "$ROOT/scripts/package"
    run 'building the baselines' node "$BASELINES/build.mjs" "$ROOT/target/bench/baselines"
  fi
  [ -f "$ROOT/target/npm/package/package.json" ] || die 'there is no package yet: run scripts/package'
  [ -d "$ROOT/target/bench/baselines/react" ] || die 'the baselines are not built yet: run without --no-build'
  # shellcheck disable=SC2086
  stream node "$ROOT/bench/browser/run.mjs" "$ROOT/target/npm/package" "$ROOT/target/bench/baselines" "$ROOT/target/bench/site" $args
}
