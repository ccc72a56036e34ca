"""Small programs, and what the analysis says that they publish."""

from __future__ import annotations

from collections.abc import Mapping

from torq_gen.lint.facts.collecting import collect
from torq_gen.lint.facts.files import FilesInMemory
from torq_gen.lint.facts.model import Foreign, Known, Publish, ServiceFacts, Unreadable
from torq_gen.lint.samples import project
from torq_gen.rule import Sample

SERVICE = "services/trader/service.py"
IMPORTS = """\
from shop_contracts.messages import Alert, Order, Quote
from shop_contracts.services import TraderBase
"""


def facts(text: str, files: Mapping[str, str | None] | None = None) -> ServiceFacts:
    """The facts about the service ``trader``, whose file has this text behind the imports."""
    system, _, contents = project(Sample(IMPORTS + text, SERVICE, files=files or {}))
    return collect(system.services["trader"], system, FilesInMemory(contents))


def handler(body: str, before: str = "") -> str:
    """A service whose handler has the body, written at the margin."""
    lines = "".join(f"        {line}\n" if line else "\n" for line in body.splitlines())
    return (
        f"{before}\nclass Trader(TraderBase):\n"
        f"    async def on_quote(self, message: Quote) -> None:\n{lines}"
    )


def published(text: str, files: Mapping[str, str | None] | None = None) -> list[str]:
    """What is published, each once: a message's name, a foreign thing's, or ``?``."""
    found = [f.what for f in facts(text, files).facts if isinstance(f, Publish)]
    names = [
        w.message if isinstance(w, Known) else w.name if isinstance(w, Foreign) else "?"
        for w in found
    ]
    return sorted(set(names))


def in_handler(body: str, before: str = "") -> list[str]:
    """What a handler with the body publishes."""
    return published(handler(body, before))


def troubles(found: ServiceFacts) -> list[tuple[str, int, str]]:
    """File, line and reason of what could not be analysed."""
    unread = [f for f in found.facts if isinstance(f, Unreadable)]
    return [(f.span.file, f.span.line, f.reason) for f in unread]
