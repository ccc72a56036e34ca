"""The samples' service `trader` with facts made by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from torq_gen.diagnostics import Span
from torq_gen.lint.facts.model import Fact, ServiceFacts
from torq_gen.lint.view import ServiceView
from torq_gen.model import Authority, External, Service, Store, StoreAccess, System

FILE = "services/trader/service.py"


def at(line: int, file: str = FILE) -> Span:
    return Span(file, line, 1, line, 9)


_FEED = Service(
    "feed",
    2,
    "services/feed",
    stores=(StoreAccess("books", Authority.WRITE_ONLY, ("data/books/*.json",)),),
    span=Span("system.yaml", 20, 3, 20, 7),
)
_TRADER = Service("trader", 1, "services/trader", externals=("rates",), libraries=("PyYAML",))
_SYSTEM = System(
    "shop",
    "shop_contracts",
    services={"trader": _TRADER, "feed": _FEED},
    stores={"books": Store("books", "files"), "redis": Store("redis", "redis")},
    externals={
        "rates": External("rates", ("https://rates.example/v1",)),
        "chain": External("chain", ("{RPC_URL}",), span=Span("system.yaml", 9, 3, 9, 8)),
    },
)


def view(*facts: Fact, stores: Iterable[StoreAccess] = ()) -> ServiceView:
    """What a rule looks at; ``stores`` are those of the service."""
    service = replace(_TRADER, stores=tuple(stores))
    system = replace(_SYSTEM, services={"trader": service, "feed": _FEED})
    return ServiceView(system, service, ServiceFacts("trader", (FILE,), facts))
