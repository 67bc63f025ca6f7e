# shellcheck shell=bash
# Shared by every script: where things are, how they speak, how long work runs.
# Sourced, never run. Keeps to what bash 3.2 knows, so that macOS works as it is.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
TOOLS_HOME="${SNAP_CHECKOUT_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/snap-checkout}"
LOCAL="$ROOT/.local"
LOGS="$LOCAL/log"
NPM_TOOLS="$ROOT/scripts/tools/node_modules/.bin"
HEARTBEAT_SECONDS=30

mkdir -p "$LOGS" "$TOOLS_HOME"
# What scripts/setup installed comes first: it installs only what PATH did not offer in a
# version that fits, and npm's tools are pinned so that the page has the same bytes everywhere.
export PATH="$TOOLS_HOME/tools/bin:$NPM_TOOLS:$PATH"

if [ -t 1 ]; then BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' PLAIN=$'\e[0m'; else BOLD='' DIM='' RED='' PLAIN=''; fi

say()  { printf '%s==>%s %s\n' "$BOLD" "$PLAIN" "$*"; }
note() { printf '    %s\n' "$*"; }
dim()  { printf '%s    %s%s\n' "$DIM" "$*" "$PLAIN"; }
warn() { printf '%s==> %s%s\n' "$RED" "$*" "$PLAIN" >&2; }
die()  { warn "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# took SECONDS_AT_START -> "1 min 05 s"
took() {
  local s=$((SECONDS - $1))
  if [ "$s" -ge 60 ]; then printf '%d min %02d s' $((s / 60)) $((s % 60)); else printf '%d s' "$s"; fi
}

# at_least WANTED FOUND: is version FOUND the same as WANTED or newer?
at_least() {
  [ -n "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$1" ]
}

# first_version TEXT -> the first x.y or x.y.z in it
first_version() { printf '%s\n' "$1" | grep -Eo '[0-9]+(\.[0-9]+)+' | head -n 1 || true; }

# Children get a process group of their own: the terminal's Ctrl-C then reaches this script
# only, which ends them in order, with everything they started.
CHILDREN=''
spawn() { # LOG COMMAND... ; the pid is left in $SPAWNED
  local log=$1; shift
  set -m
  "$@" >"$log" 2>&1 </dev/null &
  SPAWNED=$!
  set +m
  CHILDREN="$CHILDREN $SPAWNED"
}

reap() { # PID: it has ended; wait for it and hand back its code
  local code=0 left='' pid
  wait "$1" 2>/dev/null || code=$?
  for pid in $CHILDREN; do [ "$pid" = "$1" ] || left="$left $pid"; done
  CHILDREN=$left
  return "$code"
}

stop_children() {
  local pid tries
  for pid in $CHILDREN; do kill -TERM -- "-$pid" 2>/dev/null || true; done
  for pid in $CHILDREN; do
    tries=0
    while kill -0 -- "-$pid" 2>/dev/null; do
      tries=$((tries + 1))
      if [ "$tries" -gt 100 ]; then kill -KILL -- "-$pid" 2>/dev/null || true; break; fi
      sleep 0.1
    done
    wait "$pid" 2>/dev/null || true
  done
  CHILDREN=''
}

cleanup() { stop_children; }
trap 'code=$?; cleanup; exit $code' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# run NAME COMMAND...: quiet while it goes well. A line at the start and at the end, a sign
# of life every 30 s, and when it fails the end of its log and where the whole of it is.
run() {
  local name=$1 start=$SECONDS log beat=$SECONDS code=0; shift
  log="$LOGS/$(printf '%s' "$name" | tr -c 'A-Za-z0-9.\n' '-').log"
  say "$name"
  spawn "$log" "$@"
  while kill -0 "$SPAWNED" 2>/dev/null; do
    sleep 0.2
    if [ $((SECONDS - beat)) -ge $HEARTBEAT_SECONDS ]; then
      beat=$SECONDS
      dim "$(took "$start"), still at it: $(tail -n 1 "$log" | tr -d '\r' | cut -c 1-90)"
    fi
  done
  reap "$SPAWNED" || code=$?
  if [ "$code" -ne 0 ]; then
    warn "$name: failed after $(took "$start") (exit code $code). The last lines of $log:"
    tail -n 20 "$log" | sed 's/^/    /' >&2
    return "$code"
  fi
  dim "$name: done in $(took "$start")"
}

# bounded SECONDS COMMAND...: stops it when it takes longer, where the machine has `timeout`.
bounded() {
  local seconds=$1; shift
  if have timeout; then timeout --kill-after=10 "$seconds" "$@"; else "$@"; fi
}

# usage: the comment at the head of the script is its help text.
usage() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p;}' "$1"; }
wants_help() {
  local a
  for a in "$@"; do case $a in -h|--help) return 0 ;; esac; done
  return 1
}

# stream COMMAND...: its output is for the reader as it comes.
stream() {
  local code=0
  set -m
  "$@" </dev/null &
  SPAWNED=$!
  set +m
  CHILDREN="$CHILDREN $SPAWNED"
  reap "$SPAWNED" || code=$?
  return "$code"
}
