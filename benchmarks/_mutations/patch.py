"""Code that is put into a service: statements into a method, and what they need around them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from string import Template
from textwrap import indent

from _mutations.project import Project
from torq_gen.model import Service

_INDENT = " " * 4


@dataclass(frozen=True, slots=True)
class Patch:
    """Pieces of code; `$names` in them are filled in.

    ``statements`` go into the method in hand, ``start`` into `on_start`, ``methods`` into the
    class, ``before`` and ``after`` around it, ``bases`` in front of its bases, ``decorators`` on
    top of it, ``head`` where the module's imports begin; ``files`` are new ones of the service.
    ``expression`` is what the piece is for, where it stands for a value. ``expected`` are the codes
    one of which it has to raise, ``services`` those that it suits, if not all.
    """

    name: str
    statements: str = ""
    head: str = ""
    before: str = ""
    after: str = ""
    methods: str = ""
    start: str = ""
    bases: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    expression: str = ""
    expected: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """A method of a service's class into which statements can be put."""

    service: Service
    path: str
    cls: ast.ClassDef
    method: ast.AsyncFunctionDef
    handles: str | None

    @property
    def name(self) -> str:
        """The method's qualified name."""
        return f"{self.cls.name}.{self.method.name}"

    @property
    def base(self) -> str:
        """The name of the generated base class."""
        return ast.unparse(self.cls.bases[0])


def spots(project: Project) -> Iterator[Spot]:
    """Every asynchronous method of each service's class."""
    for service in project.services:
        path = f"{service.path}/service.py"
        cls = service_class(project, path)
        handlers = {f"on_{snake(s.message)}": s.message for s in service.subscribes}
        for node in cls.body:
            if isinstance(node, ast.AsyncFunctionDef) and node.name != "on_stop":
                yield Spot(service, path, cls, node, handlers.get(node.name))


def service_class(project: Project, path: str) -> ast.ClassDef:
    """The class in a service's module that derives from a generated base."""
    for node in project.tree(path).body:
        bases = node.bases if isinstance(node, ast.ClassDef) else ()
        if isinstance(node, ast.ClassDef) and any(ast.unparse(b).endswith("Base") for b in bases):
            return node
    raise SystemExit(f"{path}: expected a class that derives from a generated base class")


def snake(name: str) -> str:
    """`PoolState` as `pool_state`; `V3PoolState` as `v3_pool_state`."""
    from torq_gen.model.names import snake_case

    return snake_case(name)


def merged(first: Patch, second: Patch) -> Patch:
    """Both patches: the second one's pieces after the first one's."""

    def joined(one: str, other: str) -> str:
        return "\n".join(filter(None, (one, other)))

    return Patch(
        f"{first.name}, {second.name}",
        joined(first.statements, second.statements),
        joined(first.head, second.head),
        joined(first.before, second.before),
        joined(first.after, second.after),
        joined(first.methods, second.methods),
        joined(first.start, second.start),
        bases=(*first.bases, *second.bases),
        decorators=(*first.decorators, *second.decorators),
        expected=(*first.expected, *second.expected),
        files={**first.files, **second.files},
    )


def apply(project: Project, spot: Spot, patch: Patch, names: Mapping[str, str]) -> dict[str, str]:
    """The texts of the changed files; `$names` are taken from ``names``."""

    def filled(text: str) -> str:
        return Template(text).substitute(names)

    lines = project.texts[spot.path].splitlines()
    inserted: list[tuple[int, str]] = [
        (_last(spot.cls), _in_class(filled(patch.methods))),
        (len(lines), filled(patch.after)),
        (_first(spot.cls) - 1, filled(patch.before)),
        (_first(spot.cls) - 1, "\n".join(f"@{filled(d)}" for d in patch.decorators)),
        (_future(project.tree(spot.path)), filled(patch.head)),
        (_inside(_on_start(spot.cls)), indent(filled(patch.start), _INDENT * 2)),
        (_inside(spot.method), indent(filled(patch.statements), _INDENT * 2)),
    ]
    if patch.bases:
        at = spot.cls.lineno - 1
        bases = ", ".join(map(filled, patch.bases))
        lines[at] = lines[at].replace(f"({spot.base}", f"({bases}, {spot.base}", 1)
    order = sorted(range(len(inserted)), key=lambda i: (inserted[i][0], i), reverse=True)
    for index in order:
        at, text = inserted[index]
        lines[at:at] = text.splitlines()
    folder = spot.service.path
    added = {f"{folder}/{name}": filled(text) for name, text in patch.files.items()}
    return {spot.path: "\n".join((*lines, "")), **added}


def _in_class(text: str) -> str:
    return f"\n{indent(text, _INDENT)}" if text else ""


def _first(cls: ast.ClassDef) -> int:
    return min([cls.lineno, *(d.lineno for d in cls.decorator_list)])


def _last(node: ast.AST) -> int:
    return getattr(node, "end_lineno", None) or 0


def _future(tree: ast.Module) -> int:
    """The line after which imports may stand."""
    last = 0
    for node in tree.body:
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        last = _last(node) if is_future else last
    return last


def _on_start(cls: ast.ClassDef) -> ast.AsyncFunctionDef:
    for node in cls.body:
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "on_start":
            return node
    raise SystemExit(f"{cls.name}: expected a method on_start")


def _inside(method: ast.AsyncFunctionDef) -> int:
    """The line behind the docstring."""
    first = method.body[0]
    return _last(first) if ast.get_docstring(method) is not None else first.lineno - 1
