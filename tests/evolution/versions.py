"""Random pairs of versions of one message: a schema, and what a few changes make of it.

Types are drawn from few, so that changes often keep the size, the sign or the bytes: those are the
pairs in which a careless rule goes wrong. Enums have two values at least: a closed one with a
single value cannot be misread, wherever it stands.
"""

from __future__ import annotations

import copy
from typing import Any, TypeAlias

from hypothesis import strategies as st

Schema: TypeAlias = dict[str, Any]

_INTEGERS = ["u8", "i8", "u16", "u32", "i32", "u64", "i64", "u128"]
_SCALARS = [
    *_INTEGERS,
    *("bool", "timestamp", "fixed<0, u64>", "fixed<2>", "fixed<8>", "fixed<2, u64>"),
    *("bytes[1]", "bytes[8]", "bytes[24]", "instrument_id", "f32", "f64", "bytes", "string"),
]
_ALIKE = [
    ["u8", "i8", "bool", "bytes[1]", "Side"],
    ["u64", "i64", "timestamp", "fixed<0, u64>", "fixed<2, u64>", "bytes[8]"],
    ["fixed<2>", "fixed<8>", "i64"],
    ["i64", "f64"],
    ["bytes[24]", "instrument_id"],
    ["bytes", "string", "list<u8>"],
]
_NAMED = ["Alias", "Side", "Level", "Other"]
_FIELDS = ["price", "size", "venue", "at", "depth"]
_DEFAULTS: dict[str, list[Any]] = {
    "u8": [0, 7],
    "u32": [0, 1],
    "i64": ["-5", "5"],
    "bool": [True],
    "u16?": [None, 3],
}
_VALUES = {"BUY": 1, "SELL": 2, "HOLD": 3}


def scalars() -> st.SearchStrategy[str]:
    """Types without parts."""
    return st.sampled_from(_SCALARS)


@st.composite
def types(draw: st.DrawFn) -> str:
    """Any type, named ones included."""
    inner = draw(st.one_of(scalars(), st.sampled_from(_NAMED)))
    shape = draw(st.sampled_from(["{}", "{}", "{}", "{}?", "list<{}>", "array<{}, 2>"]))
    return shape.format(inner)


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """A schema of one message, with an alias, an enum and two structs to use in it."""
    values = draw(st.lists(st.sampled_from(sorted(_VALUES)), unique=True, min_size=2))
    side = {
        "enum": draw(st.sampled_from(["u8", "u16"])),
        "values": {name: _VALUES[name] for name in values},
        "closed": draw(st.booleans()),
    }
    parts = draw(st.lists(st.sampled_from(["a", "b", "c"]), unique=True, min_size=1))
    level = [{part: draw(st.one_of(scalars(), st.just("Side")))} for part in parts]
    found = {
        "Alias": draw(st.one_of(scalars(), st.just("array<u8, 8>"))),
        "Side": side,
        "Level": {"struct": level},
        "Other": {"struct": copy.deepcopy(level)},
    }
    names = draw(st.lists(st.sampled_from(_FIELDS), unique=True, min_size=1, max_size=4))
    fields: list[dict[str, Any]] = [{name: draw(types())} for name in names]
    first = draw(st.integers(0, 5))
    if first < 2:
        fields[0][names[0]] = "Side"  # only enums can change so that one side alone misreads
    elif first < 5:
        fields[0][names[0]] = draw(st.sampled_from(draw(st.sampled_from(_ALIKE))))
    for number, since in enumerate(sorted(draw(st.lists(st.integers(2, 4), max_size=2)))):
        fields.append(_appended(draw, f"added_{number}", since))
    return {
        "domain": "Random",
        "types": found,
        "messages": {"Tick": {"type": 7, "fields": fields}},
    }


@st.composite
def changes(draw: st.DrawFn, old: Schema) -> Schema:
    """The schema after some changes, or one that has nothing to do with it."""
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return draw(schemas())
    new = copy.deepcopy(old)
    if kind < 4:  # one change after which one side alone may misread the other
        draw(st.sampled_from([_enum, _grow, _shrink, _shrink, _close, _flag, _shift]))(draw, new)
        return new
    if kind < 7:
        _near(draw, new, place=0)
        return new
    for _ in range(draw(st.integers(1, 3))):
        draw(st.sampled_from(_CHANGES))(draw, new)
    return new


def _fields(schema: Schema) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = schema["messages"]["Tick"]["fields"]
    return found


def _since(field: dict[str, Any]) -> int:
    (spec,) = field.values()
    return spec.get("since", 1) if isinstance(spec, dict) else 1


def _appended(draw: st.DrawFn, name: str, since: int) -> dict[str, Any]:
    kind = draw(st.sampled_from(sorted(_DEFAULTS)))
    default = draw(st.sampled_from(_DEFAULTS[kind]))
    return {name: {"type": kind, "since": since, "default": default}}


def _free(draw: st.DrawFn, schema: Schema) -> str:
    taken = {name for field in _fields(schema) for name in field}
    names = [*_FIELDS, "extra", "more", "added_0", "added_1", "added_2"]
    return draw(st.sampled_from([n for n in names if n not in taken]))


def _append(draw: st.DrawFn, schema: Schema) -> None:
    fields = _fields(schema)
    since = max(map(_since, fields), default=1) + draw(st.integers(0, 2))
    if since > 1:
        fields.append(_appended(draw, _free(draw, schema), since))


