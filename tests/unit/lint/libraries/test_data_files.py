"""Tables of a database that pandas and polars read and write."""

from __future__ import annotations

import pytest

from tests.unit.lint.stores.analysed import escapes, touched

HEAD = "import pandas\nimport polars\nimport psycopg\nc = psycopg.connect('x')\n"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('pandas.read_sql("SELECT 1 FROM orders", c)', ["read orders"]),
        ('pandas.read_sql("orders", c)', ["read orders"]),
        ('pandas.read_sql_query("SELECT 1 FROM orders", c)', ["read orders"]),
        ('pandas.read_sql_table("orders", c, schema="audit")', ["read audit.orders"]),
        ('pandas.DataFrame().to_sql("orders", c)', ["write orders"]),
        ('polars.read_database("SELECT 1 FROM orders", c)', ["read orders"]),
        ('polars.read_database_uri("SELECT 1 FROM orders", "postgresql://x")', ["read orders"]),
        ('polars.DataFrame().write_database("orders", c)', ["write orders"]),
    ],
)
def test_a_table_of_a_database(call: str, expected: list[str]) -> None:
    assert touched(HEAD + call) == expected
    assert escapes(HEAD + call) == []


def test_a_query_that_nobody_can_tell() -> None:
    found = touched(f"{HEAD}pandas.read_sql(input(), c)")
    assert [one.split()[:2] for one in found] == [["read", "?"], ["write", "?"]]
