#!/bin/sh
# Sets ocprov up for one user and brings layouts up: what a dotfiles script calls. Run it again whenever you like.
set -eu

usage='usage: bootstrap.sh [-q] [LAYOUT...]   (default: monitoring)
       bootstrap.sh [-q] --uninstall

Makes a private Python environment, links ocprov and ocmonitor into ~/.local/bin, places
the configuration of ocmonitor, and starts the layouts in the background. It asks nothing;
only a missing system package needs root. A second run upgrades and changes nothing else.'

quiet=
say() { [ -n "$quiet" ] || printf '%s\n' "$*" >&2; }
answer() { [ -n "$quiet" ] || printf '%s\n' "$*"; }
complain() { printf 'error: %s\nhint: %s\n' "$1" "$2" >&2; }
fail() { complain "$1" "$2" && exit "${3:-1}"; }

# --- places -----------------------------------------------------------------------------------------------------

xdg() { case $1 in /*) printf '%s' "${1%/}" ;; *) printf '%s/%s' "$home" "$2" ;; esac }

find_places() {
  home=${HOME-}
  case $home in
    *'
'*) fail 'HOME has a line break in it' 'use a home directory with a name of one line' ;;
    /*) home=${home%/} ;;
    *) fail 'HOME is not set to an absolute directory' 'export HOME=/home/you, then run it again' ;;
  esac
  # shellcheck disable=SC2012 # stat's options differ between systems; -n prints the owner as a number everywhere
  owner=$(ls -ldn "$home/" 2>/dev/null | awk '{ print $3 }')
  [ "$owner" = "$(id -u)" ] || fail "$home is not a directory of yours" 'run this as the user whose HOME it is, without sudo'
  bin=$home/.local/bin config=$home/.config/ocmonitor/config.toml
  data=$(xdg "${XDG_DATA_HOME-}" .local/share)/ocprov
  state=$(xdg "${XDG_STATE_HOME-}" .local/state)/ocprov
  venv=$data/venv stamp=$data/bootstrap.stamp manifest=$data/bootstrap.manifest log=$data/bootstrap.log
}

find_checkout() {
  self=$0
  while [ -L "$self" ]; do
    target=$(readlink "$self")
    case $target in /*) self=$target ;; *) self=$(dirname -- "$self")/$target ;; esac
  done
  checkout=$(CDPATH='' cd -- "$(dirname -- "$self")/.." && pwd -P)
  [ -f "$checkout/ocprov/__init__.py" ] || fail "$checkout is not a checkout of ocprov" \
    'clone the repository and run the deploy/bootstrap.sh in it'
}

# --- system packages --------------------------------------------------------------------------------------------

usable() { # a Python that can make a virtual environment
  "$1" -I -c 'import sys, venv, ensurepip; ensurepip.version(); sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
  for name in python3.13 python3.12 python3.11 python3; do
    python=$(command -v "$name") && usable "$python" && return
  done
  return 1
}

tmux_is_recent() { # "tmux 3.3a", "tmux next-3.6", "tmux openbsd-7.5", "tmux master"
  version=$(tmux -V 2>/dev/null) || return 1
  case $version in *openbsd-* | *master*) return 0 ;; esac
  printf '%s\n' "$version" | sed 's/^[^0-9]*//; s/[^0-9.].*//' | awk -F. '{ exit !($1 > 3 || ($1 == 3 && $2 >= 2)) }'
}

need() { # WHAT, then its package for apt-get, dnf, pacman, apk and brew
  missing="${missing:+$missing, }$1"
  case $manager in
    apt-get) package=$2 ;; dnf) package=$3 ;; pacman) package=$4 ;; apk) package=$5 ;; *) package=$6 ;;
  esac
  packages="${packages:+$packages }$package"
}

look_for_needs() {
  missing='' packages=''
  find_python || need 'Python 3.11 or newer with venv' 'python3 python3-venv' python3 python python3 python
  tmux_is_recent || need 'tmux 3.2 or newer' tmux tmux tmux tmux tmux
  # The watch of busybox knows neither --version nor the --color that the layouts use.
  watch --version >/dev/null 2>&1 || need 'watch (of procps)' procps procps-ng procps-ng procps-ng watch
  command -v less >/dev/null || need less less less less less less
}

