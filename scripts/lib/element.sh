# shellcheck shell=bash
# The wasm behind <snap-checkout>, by the recipe of the page; and what the npm package is looked at with.
# Needs common.sh, wasm.sh.

PACKAGE="$ROOT/target/npm"
CHECKS="$ROOT/npm/checks"

# wasm_opt_flags: what index.html tells Trunk, so that both programs are made in the same way.
wasm_opt_flags() {
  local flags
  flags=$(sed -n 's/.*data-bin="storefront".*data-wasm-opt-params="\([^"]*\)".*/\1/p' "$ROOT/index.html")
  [ -n "$flags" ] || die 'index.html does not say how wasm-opt is called'
  echo "-Oz $flags"
}

# element_env: size_env where it can be had, and says which recipe it is. The plain one keeps the texts of panics,
# which name files: there they are named without the folders of this machine, in a target folder of its own.
element_env() { # [stable]
  RECIPE=size
  if [ -z "${1-}" ] && size_env; then return 0; fi
  RECIPE=stable
  wasm_env
  export RUSTFLAGS="--remap-path-prefix=$ROOT=snap-checkout --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo ${RUSTFLAGS-}"
  export CARGO_TARGET_DIR="$ROOT/target/element"
}

# build_element OUT: its wasm and glue, as wasm-bindgen and wasm-opt leave them. After element_env.
build_element() {
  local out=$1
  rm -rf "$out" && mkdir -p "$out" || return
  cargo build --release --locked --target $WASM_TARGET -p snap-checkout --bin element || return
  # Every browser that runs this program has TextEncoder.encodeInto.
  wasm-bindgen --target web --no-typescript --encode-into always --out-dir "$out" --out-name element \
    "$CARGO_TARGET_DIR/$WASM_TARGET/release/element.wasm" || return
  # shellcheck disable=SC2046
  wasm-opt $(wasm_opt_flags) -o "$out/element_bg.opt.wasm" "$out/element_bg.wasm" || return
  mv "$out/element_bg.opt.wasm" "$out/element_bg.wasm"
}

# What npm would publish, put where the checks import it from.
install_package() {
  local installed="$CHECKS/node_modules/snap-checkout"
  rm -rf "$installed" && mkdir -p "$installed" && tar -xzf "$(echo "$PACKAGE"/snap-checkout-*.tgz)" -C "$installed" --strip-components=1
}

package_tests() { install_package && (cd "$ROOT" && node --test npm/test/ npm/checks/package.test.js); }

# The publishers' own looks at it.
package_lint() {
  "$CHECKS/node_modules/.bin/publint" --strict "$PACKAGE/package" || return
  "$CHECKS/node_modules/.bin/attw" --profile esm-only --no-color "$(echo "$PACKAGE"/snap-checkout-*.tgz)"
}

# Right and wrong uses, on each version of TypeScript that npm/checks/package.json names.
package_types() {
  local compiler config code=0 versions=0
  install_package || return
  for compiler in "$CHECKS"/node_modules/typescript-*/bin/tsc; do
    versions=$((versions + 1))
    echo "TypeScript $(node "$compiler" --version)"
    for config in "$CHECKS"/types/tsconfig*.json; do
      node "$compiler" -p "$config" || { echo "failed: $config"; code=1; }
    done
  done
  [ $versions -ge 4 ] || { echo "only $versions versions of TypeScript are here"; code=1; }
  return $code
}
