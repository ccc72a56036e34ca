"""The wire layout of a type in one canonical line, and what may change in a released one.

``torq.lock.yaml`` stores these lines. Names of types are resolved away; an enum is written with its
values by number: ``enum<u8: RED 1, GREEN 2>`` when it is open, ``enum<u8!: RED 1, GREEN 2>`` when
it is closed.
"""

from __future__ import annotations

import re

from torq_gen.model.types import (
    AliasType,
    ArrayType,
    EnumType,
    FieldType,
    ListType,
    OptionalType,
    StructType,
)

_OPEN_ENUM = re.compile(r"enum<(u[0-9]+)(?:: ([^<>]*))?>")


def layout_of(type_: FieldType) -> str:
    """The type's layout."""
    match type_:
        case AliasType(target=target):
            return layout_of(target)
        case EnumType(base=base, closed=closed, values=values):
            shown = ", ".join(f"{n} {v}" for n, v in sorted(values, key=lambda x: x[1]))
            return f"enum<{base}{'!' if closed else ''}: {shown}>"
        case StructType(fields=fields):
            return "{" + ", ".join(f"{f.name} {layout_of(f.type)}" for f in fields) + "}"
        case ListType(item=item):
            return f"list<{layout_of(item)}>"
        case ArrayType(item=item, length=length):
            return f"array<{layout_of(item)}, {length}>"
        case OptionalType(item=item):
            return f"{layout_of(item)}?"
        case _:
            return str(type_)


def encoding(layout: str) -> str:
    """The layout without the values of open enums: what decides about the bytes alone."""
    return _OPEN_ENUM.sub(r"enum<\1>", layout)


def alike(one: FieldType, other: FieldType) -> bool:
    """Whether both types are encoded in one way, so that their values can be compared."""
    return encoding(layout_of(one)) == encoding(layout_of(other))


def lost_values(released: str, today: str) -> tuple[str, ...]:
    """The values (``RED 1``) of open enums that a layout had and a layout alike has no longer.

    Both layouts have one `encoding`. A value whose name or number changed is lost: old data would
    mean something else.
    """
    pairs = zip(_open_enums(released), _open_enums(today), strict=True)
    return tuple(dict.fromkeys(v for old, new in pairs for v in old if v not in new))


def _open_enums(layout: str) -> list[tuple[str, ...]]:
    """The values of each open enum in the order of the layout."""
    return [tuple(filter(None, (m[2] or "").split(", "))) for m in _OPEN_ENUM.finditer(layout)]
