#!/bin/sh
# Installs machete-tui from this checkout into its own .venv, and links the command where a shell finds it.
# With --quickstart it then goes on to a running service: `machete-tui --run system.quickstart --yes`.
#
# usage: sh scripts/install.sh [--quickstart] [--extras NAMES] [--no-link]
#
#   --quickstart    afterwards make this machine ready and deploy the example
#   --extras NAMES  optional dependencies too: test, lint
#   --no-link       leave the command in .venv/bin
#
# Packages come from where pip and apt are configured to look. Run again, it changes only what is missing.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
venv="${MACHETE_VENV:-$here/.venv}"
quickstart=no
extras=
link=yes

say() { printf 'install: %s\n' "$*" >&2; }
fail() {
    say "$*"
    exit 1
}

while [ $# -gt 0 ]; do
    case "$1" in
        --quickstart) quickstart=yes ;;
        --extras)
            [ $# -gt 1 ] || fail "--extras needs names: --extras test,lint"
            extras="[$2]"
            shift
            ;;
        --no-link) link=no ;;
        -h | --help)
            sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0"
            exit 0
            ;;
        *) fail "unknown option $1; see sh scripts/install.sh --help" ;;
    esac
    shift
done

# Prints the first Python of at least 3.11.
find_python() {
    for name in "${PYTHON:-python3}" python3 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
}

# Installs Debian packages: as root, or with sudo where it asks for nothing; else says what to type.
apt_install() {
    command -v apt-get >/dev/null 2>&1 || fail "install these first: $*"
    sudo=
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || fail "this needs root: sudo apt-get install -y $*"
        sudo='sudo -n'
    fi
    say "apt-get install $*"
    $sudo apt-get -o DPkg::Lock::Timeout=120 -qq update
    $sudo env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=120 -qq install -y --no-install-recommends "$@" >/dev/null
}

python=$(find_python)
if [ -z "$python" ]; then
    apt_install python3 python3-venv
    python=$(find_python)
    [ -n "$python" ] || fail "Python 3.11 or newer is needed; this system has none"
fi
if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        apt_install python3-venv
    fi
    say "making $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv"
fi

# What is installed is told by the digest of what it was installed from, so that a second run takes no time.
wanted="$(cksum <"$here/pyproject.toml") $here$extras $("$venv/bin/python" --version)"
stamp="$venv/.machete-installed"
if [ ! -x "$venv/bin/machete-tui" ] || ! grep -qxF "$wanted" "$stamp" 2>/dev/null; then
    say "installing machete-tui$extras and what it needs"
    # A path rather than a finder: the finder costs each start 10 ms.
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --config-settings editable_mode=compat \
        --editable "$here$extras"
    printf '%s\n' "$wanted" >>"$stamp"
fi

if [ "$link" = yes ]; then
    if [ "$(id -u)" = 0 ]; then
        folder=/usr/local/bin
    else
        folder="$HOME/.local/bin"
    fi
    mkdir -p "$folder"
    if [ -e "$folder/machete-tui" ] && [ ! -L "$folder/machete-tui" ]; then
        say "$folder/machete-tui is a file of its own and was left; the command is $venv/bin/machete-tui"
    else
        ln -sf "$venv/bin/machete-tui" "$folder/machete-tui"
    fi
    case ":$PATH:" in
        *":$folder:"*) ;;
        *) say "add $folder to PATH to call it as machete-tui" ;;
    esac
fi
say "$("$venv/bin/machete-tui" --version) is ready"

if [ "$quickstart" = yes ]; then
    exec "$venv/bin/machete-tui" --run system.quickstart --yes
fi
