"""A finding stands exactly where the code is, in characters from 1."""

from __future__ import annotations

import pytest

from tests.unit.lint.facts.programs import IMPORTS, SERVICE, facts, handler
from torq_gen.diagnostics import Span
from torq_gen.lint.facts.model import Handler, Publish, ServiceClass

_FIRST = IMPORTS.count("\n") + 1


def places(text: str) -> list[Span]:
    """Where it is decided what is published."""
    return [f.span for f in facts(text).facts if isinstance(f, Publish)]


def test_columns_count_characters_not_bytes() -> None:
    text = handler('name = "häuser 🏠"; await self.publish(Alert(text="ü🏠"))')
    line = _FIRST + 3
    assert places(text) == [Span(SERVICE, line, 47, line, 63)]


def test_a_tab_is_one_column() -> None:
    text = "class Trader(TraderBase):\n\tasync def on_quote(self, message: Quote):\n"
    line = _FIRST + 2
    assert places(f'{text}\t\tawait self.publish(Alert(text="a"))\n') == [
        Span(SERVICE, line, 22, line, 37)
    ]


def test_a_call_over_several_lines_ends_where_it_ends() -> None:
    text = handler('await self.publish(\n    Alert(\n        text="ä",\n    )\n)')
    line = _FIRST + 4
    assert places(text) == [Span(SERVICE, line, 13, line + 2, 14)]


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_other_line_ends_count_as_lines(ending: str) -> None:
    text = handler('await self.publish(Alert(text="é"))').replace("\n", ending)
    line = _FIRST + 3
    assert places(text) == [Span(SERVICE, line, 28, line, 43)]


def test_a_mark_at_the_beginning_of_the_file_is_no_column() -> None:
    from torq_gen.lint.facts.collecting import collect
    from torq_gen.lint.facts.files import FilesInMemory
    from torq_gen.lint.samples import project
    from torq_gen.rule import Sample

    system, _, contents = project(Sample(IMPORTS + handler("await self.publish(message)"), SERVICE))
    marked = {**contents, SERVICE: b"\xef\xbb\xbf" + contents[SERVICE]}
    plain = collect(system.services["trader"], system, FilesInMemory(contents))
    found = collect(system.services["trader"], system, FilesInMemory(marked))
    assert [f.span for f in found.facts] == [f.span for f in plain.facts]


def test_names_of_classes_and_handlers_are_their_places() -> None:
    found = facts(handler("pass", '@str\n@repr("ä")\n'))
    names = [(f.span.line, f.span.column, f.span.end_column) for f in found.facts
             if isinstance(f, ServiceClass | Handler)]  # fmt: skip
    line = _FIRST + 3
    assert names == [(line, 7, 13), (line + 1, 15, 23)]


def test_the_decision_and_the_call_are_two_places() -> None:
    text = handler('found = Alert(text="a")\nawait self.publish(found)')
    (fact,) = [f for f in facts(text).facts if isinstance(f, Publish)]
    line = _FIRST + 3
    assert fact.span == Span(SERVICE, line, 17, line, 32)
    assert fact.call == Span(SERVICE, line + 1, 15, line + 1, 34)


def test_what_another_library_made_is_decided_where_it_is_handed_over() -> None:
    files = {"lib/__init__.py": "", "lib/made.py": f'{IMPORTS}\nALARM = Alert(text="a")\n'}
    text = handler("await self.publish(ALARM)", "from lib.made import ALARM\n")
    (fact,) = [f for f in facts(text, files).facts if isinstance(f, Publish)]
    assert fact.span.file == SERVICE
