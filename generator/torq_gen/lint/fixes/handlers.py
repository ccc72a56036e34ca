"""Puts a handler that is missing into a service class, in the style of the file."""

from __future__ import annotations

import ast

from torq_gen.edits import Edit, apply
from torq_gen.immutable import immutable
from torq_gen.lint.fixes.imports import Imported, import_of
from torq_gen.lint.fixes.source import NotFixableError, Source, parse
from torq_gen.model.names import handler_name

MISSING_HANDLER = "missing-handler"


@immutable
class Handler:
    """What is to be put in: the message, the name of the class, the generated package."""

    message: str
    owner: str
    package: str

    @property
    def name(self) -> str:
        """The method's name."""
        return handler_name(self.message)


def with_handler(text: str, handler: Handler) -> str:
    """The file's text with the handler at the end of its class, and the import of its message.

    Raises:
        NotFixableError: there is no such class or more than one, it has the handler, or the file
            is not one that can be extended safely.
    """
    source = Source.of(text)
    owner = class_of(source.tree, handler)
    imported = import_of(source, handler.message, f"{handler.package}.messages")
    edit = _insertion(source, owner, handler, imported.name)
    changed = apply(text, (*imported.edits, edit))
    _confirm(source.tree, parse(changed), owner, handler, imported)
    return changed


def class_of(tree: ast.Module, handler: Handler) -> ast.ClassDef:
    """The class that lacks the handler.

    Raises:
        NotFixableError: there is no such class or more than one, or it has the handler.
    """
    found = [node for node in _classes(tree) if node.name == handler.owner]
    if len(found) != 1:
        count = "several classes are" if found else "no class is"
        raise NotFixableError(f"{count} named {handler.owner}")
    if any(getattr(member, "name", None) == handler.name for member in found[0].body):
        raise NotFixableError(f"{handler.owner} has something named {handler.name}")
    return found[0]


def _insertion(source: Source, owner: ast.ClassDef, handler: Handler, message: str) -> Edit:
    last = owner.body[-1]
    indent = next(filter(None, map(source.indent, reversed(owner.body))), "")
    hollow = _is_hollow(last)
    if not indent and not hollow:
        raise NotFixableError(f"the body of {owner.name} stands on the line of its head")
    outer = source.indent(owner)
    indent = indent or outer + _step(source)
    lines = _method(handler, message, owner, indent.removeprefix(outer) or "    ")
    body = source.newline.join(indent + line for line in lines)
    if hollow:
        return _in_place(source, owner, body)
    at = source.line_end(last.end_lineno or last.lineno)
    return Edit(at, at, source.newline * 2 + body + _closing(source, at))


def _closing(source: Source, at: int) -> str:
    """A file whose last line has no break gets none in its middle, and one at its end."""
    return source.newline if at == len(source.text) else ""


def _in_place(source: Source, owner: ast.ClassDef, body: str) -> Edit:
    """The method in place of a ``pass`` or ``...`` that only kept the class from being empty."""
    last = owner.body[-1]
    start, end = source.start(last), source.end(last)
    line = source.starts[last.lineno - 1]
    if source.text[line:start].strip():  # on the line of the class's head, or behind a semicolon
        before = source.text[line:start].rstrip()
        if len(owner.body) == 1 and before.endswith(":"):
            return Edit(line + len(before), end, source.newline + body)
        if owner.body[0].lineno == owner.lineno:
            raise NotFixableError(f"the body of {owner.name} stands on the line of its head")
        raise NotFixableError(
            f"the last line of {owner.name} holds several statements; put each on its own"
        )
    gap = source.newline if len(owner.body) > 1 and _joins(source, owner) else ""
    return Edit(line, end, gap + body)


def _joins(source: Source, owner: ast.ClassDef) -> bool:
    """Whether the last statement follows the one before without a blank line."""
    between = source.text[source.end(owner.body[-2]) : source.start(owner.body[-1])]
    return between.replace("\r\n", "\n").replace("\r", "\n").count("\n") < 2


def _method(handler: Handler, message: str, owner: ast.ClassDef, step: str) -> list[str]:
    marker = ", /" if _positional(owner) else ""
    lines = [f"async def {handler.name}(self, message: {message}{marker}) -> None:"]
    if _documented(owner):
        lines.append(f'{step}"""Handle each {handler.message}."""')
    return [*lines, f"{step}raise NotImplementedError"]


def _handlers(owner: ast.ClassDef) -> list[ast.AsyncFunctionDef]:
    return [
        node
        for node in owner.body
        if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("on_")
    ]


def _positional(owner: ast.ClassDef) -> bool:
    """Whether the handlers of the class take their message by position alone."""
    return any(node.args.posonlyargs for node in _handlers(owner))


def _documented(owner: ast.ClassDef) -> bool:
    """Whether the handlers of the class have docstrings; where there is none yet, they do."""
    handlers = _handlers(owner)
    return not handlers or any(ast.get_docstring(node) for node in handlers)


def _is_hollow(node: ast.stmt) -> bool:
    if isinstance(node, ast.Pass):
        return True
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and node.value.value is Ellipsis
    )


def _step(source: Source) -> str:
    """One level of indentation in the file."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.If)
    bodies = (node.body for node in source.tree.body if isinstance(node, kinds))
    return next(filter(None, (source.indent(body[0]) for body in bodies)), "    ")


def _confirm(
    before: ast.Module,
    after: ast.Module,
    owner: ast.ClassDef,
    handler: Handler,
    imported: Imported,
) -> None:
    """The new tree without what was put in has to be the old one."""
    number = _classes(before).index(owner)
    changed = _classes(after)[number]
    if getattr(changed.body[-1], "name", None) != handler.name:
        raise NotFixableError("the handler would come to stand elsewhere")
    changed.body.pop()
    if _is_hollow(owner.body[-1]) and len(changed.body) < len(owner.body):
        changed.body.append(owner.body[-1])
    if imported.edits:
        imported.drop_from(after)
    if ast.dump(before) != ast.dump(after):
        raise NotFixableError("more than the handler would change")


def _classes(tree: ast.Module) -> list[ast.ClassDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
