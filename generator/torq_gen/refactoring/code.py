"""A new name carried into Python code, by what each name refers to; needs libcst.

Names are known by where they were imported from, fields by the message that a variable holds. What
cannot be told is left as it is, and said.
"""

from __future__ import annotations

import re

import libcst as cst
from libcst.metadata import (
    MetadataWrapper,
    ParentNodeProvider,
    PositionProvider,
    QualifiedNameProvider,
)

from torq_gen.edits import Edit, apply
from torq_gen.refactoring.names import Left, Names, Renamed, UnparsedError
from torq_gen.refactoring.typing import Variables

_REPLACE = ("replace", "__replace__")


def rename(text: str, module: str, names: Names, foreign: frozenset[str]) -> Renamed:
    """The code of a ``module`` with the new names.

    ``foreign`` are handlers' names that other classes of the project define too.

    Raises:
        UnparsedError: the text is not Python.
    """
    bare = text.removeprefix("\ufeff")  # libcst counts columns without the mark
    mark = text[: len(text) - len(bare)]
    try:
        wrapper = MetadataWrapper(cst.parse_module(bare), unsafe_skip_copy=True)
    except cst.ParserSyntaxError as error:
        raise UnparsedError(str(error.message)) from error
    visitor = _Visitor(bare, module, names, foreign)
    wrapper.visit(visitor)
    made = apply(bare, dict.fromkeys(visitor.edits))
    return Renamed(mark + made, tuple(dict.fromkeys(visitor.left)))


