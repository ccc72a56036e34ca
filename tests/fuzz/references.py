"""Counts every reference of the interpreter, round by round: a leak in the codec's C adds up.

    PYTHONPATH=generator:runtime:generated/python:. python3-dbg -m tests.fuzz.references

Needs a debug build of Python (Debian: python3-dbg), and msgspec and the extension compiled for it:
references that a release build takes or gives back are not counted.
"""

from __future__ import annotations

import gc
import sys

from tests.unit.mycelium.native.codecs import decoder_of
from tests.unit.mycelium.native.test_codec import work
from torq_contracts import REGISTRY

_ROUNDS = 8
_WARM = 2


def main() -> int:
    """Print how many more references each round leaves; 1 when they grow."""
    if not hasattr(sys, "gettotalrefcount"):
        print("expected a debug build of Python, found a release build", file=sys.stderr)
        return 2
    decode = decoder_of(REGISTRY)
    grown = []
    for _ in range(_ROUNDS):
        before = sys.gettotalrefcount()
        work(decode)
        gc.collect()
        grown.append(sys.gettotalrefcount() - before)
    print(*grown)
    return int(max(grown[_WARM:]) > _ROUNDS)


if __name__ == "__main__":
    sys.exit(main())
