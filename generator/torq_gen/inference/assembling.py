"""From what services do to a draft that loads: every edge with its places, every gap said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torq_gen.drafting.model import (
    Draft,
    DraftDomain,
    DraftEdge,
    DraftField,
    DraftMessage,
    DraftSchema,
    DraftService,
)
from torq_gen.drafting.names import classes_of, domain_name, service_name
from torq_gen.inference.payloads import Payloads
from torq_gen.inference.resources import Resources
from torq_gen.inference.sites import Flow, Sites
from torq_gen.inference.topics import Topic, Topics, gather, usable
from torq_gen.spec.paths import is_importable

if TYPE_CHECKING:
    from torq_gen.inference.classes import Classes
    from torq_gen.inference.known import Ground
    from torq_gen.inference.places import Place

_ROOM = 2
_HEAD = (
    "Drafted by torq-gen infer. A comment beside an entry says where the code does it, and how",
    "sure that is; `guess` is what a person has to look at.",
)


@dataclass(slots=True)
class _Edges:
    """Of one service and one direction: the flows of each message."""

    flows: dict[str, list[Flow]]

    def drafted(self) -> Iterator[DraftEdge]:
        for message, flows in self.flows.items():
            yield DraftEdge(message, notes(flows))


def notes(places: Iterable[Flow]) -> tuple[str, ...]:
    """``app/main.py:12, proved``, and further places as comments of their own."""
    said = dict.fromkeys(f"{f.span.file}:{f.span.line}, {f.sure.value}" for f in places)
    first, *others = said
    return (first, *(f"also {other}" for other in others))


def assemble(
    ground: Ground, places: Mapping[str, Place], sites: Iterable[Sites], classes: Classes
) -> Draft:
    """The draft of a whole system."""
    return _Assembling(ground, places, list(sites), classes).draft()


class _Assembling:
    def __init__(
        self, ground: Ground, places: Mapping[str, Place], sites: list[Sites], classes: Classes
    ) -> None:
        self.ground = ground
        self.places = places
        self.sites = sites
        self.taken = {*ground.system.messages, *ground.system.types}
        self.taken |= {name for service in places for name in classes_of(service)}
        self.topics: Topics = gather(sites, self.taken) if not ground.schemas else Topics({})
        self.payloads = Payloads(classes, self.taken)
        self.resources = Resources(sites)
        self.left: dict[str, list[str]] = {}

    def draft(self) -> Draft:
        """Everything together."""
        system = self.ground.system
        services = [self._service(s) for s in self.sites]
        services += [s for one in list(services) for s in self._split(services, one)]
        services += self._outside(services)
        services = _unblocked(services)
        schema = self._schema(services)
        domains = self.ground.domains
        if schema is not None:
            last = max(99, _ROOM * len(schema.messages))
            domains = (DraftDomain(schema.domain, 1, 1, last),)
        return Draft(
            system.name,
            system.package,
            domains,
            tuple(services),
            self.resources.stores,
            self.resources.externals,
            (schema,) if schema is not None else (),
            _HEAD,
        )

    def _service(self, sites: Sites) -> DraftService:
        place = self.places[sites.service]
        service = self.ground.system.services[sites.service]
        publishes, subscribes = self._edges(sites, True), self._edges(sites, False)
        there = not place.entry and is_importable(place.path)
        return DraftService(
            service.name,
            service.id,
            path="" if not there or place.path == _home(service.name) else place.path,
            planned=not there,
            publishes=tuple(publishes.drafted()),
            subscribes=tuple(subscribes.drafted()),
            stores=self.resources.stores_of(sites.service),
            externals=self.resources.externals_of(sites.service),
            libraries=sites.libraries,
            notes=_said_of(place, there),
            unresolved=tuple(self._unresolved(sites)),
        )

    def _edges(self, sites: Sites, publishes: bool) -> _Edges:
        found: dict[str, list[Flow]] = {}
        for flow in sites.flows:
            if flow.publishes is not publishes:
                continue
            messages = [flow.message] if flow.message else self._messages(flow)
            for message in messages:
                found.setdefault(message, []).append(flow)
            if not messages:
                self.left.setdefault(sites.service, []).append(_unplaced(flow))
        return _Edges(found)

    def _messages(self, flow: Flow) -> list[str]:
        if not usable(flow):
            return []
        if not self.ground.schemas:
            return self.topics.messages_of(flow)
        assert flow.topic is not None
        from torq_gen.lint.rules._wildcards import covers, takes_in

        return [
            m.name
            for m in self.ground.system.messages.values()
            if covers(m.topic, flow.topic) or takes_in(flow.library, flow.topic, m.topic)
        ]

    def _unresolved(self, sites: Sites) -> Iterator[str]:
        left = self.left.get(sites.service, [])
        if sites.unresolved or left:
            yield "unresolved:"
        for one in sites.unresolved:
            yield f"  {one.span.file}:{one.span.line}: {one.what}"
        yield from (f"  {line}" for line in left)

    def _split(self, services: list[DraftService], one: DraftService) -> Iterator[DraftService]:
        """What a service hears of itself, as a second service: the spec has no other word for it.

        Changes the service in place in ``services``.
        """
        own = {edge.name for edge in one.publishes}
        heard = tuple(edge for edge in one.subscribes if edge.name in own)
        if not heard:
            return
        kept = tuple(edge for edge in one.subscribes if edge.name not in own)
        services[services.index(one)] = replace(one, subscribes=kept)
        names = {s.name for s in services}
        yield DraftService(
            service_name(f"{one.name}_consumer", names, self.taken),
            _free_id(services),
            planned=True,
            description=f"The part of {one.name} that handles what {one.name} itself publishes.",
            subscribes=heard,
            notes=(
                f"guess: the code of {one.name}, run as a consumer. A service may not subscribe",
                "what it publishes (TQ148): split the code, then take `status: planned` out.",
            ),
        )

    def _outside(self, services: list[DraftService]) -> list[DraftService]:
        """Whoever publishes what is subscribed and published by nobody here."""
        sent = {edge.name for s in services for edge in s.publishes}
        heard = {edge.name: None for s in services for edge in s.subscribes}
        missing = [name for name in heard if name not in sent]
        if not missing:
            return []
        return [
            DraftService(
                service_name("outside", {s.name for s in services}, self.taken),
                _free_id(services),
                planned=True,
                description="Whoever publishes what no code here does.",
                publishes=tuple(DraftEdge(name) for name in missing),
            )
        ]

    def _schema(self, services: list[DraftService]) -> DraftSchema | None:
        """The schema of all messages that are spoken of, unless there are schemas already."""
        if self.ground.schemas:
            return None
        names = dict.fromkeys(edge.name for s in services for edge in (*s.publishes, *s.subscribes))
        if not names:
            names = {"Placeholder": None}
        topics = {name: t for t in self.topics.found.values() for name in t.messages}
        messages = tuple(
            self._message(name, number, topics.get(name)) for number, name in enumerate(names, 1)
        )
        domain = domain_name(self.ground.system.name)
        if domain in self.taken:
            domain = domain_name(f"{domain}Events")
        return DraftSchema(domain, messages, tuple(self.payloads.types), _HEAD)

    def _message(self, name: str, number: int, topic: Topic | None) -> DraftMessage:
        payload = topic.messages[name] if topic is not None else ""
        said = [topic.notes[name]] if topic is not None and name in topic.notes else []
        found = self.payloads.classes.find(payload) if payload else None
        fields = self.payloads.fields(found) if found is not None and found.kind else ()
        if found is not None:
            said.append(f"{found.kind or 'a class'}, {found.place}")
        why = "guess: the code does not tell what it carries"
        if found is not None:
            why = f"guess: {found.node.name} has no attributes that can be told"
        task = self.topics.task_of(topic) if topic is not None and not payload else None
        if task is not None:
            parameters = self.payloads.classes.parameters(task.file, task.line)
            fields = self.payloads.of_parameters(parameters or [])
            said.append(f"guess: the parameters of the task, {task.file}:{task.line}")
            why = "the task takes nothing; a message has at least one field"
        if not fields:
            fields = (DraftField("payload", "bytes", why),)
        route = topic.name if topic is not None else ""
        return DraftMessage(name, number, fields, route, notes=tuple(said))


def _home(service: str) -> str:
    """The folder of a service that states none."""
    return f"services/{service}"


def _said_of(place: Place, there: bool) -> tuple[str, ...]:
    """What makes it a service, and what to do where its code cannot stay."""
    if there:
        return (f"{place.path}: {place.why}.",)
    if place.entry:
        return (
            f"guess: {place.entry} is {place.why}. A service is a folder:",
            f"move it to {place.path}/, and take `status: planned` out.",
        )
    return (
        f"guess: {place.path}: {place.why}. Python cannot import a folder of that name:",
        f"rename it to {_home(place.name)}, and take `status: planned` out.",
    )


def _unplaced(flow: Flow) -> str:
    verb = "publishes to" if flow.publishes else "subscribes"
    topic = flow.topic.template if flow.topic is not None else flow.message
    why = "which no schema has" if usable(flow) else "which cannot be a topic's name here"
    return f"{flow.span.file}:{flow.span.line}: {verb} {topic}, {why}"


def _free_id(services: list[DraftService]) -> int:
    return max((s.id for s in services), default=0) + 1


def _unblocked(services: list[DraftService]) -> list[DraftService]:
    """In a circle of services a full mailbox would stop all: at a broker it does not."""
    sends = {s.name: {e.name for e in s.publishes} for s in services}
    graph = {
        s.name: {t.name for t in services if t is not s and sends[s.name] & _heard(t)}
        for s in services
    }
    reach = {name: _reached(graph, name) for name in graph}
    return [
        replace(
            s,
            subscribes=tuple(
                replace(e, on_full="drop_oldest", notes=(*e.notes, "guess: on_full, for a circle"))
                if any(e.name in sends[o] and o in reach[s.name] for o in graph if o != s.name)
                else e
                for e in s.subscribes
            ),
        )
        for s in services
    ]


def _heard(service: DraftService) -> set[str]:
    return {edge.name for edge in service.subscribes}


def _reached(graph: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for name in graph[waiting.pop()]:
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found
