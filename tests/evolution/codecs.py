"""The real, generated codecs of a version, and whether one reads another's bytes rightly."""

from __future__ import annotations

import importlib
import inspect
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

from mycelium.protocol import DecodeError, Message, Registry
from tests.evolution.meaning import paired, same, values_of, varied
from tests.evolution.versions import Schema
from torq_gen.model import Field, System, Value
from torq_gen.model import Message as Spec
from torq_gen.spec import load
from torq_gen.targets import python
from torq_gen.targets._shared.jsonform import to_json

MESSAGE = "Tick"


class Version(NamedTuple):
    """One version: its system, and its message as each class that the generator makes of it."""

    system: System
    today: type[Message]
    writers: dict[int, type[Message]]
    names: frozenset[str]

    @property
    def spec(self) -> Spec:
        """What the schema says of the message."""
        return self.system.messages[MESSAGE]


@contextmanager
def generated(schema: Schema, name: str) -> Iterator[Version]:
    """The version of a schema, its package imported under a name of its own."""
    with package(schema, f"{name}_contracts") as (system, registry):
        today = registry.messages[system.messages[MESSAGE].type_id]
        writers = _writers(system, today)
        yield Version(system, today, writers, _names(system.package, today))


@contextmanager
def package(schema: Schema, name: str) -> Iterator[tuple[System, Registry]]:
    """The system of a schema, and the registry of the package that is generated for it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        system = _load(schema, name, root)
        for path, content in python.render(system).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        sys.path.insert(0, str(root / "generated/python"))
        importlib.invalidate_caches()
        try:
            yield system, importlib.import_module(f"{name}.registry").REGISTRY
        finally:
            sys.path.remove(str(root / "generated/python"))
            for module in [m for m in sys.modules if m.split(".")[0] == name]:
                del sys.modules[module]


def _load(schema: Schema, name: str, root: Path) -> System:
    (root / "schemas").mkdir()
    (root / "schemas/random.yaml").write_text(json.dumps(schema, indent=1))
    system = {
        "system": {"name": "random", "package": name},
        "domains": {"Random": {"id": 1, "types": [1, 999], "compatibility": "full"}},
        "services": {},
    }
    (root / "system.yaml").write_text(json.dumps(system, indent=1))
    loaded = load(root)
    assert loaded.system is not None, loaded.diagnostics
    return loaded.system


def _writers(system: System, today: type[Message]) -> dict[int, type[Message]]:
    message = system.messages[MESSAGE]
    found = {message.version: today}
    for version in {1, *(f.since for f in message.fields)} - {message.version}:
        module = importlib.import_module(f"{system.package}.earlier")
        found[version] = getattr(module, f"{MESSAGE}_V{version}")
    return found


def _names(package: str, today: type[Message]) -> frozenset[str]:
    """What code can name: the types, their members, and every field with its static type."""
    module = importlib.import_module(f"{package}.types")
    found = {f"{today.__name__}.{n}: {t}" for n, t in _fields_of(today).items()}
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", module.__name__) != module.__name__:
            continue
        found.add(name)
        if isinstance(thing, type) and issubclass(thing, IntEnum):
            found |= {f"{name}.{member}" for member in thing.__members__}
        elif isinstance(thing, type):
            found |= {f"{name}.{n}: {t}" for n, t in _fields_of(thing).items()}
        elif hasattr(thing, "__supertype__"):
            found.add(f"{name}: {thing.__supertype__}")
    return frozenset(found)


def _fields_of(kind: type) -> dict[str, str]:
    own = inspect.get_annotations(kind)
    return {name: text for name, text in own.items() if "ClassVar" not in text}


def misreads(reader: Version, writer: Version) -> str | None:
    """How the reader misreads something that a version of the writer wrote; None if it never does.

    Every version of the writer writes: each field in turn goes through the edges of its type while
    the others hold their first.
    """
    for number, kind in sorted(writer.writers.items()):
        fields = writer.spec.fields_at(number)
        for written in messages(kind, fields):
            try:
                read = reader.today.from_tlv(written.to_tlv())
            except DecodeError as error:
                return f"version {number}, {written}: {error}"
            for one, other in paired(fields, writer.spec.fields, reader.spec.fields):
                ours, theirs = getattr(written, one.attribute), getattr(read, other.attribute)
                if not same(one.type, other.type, ours, theirs):
                    return f"version {number}, {one.name}: {ours!r} was read as {theirs!r}"
    return None


def differently_filled(old: Version, new: Version) -> str | None:
    """The field of an old frame that both readers fill in, each otherwise; None without one."""
    for number, kind in old.writers.items():
        fields = old.spec.fields_at(number)
        tlv = next(messages(kind, fields)).to_tlv()
        try:
            one, other = old.today.from_tlv(tlv), new.today.from_tlv(tlv)
        except DecodeError:
            continue
        types = {f.name: f for f in new.spec.fields}
        for field in old.spec.fields[len(fields) :]:
            heir = types.get(field.name)
            if heir is not None and not same(
                field.type, heir.type, getattr(one, field.name), getattr(other, heir.name)
            ):
                return field.name
    return None


def messages(kind: type[Message], fields: tuple[Field, ...]) -> Iterator[Message]:
    """Messages in which each field in turn goes through the edges of its type."""
    for values in varied([values_of(f.type) for f in fields]):
        yield _built(kind, fields, values)


def _built(kind: type[Message], fields: tuple[Field, ...], values: list[Value]) -> Message:
    """Through JSON, which makes enums, structs and instrument ids of plain values."""
    found = {
        own.attribute: own.kind.from_json(to_json(field.type, value))
        for own, field, value in zip(kind.FIELDS, fields, values, strict=True)
    }
    return kind(**found)
