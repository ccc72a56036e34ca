"""Service definitions of system.yaml to the model, older spellings included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Related
from torq_gen.model.services import (
    Authority,
    ExternalEvent,
    OnFull,
    Publication,
    Restart,
    RestartStrategy,
    Service,
    Status,
    StoreAccess,
    Subscription,
    UncheckedOrdering,
)
from torq_gen.spec import rules
from torq_gen.spec.dependencies import Resources
from torq_gen.spec.entries import Entry, Known, read_entry
from torq_gen.spec.findings import near
from torq_gen.spec.invariants import read_invariants
from torq_gen.spec.named_types import text_of
from torq_gen.spec.naming import service_problem
from torq_gen.spec.orderings import read_orderings
from torq_gen.spec.paths import check_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torq_gen.diagnostics import Span
    from torq_gen.spec.document import Document, Raw
    from torq_gen.spec.findings import Findings

_STRATEGIES = {
    "one_for_one": RestartStrategy.ONE_FOR_ONE,
    "systemd": RestartStrategy.SYSTEMD,
    "systemd_one_for_one": RestartStrategy.SYSTEMD,
    "never": RestartStrategy.NEVER,
}
_TWO_NAMES = (("publishes", "produces"), ("subscribes", "consumes"), ("restart", "restart_policy"))


def read_service(
    name: str, document: Document, section: dict[str, Raw], known: Known, resources: Resources
) -> Service:
    """The service ``section[name]``; its id is 0 when the file gives none."""
    return _ServiceReader(name, document, section, known, resources).read()


class _ServiceReader:
    def __init__(
        self,
        name: str,
        document: Document,
        section: dict[str, Raw],
        known: Known,
        resources: Resources,
    ) -> None:
        self.name = name
        self.document = document
        self.raw: dict[str, Raw] = section[name]
        self.span = document.key(section, name)
        self.known = known
        self.findings: Findings = known.findings
        self.resources = resources
        self.events: list[ExternalEvent] = []
        self.notes: list[str] = []

    def read(self) -> Service:
        raw = self.raw
        if problem := service_problem(self.name):
            self.findings.add(problem.rule, self.span, problem.message, help=problem.help)
        for key, older in _TWO_NAMES:
            self._one_name(key, older)
        publishes = self._publishes("publishes") + self._publishes("produces")
        subscribes = self._subscribes("subscribes") + self._subscribes("consumes")
        stores = self._stores()
        externals = self.resources.externals_of(self.document, raw, self.notes)
        self.notes += [f"authority: {text}" for text in raw.get("authority", ())]
        self._authority_in_words()
        return Service(
            name=self.name,
            id=raw.get("id", 0),
            path=check_path(self.name, self.document, raw, self.findings),
            status=Status(raw.get("status", "active")),
            description=text_of(raw.get("description")),
            owner=raw.get("owner", ""),
            bundle=raw.get("bundle", ""),
            actor_type=raw.get("actor_type", ""),
            publishes=publishes,
            subscribes=subscribes,
            external_events=tuple(self.events),
            stores=stores,
            externals=externals,
            libraries=tuple(dict.fromkeys(raw.get("libraries", ()))),
            restart=self._restart(),
            invariants=read_invariants(
                self.document,
                raw.get("invariants", []),
                [p.message for p in publishes],
                self.known,
            ),
            notes=tuple(self.notes),
            span=self.span,
        )

    def _one_name(self, key: str, older: str) -> None:
        if key in self.raw and older in self.raw:
            first = self.document.key(self.raw, key)
            self.findings.add(
                rules.DUPLICATE_KEY,
                self.document.key(self.raw, older),
                f"'{older}' and '{key}' are two names of one key",
                help=f"move its entries to {key}",
                related=(Related(first, key),),
            )

    def _publishes(self, key: str) -> tuple[Publication, ...]:
        found: dict[str, Publication] = {}
        for entry in self._entries(key, external=False):
            message = entry.message
            if message is None or self._listed_twice(entry, found):
                continue
            orderings = read_orderings(self.document, entry.options, message, self.findings)
            found[entry.name] = Publication(entry.name, orderings, entry.span)
        return tuple(found.values())

    def _subscribes(self, key: str) -> tuple[Subscription, ...]:
        found: dict[str, Subscription] = {}
        for entry in self._entries(key, external=key == "consumes"):
            if entry.message is None:
                self._external(entry.name, entry.span)
            elif not self._listed_twice(entry, found):
                on_full = OnFull(entry.options.get("on_full", "block"))
                found[entry.name] = Subscription(entry.name, on_full, entry.span)
                self._ordering_of_others(entry)
        return tuple(found.values())

    def _entries(self, key: str, *, external: bool) -> Iterator[Entry]:
        entries: list[Raw] = self.raw.get(key, [])
        for index, raw in enumerate(entries):
            if isinstance(raw, dict) and ("source" in raw or "events" in raw):
                self._source(raw)
                continue
            entry = read_entry(self.document, entries, index, self.known, external=external)
            if entry is not None:
                yield entry

    def _listed_twice(
        self, entry: Entry, found: dict[str, Publication] | dict[str, Subscription]
    ) -> bool:
        if entry.name not in found:
            return False
        first = found[entry.name].span
        related = (Related(first, entry.name),) if first is not None else ()
        message = f"{entry.name} is listed twice"
        self.findings.add(rules.NAME_USED_TWICE, entry.span, message, related=related)
        return True

    def _source(self, raw: dict[str, Raw]) -> None:
        source, events = raw.get("source", ""), raw.get("events", [])
        if source:
            span = self.document.value(raw, "source")
            for event in events or [source]:
                self.events.append(ExternalEvent(event, source, raw.get("format", ""), span))
            return
        for index, event in enumerate(events):
            self._external(event, self.document.value(events, index), raw.get("format", ""))

    def _external(self, name: str, span: Span, format: str = "") -> None:
        """An event from outside whose source nobody states."""
        self.events.append(ExternalEvent(name, "", format, span))
        self.findings.add(
            rules.EXTERNAL_EVENT,
            span,
            f"no schema declares '{name}': it is taken for an event from outside",
            help=near(name, self.known.messages)
            or "list it under subscribes once a schema declares it, or give its source",
        )

    def _ordering_of_others(self, entry: Entry) -> None:
        text = entry.options.get("ordering")
        if text is None:
            return
        message = f"the order of {entry.name} is stated by its subscriber, where nobody checks it"
        help = "state it where the message is published"
        span = self.document.value(entry.options, "ordering")
        self.findings.add(rules.UNCHECKED_ORDERING, span, message, help=help)
        self.notes.append(f"{entry.name}: {UncheckedOrdering(text).text}")

    def _stores(self) -> tuple[StoreAccess, ...]:
        found: dict[str, StoreAccess] = {}
        declared = self.raw.get("stores", {})
        older: Raw = self.raw.get("dependencies")
        sections = [(declared, False)]
        if isinstance(older, dict):
            sections.append(({k: v for k, v in older.items() if isinstance(v, dict)}, True))
        for section, implied in sections:
            container = older if implied else declared
            for name, raw in section.items():
                span = self.document.key(container, name)
                if name in found:
                    message = f"the store '{name}' stands under stores and under dependencies"
                    self.findings.add(
                        rules.NAME_USED_TWICE, span, message, help="keep the entry under stores"
                    )
                elif self.resources.store(name, span, implied=implied):
                    found[name] = StoreAccess(
                        name,
                        Authority(raw["authority"]),
                        tuple(raw.get("keys", ())),
                        tuple(raw.get("tables", ())),
                        raw.get("writers") == "shared",
                        span,
                    )
        return tuple(found.values())

    def _authority_in_words(self) -> None:
        entries: list[Raw] = self.raw.get("authority", [])
        for index, text in enumerate(entries):
            self.findings.add(
                rules.UNCHECKED_DEPENDENCY,
                self.document.value(entries, index),
                f"the authority over '{text}' is stated in words that no machine checks",
                help="declare it: stores: {<store>: {keys: […], authority: read_write}}",
            )

    def _restart(self) -> Restart:
        raw = self.raw
        policy: Raw = raw.get("restart", raw.get("restart_policy", {}))
        if isinstance(policy, str):
            span = self.document.value(raw, "restart_policy")
            policy = {"strategy": self._strategy(policy, span)}
        default = Restart()
        return Restart(
            RestartStrategy(policy.get("strategy", default.strategy.value)),
            policy.get("max_restarts", raw.get("max_restarts", default.max_restarts)),
            policy.get("window_secs", default.window_secs),
        )

    def _strategy(self, text: str, span: Span) -> str:
        key = text.lower().replace("-", "_").replace(" ", "_")
        if key in _STRATEGIES:
            return _STRATEGIES[key].value
        message = f'expected one of one_for_one, systemd, never, found "{text}"'
        self.findings.add(rules.WRONG_SHAPE, span, message, help=near(key, _STRATEGIES))
        return RestartStrategy.ONE_FOR_ONE.value
