"""Which methods of services other classes define too; needs libcst."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst
from libcst.metadata import MetadataWrapper, QualifiedNameProvider

from torq_gen.refactoring.names import Names


def methods_of_others(text: str, names: Names) -> Iterator[str]:
    """The handlers' names that the text defines anywhere but in a service's class."""
    try:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    except cst.ParserSyntaxError:
        return
    visitor = _Definitions(names)
    wrapper.visit(visitor)
    yield from visitor.found


class _Definitions(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (QualifiedNameProvider,)

    def __init__(self, names: Names) -> None:
        super().__init__()
        self.names = names
        self.found: list[str] = []
        self.services: list[bool] = []

    def visit_ClassDef(self, node: cst.ClassDef) -> None:  # noqa: N802 - libcst's name
        bases = [
            q.name
            for base in node.bases
            for q in self.get_metadata(QualifiedNameProvider, base.value, set())
        ]
        prefix = f"{self.names.package}."
        self.services.append(any(n.startswith(prefix) or n.endswith("Base") for n in bases))

    def leave_ClassDef(self, original_node: cst.ClassDef) -> None:  # noqa: N802
        self.services.pop()

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:  # noqa: N802
        if node.name.value in self.names.handlers and not (self.services and self.services[-1]):
            self.found.append(node.name.value)
