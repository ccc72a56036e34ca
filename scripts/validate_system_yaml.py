#!/usr/bin/env python3
"""Checks the spec and what was generated from it: `torq-gen check` under its older name."""

from torq_gen.cli import validate_system_yaml

if __name__ == "__main__":
    raise SystemExit(validate_system_yaml())