find_manager() {
  for manager in apt-get dnf pacman apk brew; do
    command -v "$manager" >/dev/null && break
    manager=
  done
  case $manager in
    apt-get) order='apt-get install -y' ;;
    dnf) order='dnf install -y' ;;
    pacman) order='pacman -S --needed --noconfirm' ;;
    apk) order='apk add' ;;
    brew) order='brew install' ;;
  esac
}

install_packages() {
  say "installing with $manager: $packages"
  [ "$manager" != apt-get ] || apt-get update </dev/null || return 1
  # shellcheck disable=SC2086 # words on purpose
  DEBIAN_FRONTEND=noninteractive $order $packages </dev/null
}

meet_needs() {
  installed=
  find_manager
  look_for_needs
  [ -n "$missing" ] || return 0
  [ -n "$manager" ] || fail "missing: $missing" 'install it with the package manager of this system, then run this again'
  [ "$(id -u)" -eq 0 ] || [ "$manager" = brew ] || fail "missing: $missing" "run: sudo $order $packages"
  output=$(install_packages 2>&1) ||
    fail "$manager could not install $packages: $(printf '%s\n' "$output" | tail -n 1)" "run: $order $packages"
  installed=$packages
  look_for_needs
  [ -z "$missing" ] || fail "still missing: $missing" "$manager has none that is new enough: install it by hand, put it on PATH"
}

# --- what is ours -----------------------------------------------------------------------------------------------

locking='
import fcntl, os, signal, sys
signal.signal(signal.SIGALRM, lambda *_: sys.exit(75))
try:
    fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("waiting for another bootstrap", file=sys.stderr)
    signal.alarm(600)
    fcntl.flock(9, fcntl.LOCK_EX)
same = os.path.exists(sys.argv[1]) and os.path.samestat(os.fstat(9), os.stat(sys.argv[1]))
sys.exit(0 if same else 3)
'

lock() { # held by this shell on descriptor 9, which what outlives it (tmux) must not inherit
  while :; do
    exec 9>>"$data/bootstrap.lock"
    code=0
    # Some shells close what exec opened for the programs that they run, unless it is named again.
    "$python" -I -c "$locking" "$data/bootstrap.lock" 9>&9 || code=$?
    case $code in
      0) return ;;
      3) ;; # an --uninstall took the file away while this run waited for it
      75) fail 'another bootstrap has been at work for 10 minutes' "see what holds $data/bootstrap.lock" 75 ;;
      *) fail "cannot lock $data/bootstrap.lock" "look at it: ls -l '$data/bootstrap.lock'" ;;
    esac
  done
}

absent() { [ -d "${1:-/}" ] || { absent "${1%/*}" && printf 'dir %s\n' "$1"; }; }

gone() { [ ! -e "$1" ] && [ ! -L "$1" ]; }

note() { grep -qxF "$1" "$manifest" 2>/dev/null || printf '%s\n' "$1" >>"$manifest"; }

claim() { # writes down what is about to be made, before it is made, so that --uninstall knows even after a kill
  # ocmonitor makes the directory of its exports by itself, as the configuration names it.
  ahead=$(for place in "$data" "$home/.local/share/ocprov/exports" "$bin" "${config%/*}" "$state"; do absent "$place"; done)
  gone "$config" && ahead="$ahead
config $config"
  mkdir -p "$data" "$bin" || fail "cannot make $data and $bin" 'see what is in the way there'
  chmod 700 "$data"
  lock
  for package in $installed; do note "package $package"; done
  printf '%s\n' "$ahead" | while IFS= read -r line; do [ -z "$line" ] || note "$line"; done
}

# --- the virtual environment ------------------------------------------------------------------------------------

