# Sourced by the scripts beside it: goes to the repository's root, finds Python 3.11, makes the environment.
# Afterwards "$python" is the environment's own Python and DOORSTEP_STEP_SECONDS says what it took.
cd "$(dirname "$0")/.." || exit 2

is_311() { "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' >/dev/null 2>&1; }

find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3 python /usr/bin/python3.11 /usr/bin/python3 /usr/local/bin/python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 && is_311 "$candidate"; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    found=$(python3 --version 2>&1 || echo "no python3 at all")
    echo "Doorstep needs Python 3.11; found here: $found." >&2
    echo "On Debian 12: apt-get install python3 python3-pip. Elsewhere set PYTHON to a Python 3.11." >&2
    return 2
}

environment() {
    base=$(find_python) || exit 2
    began=$(date +%s)
    "$base" script/environment.py "$@" || exit $?
    python="${DOORSTEP_VENV:-$PWD/.venv}/bin/python"
    export DOORSTEP_STEP_SECONDS="environment=$(($(date +%s) - began))"
}
