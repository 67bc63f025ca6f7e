# shellcheck shell=bash
# The wasm32 side of Rust: rustup's own target where there is one, else a standard library
# built from the distribution's packaged source. Needs common.sh and packages.sh.

WASM_TARGET=wasm32-unknown-unknown
WASM_TOOLCHAIN=debian-wasm
# Packages whose rustc matches the source they ship.
WASM_PACKAGES='rustc-web cargo-web rust-web-src rust-web-clippy'

wasm_std_in() { compgen -G "$1/lib/rustlib/$WASM_TARGET/lib/libstd-*.rlib" >/dev/null; }

default_sysroot() { (cd "$ROOT" && rustc --print sysroot); }

system_llvm() { /usr/bin/rustc -vV 2>/dev/null | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p'; }

# wasm_env: makes `cargo`, `trunk` and `wasm-pack` build for wasm in this shell from now on.
# The target folder is another than the native one: two compilers in one folder would make
# each other's work stale.
wasm_env() {
  export CARGO_TARGET_DIR="$ROOT/target/wasm"
  wasm_std_in "$(default_sysroot)" && return 0
  wasm_std_in /usr || die "there is no $WASM_TARGET standard library yet: run scripts/setup page"
  export RUSTUP_TOOLCHAIN=$WASM_TOOLCHAIN
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="wasm-ld-$(system_llvm)"
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER
}

# The release page is built together with its standard library: optimised for size, without the
# texts of panics and without Debug. These flags are not stable yet; where this compiler does not
# know them, or the library's source is missing, the page is built the plain way and is larger.
SIZE_RUSTFLAGS='-Zunstable-options -Cpanic=immediate-abort -Zfmt-debug=none -Zlocation-detail=none'

std_source_in() { [ -f "$1/lib/rustlib/src/rust/library/Cargo.lock" ]; }

system_has_std_source() { [ -x /usr/bin/rustc ] && std_source_in /usr && have "wasm-ld-$(system_llvm)"; }

# size_env: makes `cargo` and `trunk` build that way in this shell from now on, or answers 1 and
# changes nothing. A target folder of its own: it shares no byte with tests and native builds.
size_env() {
  local toolchain='' linker=''
  if ! std_source_in "$(default_sysroot)"; then
    system_has_std_source || return 1
    if have rustup; then
      rustup run $WASM_TOOLCHAIN rustc -V >/dev/null 2>&1 || return 1
      toolchain=$WASM_TOOLCHAIN
    else
      [ "$(default_sysroot)" = /usr ] || return 1
    fi
    linker="wasm-ld-$(system_llvm)"
  elif [ "$(default_sysroot)" = /usr ]; then
    system_has_std_source || return 1
    linker="wasm-ld-$(system_llvm)"
  fi
  (
    if [ -n "$toolchain" ]; then export RUSTUP_TOOLCHAIN=$toolchain; fi
    cd "$ROOT" || exit
    # shellcheck disable=SC2086
    RUSTC_BOOTSTRAP=1 rustc $SIZE_RUSTFLAGS --target $WASM_TARGET --print cfg >/dev/null 2>&1
  ) || return 1
  if [ -n "$toolchain" ]; then export RUSTUP_TOOLCHAIN=$toolchain; fi
  if [ -n "$linker" ]; then export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$linker; fi
  export RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_BUILD_STD=std,panic_abort CARGO_UNSTABLE_BUILD_STD_FEATURES=optimize_for_size
  export RUSTFLAGS="$SIZE_RUSTFLAGS ${RUSTFLAGS-}" CARGO_TARGET_DIR="$ROOT/target/page"
}

# Does the system compiler find a standard library of its own making?
system_wasm_works() {
  [ -x /usr/bin/rustc ] && wasm_std_in /usr && have "wasm-ld-$(system_llvm)" || return 1
  local stamp=/usr/lib/rustlib/$WASM_TARGET/lib/.built-by
  [ "$(cat "$stamp" 2>/dev/null)" = "$(/usr/bin/rustc -V)" ] && return 0
  # Into a folder: as root, rustc would put a file in place of the device when told -o /dev/null.
  mkdir -p "$LOCAL/probe"
  echo 'fn main() {}' | /usr/bin/rustc --target $WASM_TARGET --emit=metadata --out-dir "$LOCAL/probe" - 2>/dev/null || return 1
  /usr/bin/rustc -V 2>/dev/null >"$stamp" || true
}

link_wasm_toolchain() {
  have rustup || return 0
  rustup run $WASM_TOOLCHAIN rustc -V >/dev/null 2>&1 && return 0
  rustup toolchain link $WASM_TOOLCHAIN /usr
}

build_wasm_std() { # runs as root or through sudo; a function so that `run` can watch it
  local work="$TOOLS_HOME/build/wasm-std" into=/usr/lib/rustlib/$WASM_TARGET/lib sudo=${1-}
  rm -rf "$work" && mkdir -p "$work/src"
  echo '#![no_std]' >"$work/src/lib.rs"
  printf '[package]\nname = "probe"\nedition = "2021"\n[profile.release]\npanic = "abort"\n[workspace]\n' >"$work/Cargo.toml"
  # Without embed-bitcode link-time optimisation fails later; without `test` there is no cargo test for wasm.
  (cd "$work" && env -u RUSTUP_TOOLCHAIN -u CARGO_TARGET_DIR PATH=/usr/bin:/bin RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes \
    /usr/bin/cargo -Z build-std=std,panic_abort,panic_unwind,test,proc_macro build --release --target $WASM_TARGET) || return
  $sudo mkdir -p "$into" && $sudo rm -f "$into"/*.rlib || return
  local lib
  for lib in "$work/target/$WASM_TARGET/release/deps"/*.rlib; do
    case $lib in */libprobe-*) ;; *) $sudo cp "$lib" "$into/" || return ;; esac
  done
  /usr/bin/rustc -V | $sudo tee "$into/.built-by" >/dev/null || return
  # What was built against an older standard library cannot be linked with this one.
  rm -rf "$work" "$ROOT/target/wasm"
}

