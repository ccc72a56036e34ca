"""Reads torq-breaking.yaml: which breaks are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.evolution.approval_rules import WRONG_APPROVAL
from torq_gen.evolution.approvals import FILE, Approval
from torq_gen.evolution.releases import Version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torq_gen.rule import Rule
    from torq_gen.spec.document import Document, Raw

_KEYS = ("rule", "subject", "reason", "until")
_SHAPE = "write approved: and below it entries of rule, subject, reason and until"


def read(
    root: Path, rules: Mapping[str, Rule]
) -> tuple[tuple[Approval, ...], tuple[Diagnostic, ...]]:
    """The approvals of a project, and what is wrong with the others; nothing without the file."""
    from torq_gen.spec.files import decode
    from torq_gen.spec.findings import Findings
    from torq_gen.spec.reader import read as read_yaml

    try:
        data = (root / FILE).read_bytes()
    except FileNotFoundError:
        return (), ()
    findings = Findings()
    text = decode(FILE, data, findings)
    if text is None or not text.strip():
        return (), tuple(findings.all)
    document = read_yaml(FILE, text, findings)
    if document is None or findings.failed:
        return (), tuple(findings.all)
    return _Reader(document, rules).read()


class _Reader:
    def __init__(self, document: Document, rules: Mapping[str, Rule]) -> None:
        self.document = document
        self.by_word = {word: r.code for r in rules.values() for word in (r.code, r.name)}
        self.found: list[Approval] = []
        self.wrong: list[Diagnostic] = []

    def read(self) -> tuple[tuple[Approval, ...], tuple[Diagnostic, ...]]:
        root = self.document.root
        entries = root.get("approved") if isinstance(root, dict) else None
        if not isinstance(entries, list) or set(root) != {"approved"}:
            if root is not None:
                self._wrong(self.document.whole(), "expected one key, 'approved', with a list")
            return (), tuple(self.wrong)
        for index, entry in enumerate(entries):
            self._entry(self.document.value(entries, index), entry)
        return tuple(self.found), tuple(self.wrong)

    def _entry(self, span: Span, entry: Raw) -> None:
        if not isinstance(entry, dict):
            self._wrong(span, "expected an entry with rule, subject, reason and until")
            return
        first = self._span(entry, next(iter(entry), ""), span)
        missing = [key for key in _KEYS if key not in entry]
        unknown = [key for key in entry if key not in _KEYS]
        for key in unknown:
            self._wrong(self.document.key(entry, key), f"an approval has no key '{key}'")
        if missing:
            self._wrong(first, f"the approval lacks {', '.join(missing)}")
        if missing or unknown:
            return
        words = {key: entry[key] for key in _KEYS}
        for key, value in words.items():
            if not isinstance(value, str) or not value.strip():
                place = self.document.value(entry, key)
                self._wrong(place, f"expected a text for '{key}'", _quoted(key))
                return
        self._checked(entry, words, first)

    def _checked(self, entry: dict[str, Raw], words: dict[str, str], first: Span) -> None:
        code = self.by_word.get(words["rule"].strip())
        if code is None:
            from torq_gen.cli._shared.failures import did_you_mean

            near = did_you_mean(words["rule"], self.by_word)
            place = self.document.value(entry, "rule")
            message = f"no rule '{words['rule']}' is about breaking changes"
            self._wrong(place, message, near or "torq-gen breaking --rules lists them")
        elif Version.of(words["until"].strip()) is None:
            place = self.document.value(entry, "until")
            self._wrong(
                place,
                f"expected a version such as v2.0 for 'until', found '{words['until']}'",
                "an approval ends with a release: name it",
            )
        else:
            line = self._line(entry, first)
            subject, reason, until = (words[key].strip() for key in ("subject", "reason", "until"))
            self.found.append(Approval(code, subject, reason, until, line))

    def _line(self, entry: dict[str, Raw], first: Span) -> Span:
        """The entry's first key with its value."""
        key = next(iter(entry))
        value = self.document.value(entry, key)
        if value.line != first.line:
            return first
        return Span(FILE, first.line, first.column, value.end_line, value.end_column)

    def _span(self, entry: dict[str, Raw], key: str, other: Span) -> Span:
        return self.document.key(entry, key) if key in entry else other

    def _wrong(self, span: Span, message: str, help: str = _SHAPE) -> None:
        self.wrong.append(WRONG_APPROVAL.at(span, message, help=help))


def _quoted(key: str) -> str:
    return 'quote it: until: "2.0"' if key == "until" else f"say it: {key}: …"
