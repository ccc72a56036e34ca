"""Words that choose rules, and the refusal of those that choose nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torq_gen.cli._shared.failures import UsageError
from torq_gen.cli._shared.rules import all_rules, check_patterns, chosen, matches

if TYPE_CHECKING:
    from pathlib import Path

    from torq_gen.lint.settings import LintSettings
    from torq_gen.rule import Rule

_EVOLUTION = "evolution"
_ONE_OF_THEM = "take it out of one of them"


@dataclass(frozen=True, slots=True)
class Words:
    """What a call selects and ignores besides the settings of the project in ``root``.

    The call's ``select`` stands in place of the settings', its ``ignore`` adds to theirs.
    ``breaking`` tells the two commands apart that have rules.
    """

    root: Path
    settings: LintSettings
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    breaking: bool

    @property
    def selected(self) -> tuple[str, ...]:
        """The words that select."""
        return self.select or self.settings.select

    @property
    def ignored(self) -> tuple[str, ...]:
        """The words that leave out."""
        return (*self.settings.ignore, *self.ignore)

    def place(self, key: str, word: str) -> str:
        """Where the settings have a word, to begin a message with; empty for one of the call."""
        if word not in getattr(self.settings, key) or (key == "select" and self.select):
            return ""
        from torq_gen.cli._shared.settings import place_of

        return place_of(self.root, key, word)


def refuse_useless(words: Words, off: Collection[str]) -> None:
    """Refuse words that name no rule, or that change nothing; ``off`` are rules of that severity.

    Raises:
        UsageError: there is one.
    """
    given = {
        "severity": tuple(words.settings.severity),
        "select": words.selected,
        "ignore": words.ignored,
    }
    for key, found in given.items():
        for word in found:
            check_patterns([word], words.place(key, word))
    _refuse_of_spec(words, "severity", given["severity"], "keeps its severity")
    _refuse_of_spec(words, "ignore", given["ignore"], "cannot be left out")
    _refuse_of_another_command(words)
    _refuse_left_out(words, off)
    _refuse_idle_severity(words)


def _refuse_of_spec(words: Words, key: str, given: Collection[str], what: str) -> None:
    for word in given:
        if all(map(is_of_spec, meant(word))):
            message = f"{word!r} names an error of the spec, which {what}"
            help_ = "without a spec nothing can be checked: mend it"
            raise UsageError(f"{words.place(key, word)}{message}", help_)


def _refuse_of_another_command(words: Words) -> None:
    """A call selects what its command has: the settings are those of both."""
    other = "check" if words.breaking else "breaking"
    for word in words.select:
        if all((rule.family == _EVOLUTION) != words.breaking for rule in meant(word)):
            message = f"{word!r} names rules of another command: nothing of it would be checked"
            raise UsageError(message, f"torq-gen {other} --select {word}")


def _refuse_left_out(words: Words, off: Collection[str]) -> None:
    """What the settings select may be ignored by a call, unless nothing at all is left."""
    own = words.settings
    stated = chosen(own.select, own.ignore).keys() - off
    running = chosen(words.selected, words.ignored).keys() - off
    idle = [word for word in words.selected if running.isdisjoint(_codes(word))]
    for word in idle:
        if words.select or stated.isdisjoint(_codes(word)) or len(idle) == len(words.selected):
            ignored = _overlapping(word, words.ignored)
            key, how = ("ignore", "ignored") if ignored else ("severity", "off")
            against = ignored or _overlapping(word, own.severity)
            places = (words.place("select", word), *(words.place(key, one) for one in against))
            message = f"{word!r} is selected and {how}: nothing of it would be checked"
            raise UsageError(f"{next(filter(None, places), '')}{message}", _ONE_OF_THEM)


def _refuse_idle_severity(words: Words) -> None:
    """A call may run less than the settings say: there the words have a sense all the same."""
    stated = chosen(words.settings.select, words.settings.ignore).keys()
    for word in words.settings.severity:
        if stated.isdisjoint(rule.code for rule in meant(word) if not is_of_spec(rule)):
            message = f"the severity of {word!r} has no effect: the rule does not run"
            help_ = "take it out, or out of `ignore`, or into `select`"
            raise UsageError(f"{words.place('severity', word)}{message}", help_)


def meant(word: str) -> list[Rule]:
    """The rules that a word names."""
    return [rule for rule in all_rules().values() if matches(rule, [word])]


def _overlapping(word: str, among: Iterable[str]) -> list[str]:
    """The words that name a rule that this one names, too."""
    return [one for one in among if not _codes(one).isdisjoint(_codes(word))]


def _codes(word: str) -> frozenset[str]:
    return frozenset(rule.code for rule in meant(word))


def is_of_spec(rule: Rule) -> bool:
    """Whether a rule's findings are errors of the spec, which stand above all choice."""
    return rule.code.startswith("TQ1") and rule.severity.value == "error"
