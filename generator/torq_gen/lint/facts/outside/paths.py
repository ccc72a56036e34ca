"""Paths as text: joining, folding, and what a call does to the file at one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import product

from torq_gen.lint.facts.library import Argument, Call, Effect
from torq_gen.lint.facts.model import Access, Fact, FileAccess, Unproven
from torq_gen.lint.facts.outside.effects import connected, is_absolute, texts
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    NONE,
    Container,
    External,
    Items,
    Literal,
    Thing,
    Tuple,
    Unknown,
    Value,
)

READ = (Access.READ,)
WRITE = (Access.WRITE,)
BOTH = (Access.READ, Access.WRITE)

TEMPORARY = Text((Hole("a temporary folder"),))
"""Where nobody else looks: what begins with it is no fact."""
PATH = "pathlib.Path"
STATUS = External("os.stat_result()")
"""What asking for the status of a file gives."""
HANDLES = ("files.File", "files.Memory", "files.Archive")
"""What stands for a file that was opened before, or for none."""

_MOST = 16
_GLOB = re.compile(r"[*?]+|\[[^\]]*\]")
_MARK = re.compile("\0([0-9]+)\0")


def normal(path: Text) -> Text:
    """The path without ``.``, ``..``, doubled and last slashes, as far as they are literal."""
    marked = _marked(path)
    kept: list[str] = []
    for segment in marked.replace("\\", "/").split("/"):
        if segment == ".." and kept and kept[-1] != ".." and "\0" not in kept[-1]:
            kept.pop()
        elif segment not in ("", "."):
            kept.append(segment)
    found = "/".join(kept)
    return _unmarked(f"/{found}" if marked.startswith("/") else found or ".", path)


def _marked(path: Text) -> str:
    """The text with its holes as marks, to be taken apart like any string."""
    return "".join(p if isinstance(p, str) else f"\0{i}\0" for i, p in enumerate(path.parts))


def _unmarked(marked: str, path: Text) -> Text:
    pieces = _MARK.split(marked)
    return Text.of(p if i % 2 == 0 else path.parts[int(p)] for i, p in enumerate(pieces))


def joined(parts: Iterable[Value]) -> Value:
    """What ``os.path.join`` gives: one text for each choice among the parts' alternatives."""
    values = list(parts)
    if len(values) == 1:
        return join(_single(one) for one in texts(values[0]))
    choices = [[t if isinstance(t, Text) else ANY_TEXT for t in texts(v)] for v in values]
    many = 1
    for choice in choices:
        many *= len(choice)
    if many > _MOST:
        return Unknown("it is put together in more ways than are followed")
    return join(normal(_one(choice)) for choice in product(*choices))


def _single(one: Text | Unproven) -> Value:
    return normal(one) if isinstance(one, Text) else Unknown(one.reason)


def _one(parts: Iterable[Text]) -> Text:
    found = Text()
    for part in parts:
        whole = part.prefix.startswith("/") or not found.parts
        found = part if whole else found + Text.of(["/"]) + part
    return found


def path(value: Value) -> Thing:
    """A path object of a text."""
    return Thing(PATH, (("text", value),))


def globbed(pattern: str) -> Text:
    """A pattern of file names, its wildcards as holes."""
    pieces: list[str | Hole] = []
    for index, literal in enumerate(_GLOB.split(pattern)):
        pieces += [Hole(), literal] if index else [literal]
    return Text.of(pieces)


def folder_of(value: Value) -> Value:
    """The folder in which each path lies."""
    return join(_folder(text) for text in texts(value))


def _folder(text: Text | Unproven) -> Value:
    if isinstance(text, Unproven):
        return Unknown(text.reason)
    folded = normal(text)
    head, slash, last = _marked(folded).rpartition("/")
    if not slash and "\0" in last:
        return Unknown("it is a folder above one that only the running program knows")
    return _unmarked(head or slash or ".", folded)


