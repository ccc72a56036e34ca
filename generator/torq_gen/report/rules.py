"""What can be wrong with suppressions and the baseline (TQ901 to TQ903)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Diagnostic, Severity
from torq_gen.rule import Rule, Sample

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

NOT_CHECKED = ("TQ610", "TQ613")
"""The rules whose findings say that nothing was looked for: in a file, or (by a subject that ends
in ``/``) in the code of a whole service. Such a finding stands for all that was not found."""
_SCHEMA = "schemas/market.yaml"
_SERVICES = """\
services:
  feed:
    id: 1
    publishes: [Quote]{comment}
    subscribes: []
"""

WITHOUT_REASON = Rule(
    "TQ901",
    "suppression-without-reason",
    "A suppression does not say why the finding is right where it stands.",
    why="Whoever reads the code later has to know whether the suppression still holds. Without a "
    "reason nobody can tell, so it silences nothing.",
    fix="Write the reason after the bracket: `# torq: ignore[TQ501] shown to people only`. "
    "Or remove the comment and mend the code.",
    bad=(
        Sample(
            "async def on_quote(self, message):\n"
            "    share = message.size / 2  «# torq: ignore[TQ501]»\n",
            title="nothing after the bracket",
        ),
        Sample(
            "async def on_quote(self, message):\n"
            "    «# torq: ignore[TQ501, TQ502] --»  # noqa: E501\n"
            "    share = message.size / 2.0\n",
            title="signs alone are no reason",
        ),
    ),
    good=(
        Sample(
            "async def on_quote(self, message):\n"
            "    # silenced with `torq: ignore[TQ501]` until release 2\n"
            "    share = message.size // 2\n",
            title="a comment that speaks of suppressions is none",
        ),
        Sample(
            _SERVICES.format(comment="  # torq: ignore[TQ146] the desk comes with release 2"),
            path="system.yaml",
            title="a reason after the bracket",
        ),
    ),
)

UNUSED = Rule(
    "TQ902",
    "unused-suppression",
    "A suppression silences nothing.",
    why="It stays behind when the code is mended, and silences the next finding at that place, "
    "which nobody has judged. One that names no rule, a family of rules, or one that cannot be "
    "suppressed, looks as if it did something.",
    fix="Remove it, or the one code of several that is named; `torq-gen check --fix` does so. "
    "Errors of the spec (TQ1xx) and of suppressions (TQ9xx) cannot be suppressed, nor can code "
    "that was not checked (TQ610, TQ613).",
    bad=(
        Sample(
            "services:\n"
            "  feed:\n"
            "    id: 1\n"
            "    publishes: [Quote]\n"
            "    subscribes: []\n"
            "  desk:\n"
            "    id: 2\n"
            "    publishes: []\n"
            "    subscribes: [Quote]  «# torq: ignore[TQ146] nobody listens yet»\n",
            path="system.yaml",
            title="the finding is gone",
        ),
        Sample(
            _SERVICES.format(comment="  # torq: ignore[TQ146, «TQ1460»] for release 2"),
            path="system.yaml",
            title="a rule that does not exist",
        ),
        Sample(
            _SERVICES.format(comment="  «# torq: ignore[unknown-message] for release 2»"),
            path="system.yaml",
            title="an error of the spec cannot be suppressed",
        ),
        Sample(
            "«# torq: ignore[TQ610] as it came from the vendor»\n"
            "async def on_quote(self, message)\n    return None\n",
            title="of code that is not checked nobody knows what it does",
        ),
        Sample(
            _SERVICES.format(comment="  «# torq: ignore[spec] for release 2»"),
            path="system.yaml",
            title="a family stands for findings that nobody has judged",
        ),
        Sample(
            "async def on_quote(self, message):\n"
            "    return None  «# torq: ignore TQ201, as agreed»\n",
            title="not the form of a suppression",
        ),
    ),
    good=(
        Sample(
            _SERVICES.format(comment="  # torq: ignore[unheard-publication] for release 2"),
            path="system.yaml",
            title="on the finding's line, by the rule's name",
        ),
        Sample(
            "services:\n"
            "  feed:\n"
            "    id: 1\n"
            "    # torq: ignore[TQ146] the desk\n"
            "    # comes with release 2\n"
            "    publishes: [Quote]\n"
            "    subscribes: []\n",
            path="system.yaml",
            title="alone above the finding's line",
        ),
        Sample(
            'HELP = "silence it with # torq: ignore[TQ201] and a reason"\n',
            title="a text is no comment",
        ),
    ),
)

_ENTRY = (
    '{"rule": "TQ146", "service": "", "symbol": "", '
    '"subject": "Quote is published here and subscribed by nobody", '
    '"file": "system.yaml", "count": %d}'
)
_BASELINE = '{\n  "version": 1,\n  "entries": [\n    %s\n  ]\n}\n'

STALE_ENTRY = Rule(
    "TQ903",
    "stale-baseline-entry",
    "The baseline holds a finding that no longer occurs.",
    why="The baseline is what is still to be mended. An entry that stays after the code is mended "
    "hides the same finding when it comes back.",
    fix="Run `torq-gen check --update-baseline`, which only ever shrinks the baseline, and commit "
    "it.",
    bad=(
        Sample(
            _BASELINE % f"«{_ENTRY % 1}»",
            path="torq-baseline.json",
            title="the message has a subscriber now",
        ),
        Sample(
            _BASELINE % f"«{_ENTRY % 2}»",
            path="torq-baseline.json",
            title="there were two, and one of them is mended",
            files={"system.yaml": _SERVICES.format(comment="")},
        ),
    ),
    good=(
        Sample(
            _BASELINE % _ENTRY % 1,
            path="torq-baseline.json",
            title="what it holds is still found",
            files={"system.yaml": _SERVICES.format(comment="")},
        ),
    ),
)

RULES = (WITHOUT_REASON, UNUSED, STALE_ENTRY)


def can_be_silenced(code: str, severity: Severity) -> bool:
    """Whether a finding can be suppressed or held by a baseline.

    With an error in the spec there is no system to check code against; what guards the
    suppressions cannot be switched off by one; and of what was not checked nobody can say that it
    is known, or right for a reason.
    """
    of_spec = code.startswith("TQ1") and severity is Severity.ERROR
    return not (of_spec or code.startswith("TQ9") or code in NOT_CHECKED)


def silenceable(diagnostic: Diagnostic) -> bool:
    """``can_be_silenced`` of a finding."""
    return can_be_silenced(diagnostic.code, diagnostic.severity)


def unchecked_folder(diagnostic: Diagnostic) -> str:
    """The folder of a service of which the finding says that it was not checked, with a slash."""
    subject = diagnostic.subject
    return subject if diagnostic.code in NOT_CHECKED and subject.endswith("/") else ""


def unchecked(diagnostics: Iterable[Diagnostic]) -> Container[str] | None:
    """The files that were not understood; None when errors of the spec kept everything from checks.

    What nobody could look for there is neither unused nor stale.
    """
    files, folders = set(), set()
    for diagnostic in diagnostics:
        if diagnostic.code.startswith("TQ1") and not silenceable(diagnostic):
            return None
        if diagnostic.code in NOT_CHECKED:
            files.add(diagnostic.span.file)
            if folder := unchecked_folder(diagnostic):
                folders.add(folder)
    return _Places(frozenset(files), tuple(folders))


@dataclass(frozen=True, slots=True)
class _Places:
    """Files, and all that is below folders, which end in a slash."""

    files: frozenset[str]
    folders: tuple[str, ...]

    def __contains__(self, file: object) -> bool:
        return file in self.files or str(file).startswith(self.folders)
