"""Runs code through the analysis and shows which topics it uses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from torq_gen.lint import samples
from torq_gen.lint.facts.collecting import collect
from torq_gen.lint.facts.files import FilesInMemory
from torq_gen.lint.facts.library import Library
from torq_gen.lint.facts.model import (
    Fact,
    Known,
    ServiceFacts,
    TopicPublish,
    TopicSubscribe,
    Unproven,
)
from torq_gen.model import System
from torq_gen.spec import load

PATH = "services/trader/service.py"


@cache
def system() -> System:
    """The system of the rules' samples."""
    with TemporaryDirectory() as folder:
        for path, text in samples.FILES.items():
            if path.endswith(".yaml"):
                file = Path(folder, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
        loaded = load(Path(folder))
    assert loaded.system is not None
    return loaded.system


def facts(
    code: str, files: Mapping[str, str] | None = None, own: Library | None = None
) -> ServiceFacts:
    """The facts of a trader whose service.py is the code."""
    texts = {**samples.FILES, PATH: code, **(files or {})}
    contents = {path: text.encode() for path, text in texts.items()}
    trader = system().services["trader"]
    return collect(trader, system(), FilesInMemory(contents), own=own)


def shown(fact: TopicPublish | TopicSubscribe) -> str:
    """``topic``, ``topic=Message``, or ``? reason`` when nobody can tell the topic."""
    if isinstance(fact.topic, Unproven):
        return f"? {fact.topic.reason}"
    message = f"={fact.message.message}" if isinstance(fact.message, Known) else ""
    return f"{fact.topic}{message}"


def published(code: str, **files: str) -> list[str]:
    """The topics that the code publishes to, in the order of their places."""
    return _of(TopicPublish, facts(code, _paths(files)).facts)


def subscribed(code: str, **files: str) -> list[str]:
    """The topics that the code subscribes, in the order of their places."""
    return _of(TopicSubscribe, facts(code, _paths(files)).facts)


def _of(kind: type[TopicPublish] | type[TopicSubscribe], found: tuple[Fact, ...]) -> list[str]:
    return [shown(fact) for fact in found if isinstance(fact, kind)]


def _paths(files: Mapping[str, str]) -> dict[str, str]:
    return {f"services/trader/{name}.py": text for name, text in files.items()}
