"""The descriptions hang together: a wrong name in one would miss calls in silence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module

import pytest

from tests.unit.lint.libraries.outside_calls import WHOLE, run
from torq_gen.lint.facts import libraries, stdlib
from torq_gen.lint.facts.library import Argument, Call, Function, Library
from torq_gen.lint.facts.modelled import Libraries
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    NONE,
    NOTHING,
    Container,
    External,
    Items,
    Literal,
    Thing,
    Tuple,
    Union,
    Unknown,
)

PACKAGES = (stdlib, libraries)
ALL = sorted(
    {f"{p.__name__}.{file}" for p in PACKAGES for files in p.FILES.values() for file in files}
)
GONE = {"imp", "nntplib", "telnetlib"}
"""What younger versions of Python have no more."""


def of(name: str) -> Library:
    library = import_module(name).LIBRARY
    assert isinstance(library, Library)
    return library


def described(library: Library) -> Iterator[tuple[str, Function]]:
    yield from library.functions.items()
    for one in library.types:
        yield from ((f"{one.name}.{name}", method) for name, method in one.methods.items())
        yield from ((f"{one.name}.{name}", told) for name, told in one.assigned.items())
        yield from ((one.name, f) for f in (one.called, one.other) if f is not None)


@pytest.mark.parametrize("name", ALL)
def test_a_library_is_found_by_each_module_that_it_answers_for(name: str) -> None:
    library, package = of(name), stdlib if name.startswith(stdlib.__name__) else libraries
    file = name.rpartition(".")[2]
    assert [m for m in library.modules if file not in package.FILES.get(m, ())] == []
    tops = {path.partition(".")[0] for path in (*library.functions, *library.values)}
    assert tops <= set(library.modules)


def test_python_s_own_modules_are_in_a_folder_of_their_own() -> None:
    assert set(stdlib.FILES) <= sys.stdlib_module_names | GONE
    assert set(libraries.FILES).isdisjoint(sys.stdlib_module_names | GONE)


@pytest.mark.parametrize("name", ALL)
def test_every_type_that_is_named_is_described(name: str) -> None:
    library, known = of(name), Libraries()
    for top in library.modules:
        known.function(f"{top}.x")
    results = [r for _, f in described(library) for r in (f.returns, f.handed)]
    for one in library.types:
        results += [one.enter, one.item, *one.attributes.values()]
    named = {one for one in results if isinstance(one, str) and one}
    assert {one for one in named if known.type(one) is None} == set()


ODD = (
    *(Unknown(), NONE, NOTHING, DATA, Tuple(()), Text(), ANY_TEXT, Literal(b"\xff"), Literal(-1)),
    *(Container("list", None), Items(Unknown()), External("x.y"), Thing("other.Type")),
    *(Union((Text.of(["a"]), Literal(3), Unknown())), Thing("httpx.Client", (("base", DATA),))),
)


@pytest.mark.parametrize("name", ALL)
def test_nothing_fails_on_odd_arguments(name: str) -> None:
    for path, function in described(of(name)):
        for value in ODD:
            argument = Argument(value, WHOLE)
            for given in (
                Call(WHOLE, path, receiver=value),
                Call(WHOLE, path, (argument,) * 4, receiver=value),
                Call(WHOLE, path, rest=argument, more=argument, receiver=value),
            ):
                run(function, given)
