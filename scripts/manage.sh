#!/usr/bin/env bash
# The one entry for a person: ./scripts/manage.sh help
# Portable to bash 3.2 (macOS). Needs Python >= 3.11, and a package registry for the first run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset PYTHONHOME PYTHONPATH
export PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1

readonly VENV=.venv

usage() {
    cat <<'TEXT'
usage: ./scripts/manage.sh COMMAND [ARGUMENT...]

  demo            install, generate, check, and replay a recorded day through the services
  demo ping-pong [TRANSPORT...]
                  two services over each transport: local, unix, tcp, tls, nats
  test            every check and test that this machine can run
  generate        torq-gen generate
  validate        torq-gen check
  up [NAME]       run the services of config/NAME.toml in the background (default: dev)
  down [NAME]     stop them, letting them finish what they have in hand
  restart [NAME]  down, then up, with what the file and the code say by then
  status [NAME]   what runs
  logs [NAME]     what they said (-f follows)
  help            this text

The first command makes .venv and installs into it; PYTHON=/path/to/python chooses the interpreter.
TEXT
}

say() { printf '\n==> %s\n' "$*"; }

fail() {
    printf 'manage.sh: error: %s\n' "$1" >&2
    if [ $# -gt 1 ]; then printf '  help: %s\n' "$2" >&2; fi
    exit 2
}

is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    local candidate
    if [ -n "${PYTHON:-}" ]; then
        is_recent "$PYTHON" || fail "PYTHON=$PYTHON: expected Python 3.11 or later, found none"
        printf '%s\n' "$PYTHON"
        return
    fi
    for candidate in python3.13 python3.12 python3.14 python3.11 python3 python; do
        if is_recent "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    fail "expected Python 3.11 or later on PATH, found $(python3 --version 2>/dev/null || echo none)" \
        "install one (https://www.python.org/downloads), or name it: PYTHON=/path/to/python"
}

make_venv() {
    local python
    if [ -x "$VENV/bin/python" ] && is_recent "$VENV/bin/python"; then return; fi
    if [ -e "$VENV" ]; then
        [ -f "$VENV/pyvenv.cfg" ] || fail "$VENV is there, but is no virtual environment" "move it away"
        rm -rf "$VENV"
    fi
    python=$(find_python)
    say "making $VENV with $("$python" --version 2>&1)"
    "$python" -c 'import ensurepip, venv' 2>/dev/null || fail \
        "$python cannot make a virtual environment: it lacks venv or ensurepip" \
        "Debian and Ubuntu: apt-get install $("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"
    "$python" -m venv "$VENV" || { rm -rf "$VENV"; fail "$python -m venv $VENV failed"; }
}

# The stamp of an installation: what it depends on and where it stands.
installation() {
    "$VENV/bin/python" - <<'CODE'
import glob, hashlib, os, sys
found = hashlib.sha256(sys.version.encode() + os.getcwd().encode())
native = "runtime/mycelium/_native/*.[ch]"  # what an installation compiles
for path in ["pyproject.toml", "hatch_build.py", *sorted(glob.glob(native))]:
    with open(path, "rb") as file:
        found.update(file.read())
print(found.hexdigest())
CODE
}

is_installed() { [ -f "$VENV/.torq-$1" ] && [ "$(cat "$VENV/.torq-$1")" = "$2" ]; }

# install demo|test: only what is needed, and nothing when it is there.
install() {
    local stamp
    make_venv
    stamp=$(installation)
    if is_installed test "$stamp"; then return; fi
    if [ "$1" = demo ] && is_installed demo "$stamp"; then return; fi
    say "installing (later runs only do so when pyproject.toml or C code has changed)"
    if [ "$1" = demo ]; then
        pip_install -e '.[test,nats]'
    else
        # The group is read here because pip before 25.1 cannot.
        pip_install -e . -r <("$VENV/bin/python" -c '
import tomllib
with open("pyproject.toml", "rb") as file:
    print(*tomllib.load(file)["dependency-groups"]["dev"], sep="\n")')
    fi
    printf '%s\n' "$stamp" >"$VENV/.torq-$1"
}

pip_install() {
    "$VENV/bin/python" -m pip install --quiet "$@" || fail \
        "installing failed (see above)" \
        "a package registry must be reachable; PIP_INDEX_URL names another one"
}

FAILED=""
step() {
    local name=$1
    shift
    say "$name"
    if ! "$@"; then FAILED="$FAILED  $name\n"; fi
}

# The spec of this repository, and those beside it.
format_specs() {
    local project failed=0
    for project in . examples/ping_pong benchmarks; do
        torq-gen -C "$project" fmt --check || failed=1
    done
    return "$failed"
}

demo() {
    if [ "${1:-}" = ping-pong ]; then
        shift
        install demo
        exec "$VENV/bin/python" scripts/ping_pong.py "$@"
    fi
    install demo
    say "generating"
    "$VENV/bin/torq-gen" generate
    say "checking that nothing is stale"
    "$VENV/bin/torq-gen" generate --check
    say "contract tests, briefly"
    "$VENV/bin/python" -m pytest -q -p no:cacheprovider generated/contract_tests
    say "replaying a recorded day"
    "$VENV/bin/python" scripts/demo.py "$@"
}

run_tests() {
    install test
    if [ $# -gt 0 ]; then exec "$VENV/bin/python" -m pytest "$@"; fi
    PATH="$PWD/$VENV/bin:$PATH"
    step "ruff check" ruff check .
    step "ruff format" ruff format --check .
    step "mypy" mypy
    step "import-linter" env PYTHONPATH=generated/python lint-imports
    step "torq-gen fmt" format_specs
    step "torq-gen check" torq-gen check --strict
    step "pytest" python -m pytest -n auto -rs --cov --cov-report=term:skip-covered
    if [ -n "$FAILED" ]; then
        printf '\nfailed:\n%b' "$FAILED"
        exit 1
    fi
    printf '\nall passed\n'
}

main() {
    local command=${1:-help}
    if [ $# -gt 0 ]; then shift; fi
    case $command in
        demo) demo "$@" ;;
        test) run_tests "$@" ;;
        generate) install demo && exec "$VENV/bin/torq-gen" generate "$@" ;;
        validate) install demo && exec "$VENV/bin/python" scripts/validate_system_yaml.py "$@" ;;
        up | down | restart | status | logs) install demo && exec "$VENV/bin/python" scripts/background.py "$command" "$@" ;;
        help | -h | --help) usage ;;
        *) fail "unknown command '$command'" "./scripts/manage.sh help lists them" ;;
    esac
}

main "$@"
