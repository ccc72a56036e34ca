"""Every finding that the loader can report; codes are stable and never reused."""

# ruff: noqa: F403 - what a part of the rules declares is all of it meant to be found here
from __future__ import annotations

from torq_gen.rule import Rule
from torq_gen.spec.rules.domains import *
from torq_gen.spec.rules.files import *
from torq_gen.spec.rules.mentions import *
from torq_gen.spec.rules.messages import *
from torq_gen.spec.rules.released import *
from torq_gen.spec.rules.services import *
from torq_gen.spec.rules.structure import *
from torq_gen.spec.rules.types import *

ALL: tuple[Rule, ...] = tuple(
    sorted((r for r in list(globals().values()) if isinstance(r, Rule)), key=lambda r: r.code)
)
