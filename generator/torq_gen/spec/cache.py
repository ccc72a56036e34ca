"""The validated system by content hash, so that an unchanged spec is not read again.

The file is checked before it is trusted: the key covers every input and the tool itself, a digest
covers the content, and only the model's own classes can be made from it.
"""

from __future__ import annotations

import importlib
import io
import pickle
import sys
from enum import Enum
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from torq_gen import __version__, kept, own_code
from torq_gen.spec.inputs import digest
from torq_gen.spec.loaded import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from torq_gen.diagnostics import Diagnostic, Span
    from torq_gen.model import System
    from torq_gen.spec.inputs import Contents

    Target: TypeAlias = tuple[str, Span | None]  # what a predicate names, and where

_FILE = "spec"
_MAGIC = b"torq-gen spec cache 2\n"
_DIGEST_SIZE = 32
_SIZE = 8
"""Bytes of the number that says how long the first part is."""
_FOREIGN = (
    *(pickle.UnpicklingError, EOFError, ValueError),
    *(TypeError, AttributeError, LookupError),
)
_MODULES = ("torq_gen.diagnostics", "torq_gen.model.")


def key_of(root: Path, contents: Contents) -> str | None:
    """A hash of all inputs and of the tool, or None when an input cannot be read.

    The folder's name is an input: a system without a name of its own is called after it.
    """
    parts = [
        __version__,
        f"{sys.version_info[:2]}",
        own_code.digest(root, "", "model", "spec"),
        root.resolve().name,
    ]
    for file, content in contents.items():
        if not isinstance(content, bytes):
            return None
        parts += [file, digest(content)]
    return digest("\n".join(parts).encode("utf-8", "surrogateescape"))


class Known(NamedTuple):
    """What is known of an unchanged spec; the system, of thousands of messages maybe, is packed."""

    homes: Mapping[str, Home]
    diagnostics: tuple[Diagnostic, ...]
    predicates: tuple[Target, ...]
    packed: bytes

    def system(self) -> System | None:
        """The system; None where something else was packed."""
        try:
            found = _unpacked(self.packed)
        except _FOREIGN:
            return None
        from torq_gen.model import System

        return found if isinstance(found, System) else None


def get(root: Path, key: str) -> Known | None:
    """What was put under the key, or None; a file that is damaged or foreign counts as none."""
    try:
        data = (root / kept.FOLDER / _FILE).read_bytes()
    except OSError:
        return None
    head = _MAGIC + key.encode()
    payload = data[len(head) + _DIGEST_SIZE :]
    if not data.startswith(head) or data[len(head) :][:_DIGEST_SIZE] != digest(payload).encode():
        return None
    size = int.from_bytes(payload[:_SIZE], "big")
    try:
        homes, diagnostics, predicates = _unpacked(payload[_SIZE:][:size])
        made = {name: Home(*home) for name, home in homes.items()}
    except _FOREIGN:
        return None
    return Known(made, diagnostics, predicates, payload[_SIZE + size :])


def put(
    root: Path,
    key: str,
    homes: Mapping[str, Home],
    diagnostics: tuple[Diagnostic, ...],
    predicates: tuple[Target, ...],
    system: System,
) -> None:
    """Keeps all this under the key, in place of what was kept before."""
    plain = {name: tuple(home) for name, home in homes.items()}
    first = _packed((plain, diagnostics, predicates))
    payload = len(first).to_bytes(_SIZE, "big") + first + _packed(system)
    kept.write(root, _FILE, _MAGIC + key.encode() + digest(payload).encode() + payload)


def _packed(value: object) -> bytes:
    buffer = io.BytesIO()
    _Pickler(buffer, protocol=5).dump(value)
    return buffer.getvalue()


def _unpacked(data: bytes) -> Any:
    return _Unpickler(io.BytesIO(data)).load()


class _Pickler(pickle.Pickler):
    """Writes a dataclass as a call of its class: three times as fast to read as the default."""

    def reducer_override(self, value: Any) -> Any:
        kind = value.__class__
        if isinstance(value, Enum):  # Python 3.11.2 and others write it as a call of getattr
            return kind, (value.value,)
        values = _values_of(kind)
        return NotImplemented if values is None else (kind, values(value))


@cache
def _values_of(kind: type) -> Callable[[Any], tuple[Any, ...]] | None:
    """What gives a dataclass's values in the order of its fields; None for any other class."""
    fields = getattr(kind, "__dataclass_fields__", None)
    if fields is None:
        return None
    names = tuple(fields)
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


class _Unpickler(pickle.Unpickler):
    """Makes nothing but values of the model."""

    def find_class(self, module: str, name: str) -> Any:
        if module.startswith(_MODULES) and "." not in name:
            found = getattr(importlib.import_module(module), name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} does not belong in the cache")
