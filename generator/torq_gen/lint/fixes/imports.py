"""How a file names a message, and the import that it lacks for that."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from torq_gen.edits import Edit
from torq_gen.immutable import immutable
from torq_gen.lint.fixes.source import NotFixableError, Source

_WIDTH = 88  # what every formatter's setting lets stand


@immutable
class Imported:
    """The expression that names the message in the file, and the edits that make it valid."""

    name: str
    module: str
    edits: tuple[Edit, ...] = ()

    def drop_from(self, tree: ast.Module) -> None:
        """Take the import that the edits add out of a tree."""
        for body in _bodies(tree):
            for statement in body:
                if isinstance(statement, ast.ImportFrom) and statement.module == self.module:
                    kept = [a for a in statement.names if (a.name, a.asname) != (self.name, None)]
                    if len(kept) < len(statement.names):
                        statement.names = kept
                        if not kept:
                            body.remove(statement)
                        return


def import_of(source: Source, message: str, module: str) -> Imported:
    """The way to name a message of the generated module in the file.

    Raises:
        NotFixableError: the name means something else there, or there is no import to stand by.
    """
    found = list(_imports(source.tree))
    if known := next((n for i in found if (n := _named_by(i, message, module))), None):
        return Imported(known, module)
    if message in _bound(source.tree):
        raise NotFixableError(f"{message} means something else in the file")
    for statement in found:
        if isinstance(statement, ast.ImportFrom) and statement.module == module:
            return Imported(message, module, tuple(_extended(source, statement, message)))
    return Imported(message, module, (_new(source, found, message, module),))


def _bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """The module's statements, and those that only the type checker runs."""
    yield tree.body
    for statement in tree.body:
        if isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.dump(statement.test):
            yield statement.body


def _imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports whose names an annotation may use."""
    lazy = any(
        isinstance(s, ast.ImportFrom)
        and s.module == "__future__"
        and any(a.name == "annotations" for a in s.names)
        for s in tree.body
    )
    for body in _bodies(tree):
        if body is tree.body or lazy:
            yield from (s for s in body if isinstance(s, (ast.Import, ast.ImportFrom)))


def _named_by(statement: ast.Import | ast.ImportFrom, message: str, module: str) -> str | None:
    """What the message is called by way of an import, if it can be reached through it."""
    package, _, last = module.rpartition(".")
    for alias in statement.names:
        if isinstance(statement, ast.Import):
            if alias.name == module:
                return f"{alias.asname or module}.{message}"
        elif statement.level == 0 and statement.module == module:
            if alias.name in (message, "*"):
                return alias.asname or message
        elif (statement.level, statement.module, alias.name) == (0, package, last):
            return f"{alias.asname or last}.{message}"
    return None


def _bound(tree: ast.Module) -> set[str]:
    """Every name that the file gives to something."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
    return found


def _extended(source: Source, statement: ast.ImportFrom, message: str) -> Iterator[Edit]:
    """The name among those of an import, in order where they are in order."""
    names = [alias.name for alias in statement.names]
    after = [a for a in statement.names if a.name > message] if names == sorted(names) else []
    one_line = statement.lineno == statement.end_lineno
    width = source.line_end(statement.lineno) - source.starts[statement.lineno - 1]
    parenthesised = source.text[source.end(statement) - 1] == ")"
    if one_line and not parenthesised and width + len(message) + 2 > _WIDTH:
        yield _wrapped(source, statement, after[0] if after else None, message)
    elif after:
        at = source.start(after[0])
        head = source.text[source.starts[after[0].lineno - 1] : at]
        yield Edit(at, at, f"{message}, " if head.strip() else f"{message},{source.newline}{head}")
    else:
        yield from _appended(source, statement.names, message)


def _wrapped(
    source: Source, statement: ast.ImportFrom, before: ast.alias | None, message: str
) -> Edit:
    """The import in parentheses, a name on each line."""
    names = [ast.unparse(alias) for alias in statement.names]
    names.insert(statement.names.index(before) if before else len(names), message)
    indent = source.indent(statement)
    lines = [f"from {statement.module} import (", *(f"{indent}    {n}," for n in names)]
    text = source.newline.join([*lines, f"{indent})"])
    return Edit(source.start(statement), source.end(statement), text)


def _appended(source: Source, names: Sequence[ast.alias], message: str) -> Iterator[Edit]:
    end = source.end(names[-1])
    head = source.text[source.starts[names[-1].lineno - 1] : source.start(names[-1])]
    if head.strip():
        yield Edit(end, end, f", {message}")
        return
    line_end = source.line_end(names[-1].end_lineno or names[-1].lineno)
    rest = source.text[end:line_end].lstrip()
    comma = rest.startswith(",")
    if ")" in rest.split("#")[0]:
        yield Edit(end, end, f",{source.newline}{head}{message}")
        return
    if not comma:
        yield Edit(end, end, ",")
    yield Edit(line_end, line_end, f"{source.newline}{head}{message}{',' * comma}")


def _new(
    source: Source, found: Sequence[ast.Import | ast.ImportFrom], message: str, module: str
) -> Edit:
    """An import of its own, beside those of the same package or else after the last one."""
    text = f"from {module} import {message}"
    package = module.partition(".")[0]
    for statement in found:
        name = statement.module if isinstance(statement, ast.ImportFrom) else None
        if name and name.partition(".")[0] == package and name > module:
            at = source.start(statement)
            return Edit(at, at, f"{text}{source.newline}{source.indent(statement)}")
    own = [s for s in found if isinstance(s, ast.ImportFrom) and _is_of(s, package)]
    top = [s for s in found if s in source.tree.body]
    if not own and not top:
        raise NotFixableError("the file has no import to put another beside")
    last = (own or top)[-1]
    at = source.line_end(last.end_lineno or last.lineno)
    return Edit(at, at, f"{source.newline}{source.indent(last)}{text}")


def _is_of(statement: ast.ImportFrom, package: str) -> bool:
    return statement.level == 0 and (statement.module or "").partition(".")[0] == package
