# shellcheck shell=bash
# scripts/bench element: the bytes of <snap-checkout>. Needs common.sh.

budget_of() { sed -n "s/^$1  *//p" "$ROOT/scripts/size-budget"; }

element() {
  local gate='' build=1 stable='' option recipe
  for option in "$@"; do
    case $option in --gate) gate=--gate ;; --stable) stable=--stable ;; --no-build) build='' ;; *) die "what is '$option'? See scripts/bench --help" ;; esac
  done
  # shellcheck disable=SC2086
  if [ -n "$build" ]; then SNAP_CHECKOUT_QUIET=1 "$ROOT/scripts/package" $stable >/dev/null; fi
  recipe=$(cat "$LOCAL/element-recipe" 2>/dev/null) || die 'there is no package yet: run scripts/package'
  # shellcheck disable=SC2086
  node "$ROOT/scripts/tools/element-size.mjs" "$ROOT/target/npm/package" "$(budget_of "element-$recipe")" "$(budget_of shell)" $gate
}
