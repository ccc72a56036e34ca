"""The rules of breaking changes: one rule, one file, found by being here.

A rule's module holds ``RULE``, ``HARM`` and ``check``; one whose name begins with an underscore is
no rule. TQ701 to TQ729 are WIRE, TQ730 to TQ749 SOURCE, TQ750 to TQ789 ARCH.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.rule import Rule


@dataclass(frozen=True, slots=True)
class Check:
    """A rule, what its offences break, and the function that finds them."""

    rule: Rule
    harm: Harm
    run: Callable[[Comparison], Iterator[Change]]


@cache
def checks() -> tuple[Check, ...]:
    """Every rule over two versions, in order of the codes."""
    names = sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_"))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    found = (Check(m.RULE, m.HARM, m.check) for m in modules)
    return tuple(sorted(found, key=lambda check: check.rule.code))
