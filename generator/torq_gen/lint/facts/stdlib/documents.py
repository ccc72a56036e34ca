"""Modules that open files themselves at paths that they are given: XML, mail, sound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from torq_gen.lint.facts.library import Call, Effect, Function, Library, Type
from torq_gen.lint.facts.model import Access, Fact
from torq_gen.lint.facts.outside.effects import each, effects, running
from torq_gen.lint.facts.outside.paths import (
    BOTH,
    READ,
    WRITE,
    accesses,
    below,
    opening,
    touching,
    touching_each,
)
from torq_gen.lint.facts.values import External, Value


def _unread(call: Call) -> Value:
    """What a library's code gives."""
    owner, _, name = call.path.rpartition(".")
    return External(f"{_CLASSES.get(owner, owner)}.{name}()")


def _does(effect: Effect, type_: str = "") -> Function:
    """Of such a call no more than the file is known: what else it is given, it may call."""
    return Function(effect, type_ or _unread, passes=True)


def _first(how: Iterable[Access], *names: str) -> Function:
    return _does(touching(how, 0, *names))


def _two(call: Call) -> Iterator[Fact]:
    for argument in (call.argument(0, "f1", "a"), call.argument(1, "f2", "b")):
        if argument is not None:
            whole = not call.path.endswith(".cmp")  # two folders
            value = below(argument.value) if whole else argument.value
            yield from accesses(call, value, READ, argument)


def _folder(call: Call) -> Iterator[Fact]:
    argument = call.argument(0, "dir")
    if argument is not None:
        yield from accesses(call, below(argument.value), BOTH, argument)


def _source(call: Call) -> Iterator[Fact]:
    """``zipapp``: a folder or an archive, which is made an archive."""
    source = call.argument(0, "source")
    if source is not None:
        yield from accesses(call, source.value, READ, source)
        yield from accesses(call, below(source.value), READ, source)


_REST = Function(None, _unread, passes=True)
_TREE, _COOKIES, _PROFILE, _SNAPSHOT = (
    f"documents.{name}" for name in ("Tree", "Cookies", "Profile", "Snapshot")
)
_PARSE = _first(READ, "source", "file", "f", "filename_or_stream", "stream_or_string", "href")
_CLASSES = {
    _TREE: "xml.etree.ElementTree.ElementTree()",
    _COOKIES: "http.cookiejar.FileCookieJar()",
    _PROFILE: "cProfile.Profile()",
    _SNAPSHOT: "tracemalloc.Snapshot()",
}
"""What a person calls an object of each type."""
_JARS = ("FileCookieJar", "LWPCookieJar", "MozillaCookieJar")
_STORED = touching(BOTH, 0, "filename")
_TYPES = (
    Type(
        _TREE,
        annotations=("xml.etree.ElementTree.ElementTree",),
        methods={
            "parse": _PARSE,
            "write": _first(WRITE, "file_or_filename"),
            "write_c14n": _first(WRITE, "file"),
        },
        other=_REST,
    ),
    Type(
        _COOKIES,
        annotations=tuple(f"http.cookiejar.{name}" for name in _JARS),
        methods=each(("load", "save", "revert"), Function(_STORED)),
        other=_REST,
    ),
    Type(
        _PROFILE,
        annotations=("cProfile.Profile", "profile.Profile", "pstats.Stats"),
        methods={
            "dump_stats": _first(WRITE, "file", "filename"),
            "add": _does(touching_each(READ, 0)),
            **each(("run", "runctx"), Function(running("a profiled text"))),
        },
        other=_REST,
    ),
    Type(
        _SNAPSHOT,
        annotations=("tracemalloc.Snapshot",),
        methods={"dump": _first(WRITE, "filename")},
        other=_REST,
    ),
)

LIBRARY = Library(
    "documents",
    (
        *("aifc", "cProfile", "compileall", "filecmp", "http", "imghdr"),
        *("mailbox", "mimetypes", "netrc", "profile", "pstats", "py_compile", "readline"),
        *("sndhdr", "sunau", "tabnanny", "tracemalloc", "wave", "xml", "zipapp"),
    ),
    {
        "xml.etree.ElementTree.parse": _does(touching(READ, 0, "source"), _TREE),
        "xml.etree.ElementTree.iterparse": _PARSE,
        "xml.etree.ElementTree.ElementTree": _does(touching(READ, 1, "file"), _TREE),
        "xml.etree.ElementTree.canonicalize": _does(touching(READ, None, "from_file")),
        "xml.etree.ElementInclude.default_loader": _PARSE,
        **each(("minidom.parse", "pulldom.parse"), _PARSE, "xml.dom."),
        **each(("parse", "parseFragment"), _PARSE, "xml.dom.expatbuilder."),
        **each(("parse", "make_parser().parse"), _PARSE, "xml.sax."),
        **each(("wave.open", "aifc.open", "sunau.open"), _does(opening(1, "f"))),
        **each(("wave.Wave_read", "sunau.Au_read", "aifc.Aifc_read"), _first(READ, "f")),
        **each(("wave.Wave_write", "sunau.Au_write", "aifc.Aifc_write"), _first(WRITE, "f")),
        **each(("imghdr.what", "sndhdr.what", "sndhdr.whathdr"), _first(READ, "file", "filename")),
        **each(("netrc.netrc", "tabnanny.check"), _first(READ, "file")),
        **each(("cmp", "cmpfiles", "dircmp"), _does(_two), "filecmp."),
        **each(
            ("Maildir", "mbox", "MMDF", "MH", "Babyl"), _first(BOTH, "path", "dirname"), "mailbox."
        ),
        "mimetypes.read_mime_types": _first(READ, "file"),
        **each(
            ("mimetypes.init", "mimetypes.MimeTypes"),
            _does(touching_each(READ, 0, "files", "filenames")),
        ),
        "mimetypes.MimeTypes().read": _first(READ, "filename"),
        **each(("read_init_file", "read_history_file"), _first(READ, "filename"), "readline."),
        **each(
            ("write_history_file", "append_history_file"),
            _does(effects(touching(WRITE, 0, "filename"), touching(WRITE, 1, "filename"))),
            "readline.",
        ),
        "py_compile.compile": _does(
            effects(touching(READ, 0, "file"), touching(WRITE, 1, "cfile"))
        ),
        "compileall.compile_file": _first(BOTH, "fullname"),
        "compileall.compile_dir": _does(_folder),
        "zipapp.create_archive": _does(effects(_source, touching(WRITE, 1, "target"))),
        "zipapp.get_interpreter": _first(READ, "archive"),
        **each(
            _JARS,
            _does(_STORED, _COOKIES),
            "http.cookiejar.",
        ),
        **each(("cProfile.Profile", "profile.Profile"), _does(effects(), _PROFILE)),
        "pstats.Stats": _does(touching_each(READ, 0), _PROFILE),
        "tracemalloc.take_snapshot": Function(None, _SNAPSHOT),
        "tracemalloc.Snapshot.load": _does(touching(READ, 0, "filename"), _SNAPSHOT),
    },
    _TYPES,
)