def _insert(draw: st.DrawFn, schema: Schema) -> None:
    fields = _fields(schema)
    end = sum(_since(f) == 1 for f in fields)
    fields.insert(draw(st.integers(0, end)), {_free(draw, schema): draw(types())})


def _remove(draw: st.DrawFn, schema: Schema) -> None:
    fields = _fields(schema)
    if len(fields) > 1:
        fields.pop(draw(st.integers(0, len(fields) - 1)))


def _withdraw(_: st.DrawFn, schema: Schema) -> None:
    fields = _fields(schema)
    if _since(fields[-1]) > 1:
        fields.pop()


def _swap(draw: st.DrawFn, schema: Schema) -> None:
    fields = _fields(schema)
    alike = [i for i, f in enumerate(fields) if _since(f) == 1]
    if len(alike) > 1:
        one, other = draw(st.lists(st.sampled_from(alike), unique=True, min_size=2, max_size=2))
        fields[one], fields[other] = fields[other], fields[one]


def _rename(draw: st.DrawFn, schema: Schema) -> None:
    fields = _fields(schema)
    at = draw(st.integers(0, len(fields) - 1))
    (spec,) = fields[at].values()
    fields[at] = {_free(draw, schema): spec}


def _retype(draw: st.DrawFn, schema: Schema) -> None:
    plain = [f for f in _fields(schema) if _since(f) == 1]
    if plain:
        field = draw(st.sampled_from(plain))
        (name,) = field
        field[name] = draw(types())


def _near(draw: st.DrawFn, schema: Schema, place: int | None = None) -> None:
    """Another type that takes as many bytes, or begins with the same ones."""
    plain = [f for f in _fields(schema) if _since(f) == 1]
    if plain:
        field = draw(st.sampled_from(plain)) if place is None else plain[place]
        (name,) = field
        group = next((g for g in _ALIKE if field[name] in g), draw(st.sampled_from(_ALIKE)))
        field[name] = draw(st.sampled_from(group))


def _flag(draw: st.DrawFn, schema: Schema) -> None:
    """A number that becomes a truth value, or the other way round."""
    plain = [f for f in _fields(schema) if _since(f) == 1]
    if plain:
        field = draw(st.sampled_from(plain))
        (name,) = field
        field[name] = {"bool": "u8", "u8": "bool"}.get(str(field[name]), "bool")


def _shift(draw: st.DrawFn, schema: Schema) -> None:
    """Another version for the last field."""
    fields = _fields(schema)
    (spec,) = fields[-1].values()
    if _since(fields[-1]) > 1:
        least = max(2, _since(fields[-2])) if len(fields) > 1 else 2
        spec["since"] = draw(st.integers(least, 6))


def _default(draw: st.DrawFn, schema: Schema) -> None:
    appended = [f for f in _fields(schema) if _since(f) > 1]
    if appended:
        (spec,) = draw(st.sampled_from(appended)).values()
        spec["default"] = draw(st.sampled_from(_DEFAULTS[spec["type"]]))


def _enum(draw: st.DrawFn, schema: Schema) -> None:
    side = schema["types"]["Side"]
    numbers = draw(st.permutations([1, 2, 3, 4]))
    names = draw(st.lists(st.sampled_from([*_VALUES, "NEW"]), unique=True, min_size=2))
    match draw(st.sampled_from(["values", "numbers", "closed", "base"])):
        case "values":
            side["values"] = {name: {**_VALUES, "NEW": 4}[name] for name in names}
        case "numbers":
            side["values"] = dict(zip(names, numbers, strict=False))
        case "closed":
            side["closed"] = not side["closed"]
        case "base":
            side["enum"] = draw(st.sampled_from(["u8", "u16"]))


def _grow(draw: st.DrawFn, schema: Schema) -> None:
    """One more value for the enum."""
    values = schema["types"]["Side"]["values"]
    values["NEW"] = draw(st.sampled_from([n for n in (4, 5, 6) if n not in values.values()]))


def _shrink(draw: st.DrawFn, schema: Schema) -> None:
    """One value less."""
    values = schema["types"]["Side"]["values"]
    if len(values) > 2:
        del values[draw(st.sampled_from(sorted(values)))]


def _close(_: st.DrawFn, schema: Schema) -> None:
    schema["types"]["Side"]["closed"] = True


def _alias(draw: st.DrawFn, schema: Schema) -> None:
    schema["types"]["Alias"] = draw(scalars())


def _struct(draw: st.DrawFn, schema: Schema) -> None:
    parts = schema["types"][draw(st.sampled_from(["Level", "Other"]))]["struct"]
    names = {name for part in parts for name in part}
    free = [n for n in ("a", "b", "c", "d") if n not in names]
    at = draw(st.integers(0, len(parts) - 1))
    ((name, kind),) = parts[at].items()
    match draw(st.sampled_from(["add", "remove", "rename", "retype", "swap"])):
        case "add" if free:
            parts.insert(at, {free[0]: draw(scalars())})
        case "remove" if len(parts) > 1:
            parts.pop(at)
        case "rename" if free:
            parts[at] = {free[0]: kind}
        case "retype":
            parts[at] = {name: draw(scalars())}
        case "swap":
            parts.append(parts.pop(0))


_CHANGES = [_append, _append, _insert, _remove, _withdraw, _swap, _rename, _retype, _retype]
_CHANGES += [_near, _near, _near, _shift, _default, _enum, _enum, _enum, _flag, _alias, _struct]
