"""Breaking changes of what stands in the services: swapped, dropped, renamed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial
from random import Random

from _mutations.edits import Edit, Text, after_future, functions
from _mutations.mutation import Mutation
from _mutations.patch import service_class, snake
from _mutations.project import Project
from _mutations.reaching import constructed
from torq_gen.model import Service


def swapped(project: Project, rng: Random) -> Iterator[Mutation]:
    """Another class in place of a message that is made."""
    for service, text, path in _texts(project):
        allowed = {p.message for p in service.publishes}
        for node in ast.walk(text.tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in allowed:
                others = [m for m in project.system.messages if m not in allowed]
                for other in rng.sample(others, 4):
                    edits = [
                        (text.at(node.func), other),
                        _import(text, f"from torq_contracts.messages import {other}\n"),
                    ]
                    what = f"{path}:{node.lineno}: {node.func.id} becomes {other}"
                    codes = ("TQ201", "TQ204", "TQ206")
                    yield _mutation("swapped class", service, what, codes, path, text, edits)


def dropped(project: Project, rng: Random) -> Iterator[Mutation]:
    """A statement that hands messages on left out, so that one is no longer published."""
    for service, text, path in _texts(project):
        for node in ast.walk(text.tree):
            handed = (ast.Await, ast.Yield, ast.YieldFrom)
            if not isinstance(node, ast.Expr) or not isinstance(node.value, handed):
                continue
            edits = [(text.at(node), "pass")]
            changed = {**project.texts, path: text.changed(edits)}
            lost = constructed(project.texts, service) - constructed(changed, service)
            if lost & {p.message for p in service.publishes}:
                what = f"{path}:{node.lineno}: {', '.join(sorted(lost))} no longer published"
                yield _mutation("dropped publish", service, what, ("TQ203",), path, text, edits)


def never_published(project: Project, rng: Random) -> Iterator[Mutation]:
    """Every publish of a service with a handed-on message left out at once."""
    for service, text, path in _texts(project):
        nodes = [
            node
            for node in ast.walk(text.tree)
            if isinstance(node, ast.Expr) and text.of(node).startswith("await self.publish(")
        ]
        if nodes:
            edits = [(text.at(node), "pass") for node in nodes]
            what = f"{path}: nothing is published"
            yield _mutation("dropped publish", service, what, ("TQ203",), path, text, edits)


def handlers(project: Project, rng: Random) -> Iterator[Mutation]:
    """A handler dropped, renamed, misspelt, emptied, or turned into that of another message."""
    for service in project.services:
        path = f"{service.path}/service.py"
        text = Text(project.texts[path], project.tree(path))
        cls = service_class(project, path)
        subscribed = {s.message for s in service.subscribes}
        for node in cls.body:
            if not isinstance(node, ast.AsyncFunctionDef) or not node.name.startswith("on_"):
                continue
            if node.name in ("on_start", "on_stop"):
                continue
            name = text.text.index(node.name, text.at(node)[0])
            span = (name, name + len(node.name))
            make = partial(_mutation, service=service, path=path, text=text)
            where = f"{path}:{node.lineno}: {node.name}"
            body = (text.at(node.body[0])[0], text.at(node.body[-1])[1])
            yield make(
                "dropped handler", what=f"{where} dropped", codes=("TQ609",),
                edits=[(text.at(node), "")],
            )  # fmt: skip
            yield make(
                "renamed handler", what=f"{where} made private", codes=("TQ609",),
                edits=[(span, f"_{node.name}")],
            )  # fmt: skip
            yield make(
                "misspelt handler", what=f"{where} misspelt", codes=("TQ609",),
                edits=[(span, f"{node.name}s")],
            )  # fmt: skip
            others = [m for m in project.system.messages if m not in subscribed]
            other = rng.choice(others)
            yield make(
                "handler of another message", what=f"{where} becomes one of {other}",
                codes=("TQ202",), edits=[(span, f"on_{snake(other)}")],
            )  # fmt: skip
            for empty in (
                "pass",
                "...",
                "raise NotImplementedError",
                'raise NotImplementedError("x")',
            ):
                yield make(
                    "unfilled handler", what=f"{where}: {empty}", codes=("TQ208",),
                    edits=[(body, empty)],
                )  # fmt: skip


def turned(project: Project, rng: Random) -> Iterator[Mutation]:
    """A file's mode turned round: what is read is written."""
    for service, text, path in _texts(project):
        for node in ast.walk(text.tree):
            if isinstance(node, ast.Constant) and node.value == "rb":
                for mode in ("wb", "ab", "r+b", "xb"):
                    what = f'{path}:{node.lineno}: "rb" becomes "{mode}"'
                    codes = ("TQ306", "TQ304", "TQ407")
                    edits = [(text.at(node), f'"{mode}"')]
                    yield _mutation("flipped access", service, what, codes, path, text, edits)
            elif isinstance(node, ast.Attribute) and node.attr == "read_text":
                what = f"{path}:{node.lineno}: read_text becomes write_text"
                codes = ("TQ306", "TQ304", "TQ407")
                edits = [(text.at(node), f"{text.of(node.value)}.write_text")]
                yield _mutation("flipped access", service, what, codes, path, text, edits)


def anywhere(project: Project, rng: Random) -> Iterator[Mutation]:
    """A boundary offence in any function of a service, in its first line."""
    offences = (
        ("TQ409", 'eval("1")'),
        ("TQ406", '__import__("os").system("ls")'),
        ("TQ403", '__import__("urllib.request").request.urlopen("https://a.example/")'),
        ("TQ405", '__import__("socket").socket().bind(("", 80))'),
        ("TQ401", "import services.{other}.service"),
        ("TQ402", "import torq_gen"),
        ("TQ408", "import pandas"),
    )
    for service, text, path in _texts(project):
        others = [s.name for s in project.services if s is not service]
        for _, function in functions(text.tree):
            code, offence = rng.choice(offences)
            first = function.body[0]
            is_doc = ast.get_docstring(function) is not None
            at = text.at(first)[1] if is_doc else text.at(first)[0]
            indent = text.indent(first)
            line = offence.format(other=rng.choice(others))
            new = f"\n{indent}{line}" if is_doc else f"{line}\n{indent}"
            what = f"{path}:{function.lineno}: {function.name}: {line}"
            edits = [((at, at), new)]
            yield _mutation("offence anywhere", service, what, (code,), path, text, edits)


def _texts(project: Project) -> Iterator[tuple[Service, Text, str]]:
    for service in project.services:
        for path in project.files(service):
            yield service, Text(project.texts[path], project.tree(path)), path


def _import(text: Text, line: str) -> Edit:
    at = after_future(text)
    return (at, at), line


def _mutation(
    kind: str,
    service: Service,
    what: str,
    codes: tuple[str, ...],
    path: str,
    text: Text,
    edits: list[Edit],
) -> Mutation:
    return Mutation(kind, service.name, what, codes, lambda: {path: text.changed(edits)})
