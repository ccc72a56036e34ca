"""Random specs, as a person could write them: Hypothesis strategies for whole schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

_INTEGERS = [f"{sign}{bits}" for sign in "ui" for bits in (8, 16, 32, 64, 128, 256)]
_SCALARS = [*_INTEGERS, "bool", "f32", "f64", "string", "bytes", "timestamp", "instrument_id"]
_FIXED = ["fixed<0>", "fixed<8>", "fixed<18, i128>", "fixed<2, u16>", "fixed<30, u256>"]
_WORDS = ["price", "data", "at", "size", "item", "parts", "version", "len", "end", "amount"]
_IMPORTED = ["rules", "promises", "malformed", "crc32", "from_bytes"]  # by generated modules
_NAMES = [*_WORDS, *_IMPORTED, "a_name_that_is_so_long_that_it_has_48_characters", "x"]
_TYPE_NAMES = ["Alpha", "BetaGamma", "HTTPThing", "ATypeNameThatHasThirtyTwoLetters"]
# names that could meet those of the generated code, or each other's
_TYPE_NAMES += ["USD", "UsdPoint", "SIDE", "SideTable", "AlphaIter", "Pack"]
_MESSAGE_NAMES = ["Foo", "FooIter", "FooUnpack", "FooV1", "M", "MV1", "Join", "Names", "Parts"]
_APPENDED = {
    "u8": 7,
    "i64": -5,
    "u256": "123456789",
    "bool": True,
    "string": 'a "b" \\',
    "u16?": None,
}


def scalars() -> st.SearchStrategy[str]:
    """Types that hold no other."""
    sized = st.integers(1, 40).map(lambda n: f"bytes[{n}]")
    return st.one_of(st.sampled_from(_SCALARS), st.sampled_from(_FIXED), sized)


def types(named: list[str], depth: int) -> st.SearchStrategy[str]:
    """Any type; ``named`` are the ones that may be mentioned."""
    always = present_types(named, depth)
    return st.one_of(always, always.map(lambda t: f"{t}?"))


def present_types(named: list[str], depth: int) -> st.SearchStrategy[str]:
    """Types that are not optional themselves; an optional optional is refused."""
    leaf = st.one_of(scalars(), st.sampled_from(named)) if named else scalars()
    if depth == 0:
        return leaf
    inner = types(named, depth - 1)
    arrays = st.builds("array<{}, {}>".format, inner, st.integers(1, 5))
    return st.one_of(leaf, inner.map(lambda t: f"list<{t}>"), arrays)


@st.composite
def named_types(draw: st.DrawFn) -> dict[str, Any]:
    """A few aliases, enums and structs, each made of those before it."""
    found: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(_TYPE_NAMES), unique=True, max_size=2)):
        shape = draw(st.sampled_from(["alias", "enum", "struct"]))
        if shape == "alias":
            found[name] = draw(present_types(list(found), 1))
        elif shape == "enum":
            base = draw(st.sampled_from(["u8", "u16", "u64", "u128"]))
            found[name] = {
                "enum": base,
                "values": {"ONE": 1, "TWO": 2},
                "closed": draw(st.booleans()),
            }
        else:
            inner = draw(st.lists(types(list(found), 1), min_size=1, max_size=3))
            found[name] = {"struct": [{f"part_{i}": t} for i, t in enumerate(inner)]}
    return found


@st.composite
def messages(draw: st.DrawFn, named: list[str], type_id: int) -> dict[str, Any]:
    """One message, perhaps with appended fields."""
    names = draw(st.lists(st.sampled_from(_NAMES), unique=True, min_size=1, max_size=6))
    fields: list[dict[str, Any]] = [{name: draw(types(named, 2))} for name in names]
    versions = draw(st.lists(st.integers(2, 9), max_size=3))
    for number, version in enumerate(sorted(versions)):
        kind = draw(st.sampled_from(sorted(_APPENDED)))
        added = {"type": kind, "since": version, "default": _APPENDED[kind]}
        fields.append({f"added_{number}": added})
    return {
        "type": type_id,
        "doc": draw(st.sampled_from(["", 'Say "so".', "A \\ b."])),
        "fields": fields,
    }


@st.composite
def specs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """system.yaml and the schema of its one domain."""
    found = draw(named_types())
    names = draw(st.lists(st.sampled_from(_MESSAGE_NAMES), unique=True, min_size=1, max_size=3))
    made = {name: draw(messages(list(found), i)) for i, name in enumerate(names, 1)}
    system = {
        "system": {"name": "random", "package": "random_contracts"},
        "domains": {"Random": {"id": draw(st.integers(1, 255)), "types": [1, 99]}},
        "services": {
            "writer": {"id": 1, "status": "planned", "publishes": list(made), "subscribes": []},
            "reader": {"id": 2, "status": "planned", "publishes": [], "subscribes": list(made)},
        },
    }
    return system, {"domain": "Random", "types": found, "messages": made}


def write(spec: tuple[dict[str, Any], dict[str, Any]], root: Path) -> None:
    """Lay a spec out as the files that are loaded; JSON is YAML."""
    (root / "schemas").mkdir(parents=True, exist_ok=True)
    (root / "system.yaml").write_text(json.dumps(spec[0], indent=1))
    (root / "schemas/random.yaml").write_text(json.dumps(spec[1], indent=1))
