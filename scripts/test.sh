#!/bin/sh
# Runs all tests, those on the real Docker Engine among them: the test rig installs and starts one of its own
# where it is missing (as root), in a network of its own, and stops it afterwards.
#
# usage: sh scripts/test.sh [PYTEST ARGUMENTS]
#
# Three processes: one has every test that needs the Engine and mostly waits for it, the others the rest. With
# arguments, those are all that pytest is given: `sh scripts/test.sh -m 'not engine'`, `sh scripts/test.sh tests/unit -x`.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
venv="${MACHETE_VENV:-$here/.venv}"
cd "$here"
sh scripts/install.sh --extras "${MACHETE_EXTRAS:-test}" --no-link

# Nothing of the operator's own may colour or change what is tested.
unset NO_COLOR FORCE_COLOR COLUMNS LINES MACHETE_STATE_DIR MACHETE_CONFIG DOCKER_HOST DOCKER_CONTEXT DOCKER_REGISTRY_URL || true
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 PATH="$venv/bin:$PATH"

# Git, shells, an SSH server, a browser: before the tests, which run side by side and would wait for each other.
"$venv/bin/python" -m tests.rig programs
if [ $# -gt 0 ]; then
    exec "$venv/bin/python" -m pytest "$@"
fi
exec "$venv/bin/python" -m pytest -n 3 --dist loadgroup --durations=15 tests
