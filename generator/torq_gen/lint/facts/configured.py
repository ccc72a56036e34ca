"""Fields of settings classes, which pydantic fills from environment variables.

Their texts are whatever the variable holds: its name tells what they are, and the default is a hint
only, as that of ``os.getenv`` is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from torq_gen.lint.facts import classes
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import DATA, Class, External, Object, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.code import ClassCode
    from torq_gen.lint.facts.machine import Machine

_DELIMITER = "__"
"""Between the names of nested models, as pydantic's documentation has it."""
_ALIASES = ("validation_alias", "alias", "env")
_ANY = ("settings",)
"""Its cell says whether there are classes of settings: most programs have none, and all ask."""


def note_bases(machine: Machine, bases: Iterable[Value]) -> None:
    """Remembers that there are classes of settings, if one of the bases makes one."""
    if any(map(is_settings, (one for base in bases for one in alternatives(base)))):
        machine.heap.write(_ANY, "any", DATA)


def is_settings(base: Value) -> bool:
    """Whether a base class fills the fields of its classes from the environment."""
    return isinstance(base, External) and base.path.endswith(".BaseSettings")


def field(machine: Machine, cls: Class, order: Sequence[Value], name: str) -> Value | None:
    """What a field of settings may hold; None when it is no such field."""
    if machine.heap.read(_ANY, "any") is None:
        return None
    if any(map(is_settings, order)):
        prefixes: Sequence[str] = ("",)
    else:
        prefixes = machine.heap.names(("settings", cls))
        if not prefixes:
            return None
    stated = classes.declared(machine, cls, order, name)
    if stated is None:
        return None
    variables = [_variable(machine, order, prefix, name) for prefix in prefixes]
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


def _variable(machine: Machine, order: Sequence[Value], prefix: str, name: str) -> str:
    """The environment variable of a field; that of a nested model's begins with the model's."""
    own = [base.code for base in order if isinstance(base, Class)]
    alias = next((a for code in own for a in _named(machine, code, _aliases(code, name))), "")
    if prefix:
        return f"{prefix}{_DELIMITER}{alias or name}".upper()
    put = next((p for code in own for p in _named(machine, code, _prefixes(code))), "")
    return alias or f"{put}{name}".upper()


def _aliases(code: ClassCode, name: str) -> Iterator[ast.expr]:
    """The name of its own that a field has: ``Field(alias="NAME")``, or the first of several."""
    for node in code.node.body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.Call(keywords=keywords)):
                if target == name:
                    yield from (k.value for k in keywords if k.arg in _ALIASES)


def _prefixes(code: ClassCode) -> Iterator[ast.expr]:
    """What a class puts before the names: in ``model_config``, or in ``class Config``."""
    for node in code.node.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="model_config")], value=value):
                yield from _prefix_in(value)
            case ast.AnnAssign(target=ast.Name(id="model_config"), value=ast.expr() as value):
                yield from _prefix_in(value)
            case ast.ClassDef(name="Config", body=inner):
                for one in inner:
                    match one:
                        case ast.Assign(targets=[ast.Name(id="env_prefix")], value=value):
                            yield value


def _prefix_in(config: ast.expr) -> Iterator[ast.expr]:
    match config:
        case ast.Call(keywords=keywords):
            yield from (k.value for k in keywords if k.arg == "env_prefix")
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "env_prefix":
                    yield value


def _named(machine: Machine, code: ClassCode, stated: Iterable[ast.expr]) -> Iterator[str]:
    """The texts that stand there, or in a variable of the module."""
    for node in stated:
        if isinstance(node, ast.Call) and node.args:
            node = node.args[0]  # AliasChoices("first", "second")
        match node:
            case ast.Constant(value=str() as text):
                yield text
            case ast.Name(id=variable):
                held = machine.heap.read(code.module, variable)
                exact = held.exact if isinstance(held, Text) else None
                if exact is not None:
                    yield exact
