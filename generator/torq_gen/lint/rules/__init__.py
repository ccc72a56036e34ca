"""The rules over facts: one rule, one file, found by being here.

A rule's module holds ``RULE`` and ``check``; one whose name begins with an underscore is no rule.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from torq_gen.immutable import immutable
from torq_gen.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import ModuleType

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.lint.view import ServiceView


class RuleError(Exception):
    """A module among the rules is none, or two rules have one code or name."""


@immutable
class Check:
    """A rule, and the function that finds its offences in one service."""

    rule: Rule
    run: Callable[[ServiceView], Iterator[Diagnostic]]


@cache
def checks() -> tuple[Check, ...]:
    """Every rule over facts, in order of the codes.

    Raises:
        RuleError: as ``discover``.
    """
    return discover(__path__, __name__)


def discover(folders: Iterable[str], package: str) -> tuple[Check, ...]:
    """The rules in a package's folders, in order of their codes.

    Raises:
        RuleError: a module does not import, lacks RULE or check, or shares a code or a name.
    """
    names = sorted(m.name for m in iter_modules(folders) if not m.name.startswith("_"))
    found = [_check(_imported(f"{package}.{name}")) for name in names]
    for kind in ("code", "name"):
        seen: dict[str, Check] = {}
        for check in found:
            key = getattr(check.rule, kind)
            if key in seen:
                raise RuleError(f"two rules have the {kind} {key}")
            seen[key] = check
    return tuple(sorted(found, key=lambda check: check.rule.code))


def _imported(name: str) -> ModuleType:
    try:
        return import_module(name)
    except Exception as error:
        raise RuleError(f"the rule {name} does not import: {error}") from error


def _check(module: ModuleType) -> Check:
    rule, check = getattr(module, "RULE", None), getattr(module, "check", None)
    if not isinstance(rule, Rule) or not callable(check):
        raise RuleError(
            f"{module.__name__}: expected a RULE and a check, found one of them at most"
        )
    return Check(rule, check)