# setup_wasm_std: the ordinary way, then the distribution's, then a sentence.
setup_wasm_std() {
  wasm_std_in "$(default_sysroot)" && return 0
  if system_wasm_works; then link_wasm_toolchain; return 0; fi
  if have rustup && run "rustup target add $WASM_TARGET, so that Rust can build for the browser" \
      bounded 300 rustup target add $WASM_TARGET; then
    return 0
  fi
  note "rustup cannot bring the target here; trying the distribution's own Rust, next to yours and not in place of it"
  can_install_packages || die "install Rust's $WASM_TARGET target (rustup target add $WASM_TARGET), then run this again"
  # shellcheck disable=SC2086
  install_packages 'a Rust that comes with the source of its standard library' $WASM_PACKAGES
  install_packages 'the linker that fits that Rust' "lld-$(system_llvm)"
  run "building the standard library for $WASM_TARGET (about a minute)" build_wasm_std "$(as_root)"
  link_wasm_toolchain
}

# setup_std_source: for the smallest page. A page can be built without it, so failing is not fatal,
# and is not tried again with the same compiler.
setup_std_source() {
  std_source_in "$(default_sysroot)" && return 0
  if system_has_std_source; then link_wasm_toolchain; return 0; fi
  local stamp="$LOCAL/no-std-source" version
  version=$(cd "$ROOT" && rustc -V)
  have rustup && [ "$(cat "$stamp" 2>/dev/null)" != "$version" ] || return 0
  run 'rustup component add rust-src, so that the page gets small' bounded 300 rustup component add rust-src && return 0
  note 'rustup cannot bring the source of the standard library here; the page will be larger, and works'
  printf '%s\n' "$version" >"$stamp"
}

# setup_wasm_clippy: clippy has to be that of the compiler that builds the page.
setup_wasm_clippy() {
  wasm_std_in "$(default_sysroot)" && return 0
  [ -x /usr/bin/cargo-clippy ] || install_packages 'clippy for the wasm side' rust-web-clippy
}
