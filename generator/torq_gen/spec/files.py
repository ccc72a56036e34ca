"""Spec files as text: what cannot be read is a finding with its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.spec import rules
from torq_gen.spec.inputs import MAX_FILE_SIZE

if TYPE_CHECKING:
    from torq_gen.spec.findings import Findings
    from torq_gen.spec.inputs import Contents

# C0 and C1 controls but tab and line ends, the invisible line separators, and non-characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_TAB_INDENT = re.compile(r"^ *\t", re.MULTILINE)


def usable(contents: Contents, file: str, findings: Findings) -> bytes | None:
    """The file's content, or None after a finding."""
    found = contents[file]
    if isinstance(found, bytes):
        if len(found) <= MAX_FILE_SIZE:
            return found
        problem = f"expected at most {MAX_FILE_SIZE // (1024 * 1024)} MiB, the file is larger"
    elif isinstance(found, FileNotFoundError):
        problem = "the file does not exist"
    else:
        problem = f"the file cannot be read: {found.strerror or found}"
    findings.add(rules.UNREADABLE_FILE, Span.of_file(file), problem)
    return None


def decode(file: str, data: bytes, findings: Findings) -> str | None:
    """The file's text, or None after a finding about what is no plain UTF-8 text."""
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        message = "the file starts with a byte order mark"
        help = "save it as UTF-8 without a byte order mark"
        findings.add(rules.UNREADABLE_FILE, Span.of_file(file), message, help=help)
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        message = f"expected UTF-8, found byte 0x{data[error.start]:02X}"
        findings.add(rules.UNREADABLE_FILE, _at(file, before), message, help="save it as UTF-8")
        return None
    if found := _UNPRINTABLE.search(text):
        span = _at(file, text[: found.start()])
        message = f"the character U+{ord(found.group()):04X} is not allowed in a spec"
        help = "remove it, or write it as an escape in a quoted text"
        findings.add(rules.UNREADABLE_FILE, span, message, help=help)
        return None
    if found := _TAB_INDENT.search(text):
        span = _at(file, text[: found.end() - 1])
        message = "a tab stands where only spaces may indent"
        findings.add(rules.INVALID_YAML, span, message, help="indent with spaces")
        return None
    return text


def _at(file: str, before: str) -> Span:
    """The place of the character after ``before``."""
    lines = re.split(r"\r\n|\r|\n", before)
    line, column = len(lines), len(lines[-1]) + 1
    return Span(file, line, column, line, column + 1)