digesting='
import hashlib, pathlib, sys
total = hashlib.sha256(sys.version.encode())
for name in ("pyproject.toml", "README.md", "LICENSE", "ocprov", "layouts", "deploy"):
    top = pathlib.Path(sys.argv[1], name)
    for path in sorted(p for p in (top, *top.rglob("*")) if p.is_file() and p.suffix != ".pyc"):
        total.update(f"{path.relative_to(sys.argv[1])} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
print(total.hexdigest())
'

works() { "$venv/bin/ocprov" --version >/dev/null 2>&1 && "$venv/bin/ocmonitor" --version >/dev/null 2>&1; }

version() { "$venv/bin/python" -I -c 'import importlib.metadata as m, sys; print(m.version(sys.argv[1]))' "$1"; }

pip_install() ( # the user's own pip configuration holds, except that packages go into our environment
  unset PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PYTHONPATH PYTHONHOME
  cd "$checkout"
  exec "$venv/bin/python" -I -m pip install --no-user --no-input --upgrade "$@" </dev/null 2>&1 9>&9
)

pip_failed() {
  printf '%s\n' "$output" >"$log"
  reason=$(sed -n 's/^ERROR: //p' "$log" | tail -n 1)
  fail "pip could not install ocprov: ${reason:-no reason given}" "check the network and pip's configuration; all that pip said is in $log"
}

make_venv() {
  if ! gone "$venv"; then
    grep -qxF "venv $venv" "$manifest" || fail "$venv is in the way and not ours" "move it away: mv '$venv' '$venv.old'"
    say "rebuilding $venv"
  else
    say "making $venv ($("$python" -V))"
  fi
  note "venv $venv"
  rm -rf "$venv"
  output=$("$python" -I -m venv "$venv" 2>&1) ||
    fail "$python could not make $venv: $(printf '%s\n' "$output" | tail -n 1)" "try it: $python -m venv '$venv'"
}

install() { # the stamp is there only while the environment is whole: a killed run is started over by the next
  want=$("$python" -I -c "$digesting" "$checkout")
  have=$(cat "$stamp" 2>/dev/null) || have=
  rm -f "$stamp"
  if [ -z "$have" ] || ! works; then
    have=''
    make_venv
  fi
  if [ "$have" = "$want" ]; then
    upgrade
  else
    output=$(pip_install '.[monitor]' opencode-monitor) || { [ -z "$have" ] || printf '%s\n' "$have" >"$stamp"; pip_failed; }
    works || fail 'ocprov was installed but does not start' "try it: '$venv/bin/ocprov' --version"
    say "installed ocprov $(version ocprov) and ocmonitor $(version opencode-monitor)"
  fi
  rm -f "$log"
  printf '%s\n' "$want" >"$stamp"
}

upgrade() {
  before=$(version opencode-monitor)
  pip_install opencode-monitor >/dev/null || say "notice: could not look for a newer ocmonitor; $before stays"
  after=$(version opencode-monitor)
  [ "$before" = "$after" ] || say "upgraded ocmonitor from $before to $after"
}

# --- links and PATH ---------------------------------------------------------------------------------------------

is_ours() { [ -L "$bin/$1" ] && [ "$(readlink "$bin/$1")" = "$venv/bin/$1" ]; }

link() {
  is_ours "$1" && return
  if ! gone "$bin/$1"; then
    say "notice: $bin/$1 is not ours and stays; ours is $venv/bin/$1"
    return
  fi
  note "link $bin/$1"
  ln -s "$venv/bin/$1" "$bin/$1"
  say "linked $bin/$1"
}

link_all() { # panes run with the PATH that `up` is given
  link ocprov
  link ocmonitor
  call="'$venv/bin/ocprov'"
  if is_ours ocprov; then
    call="'$bin/ocprov'"
    [ "$(command -v ocprov)" != "$bin/ocprov" ] || call=ocprov
  fi
  case ":$PATH:" in *":$bin:"*) return ;; esac
  say "notice: $bin is not on PATH; in your shell's startup file: export PATH=\"\$HOME/.local/bin:\$PATH\""
  PATH=$bin:$PATH
  export PATH
}

# --- the two jobs -----------------------------------------------------------------------------------------------

run() { # its answers are talk here
  if [ -n "$quiet" ]; then "$venv/bin/ocprov" -q "$@" >/dev/null 9>&-; else "$venv/bin/ocprov" "$@" >&2 9>&-; fi
}

start() {
  if [ -n "$quiet" ]; then run up -d "$@"; return; fi
  code=0
  output=$(run up -d "$@" 2>&1) || code=$?
  printf '%s\n' "$output" | grep -v 'attach with: ' >&2 || :
  return "$code"
}

