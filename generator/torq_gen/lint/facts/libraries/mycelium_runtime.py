"""The runtime: what a service gets from its base class, and the bus for code that is no service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from torq_gen.lint.facts.library import Call, Function, Library, Type
from torq_gen.lint.facts.model import Access, Fact, Publish, Subscribe, Unproven, What
from torq_gen.lint.facts.outside.effects import bypassing, each
from torq_gen.lint.facts.outside.paths import BOTH, READ, WRITE, accesses, below, touching
from torq_gen.lint.facts.stdlib.setting_files import entry
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import MessageValue, Thing, Unknown, Value

_DEAD = "mycelium.deadletters."
_COLUMNS = "mycelium.columns."
_READERS = ("Columns", "reading.Columns", "Gathering", "gathering.Gathering")


def _publish(call: Call) -> Iterator[Publish]:
    argument = call.argument(0, "message")
    if argument is not None:
        for one in alternatives(argument.value):
            origin = one.origin if isinstance(one, MessageValue) else None
            what = _what(call, one, "its value is not known")
            yield Publish(origin or argument.span, call.span, what, "")


def _publish_of(call: Call) -> Iterator[Fact]:
    """Through an object of a generated base class itself: as the service whose it is."""
    name = call.receiver.get("service") if isinstance(call.receiver, Thing) else None
    service = name.exact if isinstance(name, Text) else None
    return (replace(fact, service=service or "") for fact in _publish(call))


def _subscribe(call: Call) -> Iterator[Fact]:
    argument = call.argument(0, "message")
    if argument is not None:
        for one in alternatives(argument.value):
            yield Subscribe(argument.span, _what(call, one, "its class is not known"))


def _what(call: Call, value: Value, unknown: str) -> What:
    found = call.message(value)
    reason = value.reason if isinstance(value, Unknown) and value.reason else unknown
    return found or Unproven(reason)


def _reads_columns(place: int) -> Function:
    """Frames in memory, or in the file of a path."""

    def effect(call: Call) -> Iterator[Fact]:
        argument = call.argument(place, "source")
        for one in alternatives(argument.value) if argument is not None else ():
            if isinstance(one, Text | Unknown) or (isinstance(one, Thing) and one.get("text")):
                yield from accesses(call, one, READ, argument)

    return Function(effect)


def _letters(how: Iterable[Access]) -> Function:
    """Dead letters: files in a folder."""
    kept = tuple(how)

    def effect(call: Call) -> Iterator[Fact]:
        argument = call.argument(0, "folder")
        if argument is not None:
            yield from accesses(call, below(argument.value), kept, argument)

    return Function(effect)


_FOR_SERVICES = (
    *("clock", "columns", "envelope", "errors", "logs", "manifest", "promises", "protocol"),
    *("recording", "resilience", "service", "settings", "tracing.context", "tracing.spans"),
)
"""What services use of the runtime. The rest runs them and carries what they say."""

LIBRARY = Library(
    name="mycelium",
    modules=("mycelium",),
    functions={
        "mycelium.bus.Bus": Function(returns="mycelium.Bus"),
        **each(("read_all", "reading.read_all"), _reads_columns(1), _COLUMNS),
        **each(
            ("write_columns", "writing.write_columns"),
            Function(touching(WRITE, 2, "path")),
            _COLUMNS,
        ),
        **each(_READERS, Function(returns="mycelium.Columns"), _COLUMNS),
        **each(("FolderDeadLetters", "folder.FolderDeadLetters"), _letters(WRITE), _DEAD),
        **each(("boxes_of", "reading.boxes_of"), _letters(READ), _DEAD),
        **each(
            ("DeadLetterFile", "reading.DeadLetterFile"), Function(touching(READ, 0, "path")), _DEAD
        ),
        "mycelium.recording.RecordingWriter": Function(touching(BOTH, 0, "path")),
        **each(
            ("RecordingReader", "read_recording", "unwritten"),
            Function(touching(READ, 0, "path")),
            "mycelium.recording.",
        ),
    },
    unlisted=Function(bypassing("a part of the runtime that runs services")),
    harmless=tuple(f"mycelium.{name}" for name in _FOR_SERVICES),
    types=(
        Type(
            "mycelium.Columns",
            annotations=tuple(f"{_COLUMNS}{name}" for name in _READERS),
            methods=each(("batches", "read"), _reads_columns(0)),
            attributes={"gathering": "mycelium.Columns"},
        ),
        Type(
            "mycelium.settings",
            methods={
                **dict.fromkeys(("get", "__getitem__"), Function(returns=entry)),
                "__contains__": Function(),
            },
        ),
        Type(
            "mycelium.Service",
            capability="a service",
            methods={"publish": Function(_publish_of), "_publish": Function(_publish_of)},
        ),
        Type(
            "mycelium.Bus",
            capability="the bus",
            annotations=("mycelium.bus.Bus",),
            methods={
                "publisher": Function(returns="mycelium.Publisher"),
                "subscribe": Function(_subscribe, handler=(1, "handler")),
            },
        ),
        Type(
            "mycelium.Publisher",
            capability="a publisher of the bus",
            annotations=("mycelium.bus.Publisher", "mycelium.outlet.Publisher"),
            methods={"publish": Function(_publish)},
            called=Function(_publish),
        ),
    ),
)
