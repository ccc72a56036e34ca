"""``torq.lock.yaml``: its text to a `Lock` and back; pure."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.model.lock import Lock, ReleasedMessage, ReleasedVersion
from torq_gen.spec import rules
from torq_gen.spec.findings import Findings
from torq_gen.spec.lock_file import LOCK_FILE
from torq_gen.spec.reader import read
from torq_gen.spec.structure import describe

if TYPE_CHECKING:
    from torq_gen.diagnostics import Diagnostic
    from torq_gen.spec.document import Document, Raw

_HEAD = """\
# Written by torq-gen; commit it. It remembers the ids of services and what has been released.
"""
_MESSAGE_KEYS = {"type", "domain", "versions"}
_PLAIN_KEY = re.compile(r"[a-z][a-z0-9_]*|[A-Z][A-Za-z0-9]*")
_MERGE_MARK = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})", re.MULTILINE)


_MEND = "run torq-gen release --mend, which keeps what both have released and assigned"


def parse(text: str, file: str = LOCK_FILE) -> tuple[Lock, tuple[Diagnostic, ...]]:
    """The lock in ``text``, and what is wrong with it; the lock is empty where there are errors."""
    findings = Findings()
    lock, _ = parse_document(text, file, findings)
    return lock, tuple(findings.all)


def parse_document(text: str, file: str, findings: Findings) -> tuple[Lock, Document | None]:
    """The lock, with the document for places of its entries."""
    if found := _MERGE_MARK.search(text):
        line = text.count("\n", 0, found.start()) + 1
        span = Span(file, line, 1, line, 8)
        findings.add(rules.WRONG_LOCK, span, _unfinished(text), help=_MEND)
        return Lock(), None
    if not re.sub(r"#.*", "", text).strip():
        return Lock(), None
    before = len(findings.all)
    document = read(file, text, findings)
    if document is None or len(findings.all) > before:
        return Lock(), None
    lock = _LockReader(document, findings).read()
    return (lock, document) if len(findings.all) == before else (Lock(), None)


def _unfinished(text: str) -> str:
    """What an unfinished merge is called: git's marks name the two branches."""
    from torq_gen.spec.lock_merge import sides

    found = sides(text)
    names = f"{found.ours_name} and {found.theirs_name}" if found is not None else "two branches"
    return f"a merge of {names} was left unfinished here"


class _LockReader:
    def __init__(self, document: Document, findings: Findings) -> None:
        self.document = document
        self.findings = findings

    def read(self) -> Lock:
        root = self.document.root
        if not isinstance(root, dict):
            self._wrong(self.document.whole(), f"expected a mapping, found {describe(root)}")
            return Lock()
        for key in root:
            if key not in ("services", "retired", "messages"):
                self._wrong(self.document.key(root, key), f"a lock has no key '{key}'")
        services, retired = self._ids(root, "services"), self._ids(root, "retired")
        return Lock(services, retired, self._messages(root))

    def _section(self, root: dict[str, Raw], key: str) -> dict[str, Raw]:
        section = root.get(key)
        if section is None or isinstance(section, dict):
            return section or {}
        message = f"expected a mapping for '{key}', found {describe(section)}"
        self._wrong(self.document.value(root, key), message)
        return {}

    def _ids(self, root: dict[str, Raw], key: str) -> dict[str, int]:
        section = self._section(root, key)
        for name, value in section.items():
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 65535:
                message = f"expected an id of 1 to 65535 for '{name}', found {describe(value)}"
                self._wrong(self.document.value(section, name), message)
        return dict(section)

    def _messages(self, root: dict[str, Raw]) -> dict[str, ReleasedMessage]:
        section = self._section(root, "messages")
        found: dict[str, ReleasedMessage] = {}
        for name, raw in section.items():
            if not _is_message(raw):
                message = f"expected the type id, the domain id and the versions of '{name}'"
                self._wrong(self.document.key(section, name), message)
                continue
            entries = raw["versions"]
            versions = {
                int(number): ReleasedVersion(entry["layout"], entry["golden"])
                for number, entry in entries.items()
                if self._is_version(entries, number, entry)
            }
            found[name] = ReleasedMessage(raw["type"], versions, raw.get("domain"))
        return found

    def _is_version(self, entries: dict[str, Raw], number: str, entry: Raw) -> bool:
        known = isinstance(entry, dict) and set(entry) == {"layout", "golden"}
        texts = known and all(isinstance(v, str) for v in entry.values())
        if texts and re.fullmatch(r"[1-9][0-9]{0,2}", number):
            return True
        message = "expected a version number with its layout and its golden digest"
        self._wrong(self.document.key(entries, number), message)
        return False

    def _wrong(self, span: Span, message: str) -> None:
        help = "restore torq.lock.yaml from version control"
        self.findings.add(rules.WRONG_LOCK, span, message, help=help)


def _is_message(raw: Raw) -> bool:
    """Whether an entry says what was released; older ones do not name the domain's id.

    One without versions would be as if nothing had been released.
    """
    if not isinstance(raw, dict) or not {"type", "versions"} <= set(raw) <= _MESSAGE_KEYS:
        return False
    ids = (raw["type"], raw.get("domain", 0))
    entries = raw["versions"]
    return all(type(i) is int for i in ids) and isinstance(entries, dict) and bool(entries)


def render(lock: Lock) -> str:
    """The file's text: sorted, a line an entry, so that branches merge and diffs are short."""
    lines = [_HEAD.rstrip("\n")]
    for title, ids in (("services", lock.services), ("retired", lock.retired)):
        if ids:
            ordered = sorted(ids.items(), key=lambda item: (item[1], item[0]))
            lines += [f"{title}:", *(f"  {_key(name)}: {number}" for name, number in ordered)]
    if lock.messages:
        lines.append("messages:")
        for name, message in sorted(lock.messages.items(), key=lambda m: (m[1].type_id, m[0])):
            lines += [f"  {_key(name)}:", f"    type: {message.type_id}"]
            lines += [f"    domain: {message.domain}"] if message.domain is not None else []
            lines.append("    versions:")
            for number, version in sorted(message.versions.items()):
                golden, layout = _quoted(version.golden), _quoted(version.layout)
                lines.append(f"      {number}: {{golden: {golden}, layout: {layout}}}")
    return "\n".join(lines) + "\n"


def _key(name: str) -> str:
    from torq_gen.spec.scalars import resolve

    return name if _PLAIN_KEY.fullmatch(name) and resolve(name) == name else _quoted(name)


def _quoted(text: str) -> str:
    """A double-quoted scalar; YAML knows JSON's escapes, but no pairs of surrogates."""
    return json.dumps(text, ensure_ascii=False)
