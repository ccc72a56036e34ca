"""The settings of a project's checks, and which rules a call leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.cli._shared.failures import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.lint.settings import LintSettings
    from torq_gen.rule import Rule


def read_settings(root: Path) -> LintSettings:
    """``[tool.torq-gen]`` of the project's pyproject.toml; without one, the default settings.

    Raises:
        UsageError: the settings cannot be used.
    """
    from torq_gen.lint.settings import FILE, LintSettings, SettingsError, line_of, mentions, parse

    try:
        data = (root / FILE).read_bytes()
    except FileNotFoundError:
        return LintSettings()
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise UsageError(f"{FILE}: expected UTF-8, found a byte order mark", "save it without one")
    if not mentions(data):
        return LintSettings()
    try:
        found = parse(data.decode(), FILE)
    except UnicodeDecodeError as error:
        raise UsageError(f"{FILE}: expected UTF-8, found something else") from error
    except SettingsError as error:
        raise UsageError(str(error), error.help) from error
    for folder in found.source_roots:
        if not (root / folder).is_dir():
            place = f"{FILE}:{line_of(data.decode(), 'source-roots')}"
            message = f"{place}: expected a folder among 'source-roots', found no \"{folder}\""
            raise UsageError(message, "modules are sought there: name those that there are")
    _refuse_unknown(found, data.decode())
    if found.bus:
        from torq_gen.cli._shared.own_bus import check_bus

        check_bus(root, found, data.decode())
    return found


def _refuse_unknown(settings: LintSettings, text: str) -> None:
    """Refuse words for rules that there are not, with their lines.

    Raises:
        UsageError: there is one.
    """
    if not (settings.severity or settings.select or settings.ignore):
        return
    from torq_gen.cli._shared.rules import check_patterns
    from torq_gen.lint.settings import FILE, line_of

    for word in settings.severity:
        check_patterns([word], f"{FILE}:{line_of(text, word, 'severity')}: ")
    for key, words in (("select", settings.select), ("ignore", settings.ignore)):
        check_patterns(words, f"{FILE}:{line_of(text, key)}: ")


class Choice:
    """Which rules run, and how their findings count: the call's words over the settings'."""

    def __init__(
        self, settings: LintSettings, select: Sequence[str] = (), ignore: Sequence[str] = ()
    ) -> None:
        self._select = tuple(select) or settings.select
        self._ignore = (*settings.ignore, *ignore)
        self._severity = dict(settings.severity)
        self.skipped: frozenset[str] = frozenset()
        self._levels: dict[str, str] = {}
        if self._select or self._ignore or self._severity:
            self._decide()

    def of(self, found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """The findings of the rules that run, each with the severity that it was given."""
        kept = (d for d in found if d.code not in self.skipped or _breaks_spec(d))
        return tuple(_at_level(d, self._levels.get(d.code)) for d in kept)

    def _decide(self) -> None:
        from torq_gen.cli._shared.rules import all_rules, check_patterns, chosen, matches

        check_patterns((*self._select, *self._ignore))
        self._refuse_idle()
        for rule in all_rules().values():
            for word in sorted(self._severity, key=lambda w: _precision(w, rule)):
                if matches(rule, [word]):
                    self._levels[rule.code] = self._severity[word]
        off = {code for code, level in self._levels.items() if level == "off"}
        running = chosen(self._select, self._ignore).keys() - off
        self.skipped = frozenset(all_rules().keys() - running)

    def _refuse_idle(self) -> None:
        """Refuse words that change nothing.

        Raises:
            UsageError: there is one.
        """
        from torq_gen.cli._shared.rules import chosen

        help_ = "without a spec nothing can be checked: mend it"
        for word in (*self._severity, *self._ignore):
            if all(map(_is_of_spec, _meant(word))):
                what = "keeps its severity" if word in self._severity else "cannot be left out"
                raise UsageError(f"{word!r} names an error of the spec, which {what}", help_)
        running = chosen(self._select, self._ignore).keys()
        for word in self._select:
            if running.isdisjoint(rule.code for rule in _meant(word)):
                message = f"{word!r} is selected and ignored: nothing of it would be checked"
                raise UsageError(message, "take it out of one of them; settings count, too")
        for word in self._severity:
            if running.isdisjoint(rule.code for rule in _meant(word) if not _is_of_spec(rule)):
                message = f"the severity of {word!r} has no effect: the rule does not run"
                raise UsageError(message, "take it out, or out of `ignore`, or into `select`")


def _meant(word: str) -> list[Rule]:
    from torq_gen.cli._shared.rules import all_rules, matches

    return [rule for rule in all_rules().values() if matches(rule, [word])]


def _is_of_spec(rule: Rule) -> bool:
    """Whether a rule's findings are errors of the spec, which stand above all choice."""
    return rule.code.startswith("TQ1") and rule.severity.value == "error"


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
