"""Samples of the loader's rules, in a project with the messages Quote and Trade and no service."""

from __future__ import annotations

from torq_gen.rule import Sample

SYSTEM, SCHEMA, LOCK = "system.yaml", "schemas/market_data.yaml", "torq.lock.yaml"


def system(title: str, text: str, **files: str | None) -> Sample:
    """A sample in system.yaml; of ``files``, ``schema`` and ``lock`` are the others' texts."""
    return Sample(text, SYSTEM, title, _named(files))


def schema(title: str, text: str, **files: str | None) -> Sample:
    """A sample in the schema; of ``files``, ``system`` and ``lock`` are the others' texts."""
    return Sample(text, SCHEMA, title, _named(files))


def lock(title: str, text: str, **files: str | None) -> Sample:
    """A sample in torq.lock.yaml; of ``files``, ``system`` and ``schema`` are the others' texts."""
    return Sample(text, LOCK, title, _named(files))


def _named(files: dict[str, str | None]) -> dict[str, str | None]:
    paths = {"system": SYSTEM, "schema": SCHEMA, "lock": LOCK}
    return {paths[name]: text for name, text in files.items()}
