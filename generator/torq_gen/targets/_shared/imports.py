"""The import statements that a piece of generated code needs, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from torq_gen.targets._shared.pretty import Call, render

_DIGITS = re.compile(r"(\d+)")
_STRING = re.compile(r"""(["'])(?:(?!\1)[^\\\n]|\\.)*\1""")
_DECLARED = re.compile(r"(?m)^ +[a-z_]\w*+(?=: )")  # a field of a class is no name looked up
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*+(?!=[^=])")  # no attribute, no keyword argument

STANDARD: Mapping[str, str] = {
    "Struct": "struct",
    "Any": "typing",
    "ClassVar": "typing",
    "Final": "typing",
    "NewType": "typing",
    "Self": "typing",
    "TypeAlias": "typing",
    "IntEnum": "enum",
    "Union": "typing",
    "Mapping": "collections.abc",
    "abstractmethod": "abc",
    "crc32": "zlib",
}
RUNTIME: Mapping[str, str] = {
    "kinds": "mycelium.protocol",
    "rules": "mycelium.protocol",
    "promises": "mycelium",
    "FieldSpec": "mycelium.protocol.kinds",
    "Message": "mycelium.protocol.message",
    "Structure": "mycelium.protocol.message",
    "Frame": "mycelium.protocol.frame",
    "FixedPoint": "mycelium.protocol.fixed",
    "InstrumentId": "mycelium.protocol.instrument",
    "Timestamp": "mycelium.protocol.timestamp",
    "Registry": "mycelium.protocol.registry",
    **dict.fromkeys(
        ("CANNOT_ENCODE", "bad_text", "framed", "from_bytes", "left_over", "malformed"),
        "mycelium.protocol.codec",
    ),
    **dict.fromkeys(
        ("Packers", "Unpackers", "pack_head", "refuse", "struct_error", "truncated"),
        "mycelium.protocol.codec",
    ),
    **dict.fromkeys(
        ("Manifest", "OnFull", "Restart", "RestartStrategy", "ServiceSpec", "Subscription"),
        "mycelium.manifest",
    ),
    "Service": "mycelium.service",
}
TESTING: Mapping[str, str] = {
    **RUNTIME,
    **dict.fromkeys(
        ("MessageContract", "RetiredContract", "ServiceContract", "load_golden"),
        "mycelium.testing.contracts",
    ),
    **dict.fromkeys(("PromiseContract", "sent"), "mycelium.testing.keeping"),
    **dict.fromkeys(("instrument_ids", "repeated", "tuples_of"), "mycelium.testing.strategies"),
}


def words(code: Iterable[str]) -> frozenset[str]:
    """Every name that the code looks up; give no docstrings, for they only mention things."""
    lines: set[str] = set()  # many are the same
    for text in code:
        lines.update(text.split("\n"))
    return frozenset(_NAME.findall(_DECLARED.sub("", _STRING.sub("", "\n".join(lines)))))


def statements(
    used: frozenset[str], own: Mapping[str, str], runtime: Mapping[str, str] = RUNTIME
) -> str:
    """Sorted imports of the used names, in three groups; ``own`` are the package's names.

    ``runtime`` are those of the runtime: tests may name more than what they test.
    """
    groups = (_group(used, STANDARD), _group(used, runtime), _group(used, own))
    return "\n\n".join(group for group in groups if group)


def sort_key(name: str) -> tuple[bool, bool, list[tuple[int, str]], str]:
    """Constants, then classes, then the rest, numbers by size: as ruff sorts imports."""
    parts = [(int(p), "") if p.isdigit() else (-1, p) for p in _DIGITS.split(name)]
    return (not name.isupper(), name[0].islower(), parts, name)


def _group(used: frozenset[str], known: Mapping[str, str]) -> str:
    modules: dict[str, list[str]] = {}
    for name in used & known.keys():
        modules.setdefault(known[name], []).append(name)
    return render(_from(module, modules[module]) for module in sorted(modules))


def _from(module: str, names: list[str]) -> Call:
    ordered = sorted(names, key=sort_key)
    flat = f"from {module} import {', '.join(ordered)}"
    return Call(f"from {module} import (", ordered, short=flat)
