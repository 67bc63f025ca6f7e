# shellcheck shell=bash
# Browsers and their drivers: where they are, how they get here. Needs common.sh, packages.sh.

chromium_path() {
  command -v chromium || command -v chromium-browser || command -v google-chrome || command -v google-chrome-stable \
    || macos_app 'Google Chrome'
}
firefox_path() { command -v firefox || command -v firefox-esr || macos_app Firefox firefox; }
macos_app() { local p="/Applications/$1.app/Contents/MacOS/${2-$1}"; [ -x "$p" ] && echo "$p"; }

chromedriver_path() { command -v chromedriver; }
geckodriver_path() { command -v geckodriver; }
# On macOS the engine is Safari's and so is the driver.
webkit_driver_path() { command -v WebKitWebDriver || { [ "$(uname)" = Darwin ] && command -v safaridriver; }; }
minibrowser_path() {
  local p
  for p in /usr/lib/*/webkit2gtk-4.1/MiniBrowser /usr/lib/*/webkit2gtk-*/MiniBrowser /usr/lib*/webkit2gtk-*/MiniBrowser /usr/libexec/webkit2gtk-*/MiniBrowser; do
    [ -x "$p" ] && { echo "$p"; return; }
  done
  return 1
}

browser_ready() {
  case $1 in
    chromium) chromium_path >/dev/null && chromedriver_path >/dev/null ;;
    # geckodriver itself is one of Cargo's tools.
    firefox) firefox_path >/dev/null ;;
    webkit)
      webkit_driver_path >/dev/null || return 1
      [ "$(uname)" = Darwin ] || { minibrowser_path >/dev/null && have Xvfb; } ;;
  esac
}

setup_browser() {
  browser_ready "$1" && return 0
  case $1 in
    chromium) install_packages 'Chromium and its driver, for the browser tests' chromium chromium-driver ;;
    firefox) install_packages 'Firefox, for the browser tests' firefox-esr ;;
    webkit) install_packages "WebKit's browser and driver, and a screen for it to draw on" webkit2gtk-driver xvfb ;;
  esac
  browser_ready "$1" || die "$1 is still not complete after its packages were installed (browser, driver or Xvfb missing); scripts/test takes --without $1"
}

# start_xvfb: a screen for WebKit, on a number nobody uses; ends with this script.
start_xvfb() {
  [ "$(uname)" = Darwin ] && return 0
  local number=99 tries=0
  while [ -e "/tmp/.X$number-lock" ] || [ -e "/tmp/.X11-unix/X$number" ]; do number=$((number + 1)); done
  spawn "$LOGS/xvfb.log" Xvfb ":$number" -screen 0 1280x1024x24 -nolisten tcp -noreset
  while [ ! -e "/tmp/.X11-unix/X$number" ]; do
    tries=$((tries + 1))
    [ "$tries" -le 100 ] || die "Xvfb did not start; see $LOGS/xvfb.log"
    kill -0 "$SPAWNED" 2>/dev/null || die "Xvfb ended at once; see $LOGS/xvfb.log"
    sleep 0.1
  done
  export DISPLAY=":$number"
  # A window manager's absence and the missing sandbox helper are no concern of a test browser.
  export GDK_BACKEND=x11 LIBGL_ALWAYS_SOFTWARE=1
}
