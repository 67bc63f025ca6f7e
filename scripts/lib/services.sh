# shellcheck shell=bash
# Starts servers on loopback and watches them. Needs common.sh.

# port_taken PORT: does anybody answer there?
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port NAME WANTED DEFAULT -> a port to use. A port that was asked for by name is not
# swapped for another; the default moves up to the next free one.
free_port() {
  local name=$1 port=${2:-$3} tries=0
  case $port in *[!0-9]*) die "$name=$port is not a port number" ;; esac
  if [ "$port" -lt 1 ] || [ "$port" -gt 65535 ]; then die "$name=$port is not a port number"; fi
  while port_taken "$port"; do
    [ -z "$2" ] || die "port $port is taken by another program: stop that one, or set $name to another port"
    tries=$((tries + 1)) port=$((port + 1))
    [ "$tries" -lt 50 ] || die "ports $3 to $port are all taken: set $name to a free one"
  done
  [ "$port" = "${2:-$3}" ] || warn "port $3 is taken by another program; using $port (set $name to choose)" 
  echo "$port"
}

# healthy PORT: does GET /healthz answer 200?
healthy() {
  (
    exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
    printf 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$1" >&3
    read -r -t 5 line <&3 || exit 1
    case $line in 'HTTP/1.1 200'*) exit 0 ;; *) exit 1 ;; esac
  ) 2>/dev/null
}

last_lines() { tail -n 15 "$1" | sed 's/^/    /' >&2; }

# await NAME PID PORT LOG: until it is healthy; 30 s at most.
await() {
  local tries=0
  until healthy "$3"; do
    tries=$((tries + 1))
    if ! kill -0 "$2" 2>/dev/null; then warn "$1 ended while starting. The last lines of $4:"; last_lines "$4"; exit 1; fi
    if [ "$tries" -gt 150 ]; then warn "$1 does not answer on port $3. The last lines of $4:"; last_lines "$4"; exit 1; fi
    sleep 0.2
  done
}

# random_hex BYTES
random_hex() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }
