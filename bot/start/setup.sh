# shellcheck shell=bash
# shellcheck disable=SC2015  # `a && b || fail` is meant: whichever of the two fails, it ends here
# Set-up, sourced by `run`: from bash and any Python >= 3.9 (or uv) to both locked environments.
# Everything is said on standard error, so that commands whose output is data (licence, talk) stay clean.

LOG=$ROOT/var/log/setup.log
UV_AT_LEAST=0.6
FIRST_SETUP_MB=4000 # the root's environment has 1.2 GB, Rasa's 2.4 GB

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "run: $*"
  exit 1
}

# step WHAT COMMAND…: runs the command with its output in the log, shows the seconds meanwhile, and returns its status.
step() {
  local what=$1 began=$SECONDS status=0
  shift
  printf '\n--- %s\n' "$what" >>"$LOG"
  [ -t 2 ] || say "  $what …"
  "$@" >>"$LOG" 2>&1 </dev/null &
  child=$!
  trap 'kill "$child" 2>/dev/null; exit 130' INT TERM HUP
  while kill -0 "$child" 2>/dev/null; do
    if [ -t 2 ]; then printf '\r  %s … %d s ' "$what" $((SECONDS - began)) >&2; fi
    sleep 0.2
  done
  wait "$child" || status=$?
  trap - INT TERM HUP
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
  if [ "$status" -eq 0 ]; then say "  $what: done in $((SECONDS - began)) s"; fi
  return "$status"
}

# explain WHAT: one sentence for what went wrong last, from the end of the log; never returns.
explain() {
  local end
  end=$(tail -n 40 "$LOG" 2>/dev/null || true)
  case $end in
    *"No space left"* | *"os error 28"* | *"Disk quota"*)
      fail "the disk is full, so $1 could not be finished: free some space in $ROOT (or in the cache of uv) and start again." ;;
    *"Read-only file system"* | *"Permission denied"*)
      fail "$1 could not be finished, because a folder cannot be written to (see $LOG): make it writable and start again." ;;
    *"dns error"* | *"error sending request"* | *"client error"* | *"onnection refused"* | *"Network is unreachable"* | \
      *"timed out"* | *"Temporary failure"* | *"ould not connect"* | *"NewConnectionError"* | *"Failed to fetch"* | *"Failed to download"*)
      fail "no network: $1 needs the package index once. Connect (or set UV_DEFAULT_INDEX or HTTPS_PROXY) and start again; what has arrived is kept." ;;
  esac
  fail "$1 did not work: $(grep -iE 'error|failed|no module' <<<"$end" | head -n 1). The whole story is in $LOG."
}

room_to_write() {
  mkdir -p "$ROOT/var/log" 2>/dev/null && chmod 700 "$ROOT/var" 2>/dev/null && { : >>"$LOG"; } 2>/dev/null ||
    fail "the folder $ROOT/var cannot be written to (read-only, full or somebody else's): clone to a folder of your own and start again."
}

room_for_environments() {
  local free
  free=$(df -Pm "$ROOT" | awk 'NR==2 {print $4}')
  [ "$free" -ge "$FIRST_SETUP_MB" ] ||
    fail "the disk is nearly full: the first set-up needs about $((FIRST_SETUP_MB / 1000)) GB in $ROOT, and $free MB are free."
}

# --- what the system has, and what may be added to it

may_install() { command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }; }

