"""Fields of settings classes, which pydantic fills from environment variables.

Their texts are whatever the variable holds: its name tells what they are, and the default is a hint
only, as that of ``os.getenv`` is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from torq_gen.lint.facts import classes
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import DATA, Class, External, Object, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_DELIMITER = "__"
"""Between the names of nested models, as pydantic's documentation has it."""
_ALIASES = ("validation_alias", "alias", "env")


def field(machine: Machine, cls: Class, order: Sequence[Value], name: str) -> Value | None:
    """What a field of settings may hold; None when it is no such field."""
    if any(base.__class__ is External and base.path.endswith(".BaseSettings") for base in order):
        prefixes: Sequence[str] = ("",)
    else:
        prefixes = machine.heap.names(("settings", cls))
        if not prefixes:
            return None
    stated = classes.declared(machine, cls, order, name)
    if stated is None:
        return None
    variables = [_variable(order, prefix, name) for prefix in prefixes]
    found: list[Value] = []
    for one in alternatives(stated):
        if isinstance(one, Object):
            for variable in variables:
                machine.heap.write(("settings", one.cls), variable, DATA)
        if isinstance(one, Text):
            found += [Text((Hole(variable),)) for variable in variables]
        else:
            found.append(one)
    return join(found)


def _variable(order: Sequence[Value], prefix: str, name: str) -> str:
    """The environment variable of a field; that of a nested model's begins with the model's."""
    bodies = [base.code.node.body for base in order if isinstance(base, Class)]
    alias = next((a for body in bodies for a in _aliases(body, name)), "")
    if prefix:
        return f"{prefix}{_DELIMITER}{alias or name}".upper()
    return alias or next((p for body in bodies for p in _prefixes(body)), "").upper() + name.upper()


def _aliases(body: Sequence[ast.stmt], name: str) -> Iterator[str]:
    """The name of its own that a field has: ``Field(alias="NAME")``, or the first of several."""
    for node in body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.Call(keywords=keywords)):
                if target == name:
                    yield from _constants(keywords, _ALIASES)


def _prefixes(body: Sequence[ast.stmt]) -> Iterator[str]:
    """What a class puts before the names: in ``model_config``, or in ``class Config``."""
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id="model_config")], value=value):
                yield from _prefix_in(value)
            case ast.AnnAssign(target=ast.Name(id="model_config"), value=ast.expr() as value):
                yield from _prefix_in(value)
            case ast.ClassDef(name="Config", body=inner):
                for one in inner:
                    match one:
                        case ast.Assign(
                            targets=[ast.Name(id="env_prefix")],
                            value=ast.Constant(value=str() as prefix),
                        ):
                            yield prefix


def _prefix_in(config: ast.expr) -> Iterator[str]:
    match config:
        case ast.Call(keywords=keywords):
            yield from _constants(keywords, ("env_prefix",))
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                match key, value:
                    case ast.Constant(value="env_prefix"), ast.Constant(value=str() as prefix):
                        yield prefix


def _constants(keywords: Sequence[ast.keyword], names: Sequence[str]) -> Iterator[str]:
    for keyword in keywords:
        if keyword.arg not in names:
            continue
        value = keyword.value
        if isinstance(value, ast.Call) and value.args:
            value = value.args[0]  # AliasChoices("first", "second")
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value
