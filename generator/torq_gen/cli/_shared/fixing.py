"""What ``--fix`` makes of the findings: the new contents of files. The spec is never widened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from torq_gen.cli._shared.terminal import count

if TYPE_CHECKING:
    from pathlib import Path

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.model import System


class Fixed(NamedTuple):
    """New contents by path from the root; ``left`` says of each finding that stays, why."""

    files: Mapping[str, bytes]
    note: str
    left: tuple[str, ...]


def fix(root: Path, found: Iterable[Diagnostic], system: System) -> Fixed:
    """Missing handlers put in, unused suppressions taken out; and what is said about it."""
    from torq_gen.lint.fixes import MISSING_HANDLER
    from torq_gen.report.suppression import removable

    by_file: dict[str, list[Diagnostic]] = {}
    for finding in found:
        if removable(finding) or finding.rule == MISSING_HANDLER:
            by_file.setdefault(finding.span.file, []).append(finding)
    files: dict[str, bytes] = {}
    left: list[str] = []
    for file, findings in sorted(by_file.items()):
        content = (root / file).read_bytes()
        changed = _fixed(file, content, findings, system, left)
        if changed != content:
            files[file] = changed
    number = sum(map(len, by_file.values())) - len(left)
    note = f"fixed {count(number, 'finding')} in {count(len(files), 'file')}"
    return Fixed(files, note, tuple(left))


def _fixed(
    file: str,
    content: bytes,
    findings: Sequence[Diagnostic],
    system: System,
    left: list[str],
) -> bytes:
    """The file's new content; for each finding that stays, ``left`` gets a line."""
    from torq_gen.lint.fixes import Handler, NotFixableError, with_handler
    from torq_gen.report.suppression import removable, without_unused

    encoding = _encoding(file, content)
    try:
        original = content.decode(encoding)
        text = without_unused(original, findings)
        for finding in findings:
            if removable(finding):
                continue
            try:
                owner = _text_at(original, finding)
                text = with_handler(text, Handler(finding.subject, owner, system.package))
            except NotFixableError as error:
                left.append(f"{finding.span}: not fixed: {finding.code}: {error}")
        return text.encode(encoding)
    except (UnicodeError, LookupError):
        left += (f"{d.span}: not fixed: {d.code}: the file is not {encoding}" for d in findings)
        return content


def _text_at(text: str, finding: Diagnostic) -> str:
    """What stands at a finding of one line."""
    from torq_gen.lint.fixes import lines_of

    span = finding.span
    lines = lines_of(text.removeprefix("\ufeff"))
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    return line[span.column - 1 : span.end_column - 1]


def _encoding(file: str, content: bytes) -> str:
    """What a Python file says its encoding is; a byte order mark stays part of the text."""
    if not file.endswith((".py", ".pyi")):
        return "utf-8"
    from io import BytesIO
    from tokenize import detect_encoding

    try:
        found, _ = detect_encoding(BytesIO(content).readline)
    except SyntaxError:
        return "utf-8"
    return "utf-8" if found == "utf-8-sig" else found
