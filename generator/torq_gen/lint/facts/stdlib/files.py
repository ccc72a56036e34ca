"""Opening, moving and deleting files: builtins, os, tempfile, archives."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.library import Argument, Call, Effect, Function, Library, Type
from torq_gen.lint.facts.model import Access, Fact
from torq_gen.lint.facts.outside.effects import (
    each,
    own_text,
    texts,
)
from torq_gen.lint.facts.outside.paths import (
    BOTH,
    HANDLES,
    READ,
    STATUS,
    TEMPORARY,
    WRITE,
    accesses,
    below,
    folder_of,
    globbed,
    joined,
    name_of,
    of_text,
    opening,
    path,
    touching,
    touching_each,
)
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    NONE,
    External,
    Items,
    Plain,
    Thing,
    Tuple,
    Unknown,
    Value,
)

_FILE, _MEMORY, _ARCHIVE = HANDLES
_READS = Function(touching(READ, 0, "path", "filename", "file"))
_WRITES = Function(touching(WRITE, 0, "path", "filename", "name"))


def _flags(call: Call) -> Iterator[Fact]:
    """``os.open``: only ``O_RDONLY`` alone is known to read."""
    argument, flags = call.argument(0, "path"), call.argument(1, "flags")
    only = flags is not None and flags.value == External("os.O_RDONLY")
    if argument is not None:
        yield from accesses(call, argument.value, READ if only else BOTH, argument)


def from_to(first: tuple[Access, ...]) -> Function:
    """What takes a file from one place to another: what is done at the first."""

    def effect(call: Call) -> Iterator[Fact]:
        source, target = call.argument(0, "src"), call.argument(1, "dst")
        if source is not None:
            yield from accesses(call, source.value, first, source)
        if target is not None:
            yield from accesses(call, target.value, WRITE, target)

    return Function(effect)


def in_folder(how: tuple[Access, ...]) -> Function:
    """What is done to all files below a folder."""

    def effect(call: Call) -> Iterator[Fact]:
        argument = call.argument(0, "path", "top", "dir")
        value = ANY_TEXT if argument is None else below(argument.value)
        yield from accesses(call, value, how, argument)

    return Function(effect)


def _found(call: Call) -> Value:
    """``glob.glob``: the pattern's wildcards are holes."""
    argument = call.argument(0, "pathname")
    patterns = list(texts(argument.value)) if argument is not None else []
    return join(
        globbed(one.exact) if isinstance(one, Text) and one.exact is not None else ANY_TEXT
        for one in patterns
    )


def _globs(call: Call) -> Iterator[Fact]:
    return accesses(call, _found(call), READ, call.argument(0, "pathname"))


def _chosen_folder(call: Call) -> Argument | None:
    position = None if call.path.endswith("File") else 2
    argument = call.argument(position, "dir")
    return argument if argument is not None and argument.value != NONE else None


def _temporary(call: Call) -> Value:
    """A path in the temporary folder, or in the one that is named."""
    folder = _chosen_folder(call)
    return TEMPORARY if folder is None else below(folder.value)


def _temporary_file(call: Call) -> Value:
    return Thing(_FILE, (("text", _temporary(call)),))


def _opened(call: Call) -> Value:
    """A file that knows its name."""
    argument = call.argument(0, "file", "filename", "path", "name")
    return Thing(_FILE, (("text", argument.value if argument is not None else ANY_TEXT),))


def _walked(call: Call) -> Value:
    """``os.walk``: a folder, its folders and its files."""
    argument = call.argument(0, "top")
    top = argument.value if argument is not None else ANY_TEXT
    folder = join((joined([top]), below(top)))
    return Items(Tuple((folder, Items(ANY_TEXT), Items(ANY_TEXT))))


def _makes_temporary(call: Call) -> Iterator[Fact]:
    if (folder := _chosen_folder(call)) is not None:
        yield from accesses(call, below(folder.value), WRITE, folder)


def _joins(call: Call) -> Value:
    rest = [ANY_TEXT] if call.rest is not None else []
    return joined([*(a.value for a in call.positional), *rest])


def _package(call: Call) -> Value:
    """``importlib.resources.files``: the folder of a package, the own one's without an argument."""
    anchor = call.argument(0, "anchor", "package")
    if anchor is None:
        return path(TEMPORARY)
    found: list[Value] = []
    for one in alternatives(anchor.value):
        name = one.exact if isinstance(one, Text) else getattr(one, "path", None)
        code = getattr(one, "code", None)
        if code is not None:
            found.append(folder_of(Text.of([code.path])))
        elif isinstance(name, str):
            found.append(Text.of([name.replace(".", "/")]))
        else:
            found.append(Unknown("the package is not known here"))
    return path(join(found))


def _resource(call: Call) -> Iterator[Fact]:
    names = [a.value for a in call.positional[1:]] or [ANY_TEXT]
    return accesses(call, joined([_package(call), *names]), READ)


def _extracts(position: int) -> Effect:
    def effect(call: Call) -> Iterator[Fact]:
        target = call.argument(position, "path")
        yield from accesses(call, below(target.value) if target else ANY_TEXT, WRITE, target)

    return effect


def _adds(call: Call) -> Iterator[Fact]:
    """``TarFile.add``: a file, or a folder with all that is below it."""
    argument = call.argument(0, "name")
    if argument is not None:
        yield from accesses(call, argument.value, READ, argument)
        yield from accesses(call, below(argument.value), READ, argument)


