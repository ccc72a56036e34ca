"""Checks a service and prints what was found as JSON: `analyse.py ROOT SERVICE [SOURCE_ROOT…]`."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from torq_gen.lint.checking import facts_of, findings_of
from torq_gen.lint.facts.files import FilesOnDisk
from torq_gen.lint.facts.model import (
    ServiceFacts,
    TopicPublish,
    TopicSubscribe,
    Unproven,
    Unreadable,
)
from torq_gen.lint.facts.text import Text
from torq_gen.lint.settings import LintSettings
from torq_gen.spec import load

_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB elsewhere


def main() -> int:
    """Analyse and print."""
    root, name = Path(sys.argv[1]), sys.argv[2]
    loaded = load(root)
    system = loaded.system
    if system is None:
        raise SystemExit("; ".join(f"{d.span}: {d.message}" for d in loaded.diagnostics))
    service = system.services[name]
    settings = LintSettings(source_roots=tuple(sys.argv[3:]) or LintSettings().source_roots)
    started = time.perf_counter()
    facts = facts_of(service, system, FilesOnDisk(root), settings)
    collected = time.perf_counter()
    findings = findings_of(service, system, facts)
    judged = time.perf_counter()
    result = {
        "facts_s": collected - started,
        "rules_s": judged - collected,
        "files": len(facts.own),
        "findings": [
            [d.code, d.rule, d.span.file, d.span.line, d.span.column, d.message] for d in findings
        ],
        "topics": [*_topics(facts)],
        "given_up": _given_up(facts),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _PEAK_UNIT / 1e6,
    }
    json.dump(result, sys.stdout)
    return 0


def _given_up(facts: ServiceFacts) -> str:
    """Why the code was not analysed to the end, if it was not."""
    return next((f.reason for f in facts.facts if isinstance(f, Unreadable) and f.whole), "")


def _topics(facts: ServiceFacts) -> Iterator[list[str]]:
    """The site, which is the call or the decorator, and what it publishes to or subscribes."""
    for fact in facts.facts:
        if isinstance(fact, TopicPublish | TopicSubscribe):
            verb = "publishes" if isinstance(fact, TopicPublish) else "subscribes"
            site = f"{fact.call.file}:{fact.call.line}:{fact.call.column} {verb}"
            yield [site, _kind(fact.topic), str(_shown(fact.topic))]


def _kind(topic: Text | Unproven) -> str:
    """How well a topic is known."""
    if isinstance(topic, Unproven):
        return "unresolved"
    if topic.exact is not None:
        return "exact"
    if topic.setting is not None:
        return "setting"
    return "pattern" if topic.anchored else "unresolved"


def _shown(topic: Text | Unproven) -> str:
    return topic.reason if isinstance(topic, Unproven) else str(topic)


if __name__ == "__main__":
    sys.exit(main())
