"""Calls that run SQL, as facts about tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torq_gen.immutable import immutable
from torq_gen.lint.facts.library import Argument, Call, Effect
from torq_gen.lint.facts.model import Access, Bypass, Fact, TableAccess, Unproven
from torq_gen.lint.facts.stores.functions import ANY
from torq_gen.lint.facts.stores.kinds import POSTGRES, SQL, SQLITE
from torq_gen.lint.facts.stores.places import place_of
from torq_gen.lint.facts.stores.sql import Sql, read
from torq_gen.lint.facts.stores.values import Told, texts, told
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import Thing, Value

if TYPE_CHECKING:
    from torq_gen.diagnostics import Span

STATEMENT = "sql"
"""The field in which a thing that stands for a statement keeps its text."""


@immutable
class Database:
    """What a driver talks to: the store's kind, and the dialect that its SQL is read in."""

    kind: str
    dialect: str

    def query(self, position: int, *names: str) -> Effect:
        """The effect of a call whose argument is SQL."""
        return lambda call: self.run(call, call.argument(position, *names))

    def table(self, position: int, name: str, schema: str, *accesses: Access) -> Effect:
        """The effect of a call that names a table, and perhaps its schema as a keyword."""

        def effect(call: Call) -> Iterator[Fact]:
            argument = call.argument(position, name)
            spaces: list[Told | None] = [None]
            if schema in call.keywords:
                spaces = [*texts(call.keywords[schema])]
            for found in texts(argument):
                for space in spaces:
                    for access in accesses:
                        yield self._named(call, argument, found, space, access)

        return effect

    def unproven(self, call: Call, span: Span, reason: str) -> Iterator[Fact]:
        """Nobody can tell which tables a call reads or writes."""
        for access in Access:
            yield TableAccess(span, call.span, access, Unproven(reason), self.kind)

    def unlisted(self, call: Call) -> Iterator[Fact]:
        """The effect of a method that nothing is known of."""
        reason = f"it is not known which tables `{call.path.rpartition('.')[2]}` concerns"
        yield from self.unproven(call, call.span, reason)

    def run(self, call: Call, argument: Argument | None) -> Iterator[Fact]:
        """What running the argument as SQL does."""
        if argument is None:
            yield from self.unproven(call, call.span, "the statement is not given")
            return
        for value in alternatives(argument.value):
            yield from self.run_value(call, argument.span, value)

    def run_value(self, call: Call, span: Span, value: Value) -> Iterator[Fact]:
        """What running one value as SQL does: a text, or a thing that keeps one."""
        kept = value.get(STATEMENT) if isinstance(value, Thing) else value
        for one in alternatives(kept if kept is not None else value):
            found = told(one)
            if isinstance(found, Text):
                yield from self.facts(call, span, read(found, self.dialect))
            else:
                yield from self.unproven(call, span, found.reason)

    def facts(self, call: Call, span: Span, sql: Sql) -> Iterator[Fact]:
        """What was read from SQL, as facts at ``span``: in SQL of several lines at the table."""
        several = span.line != span.end_line
        code = call.source(span) if several else ""
        for table, access in sql.tables:
            place = place_of(table, code, span) if several else span
            yield TableAccess(place, call.span, access, table, self.kind)
        for reason in sql.reasons:
            yield from self.unproven(call, span, reason)
        for signal in sql.signals:
            yield Bypass(span, f"Postgres {signal}")

    def _named(
        self,
        call: Call,
        argument: Argument | None,
        found: Told,
        space: Told | None,
        access: Access,
    ) -> Fact:
        span = argument.span if argument else call.span
        name = found.exact if isinstance(found, Text) else None
        schema = space.exact if isinstance(space, Text) else None
        if name is None or (space is not None and schema is None):
            reason = found.reason if isinstance(found, Unproven) else "its name is not constant"
            return TableAccess(span, call.span, access, Unproven(reason), self.kind)
        full = name if schema in (None, "public", "main") else f"{schema}.{name}"
        return TableAccess(span, call.span, access, full, self.kind)


POSTGRES_SQL = Database(POSTGRES, "postgres")
SQLITE_SQL = Database(SQLITE, "sqlite")
ANY_SQL = Database(SQL, ANY)