_ARCHIVE_TYPE = Type(
    _ARCHIVE,
    annotations=("zipfile.ZipFile", "zipfile.PyZipFile", "tarfile.TarFile"),
    methods={
        "extractall": Function(_extracts(0)),
        "extract": Function(_extracts(1)),
        **each(("write", "writepy"), Function(touching(READ, 0, "filename", "pathname"))),
        "add": Function(_adds),
        "gettarinfo": Function(touching(READ, 0, "name")),
    },
)
OPEN = Function(opening(1, "file", "filename", "path", "name"), _opened)
_OPEN_ARCHIVE = Function(opening(1, "file", "name"), _ARCHIVE)
_TEMPORARY_FILE = Function(_makes_temporary, _temporary_file)
_KEPT = Function(touching(BOTH, 0, "file", "filename"))
_SAME = Function(None, of_text(lambda value: joined([value])))

_OS_WRITES = (
    *("remove", "unlink", "truncate", "chmod", "lchmod", "chown", "lchown", "utime"),
    *("mknod", "setxattr", "removexattr", "chflags"),
)
_OS_READS = ("access", "readlink", "getxattr", "listxattr")
_OS_PATH_READS = ("exists", "lexists", "isfile", "islink", "getsize")
_OS_PATH_TIMES = ("getmtime", "getatime", "getctime")

LIBRARY = Library(
    "files",
    (
        "builtins",
        "io",
        "os",
        "glob",
        "tempfile",
        "codecs",
        "gzip",
        "bz2",
        "lzma",
        "zipfile",
        "tarfile",
        "linecache",
        "fileinput",
        "importlib",
        "pkgutil",
        "dbm",
        "shelve",
        "tokenize",
    ),
    {
        **each(("builtins.open", "io.open", "io.open_code", "io.FileIO", "codecs.open"), OPEN),
        **each(("gzip.open", "gzip.GzipFile", "bz2.open", "bz2.BZ2File"), OPEN),
        **each(("lzma.open", "lzma.LZMAFile"), OPEN),
        **each(("io.BytesIO", "io.StringIO"), Function(None, _MEMORY)),
        **each(("zipfile.ZipFile", "zipfile.PyZipFile"), _OPEN_ARCHIVE),
        **each(("open", "TarFile", "TarFile.open"), _OPEN_ARCHIVE, "tarfile."),
        **each(("zipfile.is_zipfile", "tarfile.is_tarfile"), _READS),
        "zipfile.Path": Function(touching(READ, 0, "root")),
        "tokenize.open": OPEN,
        "os.open": Function(_flags),
        **each(_OS_WRITES, _WRITES, "os."),
        **each(_OS_READS, _READS, "os."),
        **each(("stat", "lstat"), Function(_READS.effect, lambda call: STATUS), "os."),
        **each(_OS_PATH_READS, _READS, "os.path."),
        **each(_OS_PATH_TIMES, Function(_READS.effect, lambda call: Plain("float")), "os.path."),
        **each(("rename", "renames", "replace"), from_to(WRITE), "os."),
        **each(("link", "symlink"), from_to(READ), "os."),
        **each(("listdir", "scandir", "fwalk"), in_folder(READ), "os."),
        "os.walk": Function(in_folder(READ).effect, _walked),
        "os.fspath": _SAME,
        **each(("abspath", "realpath", "normpath", "expanduser", "expandvars"), _SAME, "os.path."),
        "os.path.join": Function(None, _joins),
        "os.path.dirname": Function(None, of_text(folder_of)),
        "os.path.basename": Function(None, of_text(name_of)),
        "os.getcwd": Function(None, lambda call: Text.of(["."])),
        **each(("glob", "iglob"), Function(_globs, lambda call: Items(_found(call))), "glob."),
        **each(
            ("mkdtemp", "mktemp", "TemporaryDirectory"),
            Function(_makes_temporary, _temporary),
            "tempfile.",
        ),
        "tempfile.mkstemp": Function(
            _makes_temporary, lambda call: Tuple((DATA, _temporary(call)))
        ),
        **each(
            ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile"),
            _TEMPORARY_FILE,
            "tempfile.",
        ),
        "tempfile.gettempdir": Function(None, lambda call: Text.of(["/tmp"])),
        **each(("getline", "getlines", "updatecache"), _READS, "linecache."),
        **each(
            ("fileinput.input", "fileinput.FileInput"), Function(touching_each(BOTH, 0, "files"))
        ),
        "fileinput.hook_compressed": OPEN,
        "importlib.resources.files": Function(None, _package),
        **each(
            ("open_text", "open_binary", "read_text", "read_binary", "path"),
            Function(_resource),
            "importlib.resources.",
        ),
        "importlib.resources.as_file": Function(None, of_text(lambda value: value)),
        "pkgutil.get_data": Function(_resource),
        **each(
            ("open", "gnu.open", "ndbm.open", "dumb.open", "sqlite3.open", "whichdb"), _KEPT, "dbm."
        ),
        **each(("shelve.open", "shelve.DbfilenameShelf"), _KEPT),
    },
    (
        Type(
            _FILE,
            attributes={"name": own_text},
            annotations=("typing.IO", "typing.TextIO", "typing.BinaryIO", "io.IOBase"),
        ),
        Type(_MEMORY, annotations=("io.BytesIO", "io.StringIO")),
        _ARCHIVE_TYPE,
    ),
)
