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
    """Print the findings, or write them to the file that is asked for.

    Raises:
        UsageError: a folder stands where the file belongs.
    """
    color = arguments.output is None and wants_color(arguments.color)
    text = _rendered(scope, seen, shown, choice, arguments.format, color)
    line = summary(seen.files, shown)
    if arguments.output is None:
        print(text, end="")
        if arguments.format == "text":
            print(line)
        return
    write(Path(arguments.output), text if arguments.format != "text" else f"{text}{line}\n")
    print(f"{line}; written to {arguments.output}")


_SOURCES = (".py", ".yaml", ".yml", ".toml", ".md")


def summary(files: Files, shown: Shown) -> str:
    """``3 errors, 1 warning in 37 files``; of a clean run, which files they are."""
    errors = sum(d.severity.value == "error" for d in shown.found)
    warnings = len(shown.found) - errors
    counted = ((errors, "error"), (warnings, "warning"))
    found = ", ".join(count(number, noun) for number, noun in counted if number)
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


def write(file: Path, text: str) -> None:
    """Write the file whole or not at all; what is no regular file is written to.

    Raises:
        UsageError: a folder stands there, or what people write; or it is ``-``.
    """
    if file.is_dir():
        raise UsageError(f"--output {file}: expected a file, found a folder")
    if str(file) == "-":
        raise UsageError(
            "--output -: expected a file", "without --output, findings go to standard output"
        )
    if file.suffix in _SOURCES and file.exists():
        raise UsageError(
            f"--output {file}: expected a place for the findings, found a file that people write",
            "name another file; it is written over",
        )
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
        from torq_gen.report.text import summary as last_line

        text = render(format, shown.found, texts, files=seen.files.all, color=color)
        return text.removesuffix(f"{last_line(shown.found)}\n")
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
