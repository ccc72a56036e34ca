"""Relationships of SQLAlchemy's mapped classes: reading one reads the table of the other class."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from torq_gen.lint.facts.libraries._sqlalchemy_tables import (
    EXPRESSION,
    TABLE,
    accesses,
    of_things,
)
from torq_gen.lint.facts.library import Argument, Call, Function, Type
from torq_gen.lint.facts.model import Access, Fact
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    Bound,
    Class,
    Object,
    Thing,
    Unknown,
    Value,
)
from torq_gen.lint.facts.values import Function as OwnFunction

_RELATIONSHIP, _COLLECTION = "sqlalchemy.Relationship", "sqlalchemy.Related"
_OF, _BETWEEN, _PLACE = "target", "between", "place"
_NAME = re.compile(r"[^\W\d]\w*")
_UNTOLD = "nobody can tell with which class the relationship is"


def relationship(call: Call) -> Value:
    """It remembers the class that it names, and where it stands: its annotation may name one."""
    named, between = call.argument(0, "argument"), call.argument(1, "secondary")
    place = Text.of((f"{call.span.line}:{call.span.column}",))
    fields = (
        (_OF, named.value if named else NONE),
        (_BETWEEN, between.value if between else NONE),
        (_PLACE, place),
    )
    return Thing(_RELATIONSHIP, fields)


def _at(call: Call, place: int) -> Value:
    """What ``__get__`` is given: the instance, None when the class is asked, and the class."""
    given = call.argument(place)
    return NONE if given is None else given.value


def _targets(call: Call) -> Iterator[Value]:
    """The mapped classes on the other side, as far as they are known."""
    thing, cls = call.receiver, _at(call, 1)
    named = thing.get(_OF) if isinstance(thing, Thing) else None
    for one in alternatives(named) if named not in (None, NONE) and named is not None else ():
        of = call.result(one) if isinstance(one, OwnFunction | Bound) else one
        if isinstance(of, Class):
            yield of
        elif isinstance(of, Text) and of.exact is not None:
            yield from alternatives(call.kin(cls, of.exact.rpartition(".")[2]))
        else:
            yield Unknown(_UNTOLD)
    if named in (None, NONE):
        for name in dict.fromkeys(_NAME.findall(_annotation(cls, thing))):
            found = call.kin(cls, name)
            yield from (one for one in alternatives(found) if isinstance(one, Class))


def _annotation(cls: Value, thing: Value) -> str:
    """What the variable of a class's body is annotated with that holds the relationship."""
    place = thing.get(_PLACE) if isinstance(thing, Thing) else None
    body = cls.code.node.body if isinstance(cls, Class) else ()
    for part in body:
        if isinstance(part, ast.AnnAssign) and part.value is not None:
            at = f"{part.value.lineno}:{part.value.col_offset + 1}"
            if isinstance(place, Text) and place.exact == at:
                return ast.unparse(part.annotation)
    return ""


def _touched(how: Access) -> Function:
    def effect(call: Call) -> Iterator[Fact]:
        of = call.receiver.get(_OF) if isinstance(call.receiver, Thing) else None
        yield from accesses(call, Argument(of or Unknown(_UNTOLD), call.span), how)

    return Function(effect)


def _reads(call: Call) -> Iterator[Fact]:
    """Read from an instance; the class itself gives what stands for the other one's table."""
    if _at(call, 0) != NONE:
        found = join(_targets(call))
        of = found if alternatives(found) else Unknown(_UNTOLD)
        yield from accesses(call, Argument(of, call.span), Access.READ)
        yield from accesses(call, Argument(join(_between(call)), call.span), Access.READ)


def _between(call: Call) -> Iterator[Value]:
    """The table that connects the two, if there is one."""
    between = call.receiver.get(_BETWEEN) if isinstance(call.receiver, Thing) else None
    for one in alternatives(between) if between not in (None, NONE) and between else ():
        of = call.result(one) if isinstance(one, OwnFunction | Bound) else one
        yield Thing(TABLE, (("table", of), ("schema", NONE))) if isinstance(of, Text) else of


def _got(call: Call) -> Value:
    targets = tuple(_targets(call))
    if _at(call, 0) == NONE:
        return of_things(EXPRESSION, (_at(call, 1), *targets, *_between(call)))
    if not targets:
        return DATA
    one = [Object(cls, call.span) for cls in targets if isinstance(cls, Class)]
    return join((*one, NONE, Thing(_COLLECTION, ((_OF, join(targets)),))))


def _held(call: Call) -> Value:
    of = call.receiver.get(_OF) if isinstance(call.receiver, Thing) else None
    found = [Object(one, call.span) for one in alternatives(of or NONE) if isinstance(one, Class)]
    return join(found) if found else DATA


_WRITES = ("append", "add", "remove", "discard", "extend", "update", "insert", "pop", "clear")
RELATIONSHIP_TYPES = (
    Type(_RELATIONSHIP, methods={"__get__": Function(_reads, _got)}),
    Type(
        _COLLECTION,
        methods={
            **dict.fromkeys((*_WRITES, "__setitem__", "__delitem__"), _touched(Access.WRITE)),
            "__getitem__": Function(None, _held),
        },
        other=Function(),
        item=_held,
    ),
)
