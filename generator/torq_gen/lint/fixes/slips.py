"""Renames the method of a service class that is a handler but for a slip in its name."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection

from torq_gen.edits import Edit, apply
from torq_gen.lint.fixes.handlers import Handler, class_of
from torq_gen.lint.fixes.imports import import_of
from torq_gen.lint.fixes.source import NotFixableError, Source, parse
from torq_gen.lint.slips import meant, misspelt

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def without_slip(
    text: str, handler: Handler, messages: Collection[str], elsewhere: Callable[[str], str]
) -> str | None:
    """The file's text with the method renamed; None when none has nearly the handler's name.

    ``messages`` are those of the system; ``elsewhere`` says where another file has a word, or
    nothing.

    Raises:
        NotFixableError: it is not clear which one is meant, or that it is one, or it has users.
    """
    source = Source.of(text)
    methods = _methods(class_of(source.tree, handler).body)
    near = misspelt(handler.name, (method.name for method in methods), messages)
    if not near:
        return None
    beside = f"or write {handler.name} beside"
    found = [method for method in methods if method.name in near]
    if len(found) > 1:
        names = " and ".join(dict.fromkeys(method.name for method in found))
        raise NotFixableError(f"{names} may be meant: rename one, {beside} them")
    (method,) = found
    if not _handles(source, method, handler, messages):
        raise NotFixableError(
            f"{method.name} may be meant, and is no handler of {handler.message} as it stands: "
            f"make it one, {beside} it"
        )
    if user := _user(source, method) or elsewhere(method.name):
        raise NotFixableError(
            f"{method.name} may be meant, and {user} names it, too: rename both, {beside} it"
        )
    return _renamed(source, method, handler.name)


def _methods(body: list[ast.stmt]) -> list[_Function]:
    """The methods of a class, those under conditions too."""
    found: list[_Function] = []
    for statement in body:
        if isinstance(statement, _Function):
            found.append(statement)
        elif not isinstance(statement, ast.ClassDef):
            for part in ("body", "orelse", "finalbody"):
                found += _methods(getattr(statement, part, []))
    return found


def _handles(
    source: Source, method: _Function, handler: Handler, messages: Collection[str]
) -> bool:
    """Whether the method takes the message as a handler does, and is like no other handler."""
    given = method.args
    taken = (*given.posonlyargs, *given.args)
    optional = all(given.kw_defaults) and len(given.kw_defaults) == len(given.kwonlyargs)
    least = len(taken) - len(given.defaults)
    if method.decorator_list or len(taken) < 2 or least > 2 or not optional:
        return False
    stated = taken[1].annotation
    if stated is None:
        return meant(method.name, messages) == [handler.name]
    shown = stated.value if isinstance(stated, ast.Constant) else ast.unparse(stated)
    imported = import_of(source, handler.message, f"{handler.package}.messages")
    return not imported.edits and shown == imported.name


def _user(source: Source, method: _Function) -> str:
    """Another line of the file that has the method's name."""
    pattern = _word(method.name)
    start = source.start(method)
    others = (found.start() for found in pattern.finditer(source.text))
    own = pattern.search(source.text, start)
    at = next((at for at in others if own is None or at != own.start()), None)
    return "" if at is None else f"line {sum(start <= at for start in source.starts)}"


def _renamed(source: Source, method: _Function, name: str) -> str:
    found = _word(method.name).search(source.text, source.start(method))
    if found is None:  # it is written in other letters, which Python takes for these
        raise NotFixableError(f"{method.name} may be meant, and is not written so")
    changed = apply(source.text, [Edit(*found.span(), name)])
    after = parse(changed)
    method.name = name
    if ast.dump(source.tree) != ast.dump(after):
        raise NotFixableError("more than the handler's name would change")
    return changed


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
