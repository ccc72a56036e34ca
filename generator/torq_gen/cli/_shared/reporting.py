"""Where the findings of ``check`` go, and the line that says what was looked at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from torq_gen.cli._shared.failures import UsageError
from torq_gen.cli._shared.terminal import count, wants_color

if TYPE_CHECKING:
    from argparse import Namespace

    from torq_gen.cli._shared.looking import Look
    from torq_gen.cli._shared.scope import Files, Scope
    from torq_gen.cli._shared.settings import Choice
    from torq_gen.cli._shared.silencing import Shown
    from torq_gen.rule import Rule


def report(scope: Scope, seen: Look, shown: Shown, choice: Choice, arguments: Namespace) -> None:
    """Print the findings, or write them to the file that is asked for."""
    color = arguments.output is None and wants_color(arguments.color)
    text = _rendered(scope, seen, shown, choice, arguments.format, color)
    put(text, summary(seen.files, shown), arguments)


def put(text: str, line: str, arguments: Namespace) -> None:
    """Print findings and the line below them, or write them to the file that is asked for."""
    if arguments.output is None:
        print(text, end="")
        if arguments.format == "text":
            print(line)
        return
    _write(Path(arguments.output), text if arguments.format != "text" else f"{text}{line}\n")
    print(f"{line}; written to {arguments.output}")


_SOURCES = (".py", ".yaml", ".yml", ".toml", ".md")


def refuse_output(output: str | None) -> None:
    """Refuse a place for findings where they cannot be written, before anything is looked at.

    Raises:
        UsageError: a folder stands there, or what people write; or it is ``-``.
    """
    if output is None:
        return
    file = Path(output)
    if output == "-":
        raise UsageError(
            "--output -: expected a file", "without --output, findings go to standard output"
        )
    if file.is_dir():
        raise UsageError(f"--output {file}: expected a file, found a folder")
    if file.suffix in _SOURCES and file.exists():
        raise UsageError(
            f"--output {file}: expected a place for the findings, found a file that people write",
            "name another file; it is written over",
        )


def summary(files: Files, shown: Shown) -> str:
    """``3 errors, 1 warning in 37 files``; of a clean run, which files they are."""
    from torq_gen.report.counting import counts

    found = ", ".join(counts(shown.found))
    line = f"{found or 'no findings'} in {count(files.all, 'file')}"
    if not found:
        kinds = ("of the spec", "generated", "of services", "of topologies")
        parts = [f"{number:,} {kind}" for number, kind in zip(files, kinds, strict=True) if number]
        line += f": {', '.join(parts)}" if parts else ""
    if shown.no_need:
        line += f" ({shown.no_need} was not written: there is nothing to hold back)"
    if shown.held_back:
        line += f" ({shown.held_back:,} held back by {shown.baseline})"
    return line


def _write(file: Path, text: str) -> None:
    """Write the file whole or not at all; what is no regular file is written to."""
    data = text.encode("utf-8", "backslashreplace")
    if file.exists() and not file.is_file():
        with file.open("wb") as device:
            device.write(data)
        return
    from torq_gen import disk

    disk.replace_all(file.resolve().parent, {file.name: data})


def _rendered(
    scope: Scope, seen: Look, shown: Shown, choice: Choice, format: str, color: bool
) -> str:
    """The findings in the format; as text without a last line, which ``summary`` gives."""
    from torq_gen.cli._shared.scope import Texts

    if format == "text" and not shown.found:
        return ""
    from torq_gen.report import render

    texts = Texts(scope.root, (d.span.file for d in shown.found))
    if format == "text":
        from torq_gen.report.text import blocks

        return blocks(shown.found, texts, color=color)
    rules: tuple[Rule, ...] = ()
    if format != "json":
        from torq_gen.cli._shared.rules import all_rules

        here = (r for r in all_rules().values() if r.family != "evolution")  # which `breaking` runs
        ran = (r for r in here if seen.usable or r.family == "spec")  # the others saw nothing
        rules = tuple(rule for rule in ran if rule.code not in choice.skipped)
    base = _base(scope.root)
    return render(format, shown.found, texts, files=seen.files.all, rules=rules, base=base)


def _base(root: Path) -> str:
    """The project's folder from its repository's; empty where they are one, or there is none."""
    for folder in (root, *root.parents):
        if os.path.lexists(folder / ".git"):
            name = root.relative_to(folder).as_posix()
            return "" if name == "." else name
    return ""