def name_of(value: Value) -> Value:
    """The last name of each path."""
    return join(_name(text) for text in texts(value))


def _name(text: Text | Unproven) -> Text:
    if isinstance(text, Unproven):
        return ANY_TEXT
    folded = normal(text)
    return _unmarked(_marked(folded).rpartition("/")[2], folded)


def accesses(
    call: Call, value: Value, how: Iterable[Access], argument: Argument | None = None
) -> Iterator[Fact]:
    """The accesses to the files at a path; handles, descriptors and temporary files are none."""
    place = argument.span if argument is not None else call.span
    for one in alternatives(value):
        descriptor = isinstance(one, Literal) and isinstance(one.value, int)
        if descriptor or one == NONE or (isinstance(one, Thing) and one.type in HANDLES):
            continue
        for found in texts(one):
            if isinstance(found, Text) and found.parts[:1] == TEMPORARY.parts:
                continue
            at = normal(found) if isinstance(found, Text) else found
            yield from (FileAccess(place, call.span, access, at) for access in how)


def touching(how: Iterable[Access], position: int | None, *names: str) -> Effect:
    """The effect of reading or writing the file at a path in an argument."""
    kept = tuple(how)

    def effect(call: Call) -> Iterator[Fact]:
        argument = call.argument(position, *names)
        if argument is not None:
            yield from accesses(call, argument.value, kept, argument)

    return effect


def touching_each(how: Iterable[Access], position: int, *names: str) -> Effect:
    """The effect on the file or files in an argument, and by position in those after it."""
    kept = tuple(how)

    def effect(call: Call) -> Iterator[Fact]:
        given = call.argument(position, *names)
        for argument in call.positional[position:] or ([] if given is None else [given]):
            for one in alternatives(argument.value):
                several = isinstance(one, Container | Items | Tuple)
                yield from accesses(call, call.elements(one) if several else one, kept, argument)

    return effect


def mode_of(argument: Argument | None) -> tuple[Access, ...]:
    """What a mode (``rb``, ``a``, ``r+``) lets one do; both when nobody can tell."""
    found: dict[Access, None] = {}
    for mode in texts(argument.value) if argument is not None else ():
        letters = mode.exact if isinstance(mode, Text) else None
        if letters is None:
            return BOTH
        letters = re.split("[:|]", letters)[0]  # then comes how an archive is packed
        writes = any(letter in letters for letter in "wax+")
        if writes:
            found[Access.WRITE] = None
        if "+" in letters or not writes:
            found[Access.READ] = None
    return tuple(found) or READ


def opening(mode: int, *names: str, path: int = 0) -> Effect:
    """The effect of opening the file in an argument in the mode of another."""

    def effect(call: Call) -> Iterator[Fact]:
        argument = call.argument(path, *names)
        if argument is not None:
            how = mode_of(call.argument(mode, "mode", "flag"))
            yield from accesses(call, argument.value, how, argument)

    return effect


def below(value: Value) -> Value:
    """Any file in the folders at a path."""
    return joined((value, ANY_TEXT))


def of_text(change: Callable[[Value], Value]) -> Callable[[Call], Value]:
    """A result made of the text of the first argument."""
    return lambda call: change(call.positional[0].value) if call.positional else Unknown()


_NAMES = ("path", "file", "filename", "filepath_or_buffer", "path_or_buf", "source", "where", "io")


def at_path_or_url(how: Iterable[Access], position: int = 0) -> Effect:
    """The effect of reading or writing what stands at a path or behind a URL."""
    kept = tuple(how)

    def effect(call: Call) -> Iterator[Fact]:
        argument = call.argument(position, *_NAMES, "fname")
        if argument is None:
            return
        for one in texts(argument.value):
            if isinstance(one, Text) and is_absolute(one):
                yield from connected(call, [one], "a table", argument)
                return
        yield from accesses(call, argument.value, kept, argument)

    return effect
