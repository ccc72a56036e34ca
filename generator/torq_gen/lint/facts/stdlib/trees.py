"""shutil: files, and folders with all that is below them."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.library import Call, Effect, Function, Library
from torq_gen.lint.facts.model import Access, Fact
from torq_gen.lint.facts.outside.effects import each, effects
from torq_gen.lint.facts.outside.paths import READ, WRITE, accesses, below, touching
from torq_gen.lint.facts.stdlib.files import from_to, in_folder
from torq_gen.lint.facts.text import Text


def _below(how: tuple[Access, ...], position: int, name: str) -> Effect:
    """What is done to all files below a folder that need not be given."""

    def effect(call: Call) -> Iterator[Fact]:
        argument = call.argument(position, name)
        if argument is not None:
            yield from accesses(call, below(argument.value), how, argument)

    return effect


def _archived(call: Call) -> Iterator[Fact]:
    """``make_archive``: everything below a folder, which is the one that the process is in."""
    if call.argument(2, "root_dir") is None and call.argument(3, "base_dir") is None:
        yield from accesses(call, below(Text.of(["."])), READ)


LIBRARY = Library(
    "trees",
    ("shutil",),
    {
        **each(("copy", "copy2", "copyfile"), from_to(READ), "shutil."),
        "shutil.copytree": Function(effects(_below(READ, 0, "src"), _below(WRITE, 1, "dst"))),
        "shutil.move": from_to(WRITE),
        "shutil.rmtree": in_folder(WRITE),
        "shutil.chown": Function(touching(WRITE, 0, "path")),
        "shutil.make_archive": Function(
            effects(
                touching(WRITE, 0, "base_name"),
                _archived,
                _below(READ, 2, "root_dir"),
                _below(READ, 3, "base_dir"),
            )
        ),
        "shutil.unpack_archive": Function(
            effects(touching(READ, 0, "filename"), _below(WRITE, 1, "extract_dir"))
        ),
    },
)
