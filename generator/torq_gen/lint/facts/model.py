"""What service code does, as frozen facts with exact spans. No verdicts: the rules give those."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TypeAlias

from torq_gen.diagnostics import Span
from torq_gen.immutable import immutable
from torq_gen.lint.facts.text import Text


@immutable
class Unproven:
    """Nobody can tell from the code; ``reason`` says why, as the end of a sentence.

    ``expression`` is the code of what nobody can tell, on one line; empty where no fact has it.
    """

    reason: str
    expression: str = ""


@immutable
class Known:
    """A message of the system, by name."""

    message: str


@immutable
class Foreign:
    """Something that is no message of the system, by its (qualified) name."""

    name: str


What: TypeAlias = Known | Foreign | Unproven
"""The message of a publish or subscribe."""


class Access(Enum):
    """What is done to a store or a file."""

    READ = "read"
    WRITE = "write"


class Operation(Enum):
    """What is done to an amount of money that integers and decimals would not lose anything by."""

    TRUE_DIVISION = "true division"
    FLOAT_ARITHMETIC = "float arithmetic"
    FLOAT_LITERAL = "float literal"
    FLOAT_CONVERSION = "conversion to float"
    FLOAT_VALUE = "float in a field"


@immutable
class Publish:
    """A message handed to the bus.

    ``span`` is where it is decided what the message is, ``call`` the call that hands it over.
    ``service`` is the service whose base class it goes through. ``dropped``: nobody awaits the
    call, so nothing is sent.
    """

    span: Span
    call: Span
    what: What
    service: str
    dropped: bool = False


@immutable
class Subscribe:
    """A subscription made in code at the bus, rather than by a handler's name."""

    span: Span
    what: What


@immutable
class ServiceClass:
    """A class that derives from a service's generated base. ``span`` is its name's.

    ``started``: the runtime finds it, by the service's name in its module ``service``.
    """

    span: Span
    name: str
    service: str
    started: bool = field(default=True, compare=False)


@immutable
class Handler:
    """A method ``on_…`` of a service class, own or inherited.

    ``unfilled``: it only raises NotImplementedError or does nothing at all. ``annotation`` is the
    message that its parameter is annotated with, if it is one. ``plain``: it is no coroutine
    function and returns nothing that could be awaited.
    """

    span: Span
    name: str
    service: str
    unfilled: bool
    annotation: What | None
    plain: bool = False


@immutable
class TopicPublish:
    """A message handed to a broker directly. ``span`` is the topic's, or the call's."""

    span: Span
    call: Span
    topic: Text | Unproven
    library: str
    message: What | None = None


@immutable
class TopicSubscribe:
    """A subscription made at a broker directly; ``queue`` is what it is read through."""

    span: Span
    call: Span
    topic: Text | Unproven
    library: str
    message: What | None = None
    queue: Text | None = None


@immutable
class KeyAccess:
    """A key of a key-value store that is read or written. ``kind`` is the store's kind: redis."""

    span: Span
    call: Span
    access: Access
    key: Text | Unproven
    kind: str = "redis"


@immutable
class TableAccess:
    """A table of a database that is read or written. ``kind`` is the store's: postgres, sqlite."""

    span: Span
    call: Span
    access: Access
    table: str | Unproven
    kind: str = "postgres"


@immutable
class FileAccess:
    """A file that is opened, made, moved or deleted."""

    span: Span
    call: Span
    access: Access
    path: Text | Unproven


@immutable
class Connection:
    """Something outside that is called or connected to: a URL, or ``host:port`` of a socket."""

    span: Span
    call: Span
    to: Text | Unproven
    library: str


@immutable
class Bypass:
    """A way around the bus: a raw or listening socket, a broker client, shared memory."""

    span: Span
    via: str


@immutable
class ProcessStart:
    """Another process is started."""

    span: Span
    via: str


@immutable
class DynamicCode:
    """Code that nobody can read beforehand: eval, exec, ctypes, a computed import, a patch."""

    span: Span
    via: str


@immutable
class Import:
    """A module that is imported, by its absolute dotted name.

    ``typing_only``: below ``if TYPE_CHECKING``. ``found`` is its file, when it is the project's.
    """

    span: Span
    module: str
    typing_only: bool = False
    found: str | None = None


@immutable
class MoneyArithmetic:
    """An operation on an amount of money in which digits are lost.

    ``money`` says what the amount is (``SwapEvent.amount_in``); ``origin`` where it came from.
    """

    span: Span
    operation: Operation
    money: str
    origin: Span | None = field(default=None, compare=False)


@immutable
class Escape:
    """Something that can publish or reach a store goes where the analysis cannot follow it.

    ``capability`` says what (``the service``), ``into`` where (``a function of the library foo``).
    """

    span: Span
    capability: str
    into: str


@immutable
class Unreadable:
    """A file that could not be analysed; ``reason`` is the end of a sentence.

    ``whole``: nothing that was found of the service is complete. ``help`` says how to mend it,
    where that is not the file's to do.
    """

    span: Span
    reason: str
    whole: bool = False
    help: str = ""


Fact: TypeAlias = (
    Publish
    | Subscribe
    | ServiceClass
    | Handler
    | TopicPublish
    | TopicSubscribe
    | KeyAccess
    | TableAccess
    | FileAccess
    | Connection
    | Bypass
    | ProcessStart
    | DynamicCode
    | Import
    | MoneyArithmetic
    | Escape
    | Unreadable
)


@immutable
class Symbol:
    """A function or class by its qualified name, and the lines on which it stands."""

    file: str
    first_line: int
    last_line: int
    name: str


@immutable
class ServiceFacts:
    """All facts about one service.

    ``files`` are those that were read, ``own`` those of its folder and the
    links in it that lead to other code, relative to the root;
    ``absent`` those that would have been read, had they been there.
    """

    service: str
    files: tuple[str, ...]
    facts: tuple[Fact, ...]
    own: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    symbols: tuple[Symbol, ...] = ()

    def symbol_at(self, span: Span) -> str:
        """The qualified name of the innermost function or class around a place."""
        around = [
            s
            for s in self.symbols
            if s.file == span.file and s.first_line <= span.line <= s.last_line
        ]
        return max(around, key=lambda s: s.first_line).name if around else ""
