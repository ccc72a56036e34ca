"""Lists that are written out and only gone through: they are what tuples are.

Of a list that may be changed nobody can tell which item stands where, so that ``f(*items)`` would
hand each of them to each parameter.
"""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torq_gen.lint.facts.frame import Frame

_SHOWING = frozenset({"eval", "exec", "locals", "vars"})
"""Functions by which a variable is reached without its name."""


def is_fixed(node: ast.Assign, frame: Frame) -> bool:
    """Whether an assignment gives a function's variable the only list that it ever is."""
    target, value = node.targets[0], node.value
    if not isinstance(value, ast.List) or not isinstance(target, ast.Name) or frame.code is None:
        return False
    body, name = frame.code.node, target.id
    if len(node.targets) > 1 or not frame.module.has_within(b"*" + name.encode(), body):
        return False
    if any(isinstance(item, ast.Starred) for item in value.elts):
        return False
    known: frozenset[str] | None = getattr(body, "fixed", None)
    if known is None:
        known = _only_gone_through(body)
        body.fixed = known  # type: ignore[union-attr]
    return name in known


def _only_gone_through(body: ast.AST) -> frozenset[str]:
    """The variables that are assigned once and of which nothing but items are read."""
    mentions: Counter[str] = Counter()
    harmless: Counter[str] = Counter()
    assigned: Counter[str] = Counter()
    for node in ast.walk(body):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                mentions[name] += 1
            case ast.Name(id=name) | ast.arg(arg=name):
                assigned[name] += 1
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                assigned.update((*names, *names))
        for one in _gone_through(node):
            if isinstance(one, ast.Name):
                harmless[one.id] += 1
    if not _SHOWING.isdisjoint(mentions):
        return frozenset()
    return frozenset(n for n in harmless if mentions[n] == harmless[n] and assigned[n] == 1)


def _gone_through(node: ast.AST) -> tuple[ast.expr, ...]:
    """What a node reads items of, and nothing else."""
    match node:
        case ast.Call(args=args):
            starred = tuple(one.value for one in args if isinstance(one, ast.Starred))
            asked = isinstance(node.func, ast.Name) and node.func.id == "len"
            return (*starred, *(args if asked else ()))
        case ast.For(iter=read) | ast.AsyncFor(iter=read) | ast.comprehension(iter=read):
            return (read,)
        case ast.Subscript(value=read, ctx=ast.Load()):
            return (read,)
    return ()