bring_up() {
  first_time=yes
  [ ! -f "$stamp" ] || first_time=
  install
  link_all
  [ -z "$first_time" ] || command -v ccze >/dev/null || say 'notice: with ccze installed the log window is coloured'
  deployed=0
  run deploy || deployed=$?
  start "$@"
  answer "attach with: $call attach ${1%%:*}"
  # A configuration of the user's own (4) is theirs to decide about and has been said; anything else went wrong.
  case $deployed in 0 | 4) ;; *) exit "$deployed" ;; esac
}

forgetting='
import hashlib, json, os, sys
config, record = (os.path.realpath(name) for name in sys.argv[1:])
try:
    known = dict(json.load(open(record, encoding="utf-8")))
except (OSError, ValueError, TypeError, RecursionError):
    sys.exit(1)
if not os.path.isfile(config) or known.get(config) != hashlib.sha256(open(config, "rb").read()).hexdigest():
    sys.exit(1)
os.remove(config)
del known[config]
with open(f"{record}.new", "w", encoding="utf-8") as file:
    json.dump(known, file)
os.replace(f"{record}.new", record)
if not known:
    os.remove(record)
'

take_away() { # KIND PATH, a line of the manifest
  case $1 in
    link)
      if is_ours "${2##*/}"; then rm -f "$2" && answer "removed $2"; else gone "$2" || answer "kept $2: it is not ours any more"; fi ;;
    config)
      gone "$2" || if [ ! -L "$2" ] && "$python" -I -c "$forgetting" "$2" "$state/deployed.json"; then
        answer "removed $2"
      else
        answer "kept $2: it was edited"
      fi ;;
    venv) rm -rf "$2" && answer "removed $2" ;;
    package) answer "kept the system package $2" ;;
  esac
}

live_launchers() { # without ps nothing is known, so every launcher counts as live
  listing=$(ps -A -ww -o args= 2>/dev/null || ps -o args 2>/dev/null) || { printf '?\n' && return; }
  printf '%s\n' "$listing" | run="sh $state/run/" awk 'at = index($0, ENVIRON["run"]) { print substr($0, at + length(ENVIRON["run"])) }'
}

take_state() { # launchers, logs and locks: of use only to this ocprov, unless another one was here before
  sessions=
  [ -d "$state" ] || return 0
  grep -qxF "dir $state" "$manifest" || { answer "kept $state: it was there before" && return; }
  sessions=$(live_launchers | awk -F/ 'NF > 1 { print $2 } NF == 1 { print }' | LC_ALL=C sort -u | paste -s -d ' ' -)
  if [ -n "$sessions" ]; then
    answer "kept $state: live sessions need their launchers ($sessions); to end one: tmux kill-session -t =NAME"
  else
    rm -rf "$state/run" "$state/log" "$state/lock" "$state/deploy.lock"
    answer "removed launchers, logs and locks in $state"
  fi
}

uninstall() {
  [ -f "$manifest" ] || { answer "nothing to remove: there is no $manifest" && return; }
  find_python || fail 'no Python 3.11 or newer was found' 'put one on PATH, then run this again'
  lock
  while IFS= read -r line; do take_away "${line%% *}" "${line#* }"; done <"$manifest"
  take_state
  directories=$(sed -n 's/^dir //p' "$manifest" | LC_ALL=C sort -r)
  rm -f "$stamp" "$log"
  rm -f "$manifest" "$data/bootstrap.lock"
  printf '%s\n' "$directories" | while IFS= read -r directory; do
    [ ! -d "$directory" ] || rmdir "$directory" 2>/dev/null || case $directory in
      "$data") answer "kept $directory: there is more in it" ;;
      "$state") [ -n "$sessions" ] || answer "kept $directory: there is more in it" ;;
    esac
  done
}

action=bring_up
while [ $# -gt 0 ]; do
  case $1 in
    -q | --quiet) quiet=yes ;;
    --uninstall) action=uninstall ;;
    -h | --help) printf '%s\n' "$usage" && exit ;;
    --) shift && break ;;
    -*) fail "there is no option $1" "see: $0 --help" 2 ;;
    *) break ;;
  esac
  shift
done
find_places
if [ "$action" = uninstall ]; then
  [ $# -eq 0 ] || fail '--uninstall takes no layouts' "run: $0 --uninstall" 2
  uninstall
else
  find_checkout
  meet_needs
  claim
  [ $# -gt 0 ] || set -- monitoring
  bring_up "$@"
fi
