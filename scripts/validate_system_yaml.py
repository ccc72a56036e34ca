#!/usr/bin/env python3
"""Checks the spec and what was generated from it: `torq-gen check` under its older name."""

import sys

try:
    from torq_gen.cli import validate_system_yaml
except ModuleNotFoundError as error:
    if error.name != "torq_gen":
        raise
    print("torq-gen is not installed here: run ./scripts/manage.sh validate", file=sys.stderr)
    sys.exit(2)

if __name__ == "__main__":
    raise SystemExit(validate_system_yaml())
