"""Changes that do nothing: the same program, written otherwise."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import TypeAlias

from _mutations import extracting, renaming, wrapping
from _mutations.edits import Edit, Place, Text
from _mutations.mutation import Generator, Mutation
from _mutations.project import Project
from _mutations.scopes import names

Maker: TypeAlias = Callable[[Text, Random], Iterator[Place]]
_MAKERS: tuple[Maker, ...] = (
    renaming.renamed_variable,
    renaming.renamed_parameter,
    renaming.renamed_private,
    renaming.alias,
    extracting.extracted_variable,
    extracting.extracted_method,
    extracting.extracted_function,
    extracting.inlined_variable,
    extracting.reordered_methods,
    wrapping.in_if_true,
    wrapping.in_try_finally,
    wrapping.in_with,
    wrapping.in_loop,
    wrapping.logged,
    wrapping.documented,
    wrapping.annotated,
    wrapping.comprehension_to_loop,
    wrapping.helper,
)


def _in_files(maker: Maker, project: Project, rng: Random) -> Iterator[Mutation]:
    """The changes that ``maker`` finds in each file."""
    kind = maker.__name__.replace("_", " ")
    for service in project.services:
        for path in project.files(service):
            text = Text(project.texts[path], project.tree(path))
            for what, edits in maker(text, rng):
                change = partial(_changed, path, text, edits)
                yield Mutation(kind, service.name, f"{path}: {what}", (), change)


def _changed(path: str, text: Text, edits: list[Edit]) -> dict[str, str]:
    return {path: text.changed(edits)}


def moved(project: Project, rng: Random) -> Iterator[Mutation]:
    """A class or function in a module of its own, and imported from there."""
    for service in project.services:
        for path in project.files(service):
            text = Text(project.texts[path], project.tree(path))
            own = {name for node in text.tree.body for name in _defined(node)}
            for node in text.tree.body:
                if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                if not {n.id for n in names(node)} & (own - {node.name}):
                    change = partial(_moved, path, text, node)
                    yield Mutation("moved", service.name, f"{path}: {node.name}", (), change)


def _defined(node: ast.stmt) -> Iterator[str]:
    """The names that a statement of a module defines; those that it imports left out."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        yield from (n.id for n in names(node) if isinstance(n.ctx, ast.Store))


def _moved(
    path: str, text: Text, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
) -> dict[str, str]:
    folder = path.rpartition("/")[0]
    imports = [n for n in text.tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    span = text.lines([node])
    head = "\n".join(map(text.of, imports))
    line = f"from {folder.replace('/', '.')}.moved import {node.name}\n"
    return {
        path: text.changed([(span, line)]),
        f"{folder}/moved.py": f"{head}\n\n\n{text.text[span[0] : span[1]]}",
    }


GENERATORS: tuple[tuple[str, Generator], ...] = (
    *((maker.__name__.replace("_", " "), partial(_in_files, maker)) for maker in _MAKERS),
    ("moved", moved),
)
"""Each kind of harmless change by name."""
