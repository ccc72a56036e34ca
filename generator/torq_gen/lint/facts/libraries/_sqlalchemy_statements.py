"""Statements of SQLAlchemy: select, insert, update, delete, tables and expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from torq_gen.lint.facts.libraries._sqlalchemy_tables import (
    ENTITY,
    EXPRESSION,
    FROM_LIKE,
    METADATA,
    STATEMENT_TYPE,
    TABLE,
    TEXT,
    accesses,
    arguments,
    composed,
    loaded,
    mentioned,
    of_things,
    parts_of,
    schema_of,
    tables,
    untold_texts,
)
from torq_gen.lint.facts.library import Argument, Call, Effect, Function, Type
from torq_gen.lint.facts.model import Access, Fact, TableAccess, Unproven
from torq_gen.lint.facts.stores.kinds import SQL
from torq_gen.lint.facts.stores.queries import ANY_SQL, STATEMENT
from torq_gen.lint.facts.stores.values import data
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import NONE, Items, Thing, Tuple, Unknown, Value

_VERB = "verb"
_TEXTS = ("suffix_with", "prefix_with", "with_hint", "with_statement_hint")
"""Methods whose texts are SQL."""
_READ, _WRITE = Access.READ, Access.WRITE


def touching(position: int, name: str, *how: Access) -> Effect:
    return lambda call: accesses(call, call.argument(position, name), *how)


def touching_all(*how: Access) -> Effect:
    def effect(call: Call) -> Iterator[Fact]:
        for argument in arguments(call):
            yield from accesses(call, argument, *how)

    return effect


def statement(verb: str) -> Callable[[Call], Value]:
    """A new statement about what the arguments, or a table that it was called on, stand for."""

    def returns(call: Call) -> Value:
        entity = call.positional[0].value if call.positional else NONE
        return _made((call.receiver, *mentioned(call)), verb, entity)

    return returns


def _made(parts: tuple[Value, ...], verb: str, entity: Value) -> Thing:
    fields = of_things(STATEMENT_TYPE, parts).fields
    return Thing(STATEMENT_TYPE, (*fields, (_VERB, Text.of((verb,))), (ENTITY, entity)))


def _verb(call: Call) -> str:
    verb = call.receiver.get(_VERB) if isinstance(call.receiver, Thing) else None
    return (verb.exact if isinstance(verb, Text) else None) or "select"


def _continued(call: Call) -> Value:
    """The statement with one more clause."""
    before = call.receiver
    if not isinstance(before, Thing):
        return before
    parts = (*parts_of(before), *mentioned(call))
    return _made(parts, _verb(call), before.get(ENTITY) or NONE)


def _mentioning(call: Call) -> Iterator[Fact]:
    """A clause reads the tables that it mentions and that the statement had not before."""
    had = set(_own(call))
    method = call.path.rpartition(".")[2]
    for argument in arguments(call):
        value = _as_clause(argument.value) if method in _TEXTS else argument.value
        untold = set(untold_texts(call, value))
        for name in tables(call, value):
            known = not isinstance(name, Unproven)
            if name not in had if known else (method in FROM_LIKE or name in untold):
                had.add(name)
                for access in Access if name in untold else (_READ,):
                    yield TableAccess(argument.span, call.span, access, name, SQL)


def _as_clause(value: Value) -> Value:
    texts = [
        Thing(TEXT, ((STATEMENT, one),)) if isinstance(one, Text) else one
        for one in alternatives(value)
    ]
    return join(texts)


def _own(call: Call) -> Iterator[object]:
    parts = parts_of(call.receiver) if isinstance(call.receiver, Thing) else ()
    return tables(call, Tuple(parts))


def _own_tables(*how: Access) -> Effect:
    def effect(call: Call) -> Iterator[Fact]:
        parts = parts_of(call.receiver) if isinstance(call.receiver, Thing) else ()
        yield from accesses(call, Argument(Tuple(parts), call.span), *how)

    return effect


def _returning(call: Call) -> Iterator[Fact]:
    """What is deleted was written by others, perhaps: giving it back is a read."""
    if _verb(call) == "delete":
        yield from _own_tables(Access.READ)(call)


def _on_table(*how: Access) -> Effect:
    return lambda call: accesses(call, Argument(call.receiver, call.span), *how)


def table(call: Call) -> Value:
    name, schema = call.argument(0, "name"), call.argument(None, "schema")
    kept = call.argument(1, "metadata")
    space = schema.value if schema else (schema_of(kept.value) if kept else None)
    fields = (("table", name.value if name else Unknown()), ("schema", space or NONE))
    return Thing(TABLE, fields)


def metadata(call: Call) -> Value:
    """The metadata remembers the schema that its tables stand in."""
    schema = call.argument(0, "schema")
    return Thing(METADATA, (("schema", schema.value),)) if schema else Thing(METADATA)


def text(call: Call) -> Value:
    given = call.argument(0, "text", "statement")
    return Thing(TEXT, ((STATEMENT, given.value if given else Unknown()),))


def itself(call: Call) -> Value:
    return call.receiver


def first(call: Call) -> Value:
    return call.positional[0].value if call.positional else Unknown()


def _on_some_tables(call: Call) -> Iterator[Fact]:
    """``create_all(bind, tables)``: those that are named, or every one."""
    named = call.argument(1, "tables")
    if named is None or any(one == NONE for one in alternatives(named.value)):
        yield from _every_table(call)
    else:
        yield from accesses(call, named, _WRITE)


def _every_table(call: Call) -> Iterator[Fact]:
    name = call.path.rpartition(".")[2]
    reason = f"`{name}` concerns every table of the metadata"
    yield from ANY_SQL.unproven(call, call.span, reason)


_OPERATORS = (
    "add sub mul truediv floordiv mod neg eq ne lt le gt ge and or xor invert radd rsub rmul "
    "rtruediv getitem contains"
)
_OPERATIONS: Mapping[str, Function] = {
    f"__{name}__": Function(None, composed) for name in _OPERATORS.split()
}
_STATEMENT_METHODS: Mapping[str, Function] = {
    **_OPERATIONS,
    "all": Function(None, lambda call: Items(loaded(call, call.receiver))),
    **dict.fromkeys(
        ("first", "one_or_none", "one", "get"),
        Function(None, lambda call: join((loaded(call, call.receiver), NONE))),
    ),
    **dict.fromkeys(("count", "scalar", "compile", "as_string"), Function(None, data)),
    "delete": Function(_own_tables(_WRITE)),
    "update": Function(_own_tables(_WRITE)),
    "returning": Function(_returning, _continued),
    "options": Function(_mentioning, itself),
}
_TABLE_METHODS: Mapping[str, Function] = {
    "select": Function(_on_table(_READ), statement("select")),
    **{
        verb: Function(_on_table(_WRITE), statement(verb))
        for verb in ("insert", "update", "delete")
    },
    **dict.fromkeys(("create", "drop"), Function(_on_table(_WRITE))),
    **dict.fromkeys(("join", "outerjoin"), Function(None, composed)),
    "alias": Function(None, itself),
}
STATEMENT_TYPES = (
    Type(
        STATEMENT_TYPE,
        methods=_STATEMENT_METHODS,
        attributes=dict.fromkeys(("c", "columns", "excluded"), itself),
        other=Function(_mentioning, _continued),
        item=lambda call: loaded(call, call.receiver),
    ),
    Type(EXPRESSION, methods=_OPERATIONS, other=Function(None, composed)),
    Type(TEXT, other=Function(None, itself)),
    Type(
        TABLE,
        annotations=("sqlalchemy.Table",),
        methods=_TABLE_METHODS,
        attributes={"c": composed, "columns": composed, "name": ""},
    ),
    Type(
        METADATA,
        methods={
            **dict.fromkeys(("create_all", "drop_all"), Function(_on_some_tables, keeps=True)),
            "reflect": Function(_every_table, keeps=True),
        },
    ),
)
