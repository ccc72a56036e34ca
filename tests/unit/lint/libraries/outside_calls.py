"""Calls of library functions as the analysis would hand them over."""

from __future__ import annotations

from torq_gen.diagnostics import Span
from torq_gen.lint.facts.library import Argument, Call, Function, Library
from torq_gen.lint.facts.model import Connection, Fact, FileAccess, Unproven
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.values import Literal, Thing, Value

WHOLE = Span("service.py", 1, 1, 1, 80)


def span(position: int) -> Span:
    """Where the argument at a position stands."""
    return Span("service.py", 1, 10 + position, 1, 11 + position)


def text(*parts: str | Hole) -> Text:
    return Text.of(parts)


def of(value: object) -> Value:
    """Python's own values stand for what the analysis makes of such constants."""
    if isinstance(value, str):
        return Text.of([value])
    if value is None or isinstance(value, bool | int | bytes):
        return Literal(value)
    return value  # type: ignore[return-value]


def _call(path: str, receiver: Value | None, given: tuple[object, ...], named: object) -> Call:
    positional = tuple(Argument(of(v), span(i)) for i, v in enumerate(given))
    assert isinstance(named, dict)
    keywords = {k: Argument(of(v), span(len(given) + i)) for i, (k, v) in enumerate(named.items())}
    extra = {} if receiver is None else {"receiver": receiver}
    return Call(WHOLE, path, positional, keywords, **extra)  # type: ignore[arg-type]


def run(function: Function, call: Call) -> tuple[tuple[Fact, ...], Value | None]:
    """The facts of a call and what it gives."""
    facts = () if function.effect is None else tuple(function.effect(call))
    gives = function.returns
    result = None if gives == "" else Thing(gives) if isinstance(gives, str) else gives(call)
    return facts, result


def merged(*libraries: Library) -> Library:
    """Several descriptions as one."""
    functions = {path: f for library in libraries for path, f in library.functions.items()}
    types = tuple(one for library in libraries for one in library.types)
    return Library("merged", (), functions, types)


def called(
    library: Library, path: str, /, *given: object, **named: object
) -> tuple[tuple[Fact, ...], Value | None]:
    return run(library.functions[path], _call(path, None, given, named))


def method(
    library: Library, receiver: Thing, name: str, /, *given: object, **named: object
) -> tuple[tuple[Fact, ...], Value | None]:
    (type_,) = (t for t in library.types if t.name == receiver.type)
    path = f"{receiver.type}.{name}"
    return run(type_.methods[name], _call(path, receiver, given, named))


def attribute(library: Library, receiver: Thing, name: str) -> Value:
    (type_,) = (t for t in library.types if t.name == receiver.type)
    gives = type_.attributes[name]
    assert callable(gives)
    return gives(_call(name, receiver, (), {}))


def made(result: tuple[tuple[Fact, ...], Value | None]) -> Thing:
    """The thing that a constructor gives."""
    assert isinstance(result[1], Thing)
    return result[1]


def destinations(facts: tuple[Fact, ...]) -> list[str]:
    """Where the connections among the facts go; a reason in brackets where nobody can tell."""
    return [
        f"({f.to.reason})" if isinstance(f.to, Unproven) else str(f.to)
        for f in facts
        if isinstance(f, Connection)
    ]


def touched(facts: tuple[Fact, ...]) -> list[str]:
    """``read path`` and ``write path`` of the file accesses among the facts."""
    return [f"{f.access.value} {f.path}" for f in facts if isinstance(f, FileAccess)]
