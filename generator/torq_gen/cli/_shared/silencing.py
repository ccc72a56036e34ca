"""What of the findings is shown: neither suppressed in the code nor held back by a baseline."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from torq_gen.cli._shared.failures import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torq_gen.cli._shared.looking import Look
    from torq_gen.cli._shared.scope import Scope
    from torq_gen.cli._shared.settings import Choice
    from torq_gen.diagnostics import Diagnostic
    from torq_gen.report.baseline import Baseline
    from torq_gen.rule import Rule


class Shown(NamedTuple):
    """The findings to show, and what a baseline did: its file, how many it holds back.

    ``no_need`` is a first one that was not written, as there was nothing to hold.
    """

    found: tuple[Diagnostic, ...]
    baseline: str = ""
    held_back: int = 0
    no_need: str = ""


def settle(scope: Scope, seen: Look, choice: Choice) -> tuple[Diagnostic, ...]:
    """The findings of the rules that run, without those that are suppressed with a reason."""
    from torq_gen.report import suppression

    texts = _remarks(scope, seen)
    rules = _LazyRules()
    return suppression.apply(choice.of(seen.found), texts, rules=rules, skipped=choice.skipped)


def hold_back(
    scope: Scope, found: Iterable[Diagnostic], choice: Choice, file: Path | None, *, update: bool
) -> Shown:
    """The findings that lie in the call's places and that the baseline does not hold.

    With ``update`` the baseline is written first: one that is not there takes all findings, one
    that is there only loses entries.

    Raises:
        UsageError: the baseline is not there or cannot be read.
    """
    if file is None:
        return Shown(_within(scope, found))
    from torq_gen.report import baseline

    found = tuple(found)
    shown = _relative(scope.root, file)
    looked = scope.has
    if update:
        old = _read(file, shown) if file.exists() else None
        if old is None and not any(map(baseline.can_hold, found)):
            return Shown(_within(scope, found), no_need=shown)
        data = baseline.updated(found, old, skipped=choice.skipped, looked=looked)
        _write(file, data)
    kept, stale = baseline.apply(_read(file, shown), found, skipped=choice.skipped, looked=looked)
    held_back = len(_within(scope, found)) - len(_within(scope, kept))
    return Shown((*_within(scope, kept), *choice.of(stale)), shown, held_back)


def _within(scope: Scope, found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Those in the call's places, and those of a service that has one and was not checked at all.

    The latter stand where the analysis ended, which may be another file.
    """
    from torq_gen.report.rules import unchecked_folder

    return tuple(d for d in found if scope.has(d.span.file) or scope.meets(unchecked_folder(d)))


def _read(file: Path, shown: str) -> Baseline:
    from torq_gen.report import baseline

    try:
        return baseline.read(file.read_bytes(), shown)
    except FileNotFoundError:
        message = f"{shown}: expected a baseline, found nothing"
        help_ = "--update-baseline writes a first one, if there is anything to hold back"
        raise UsageError(message, help_) from None
    except baseline.BaselineError as error:
        raise UsageError(str(error)) from error


def _write(file: Path, data: bytes) -> None:
    from torq_gen import disk

    if not file.exists() or file.read_bytes() != data:
        disk.replace_all(file.resolve().parent, {file.name: data})


def _relative(root: Path, file: Path) -> str:
    """The file's name in findings: relative to the root where it lies below it."""
    place = Path(os.path.abspath(file))  # noqa: PTH100 - resolve() would follow links
    return (place.relative_to(root) if place.is_relative_to(root) else file).as_posix()


def _remarks(scope: Scope, seen: Look) -> Mapping[str, str]:
    """The texts of the files that may suppress something, by path."""
    from torq_gen.report.suppression import mentions

    found: dict[str, str] = {}
    for file in (*seen.loaded.sources, *seen.marked):
        if scope.has(file):
            data = _content(scope.root / file)
            if mentions(data):
                found[file] = data.decode("utf-8", "replace")
    return found


def _content(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError:
        return b""  # it was removed meanwhile


class _LazyRules(Mapping[str, "Rule"]):
    """All rules; imported when somebody asks, which a clean run does not."""

    def __getitem__(self, code: str) -> Rule:
        return self._all()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> Mapping[str, Rule]:
        from torq_gen.cli._shared.rules import all_rules

        return all_rules()
