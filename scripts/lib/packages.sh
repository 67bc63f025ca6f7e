# shellcheck shell=bash
# The system's packages, where this is a Debian-like system and we may install. Needs common.sh.

# as_root -> what to put before a command that needs root: nothing, or sudo
as_root() { [ "$(id -u)" -eq 0 ] || echo 'sudo -n'; }

can_install_packages() {
  have apt-get || return 1
  [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null
}

apt_install() {
  local get
  get="$(as_root) env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300"
  # The package lists may be missing or old; asking for new ones every time would cost a minute.
  $get install --no-install-recommends "$@" && return 0
  echo 'trying again with fresh package lists'
  $get update && $get install --no-install-recommends "$@"
}

# install_packages WHY PACKAGE...
install_packages() {
  local why=$1; shift
  can_install_packages || die "please install $* ($why), then run this again"
  run "apt-get install $*: $why" apt_install "$@"
}
