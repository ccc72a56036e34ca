"""pathlib: paths that remember their text, and what their methods do to files."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.library import Call, Effect, Function, Library, Type
from torq_gen.lint.facts.model import Access, Fact
from torq_gen.lint.facts.outside.effects import TEXT, each, texts
from torq_gen.lint.facts.outside.paths import (
    BOTH,
    PATH,
    READ,
    STATUS,
    WRITE,
    accesses,
    below,
    folder_of,
    globbed,
    joined,
    mode_of,
    name_of,
    path,
)
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import ANY_TEXT, Items, Thing, Unknown, Value

_UNTOLD = Unknown("the path is not known here")
_ANY = Text.of([Hole()])


def _text(value: Value) -> Value:
    """The remembered text of a path; that of one which only an annotation tells is unknown."""
    found = [one.get("text") or _UNTOLD for one in alternatives(value) if isinstance(one, Thing)]
    return join(found)


def _made(call: Call) -> Value:
    parts = [argument.value for argument in call.positional]
    if call.rest is not None:
        parts.append(ANY_TEXT)
    return path(joined(parts) if parts else Text.of(["."]))


def _joined(call: Call) -> Value:
    rest = [ANY_TEXT] if call.rest is not None else []
    return path(joined([call.receiver, *(a.value for a in call.positional), *rest]))


def _joined_right(call: Call) -> Value:
    return path(joined([*(a.value for a in call.positional), call.receiver]))


def _beside(call: Call) -> Value:
    """``with_name``."""
    given = call.argument(0, "name")
    name = given.value if given is not None else ANY_TEXT
    return path(joined([folder_of(_text(call.receiver)), name]))


def _renamed(call: Call) -> Value:
    """``with_suffix`` and ``with_stem``: of a name that is not known, what is put to it is."""
    given = call.argument(0, "suffix", "stem")
    ends = [t for t in texts(given.value) if isinstance(t, Text)] if given is not None else []
    put = ends[0] if len(ends) == 1 else _ANY
    of_suffix = call.path.endswith("suffix")
    found = []
    for one in texts(_text(call.receiver)):
        whole = one if isinstance(one, Text) else _ANY
        stem, suffix = _ANY, _ANY
        if whole.exact is not None:
            before, dot, after = whole.exact.rpartition("/")[2].rpartition(".")
            stem, suffix = (
                (Text.of([before]), Text.of([dot + after]))
                if before
                else (Text.of([dot + after]), Text())
            )
        name = stem + put if of_suffix else put + suffix
        found.append(joined([folder_of(whole), name]))
    return path(join(found) if found else ANY_TEXT)


def _listed(call: Call) -> Value:
    return Items(path(_within(call)))


def _within(call: Call) -> Value:
    """The files that a pattern finds below the path; any without one."""
    given = call.argument(0, "pattern")
    found = list(texts(given.value)) if given is not None else []
    exact = found[0].exact if len(found) == 1 and isinstance(found[0], Text) else None
    folder = _text(call.receiver)
    return below(folder) if exact is None else joined([folder, globbed(exact)])


def _lists(call: Call) -> Iterator[Fact]:
    return accesses(call, _within(call), READ)


def _lists_below(call: Call) -> Iterator[Fact]:
    return accesses(call, below(_text(call.receiver)), READ)


def _does(how: tuple[Access, ...]) -> Effect:
    return lambda call: accesses(call, _text(call.receiver), how)


def _opens(call: Call) -> Iterator[Fact]:
    return accesses(call, _text(call.receiver), mode_of(call.argument(0, "mode")))


def _moves(call: Call) -> Iterator[Fact]:
    yield from accesses(call, _text(call.receiver), WRITE)
    target = call.argument(0, "target")
    if target is not None:
        yield from accesses(call, target.value, WRITE, target)


def _copies(call: Call) -> Iterator[Fact]:
    yield from accesses(call, _text(call.receiver), READ)
    target = call.argument(0, "target", "target_dir")
    if target is not None:
        yield from accesses(call, target.value, WRITE, target)


_READS, _WRITES = Function(_does(READ)), Function(_does(WRITE))
_SAME = Function(None, lambda call: call.receiver)
_PARENT_PATHS = "pathlib.Parents"

_PATH = Type(
    PATH,
    annotations=(
        "pathlib.Path",
        "pathlib.PurePath",
        "pathlib.PosixPath",
        "pathlib.PurePosixPath",
        "anyio.Path",
        "trio.Path",
    ),
    attributes={
        "parent": lambda call: path(folder_of(_text(call.receiver))),
        "name": lambda call: name_of(_text(call.receiver)),
        "stem": lambda call: ANY_TEXT,
        "suffix": lambda call: ANY_TEXT,
        "parents": lambda call: Thing(_PARENT_PATHS, (("text", _text(call.receiver)),)),
    },
    methods={
        "__str__": TEXT,
        "__fspath__": TEXT,
        "as_posix": TEXT,
        **each(("__truediv__", "joinpath"), Function(None, _joined)),
        "__rtruediv__": Function(None, _joined_right),
        **each(("absolute", "resolve", "expanduser"), _SAME),
        "with_name": Function(None, _beside),
        **each(("with_suffix", "with_stem"), Function(None, _renamed)),
        "relative_to": Function(None, lambda call: path(ANY_TEXT)),
        "open": Function(_opens, "files.File"),
        **each(("read_text", "read_bytes", "exists", "is_file"), _READS),
        **each(("stat", "lstat"), Function(_READS.effect, lambda call: STATUS)),
        **each(("is_symlink", "readlink", "samefile", "owner"), _READS),
        **each(("write_text", "write_bytes", "touch", "unlink", "chmod", "symlink_to"), _WRITES),
        **each(("hardlink_to", "link_to"), Function(_does(BOTH))),
        **each(("rename", "replace", "move", "move_into"), Function(_moves, "pathlib.Path")),
        **each(("copy", "copy_into"), Function(_copies, "pathlib.Path")),
        **each(("glob", "rglob"), Function(_lists, _listed)),
        "iterdir": Function(_lists_below, _listed),
        "walk": Function(_lists_below),
    },
)
_PARENTS = Type(
    _PARENT_PATHS,
    methods={"__getitem__": Function(None, lambda call: path(_above(call)))},
)


def _above(call: Call) -> Value:
    """``parents[n]``."""
    given = call.argument(0)
    number = getattr(given.value, "value", None) if given is not None else None
    if not isinstance(number, int) or number < 0:
        return _UNTOLD
    found = _text(call.receiver)
    for _ in range(number + 1):
        found = folder_of(found)
    return found


MADE = Function(None, _made)
"""What makes a path of its arguments."""

LIBRARY = Library(
    "pathlib",
    ("pathlib",),
    {
        **each(
            ("Path", "PurePath", "PosixPath", "PurePosixPath", "WindowsPath"),
            MADE,
            "pathlib.",
        ),
        "pathlib.Path.cwd": Function(None, lambda call: path(Text.of(["."]))),
        "pathlib.Path.home": Function(None, lambda call: path(Text.of(["~"]))),
    },
    (_PATH, _PARENTS),
)