# system_packages WHY PACKAGE…: says what is installed and why; false where it may not or could not.
system_packages() {
  local why=$1 as_root=()
  shift
  may_install || return 1
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  say "  Installing $* with apt: $why."
  step "apt update" "${as_root[@]}" apt-get update -q || true
  step "apt install $*" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

# works COMMAND…: true when it answers; pyenv's shims are on PATH even for versions that are not selected here.
works() { command -v "$1" >/dev/null && "$@" >/dev/null 2>&1; }

any_python() {
  local candidate
  for candidate in python3 python /usr/bin/python3 python3.{9..15} "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python3; do
    if works "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 9))'; then
      printf '%s' "$candidate"
      return
    fi
  done
  return 1
}

new_enough() { # new_enough UV: at least UV_AT_LEAST
  local version
  version=$("$1" --version 2>/dev/null | awk '{print $2}') && [ -n "$version" ] &&
    [ "$(printf '%s\n%s\n' "$UV_AT_LEAST" "$version" | sort -V | head -n 1)" = "$UV_AT_LEAST" ]
}

# find_uv: sets UV to the one on PATH, or to a private one in var/tools.
find_uv() {
  local python tools=$ROOT/var/tools
  for UV in uv "$tools/bin/uv" "$HOME/.local/bin/uv" "$HOME/.cargo/bin/uv"; do
    if command -v "$UV" >/dev/null && new_enough "$UV"; then return; fi
  done
  UV=$tools/bin/uv
  python=$(any_python) ||
    fail "neither uv nor a Python from 3.9 on was found: install one, for instance with 'apt install python3.11 python3.11-venv'."
  rm -rf "$tools"
  if ! "$python" -m venv "$tools" >>"$LOG" 2>&1; then # Debian's python3 comes without ensurepip
    rm -rf "$tools"
    system_packages "Python's venv is missing, and uv (the installer of our packages) goes into one" python3-venv &&
      /usr/bin/python3 -m venv "$tools" >>"$LOG" 2>&1 ||
      fail "uv is missing, and so is Python's venv to install it in: 'sudo apt install python3-venv', or install uv itself (https://docs.astral.sh/uv/), and start again."
  fi
  step "Installing uv into var/tools" "$tools/bin/python" -m pip install -q --disable-pip-version-check "uv>=$UV_AT_LEAST" ||
    explain "installing uv"
}

# A Python 3.11 built without one of these (pyenv builds without a header that is missing) cannot run the product.
complete_python() { works "$1" -c 'import sys, ssl, sqlite3, ctypes, zlib, bz2; sys.exit(sys.version_info[:2] != (3, 11))'; }

# find_python: sets PYTHON to a complete Python 3.11.
find_python() {
  for PYTHON in "$("$UV" python find --system --no-project --no-python-downloads 3.11 2>/dev/null)" \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.11*/bin/python3.11 /usr/bin/python3.11 /usr/local/bin/python3.11; do
    if [ -n "$PYTHON" ] && complete_python "$PYTHON"; then return; fi
  done
  step "Installing Python 3.11" "$UV" python install 3.11 || true
  PYTHON=$("$UV" python find --system --no-project --no-python-downloads 3.11 2>/dev/null) && complete_python "$PYTHON" ||
    fail "Python 3.11 is needed (Rasa runs on nothing later) and could not be downloaded: 'sudo apt install python3.11 python3.11-venv' or 'pyenv install 3.11', and start again."
}

# --- the two environments

inputs() { (cd "$ROOT" && sha256sum pyproject.toml uv.lock nlu/pyproject.toml nlu/uv.lock bot/start/setup.sh); }

unchanged() {
  [ -x "$ROOT/.venv/bin/python" ] && [ -x "$ROOT/nlu/.venv/bin/python" ] &&
    [ "$(inputs)" = "$(cat "$ROOT/var/setup.stamp" 2>/dev/null)" ]
}

opencv_loads() { "$ROOT/.venv/bin/python" -c 'import cv2' >>"$LOG" 2>&1; }

opencv_libraries() {
  local packages="libgl1 libglib2.0-0"
  opencv_loads && return
  tail -n 3 "$LOG" | grep -qE 'libGL|libgthread|libglib' || explain "loading OpenCV"
  # shellcheck disable=SC2086
  system_packages "OpenCV, which reads the photos, needs libGL and GLib" $packages && opencv_loads ||
    fail "OpenCV, which reads the photos, needs libGL and GLib: 'sudo apt install $packages', and start again."
}

# set_up: both environments as locked; nothing to do, and no time spent, when their inputs have not changed.
set_up() {
  room_to_write
  if unchanged; then return; fi
  : >"$LOG"
  say "Setting up (once; what has not changed is skipped the next time):"
  if [ ! -d "$ROOT/nlu/.venv" ]; then room_for_environments; fi
  unset UV_PROJECT_ENVIRONMENT VIRTUAL_ENV PYTHONHOME
  find_uv
  find_python
  step "The product's environment (.venv)" "$UV" sync --project "$ROOT" --frozen --all-groups --python "$PYTHON" ||
    explain "making the product's environment"
  step "Rasa's environment (nlu/.venv)" "$UV" sync --project "$ROOT/nlu" --frozen --python "$PYTHON" ||
    explain "making Rasa's environment"
  opencv_libraries
  inputs >"$ROOT/var/setup.stamp"
}

# browser: Chromium and Chinese letters for the browser tests, where they are missing and may be installed.
browser() {
  if { works chromium --version || works chromium-browser --version || works google-chrome --version; } &&
    [ -n "$(fc-list :lang=zh 2>/dev/null)" ]; then return; fi
  system_packages "the browser tests look at the pages, with Chinese letters" chromium fonts-noto-cjk ||
    say "  The browser tests will be skipped: Chromium or a Chinese font is missing ('sudo apt install chromium fonts-noto-cjk')."
}

# database_server: a PostgreSQL server for the tests that start one, where it is missing and may be installed.
database_server() {
  local why="some tests start a PostgreSQL server of their own" conf=/etc/postgresql-common/createcluster.d
  if command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then return; fi
  # Debian's package would also make a cluster and start it, and nobody has asked for a server that stays.
  if may_install && [ -w /etc ] && [ ! -e /etc/postgresql-common ]; then
    mkdir -p "$conf" && echo 'create_main_cluster = off' >"$conf/service-desk-tests.conf"
  fi
  system_packages "$why" postgresql ||
    say "  The tests on PostgreSQL will be skipped: its server is missing ('sudo apt install postgresql')."
}
