"""Fields that a newer version has no longer."""

from __future__ import annotations

from torq_gen.evolution import reading
from torq_gen.evolution.comparison import MessagePair
from torq_gen.model import Field


def dropped(pair: MessagePair) -> tuple[Field, ...]:
    """The fields that are gone, under any name."""
    names = reading.renamed(pair.old.fields, pair.new.fields)
    kept = {f.name for f in pair.new.fields}
    return tuple(f for f in pair.old.fields if names.get(f.name, f.name) not in kept)
