"""Harmless changes: the same statements with something around them that does nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from random import Random
from textwrap import indent

from _mutations.edits import Edit, Place, Text, after_future, functions
from _mutations.scopes import is_data, statements

_HELPERS = (
    "def _helper(value):\n    return value * 2\n",
    "def _helper(name: str, *, loud: bool = False) -> str:\n    return name if loud else ''\n",
    "async def _helper(items):\n    return [item async for item in items]\n",
    "class _Helper:\n    def publish(self, item):\n        return [item]\n",
    "def _helper(client, channel, item):\n    return client.send(channel, item)\n",
    "class _Helper:\n    def get(self, key):\n        return key\n\n    def on_fill(self, item):\n"
    "        return item\n",
)


def in_if_true(text: Text, rng: Random) -> Iterator[Place]:
    """A statement below a condition that always holds."""
    yield from _wrapped(text, "if True:")


def in_try_finally(text: Text, rng: Random) -> Iterator[Place]:
    """A statement in a try that ends with nothing."""
    yield from _wrapped(text, "try:", "finally:\n    pass\n")


def in_with(text: Text, rng: Random) -> Iterator[Place]:
    """A statement in a context that does nothing."""
    at = after_future(text)
    for what, edits in _wrapped(text, "with contextlib.nullcontext():"):
        yield what, [*edits, ((at, at), "import contextlib\n")]


def in_loop(text: Text, rng: Random) -> Iterator[Place]:
    """A statement in a loop of one turn."""
    yield from _wrapped(text, "for _once in (1,):")


def _wrapped(text: Text, head: str, tail: str = "") -> Iterator[Place]:
    for _, function in functions(text.tree):
        for statement in statements(function):
            start, end = text.lines([statement])
            lines = text.text[start:end]
            blanks = text.indent(statement)
            if '"""' not in lines:
                inner = indent(lines, " " * 4)
                new = f"{blanks}{head}\n{inner}{indent(tail, blanks)}"
                yield f"{function.name}: line {statement.lineno}", [((start, end), new)]


def logged(text: Text, rng: Random) -> Iterator[Place]:
    """A line of logging in front of a statement."""
    head = after_future(text)
    for _, function in functions(text.tree):
        given = [a.arg for a in function.args.args[:2]]
        shown = given[-1] if given else 0
        for statement in statements(function):
            at = text.at(statement)[0]
            line = f'logging.getLogger(__name__).debug("here: %s", {shown})'
            yield (
                f"{function.name}: line {statement.lineno}",
                [
                    ((at, at), f"{line}\n{text.indent(statement)}"),
                    ((head, head), "import logging\n"),
                ],
            )


def documented(text: Text, rng: Random) -> Iterator[Place]:
    """A docstring where there is none, and a comment."""
    for _, function in functions(text.tree):
        if ast.get_docstring(function) is None:
            at = text.at(function.body[0])[0]
            blanks = text.indent(function.body[0])
            new = f'"""Says what it does."""\n{blanks}# Why.\n{blanks}'
            yield function.name, [((at, at), new)]


def annotated(text: Text, rng: Random) -> Iterator[Place]:
    """A variable's type stated, as wide as can be."""
    head = after_future(text)
    for _, function in functions(text.tree):
        for statement in statements(function):
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                end = text.at(statement.targets[0])[1]
                stated = rng.choice(("object", '"object"', "typing.Any"))
                if len(statement.targets) == 1:
                    yield (
                        f"{function.name}: line {statement.lineno}",
                        [
                            ((end, end), f": {stated}"),
                            ((head, head), "import typing\n"),
                        ],
                    )


def comprehension_to_loop(text: Text, rng: Random) -> Iterator[Place]:
    """What a list or generator collects, appended in a loop."""
    for _, function in functions(text.tree):
        for statement in statements(function):
            if not isinstance(statement, ast.Return | ast.Assign | ast.Expr):
                continue
            found = [n for n in ast.walk(statement) if _is_collecting(n)]
            for node in found if len(found) == 1 and _is_first(statement) else ():
                assert isinstance(node, ast.ListComp | ast.GeneratorExp)
                if len(node.generators) == 1 and is_data(node):
                    yield f"{function.name}: line {node.lineno}", _looped(text, statement, node)


def _is_collecting(node: ast.AST) -> bool:
    return isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp)


def _is_first(statement: ast.stmt) -> bool:
    """Whether what a statement collects is collected whatever happens."""
    turning = (ast.IfExp, ast.BoolOp, ast.Lambda, ast.NamedExpr, ast.SetComp, ast.DictComp)
    return not any(isinstance(n, turning) for n in ast.walk(statement))


def _looped(text: Text, statement: ast.stmt, node: ast.ListComp | ast.GeneratorExp) -> list[Edit]:
    part = node.generators[0]
    way = "async for" if part.is_async else "for"
    lines = ["collected = []", f"{way} {ast.unparse(part.target)} in {ast.unparse(part.iter)}:"]
    inner = " " * 4
    for condition in part.ifs:
        lines.append(f"{inner}if {ast.unparse(condition)}:")
        inner += " " * 4
    lines.append(f"{inner}collected.append({ast.unparse(node.elt)})")
    at = text.at(statement)[0]
    before = "".join(f"{line}\n{text.indent(statement)}" for line in lines)
    return [(text.at(node), "(collected)"), ((at, at), before)]


def helper(text: Text, rng: Random) -> Iterator[Place]:
    """A function or class that nobody uses, and that does nothing of what it is called for."""
    end = len(text.text)
    for body in _HELPERS:
        yield body.partition("(")[0], [((end, end), f"\n\n{body}")]
