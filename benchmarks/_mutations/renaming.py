"""Harmless changes: the same things under other names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from random import Random

from _mutations.edits import Place, Text, functions
from _mutations.scopes import captured, has_scopes, names, stored


def renamed_variable(text: Text, rng: Random) -> Iterator[Place]:
    """A local variable under another name."""
    for _, function in functions(text.tree):
        if has_scopes(function):
            continue
        for name in sorted(stored(function) - set(captured(function))):
            edits = [(text.at(n), f"{name}_renamed") for n in names(function) if n.id == name]
            yield f"{function.name}: {name}", edits


def renamed_parameter(text: Text, rng: Random) -> Iterator[Place]:
    """A handler's parameter under another name: the bus hands it by place."""
    for cls, function in functions(text.tree):
        if cls is None or not function.name.startswith("on_") or has_scopes(function):
            continue
        for argument in function.args.args[1:]:
            start = text.at(argument)[0]
            uses = [(text.at(n), "received") for n in names(function) if n.id == argument.arg]
            declared = ((start, start + len(argument.arg)), "received")
            yield f"{function.name}: {argument.arg}", [declared, *uses]


def renamed_private(text: Text, rng: Random) -> Iterator[Place]:
    """A private method, attribute or function under another name, all over the file."""
    private = {n.name for _, n in functions(text.tree) if re.match(r"_[a-z]", n.name)}
    private |= {
        n.attr
        for n in ast.walk(text.tree)
        if isinstance(n, ast.Attribute) and re.match(r"_[a-z]", n.attr)
    }
    for name in sorted(private):
        found = re.finditer(rf"(?<!\w){name}(?!\w)", text.text)
        yield name, [(match.span(), f"{name}_renamed") for match in found]


def alias(text: Text, rng: Random) -> Iterator[Place]:
    """A second name of a class or function, used by nobody."""
    end = len(text.text)
    for node in text.tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield (
                node.name,
                [((end, end), f'\n\n_ALIAS = {node.name}\n__all__ = ["{node.name}"]\n')],
            )
