"""The settings of a project's checks, and which rules a call leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.cli._shared.failures import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from torq_gen.cli._shared.words import Words
    from torq_gen.diagnostics import Diagnostic
    from torq_gen.lint.settings import LintSettings
    from torq_gen.rule import Rule


def read_settings(root: Path) -> LintSettings:
    """``[tool.torq-gen]`` of the project's pyproject.toml; without one, the default settings.

    Raises:
        UsageError: the settings cannot be used.
    """
    from torq_gen.lint.settings import FILE, LintSettings, SettingsError, mentions, parse

    try:
        data = (root / FILE).read_bytes()
    except FileNotFoundError:
        return LintSettings()
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise UsageError(
            f"{FILE}:1: expected UTF-8, found a byte order mark", "save it without one"
        )
    if not mentions(data):
        return LintSettings()
    try:
        found = parse(data.decode(), FILE)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{FILE}:{line}: expected UTF-8, found something else") from error
    except SettingsError as error:
        raise UsageError(str(error), error.help) from error
    for folder in found.source_roots:
        if not (root / folder).is_dir():
            place = place_of(root, "source-roots", folder)
            message = f"{place}expected a folder among 'source-roots', found no \"{folder}\""
            raise UsageError(message, "modules are sought there: name those that there are")
    if found.bus:
        from torq_gen.cli._shared.own_bus import check_bus

        check_bus(root, found, data.decode())
    return found


def place_of(root: Path, key: str, word: str) -> str:
    """Where the settings have a word, to begin a message with."""
    from torq_gen.lint.settings import FILE, line_of

    text = (root / FILE).read_text("utf-8")
    line = line_of(text, word, key) if key == "severity" else line_of(text, key, value=word)
    return f"{FILE}:{line}: "


class Choice:
    """Which rules run, and how their findings count: the call's words over the settings'.

    ``breaking`` tells whether it is that command that runs them.

    Raises:
        UsageError: a word names no rule, or changes nothing.
    """

    def __init__(
        self,
        root: Path,
        settings: LintSettings,
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        *,
        breaking: bool = False,
    ) -> None:
        self.skipped: frozenset[str] = frozenset()
        self._levels: dict[str, str] = {}
        if select or ignore or settings.select or settings.ignore or settings.severity:
            from torq_gen.cli._shared.words import Words

            self._decide(Words(root, settings, tuple(select), tuple(ignore), breaking))

    def of(self, found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """The findings of the rules that run, each with the severity that it was given."""
        kept = (d for d in found if d.code not in self.skipped or _breaks_spec(d))
        return tuple(_at_level(d, self._levels.get(d.code)) for d in kept)

    def _decide(self, words: Words) -> None:
        from torq_gen.cli._shared.rules import all_rules, chosen, matches
        from torq_gen.cli._shared.words import refuse_useless

        severity = words.settings.severity
        for rule in all_rules().values():
            for word in sorted(severity, key=lambda w: _precision(w, rule)):
                if matches(rule, [word]):
                    self._levels[rule.code] = severity[word]
        off = {code for code, level in self._levels.items() if level == "off"}
        refuse_useless(words, off)
        running = chosen(words.selected, words.ignored).keys() - off
        self.skipped = frozenset(all_rules().keys() - running)


def _precision(word: str, rule: Rule) -> tuple[bool, int]:
    """How closely a word names a rule: the rule itself, the beginning of its code, its family."""
    exact = word.lower() in (rule.code.lower(), rule.name)
    return exact, len(word) if word.upper().startswith("TQ") else 0


def _breaks_spec(finding: Diagnostic) -> bool:
    return finding.code.startswith("TQ1") and finding.severity.value == "error"


def _at_level(finding: Diagnostic, level: str | None) -> Diagnostic:
    if level in (None, "off", finding.severity.value) or _breaks_spec(finding):
        return finding
    from dataclasses import replace

    from torq_gen.diagnostics import Severity

    return replace(finding, severity=Severity(level))
