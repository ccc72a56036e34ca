"""What ``--fix`` makes of the findings: the new contents of files. The spec is never widened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from torq_gen.cli._shared.terminal import count

if TYPE_CHECKING:
    from pathlib import Path

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.lint.fixes import Handler
    from torq_gen.model import System


class Fixed(NamedTuple):
    """New contents by path from the root; ``left`` says of each finding that stays, why."""

    files: Mapping[str, bytes]
    note: str
    left: tuple[str, ...]


def fix(root: Path, found: Iterable[Diagnostic], system: System) -> Fixed:
    """Missing handlers put in or renamed, unused suppressions taken out; what is said about it."""
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
        changed = _fixed(root, file, content, findings, system, left)
        if changed != content:
            files[file] = changed
    number = sum(map(len, by_file.values())) - len(left)
    note = f"fixed {count(number, 'finding')} in {count(len(files), 'file')}"
    return Fixed(files, note, tuple(left))


def _fixed(
    root: Path,
    file: str,
    content: bytes,
    findings: Sequence[Diagnostic],
    system: System,
    left: list[str],
) -> bytes:
    """The file's new content; for each finding that stays, ``left`` gets a line."""
    from torq_gen.lint.fixes import Handler, NotFixableError
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
                handler = Handler(finding.subject, owner, system.package)
                text = _handled(root, file, text, handler, system)
            except NotFixableError as error:
                left.append(f"{finding.span}: not fixed: {finding.code}: {error}")
        return text.encode(encoding)
    except (UnicodeError, LookupError):
        left += (f"{d.span}: not fixed: {d.code}: the file is not {encoding}" for d in findings)
        return content


def _handled(root: Path, file: str, text: str, handler: Handler, system: System) -> str:
    """The text with a method renamed that is the handler but for a slip, else with a new one.

    Raises:
        NotFixableError: neither can be done safely.
    """
    from torq_gen.cli._shared.renamed_code import mentions
    from torq_gen.lint.fixes import with_handler, without_slip

    def elsewhere(word: str) -> str:
        found = (place.rsplit(":", 2) for place in mentions(root, frozenset([word]), {}, code=True))
        others = (f"{at}:{line}" for at, line, _ in found if at.endswith(".py") and at != file)
        return next(others, "")

    renamed = without_slip(text, handler, system.messages, elsewhere)
    return with_handler(text, handler) if renamed is None else renamed


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
