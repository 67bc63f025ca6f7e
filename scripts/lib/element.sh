# shellcheck shell=bash
# The wasm behind <snap-checkout>, by the recipe of the page. Needs common.sh, wasm.sh.

# wasm_opt_flags: what index.html tells Trunk, so that both programs are made in the same way.
wasm_opt_flags() {
  local flags
  flags=$(sed -n 's/.*data-bin="storefront".*data-wasm-opt-params="\([^"]*\)".*/\1/p' "$ROOT/index.html")
  [ -n "$flags" ] || die 'index.html does not say how wasm-opt is called'
  echo "-Oz $flags"
}

# build_element OUT: its wasm and glue, as wasm-bindgen and wasm-opt leave them. Inside size_env or wasm_env.
build_element() {
  local out=$1
  rm -rf "$out" && mkdir -p "$out" || return
  cargo build --release --locked --target $WASM_TARGET -p snap-checkout --bin element || return
  wasm-bindgen --target web --no-typescript --out-dir "$out" --out-name element \
    "$CARGO_TARGET_DIR/$WASM_TARGET/release/element.wasm" || return
  # shellcheck disable=SC2046
  wasm-opt $(wasm_opt_flags) -o "$out/element_bg.opt.wasm" "$out/element_bg.wasm" || return
  mv "$out/element_bg.opt.wasm" "$out/element_bg.wasm"
}
