"""Harmless changes: code moved to where it is called from, or back."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from random import Random

from _mutations.edits import Function, Place, Text, functions
from _mutations.scopes import bound, is_data, is_movable, is_straight, names, statements


def extracted_variable(text: Text, rng: Random) -> Iterator[Place]:
    """An argument given a name before the call."""
    for _, function in functions(text.tree):
        for statement in statements(function):
            if not isinstance(statement, ast.Expr | ast.Return | ast.Assign):
                continue
            if statement.value is None or not is_straight(statement.value):
                continue
            at = text.at(statement)[0]
            for argument in _arguments(statement.value):
                line = f"extracted = {ast.unparse(argument)}\n{text.indent(statement)}"
                yield (
                    f"{function.name}: line {argument.lineno}",
                    [
                        (text.at(argument), "extracted"),
                        ((at, at), line),
                    ],
                )


def _arguments(expression: ast.expr) -> Iterator[ast.expr]:
    for call in ast.walk(expression):
        if isinstance(call, ast.Call):
            for argument in (*call.args, *(k.value for k in call.keywords)):
                if is_data(argument) and not isinstance(argument, ast.Constant | ast.Name):
                    yield argument


def extracted_method(text: Text, rng: Random) -> Iterator[Place]:
    """A statement that is moved into a method of its own."""
    for cls, function in functions(text.tree):
        if cls is None or [a.arg for a in function.args.args[:1]] != ["self"]:
            continue
        for statement in statements(function):
            if not isinstance(statement, ast.Expr) or not is_movable(statement):
                continue
            local = sorted(bound(function) & {n.id for n in names(statement)})
            waits = any(isinstance(n, ast.Await) for n in ast.walk(statement))
            call = f"self._extracted({', '.join(local)})"
            end = text.at(cls)[1]
            head = "    async def" if waits else "    def"
            body = _lifted(text, statement)
            made = f"\n\n{head} _extracted({', '.join(['self', *local])}):\n{body}".rstrip()
            yield (
                f"{function.name}: line {statement.lineno}",
                [
                    (text.at(statement), f"await {call}" if waits else call),
                    ((end, end), made),
                ],
            )


def _lifted(text: Text, statement: ast.stmt) -> str:
    """A statement's lines as the body of a method."""
    start, end = text.lines([statement])
    lines = text.text[start:end].splitlines(keepends=True)
    columns = statement.col_offset
    return "".join(f"{' ' * 8}{line[columns:]}" if line.strip() else line for line in lines)


def extracted_function(text: Text, rng: Random) -> Iterator[Place]:
    """An expression that is returned by a function of its own."""
    for cls, function in functions(text.tree):
        for statement in statements(function):
            if not isinstance(statement, ast.Return) or statement.value is None:
                continue
            used = {n.id for n in names(statement)}
            if not is_data(statement.value) or not is_straight(statement.value) or "super" in used:
                continue
            known = bound(function) | {"self", "cls"}
            given = ", ".join(sorted(known & used))
            at = text.lines([cls or function])[0]
            made = f"def _extracted({given}):\n    return {ast.unparse(statement.value)}\n\n\n"
            yield (
                f"{function.name}: line {statement.lineno}",
                [
                    (text.at(statement.value), f"_extracted({given})"),
                    ((at, at), made),
                ],
            )


def inlined_variable(text: Text, rng: Random) -> Iterator[Place]:
    """A variable that the next statement uses, and nothing else, in its place."""
    for _, function in functions(text.tree):
        for first, second in _pairs(function.body):
            if not isinstance(first, ast.Assign) or not isinstance(first.targets[0], ast.Name):
                continue
            uses = [n for n in names(function) if n.id == first.targets[0].id]
            later = [n for n in names(second) if n.id == first.targets[0].id]
            simple = isinstance(second, ast.Expr | ast.Assign | ast.Return)
            if simple and len(uses) == 2 and len(later) == 1 and is_straight(second):
                start = text.lines([first])
                yield (
                    f"{function.name}: {later[0].id}",
                    [
                        (start, ""),
                        (text.at(later[0]), f"({ast.unparse(first.value)})"),
                    ],
                )


def _pairs(body: list[ast.stmt]) -> Iterator[tuple[ast.stmt, ast.stmt]]:
    return pairwise(body)


def reordered_methods(text: Text, rng: Random) -> Iterator[Place]:
    """Two neighbouring methods in the other order."""
    for node in text.tree.body:
        for first, second in _pairs(node.body) if isinstance(node, ast.ClassDef) else ():
            if isinstance(first, Function) and isinstance(second, Function):
                one, other = text.lines([first]), text.lines([second])
                yield (
                    f"line {first.lineno}: {first.name}, {second.name}",
                    [
                        (one, text.text[other[0] : other[1]]),
                        (other, text.text[one[0] : one[1]]),
                    ],
                )
