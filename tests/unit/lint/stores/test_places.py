"""In SQL of several lines, a finding stands at the table."""

from __future__ import annotations

import pytest

from tests.unit.lint.stores.analysed import findings
from torq_gen.diagnostics import Span
from torq_gen.lint.facts.stores.places import place_of

HEAD = "import psycopg\n\ndb = psycopg.connect('x')\n"


@pytest.mark.parametrize(
    ("argument", "place"),
    [
        ('"""\nSELECT a.x\nFROM orders a\nJOIN audits b ON a.x = b.x\n"""', "7:6-12"),
        ('"""\n  SELECT audits.x FROM audits\n"""', "5:24-30"),
        ('"""SELECT 1 FROM audits\n"""', "4:29-35"),
        ('"SELECT 1 "\n    "FROM audits"', "5:11-17"),
        ('"""\nDELETE\nFROM ONLY public."audits"\n"""', "6:11-26"),
        ('f"""\nINSERT INTO audits\nVALUES ({1})\n"""', "5:13-19"),
        ('"""\nSELECT 1\nFROM Audits, orders\n"""', "6:6-12"),
        ('"SELECT 1 FROM audits"', "4:12-34"),  # one line: the argument
    ],
)
def test_a_finding_stands_at_the_table(argument: str, place: str) -> None:
    (found,) = findings(f"{HEAD}db.execute({argument})\n")
    assert f"{found.span.line}:{found.span.column}-{found.span.end_column}" == place
    assert found.span.line == found.span.end_line


WHOLE = Span("a.py", 3, 9, 6, 4)


@pytest.mark.parametrize(
    ("table", "code", "place"),
    [
        ("audits", "SELECT audits_id\nFROM x.audits", (4, 6, 14)),
        ("x.audits", "SELECT 1\nFROM x.audits", (4, 6, 14)),
        ("audits", "CREATE TABLE IF NOT EXISTS\n  audits (x int)", (4, 3, 9)),
        ("audits", 'FROM "audits"', (3, 14, 22)),
        ("audits", "FROM audits", (3, 14, 20)),
    ],
)
def test_a_name_is_sought_where_tables_stand(
    table: str, code: str, place: tuple[int, int, int]
) -> None:
    line, column, end = place
    assert place_of(table, code, WHOLE) == Span("a.py", line, column, line, end)


@pytest.mark.parametrize("code", ["", "SELECT 1\nFROM audits_old", "SELECT 1\nFROM {TABLE}"])
def test_a_name_that_is_not_written_there_leaves_the_whole(code: str) -> None:
    assert place_of("audits", code, WHOLE) == WHOLE
