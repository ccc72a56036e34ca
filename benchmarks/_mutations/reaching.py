"""Which messages a service may still make, judged by names alone: an oracle that is no analysis."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from _mutations.project import tree_of
from torq_gen.model import Service

_ROOTS = ("on_start", "on_stop", "__init__")


def constructed(texts: Mapping[str, str], service: Service) -> frozenset[str]:
    """The names that are called in what the service's entries call, over and over."""
    trees = [tree_of(text) for path, text in texts.items() if path.startswith(service.path)]
    bodies: dict[str, list[ast.AST]] = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            bodies.setdefault(node.name, []).append(node)
    waiting = [n for n in bodies if n in _ROOTS or n.startswith("on_")]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [called for body in bodies.get(name, ()) for called in _called(body)]
    return frozenset(seen)


def _called(body: ast.AST) -> Iterator[str]:
    for node in ast.walk(body):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Name):
                yield function.id
            elif isinstance(function, ast.Attribute):
                yield function.attr