class _Visitor(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (QualifiedNameProvider, PositionProvider, ParentNodeProvider)

    def __init__(self, text: str, module: str, names: Names, foreign: frozenset[str]) -> None:
        super().__init__()
        self.names = names
        self.foreign = foreign
        self.edits: list[Edit] = []
        self.left: list[Left] = []
        self.starts = [0, *(m.end() for m in re.finditer(r"\r\n?|\n", text))]
        old = names.module[0] if names.module else ""
        self.own = bool(old) and (module == old or module.startswith(f"{old}."))
        self.variables = Variables(self._is_message)
        taken = {*names.exported.values(), *names.classes.values()}
        self.taken = {n for n in taken if re.search(rf"\b{re.escape(n)}\b", text)}
        mentioned = (rf"\b{re.escape(m)}\b" for m in names.messages)
        self.concerned = any(re.search(m, text) for m in mentioned)

    # what stands where

    def _edit(self, node: cst.CSTNode, old: str, new: str) -> None:
        start = self.get_metadata(PositionProvider, node).start
        at = self.starts[start.line - 1] + start.column
        self.edits.append(Edit(at, at + len(old), new))

    def _leave(self, node: cst.CSTNode, why: str) -> None:
        self.left.append(Left(self.get_metadata(PositionProvider, node).start.line, why))

    def _qualified(self, node: cst.CSTNode) -> set[str]:
        return {q.name for q in self.get_metadata(QualifiedNameProvider, node, set())}

    def _new_name(self, node: cst.CSTNode, text: str) -> str | None:
        """What a name that refers to the renamed thing is called now."""
        for name in self._qualified(node):
            head, _, last = name.rpartition(".")
            if last != text:
                continue
            if text in self.names.exported and head.split(".")[0] == self.names.package:
                return self.names.exported[text]
            if text in self.names.classes and self._is_own(head):
                return self.names.classes[text]
            if self.names.module and name == self.names.module[0]:
                return self.names.module[1].rpartition(".")[2]
        return None

    def _is_own(self, head: str) -> bool:
        """Whether a class that stands there is the service's own."""
        old = self.names.module[0] if self.names.module else ""
        return (self.own and not head) or head == old or head.startswith(f"{old}.")

    def _is_message(self, node: cst.CSTNode) -> bool | None:
        """Whether a class is the message's; None where it is nothing of the generated package."""
        prefix = f"{self.names.package}."
        ours = [name for name in self._qualified(node) if name.startswith(prefix)]
        if not ours:
            return None
        return any(name.rpartition(".")[2] in self.names.messages for name in ours)

    # imports

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:  # noqa: N802
        module = _dotted(node.module) if node.module is not None and not node.relative else ""
        if node.module is not None and not node.relative:
            self._module_path(node.module)
        if isinstance(node.names, cst.ImportStar):
            if module.split(".")[0] == self.names.package:
                self._leave(node, "imports every name: which ones it uses cannot be told")
            return False
        for alias in node.names:
            old = alias.name.value if isinstance(alias.name, cst.Name) else ""
            if (new := self._imported(module, bool(node.relative), str(old))) is None:
                continue
            clash = new in self.taken and alias.asname is None
            self._edit(alias.name, str(old), f"{new} as {old}" if clash else new)
        return False

    def _imported(self, module: str, relative: bool, name: str) -> str | None:
        if name in self.names.exported and module.split(".")[0] == self.names.package:
            return self.names.exported[name]
        own = (relative and self.own) or (not relative and bool(module) and self._is_own(module))
        if name in self.names.classes and own:
            return self.names.classes[name]
        if self.names.module and not relative:
            old, new = self.names.module
            if old == f"{module}.{name}":
                return new.rpartition(".")[2]
        return None

    def visit_Import(self, node: cst.Import) -> bool:  # noqa: N802
        for alias in node.names:
            self._module_path(alias.name)
        return False

    def _module_path(self, node: cst.BaseExpression) -> None:
        """The part of ``services.old.service`` that is the service."""
        if self.names.module is None:
            return
        here: cst.CSTNode = node
        while isinstance(here, (cst.Attribute, cst.Name)):
            if _dotted(here) == self.names.module[0]:
                last = here.attr if isinstance(here, cst.Attribute) else here
                self._edit(last, last.value, self.names.module[1].rpartition(".")[2])
                return
            if not isinstance(here, cst.Attribute):
                return
            here = here.value

    # names

    def visit_Name(self, node: cst.Name) -> None:  # noqa: N802
        parent = self.get_metadata(ParentNodeProvider, node)
        is_attribute = isinstance(parent, cst.Attribute) and parent.attr is node
        is_keyword = isinstance(parent, cst.Arg) and parent.keyword is node
        if is_attribute or is_keyword or node.value not in self.names.words:
            return
        if isinstance(parent, cst.ClassDef) and parent.name is node:
            if self.own and node.value in self.names.classes:
                self._edit(node, node.value, self.names.classes[node.value])
            return
        new = self._new_name(node, node.value)
        if new is not None and new not in self.taken:
            self._edit(node, node.value, new)
        elif new is None and node.value in self.names.exported and not self._qualified(node):
            self._leave(node, f"nobody can tell where {node.value} comes from")

    def visit_Attribute(self, node: cst.Attribute) -> None:  # noqa: N802
        name = node.attr.value
        if name not in self.names.words:
            return
        if (new := self._new_name(node, name)) is not None:
            self._edit(node.attr, name, new)
        elif name in self.names.handlers:
            of_self = isinstance(node.value, cst.Name) and node.value.value in ("self", "cls")
            if of_self or name not in self.foreign:
                self._edit(node.attr, name, self.names.handlers[name])
            else:
                self._leave(node, f"{name} of something that may be no service")
        elif self.names.field and name == self.names.field[0]:
            self._field(node.attr, self.variables.is_message(node.value))

    def _field(self, node: cst.Name, is_message: bool | None) -> None:
        assert self.names.field is not None
        old, new = self.names.field
        if is_message:
            self._edit(node, old, new)
        elif is_message is None and self.concerned:
            self._leave(node, f"{old} of something whose type is not known here")

    # calls, patterns, definitions

    def visit_Call(self, node: cst.Call) -> None:  # noqa: N802
        if self.names.field is None:
            return
        makes = self.variables.is_message(node)
        function = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
        if isinstance(function, cst.Name) and function.value in _REPLACE and node.args:
            makes = self.variables.is_message(node.args[0].value)
        for argument in node.args:
            if argument.keyword is not None and argument.keyword.value == self.names.field[0]:
                self._field(argument.keyword, makes)

    def visit_MatchKeywordElement(self, node: cst.MatchKeywordElement) -> None:  # noqa: N802
        parent = self.get_metadata(ParentNodeProvider, node)
        if self.names.field and node.key.value == self.names.field[0]:
            self._field(
                node.key, isinstance(parent, cst.MatchClass) and self._is_message(parent.cls)
            )

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:  # noqa: N802
        name = node.name.value
        if name in self.names.handlers and (name not in self.foreign):
            self._edit(node.name, name, self.names.handlers[name])
        elif name in self.names.handlers:
            self._leave(node.name, f"{name} may be no handler: other classes define it too")
        self.variables.enter(node)

    def leave_FunctionDef(self, original_node: cst.FunctionDef) -> None:  # noqa: N802
        self.variables.leave()

    def visit_Module(self, node: cst.Module) -> None:  # noqa: N802
        self.variables.enter(node)

    def visit_SimpleString(self, node: cst.SimpleString) -> None:  # noqa: N802
        words = self.names.words
        if self.names.field and not self.concerned:
            words = words - {self.names.field[0]}
        for word in sorted(words):
            if re.search(rf"\b{re.escape(word)}\b", node.value):
                self._leave(node, f"{word} in a text")
                return


def _dotted(node: cst.CSTNode) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""
