"""x"""
from __future__ import annotations
from torq_gen.rule import Sample
BAD: tuple[Sample, ...] = ()
GOOD: tuple[Sample, ...] = ()
