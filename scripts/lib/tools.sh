# shellcheck shell=bash
# Cargo's and npm's tools: which versions, whether they are there, how they are built.
# Needs common.sh.

TRUNK_VERSION=0.21.14
WASM_PACK_VERSION=0.15.1
GECKODRIVER_VERSION=0.37.1
CARGO_DENY_VERSION=0.20.2
CARGO_FUZZ_VERSION=0.13.2

# The command line tool and the library must be the very same version, so the lock file decides.
wasm_bindgen_version() {
  awk '$0 == "name = \"wasm-bindgen\"" { getline; gsub(/[^0-9.]/, ""); print; exit }' "$ROOT/Cargo.lock"
}

tool_version() { first_version "$("$1" --version 2>/dev/null | head -n 1)"; }

# tool_fits NAME: is what PATH offers good enough?
tool_fits() {
  have "$1" || return 1
  local found
  found=$(tool_version "$1")
  case $1 in
    # The command that reworks Trunk's output knows this series only.
    trunk) case $found in 0.21.*) at_least $TRUNK_VERSION "$found" ;; *) return 1 ;; esac ;;
    wasm-bindgen) [ "$found" = "$(wasm_bindgen_version)" ] && have wasm-bindgen-test-runner ;;
    wasm-pack) at_least 0.13.0 "$found" ;;
    geckodriver) at_least 0.34.0 "$found" ;;
    cargo-deny) at_least 0.18.0 "$found" ;;
    cargo-fuzz) at_least 0.12.0 "$found" ;;
  esac
}

# Tools are not measured by anybody: build them fast rather than make them fast. One target
# folder for all of them, so that what they share is compiled once.
cargo_install() {
  env -u RUSTUP_TOOLCHAIN \
    CARGO_TARGET_DIR="$TOOLS_HOME/build/tools" \
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_DEBUG=0 \
    cargo install --root "$TOOLS_HOME/tools" --force "$@"
}

install_tool() {
  case $1 in
    # Not --locked: its lock file names a version that was withdrawn.
    wasm-bindgen) run "cargo install wasm-bindgen-cli $(wasm_bindgen_version): makes the page's JavaScript glue" \
      cargo_install wasm-bindgen-cli --version "$(wasm_bindgen_version)" ;;
    trunk) run "cargo install trunk $TRUNK_VERSION: builds the page" \
      cargo_install trunk --version $TRUNK_VERSION --locked ;;
    wasm-pack) run "cargo install wasm-pack $WASM_PACK_VERSION: runs the wasm tests in browsers" \
      cargo_install wasm-pack --version $WASM_PACK_VERSION --locked ;;
    geckodriver) run "cargo install geckodriver $GECKODRIVER_VERSION: drives Firefox" \
      cargo_install geckodriver --version $GECKODRIVER_VERSION --locked ;;
    cargo-deny) run "cargo install cargo-deny $CARGO_DENY_VERSION: checks licences and advisories" \
      cargo_install cargo-deny --version $CARGO_DENY_VERSION --locked ;;
    cargo-fuzz) run "cargo install cargo-fuzz $CARGO_FUZZ_VERSION: builds the fuzz targets" \
      cargo_install cargo-fuzz --version $CARGO_FUZZ_VERSION --locked ;;
  esac
}

missing_tools() {
  local tool
  for tool in "$@"; do tool_fits "$tool" || echo "$tool"; done
}

# install_tools NAME...: one after another, in a shell of its own that can be ended as a whole.
install_tools() {
  trap cleanup EXIT
  trap 'exit 143' TERM
  local tool
  for tool in "$@"; do
    install_tool "$tool" || return 1
  done
  # Gigabytes that nobody needs again.
  rm -rf "$TOOLS_HOME/build/tools"
}

# What npm brings, at the versions of its lock file.
setup_npm_tools() {
  have node && have npm || die 'please install Node.js 20 or newer (with npm), then run this again'
  at_least 20.0.0 "$(first_version "$(node --version)")" || die "Node.js $(node --version) is too old: 20 or newer is needed"
  npm_ci "$ROOT/scripts/tools" 'wasm-opt and the script bundler'
}

# npm_ci FOLDER WHY: install what the lock file says, once per lock file.
npm_ci() {
  local stamp="$1/node_modules/.lock-sum" sum
  sum=$(cksum <"$1/package-lock.json")
  [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ] && return 0
  run "npm ci in ${1#"$ROOT"/}: $2" npm ci --prefix "$1" --no-audit --no-fund || return
  printf '%s\n' "$sum" >"$stamp"
}
