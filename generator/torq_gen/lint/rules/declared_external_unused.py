"""TQ410: no code of a service calls an external that system.yaml lets it call."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.lint.facts.model import Connection
from torq_gen.lint.facts.outside.effects import CAPABILITIES
from torq_gen.lint.facts.text import Text
from torq_gen.lint.rules._addresses import judge
from torq_gen.lint.rules._flow import uses_topics
from torq_gen.lint.rules._unused import SILENT, WHY, is_complete, reaches_unseen
from torq_gen.lint.rules._unused_samples import bad, good
from torq_gen.lint.view import ServiceView
from torq_gen.model import External
from torq_gen.rule import Rule

_FOLLOWED = frozenset({"http", "https", "ws", "wss", "smtp", "ftp", "grpc", "tcp"})
"""Schemes of what is called by clients whose connections are facts."""
_RATES = """\
import httpx

---
httpx.get("https://rates.example/v1/usd")
"""
_DECLARED = "externals: [rates]\n"
_BOTH = "externals: [rates, news]\n"

RULE = Rule(
    "TQ410",
    "declared-external-unused",
    "No code of a service calls an external that system.yaml lets it call.",
    why=WHY + SILENT,
    fix="""\
Take it out of `services.<name>.externals`. What code calls that is not Python, suppress there with
the reason.""",
    bad=(
        bad("nothing is called", _DECLARED),
        bad("one of two", _BOTH, _RATES),
        bad(
            "another path of its host",
            _DECLARED,
            """\
import httpx

---
httpx.get("https://rates.example/v2/usd")
""",
        ),
        bad(
            "a URL that nobody calls",
            _DECLARED,
            """\
import httpx

---
self.link = httpx.URL("https://rates.example/v1/usd")
""",
        ),
        bad(
            "a class that only looks like a client",
            _DECLARED,
            """\
from services.trader.paper import Client

---
Client().get("https://rates.example/v1/usd")
""",
            paper="""\
class Client:
    def get(self, url: str) -> str:
        return url
""",
        ),
        bad(
            "an import for the type checker alone",
            _DECLARED,
            """\
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ratelib

---
self.last: ratelib.Rate | None = None
""",
        ),
    ),
    good=(
        good("it is called", _DECLARED, _RATES),
        good(
            "both in a loop",
            _BOTH,
            """\
import httpx

---
for url in ("https://rates.example/v1/usd", "https://news.example/"):
    httpx.get(url)
""",
        ),
        good(
            "a path that only the running program knows",
            _DECLARED,
            """\
import httpx

---
httpx.get(f"https://rates.example/{message.venue}")
""",
        ),
        good(
            "an address that nobody can tell may be the one",
            _DECLARED,
            """\
import httpx

---
httpx.get(input())
""",
        ),
        good(
            "the client goes to a library that is not known",
            _DECLARED,
            """\
import httpx
import ratelib

---
ratelib.Rates(httpx.Client())
""",
        ),
        good(
            "a library that is not known may call it",
            _DECLARED,
            """\
import ratelib

---
ratelib.usd()
""",
        ),
        good("the host of a broker", "externals: [broker]\n", ""),
        good("a planned service", _DECLARED, "", active=False),
    ),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each external that no connection can be one to."""
    if not view.service.externals or not is_complete(view) or reaches_unseen(view, CAPABILITIES):
        return
    called = [found.to for found in view.of(Connection)]
    if not all(isinstance(to, Text) for to in called):
        return  # any of them may be meant
    for name in view.service.externals:
        external = view.system.externals[name]
        followed = any(_is_followed(view, url) for url in external.urls)
        if followed and not any(_may_be(to, external) for to in called):
            yield _finding(view, external)


def _is_followed(view: ServiceView, url: str) -> bool:
    """Whether calls of such a URL are known; the hosts of brokers and databases are not."""
    scheme, found, _ = url.partition("://")
    if not found:
        return not uses_topics(view)
    return scheme.lower() in _FOLLOWED


def _may_be(to: object, external: External) -> bool:
    verdict = judge(to, external.urls) if isinstance(to, Text) else None
    return verdict is None or verdict.covered or bool(verdict.reason)


def _finding(view: ServiceView, external: External) -> Diagnostic:
    own = view.service.name
    return RULE.at(
        view.service.span or Span.of_file("system.yaml"),
        f"no code of {own} calls {external.name}, which system.yaml lets it call",
        help=f"take {external.name} out of services.{own}.externals",
        related=view.declared_at(external.span, f"{external.name} is declared here"),
        service=own,
        subject=external.name,
    )
