"""The descriptions of brokers hang together: a wrong name would miss calls in silence."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest

from torq_gen.lint.facts.libraries import FILES
from torq_gen.lint.facts.libraries._topics import CAPABILITIES
from torq_gen.lint.facts.library import Function, Library, Type

MODULES = (
    "aio_pika",
    "aiokafka",
    "aiomqtt",
    "celery",
    "confluent_kafka",
    "faststream",
    "kafka",
    "kombu",
    "nats",
    "paho",
    "pika",
)


def libraries() -> dict[str, Library]:
    names = {name for module in MODULES for name in FILES[module]}
    return {n: import_module(f"torq_gen.lint.facts.libraries.{n}").LIBRARY for n in sorted(names)}


def named(library: Library) -> Iterator[str]:
    """Every type that a description names as a result."""
    for one in library.types:
        yield one.enter
        yield from (r for r in (one.item, *one.attributes.values()) if isinstance(r, str))
        for function in (*one.methods.values(), *one.assigned.values(), one.called, one.other):
            yield from _results(function)
    for function in library.functions.values():
        yield from _results(function)


def _results(function: Function | None) -> Iterator[str]:
    if function is not None:
        yield from (r for r in (function.returns, function.handed) if isinstance(r, str))


@pytest.mark.parametrize("name", libraries())
def test_every_result_is_a_type(name: str) -> None:
    library = libraries()[name]
    assert set(named(library)) <= {"", *(one.name for one in library.types)}


@pytest.mark.parametrize("name", libraries())
def test_an_escape_of_every_capability_is_reported(name: str) -> None:
    found = {one.capability for one in libraries()[name].types} - {""}
    assert found <= CAPABILITIES


@pytest.mark.parametrize("name", libraries())
def test_a_module_of_the_library_finds_its_file(name: str) -> None:
    library = libraries()[name]
    assert all(name in FILES[module] for module in library.modules)
    tops = {path.partition(".")[0] for path in (*library.functions, *library.values)}
    assert tops <= set(library.modules)


def test_no_two_types_of_brokers_have_one_name_or_one_annotation() -> None:
    types: list[Type] = [one for library in libraries().values() for one in library.types]
    names = [one.name for one in types]
    annotations = [path for one in types for path in one.annotations]
    assert len(names) == len(set(names))
    assert len(annotations) == len(set(annotations))
