"""aiofiles: `open`, and what it has of `os`."""

from __future__ import annotations

from torq_gen.lint.facts.library import Library
from torq_gen.lint.facts.stdlib import files

_OS = ("remove", "unlink", "stat", "rename", "renames", "replace", "link", "symlink", "listdir",
       "scandir", "readlink", "access")  # fmt: skip
_PATH = ("exists", "isfile", "islink", "getsize", "getmtime", "getatime", "getctime", "abspath")
_TEMPORARY = ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "TemporaryDirectory")
_SAME = (
    *(f"os.{name}" for name in _OS),
    *(f"os.path.{name}" for name in _PATH),
)

LIBRARY = Library(
    "aiofiles",
    ("aiofiles",),
    {
        "aiofiles.open": files.OPEN,
        **{f"aiofiles.{path}": files.LIBRARY.functions[path] for path in _SAME},
        **{f"aiofiles.tempfile.{n}": files.LIBRARY.functions[f"tempfile.{n}"] for n in _TEMPORARY},
    },
)
