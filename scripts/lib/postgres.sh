# shellcheck shell=bash
# PostgreSQL for the tests: where it is, how it gets here, a server of our own for one run.
# Needs common.sh, packages.sh.

POSTGRES_AT_LEAST=13

# postgres_bin -> the folder of a PostgreSQL that is new enough: what PATH offers, else the newest of
# where distributions, Homebrew and Postgres.app put it. Nothing when there is none.
postgres_bin() {
  local bin found best='' newest=$POSTGRES_AT_LEAST
  for bin in "$(dirname "$(command -v postgres || echo /none/)")" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
      /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin /Applications/Postgres.app/Contents/Versions/*/bin; do
    [ -x "$bin/postgres" ] && [ -x "$bin/initdb" ] || continue
    found=$(first_version "$("$bin/postgres" --version 2>/dev/null)")
    at_least "$newest" "$found" || continue
    best=$bin newest=$found
    [ "$bin/postgres" != "$(command -v postgres)" ] || break
  done
  echo "$best"
}

# Debian's package would set up a server of its own and start it on the usual port; told not to, it
# only brings the programs. What it was told is taken back afterwards.
apt_install_postgres() {
  local folder=/etc/postgresql-common/createcluster.d code=0 root
  root=$(as_root)
  local file=$folder/snap-checkout.conf
  $root mkdir -p $folder && echo 'create_main_cluster = false' | $root tee $file >/dev/null || return
  apt_install postgresql || code=$?
  $root rm -f $file
  $root rmdir $folder 2>/dev/null || true
  return $code
}

setup_postgres() {
  [ -z "$(postgres_bin)" ] || return 0
  can_install_packages || die "please install PostgreSQL $POSTGRES_AT_LEAST or newer (the tests run on it too), then run this again; scripts/test takes --without postgres"
  run 'apt-get install postgresql: the tests run on it too; no server of its own is set up' apt_install_postgres
  [ -n "$(postgres_bin)" ] || die "this system's PostgreSQL is older than $POSTGRES_AT_LEAST; scripts/test takes --without postgres"
}

# postgres_user -> what to put before a command of PostgreSQL's: it refuses to run as root.
postgres_user() {
  [ "$(id -u)" -eq 0 ] || return 0
  local user=nobody
  if id postgres >/dev/null 2>&1; then user=postgres; fi
  if have setpriv; then
    echo "setpriv --reuid=$(id -u $user) --regid=$(id -g $user) --clear-groups --"
  elif have runuser; then
    echo "runuser -u $user --"
  else
    die 'PostgreSQL does not run as root, and neither setpriv nor runuser is there to become somebody else'
  fi
}

POSTGRES_HOME=''
# stop_postgres: for a part's cleanup, after stop_children.
stop_postgres() {
  if [ -n "$POSTGRES_HOME" ]; then rm -rf "$POSTGRES_HOME"; fi
  POSTGRES_HOME=''
}

# Runs the server until it is told to end, or until the script that wanted it is gone.
keep_postgres() { # PID COMMAND...
  local script=$1 server; shift
  "$@" &
  server=$!
  # SIGINT: the server does not wait for its clients.
  trap 'kill -INT $server 2>/dev/null' INT TERM
  while kill -0 "$server" 2>/dev/null; do
    if ! kill -0 "$script" 2>/dev/null; then kill -INT "$server" 2>/dev/null; fi
    sleep 0.5
  done
  if ! kill -0 "$script" 2>/dev/null; then stop_postgres; fi
}

# start_postgres: a new, empty server for this run, on loopback and a port of its own. fsync stays on:
# what survives is what is tested. Exports
#   TEST_POSTGRES_URL   a superuser's address of it
#   TEST_POSTGRES_BIN   its programs, for tests that need a server to break
#   TEST_POSTGRES_AS    what to put before them when the caller is root
start_postgres() {
  local tries=0 waited port data
  TEST_POSTGRES_BIN=$(postgres_bin) TEST_POSTGRES_AS=$(postgres_user)
  [ -n "$TEST_POSTGRES_BIN" ] || die 'there is no PostgreSQL: run scripts/setup postgres'
  POSTGRES_HOME=$(mktemp -d "${TMPDIR:-/tmp}/snap-checkout-postgres.XXXXXX")
  data="$POSTGRES_HOME/data"
  if [ -n "$TEST_POSTGRES_AS" ]; then
    # shellcheck disable=SC2086
    chown "$($TEST_POSTGRES_AS id -u)" "$POSTGRES_HOME"
    # shellcheck disable=SC2086
    $TEST_POSTGRES_AS test -w "$POSTGRES_HOME" || die "PostgreSQL cannot run in $POSTGRES_HOME: set TMPDIR to a folder that all users can enter"
  fi
  # shellcheck disable=SC2086
  run 'initdb: a PostgreSQL for this run' $TEST_POSTGRES_AS "$TEST_POSTGRES_BIN/initdb" \
    -D "$data" -U postgres -A trust -E UTF8 --locale=C --no-sync || return
  until [ $tries -ge 5 ]; do
    tries=$((tries + 1)) waited=0
    # Below the ports that systems hand out by themselves.
    port=$((20000 + RANDOM % 12000))
    # shellcheck disable=SC2086
    spawn "$LOGS/postgres.log" keep_postgres $$ $TEST_POSTGRES_AS "$TEST_POSTGRES_BIN/postgres" -D "$data" \
      -c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories="$POSTGRES_HOME" -c max_connections=300
    while kill -0 "$SPAWNED" 2>/dev/null && [ $waited -lt 300 ]; do
      if sed -n 8p "$data/postmaster.pid" 2>/dev/null | grep -q '^ready'; then
        export TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$port/postgres" TEST_POSTGRES_BIN TEST_POSTGRES_AS
        dim "$("$TEST_POSTGRES_BIN/postgres" --version) on port $port; its log: $LOGS/postgres.log"
        return 0
      fi
      waited=$((waited + 1))
      sleep 0.1
    done
  done
  warn "PostgreSQL did not start. The last lines of $LOGS/postgres.log:"
  tail -n 15 "$LOGS/postgres.log" | sed 's/^/    /' >&2
  return 1
}
