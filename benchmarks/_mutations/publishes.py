"""Publishes in disguise: of messages that the service may not publish, and of those that it may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from random import Random
from string import Template

from _mutations.messages import arguments, constructed
from _mutations.mutation import Mutation
from _mutations.patch import Patch, Spot, apply, merged, spots
from _mutations.pieces import pieces
from _mutations.project import Project

FLOW = ("TQ201", "TQ204", "TQ206")
DECLARED = "declared publish"
_DIRECT = "direct"


def by_carrier(project: Project, rng: Random) -> Iterator[Mutation]:
    """Each way to publish, with a source and a context by chance."""
    contexts, sources = pieces("contexts"), pieces("sources")
    for carrier in pieces("carriers"):
        yield _undeclared(project, rng, carrier, rng.choice(sources), rng.choice(contexts))


def by_source(project: Project, rng: Random) -> Iterator[Mutation]:
    """Each way to come by a message, published by a way and in a context by chance."""
    contexts, carriers = pieces("contexts"), pieces("carriers")
    for source in pieces("sources"):
        yield _undeclared(project, rng, rng.choice(carriers), source, rng.choice(contexts))


def plain_breaking(project: Project, rng: Random) -> Iterator[Mutation]:
    """Each way to publish, and each way to come by a message, by itself."""
    for carrier, source in _plain():
        yield _undeclared(project, rng, carrier, source, _nothing())


def plain_declared(project: Project, rng: Random) -> Iterator[Mutation]:
    """As `plain_breaking`, of a message that the service may publish."""
    for carrier, source in _plain():
        yield _declared(project, rng, carrier, source)


def _plain() -> Iterator[tuple[Patch, Patch]]:
    yield from ((carrier, _inline()) for carrier in pieces("carriers"))
    direct = next(piece for piece in pieces("carriers") if piece.name == _DIRECT)
    yield from ((direct, source) for source in pieces("sources"))


def forwarded(project: Project, rng: Random) -> Iterator[Mutation]:
    """The message in hand published again, which no service may that subscribes it."""
    for spot in spots(project):
        if spot.handles is None:
            continue
        for carrier in rng.sample(pieces("carriers"), 3):
            yield _mutation(project, spot, carrier, Patch("in hand", expression="message"), {})


def _undeclared(
    project: Project, rng: Random, carrier: Patch, source: Patch, context: Patch
) -> Mutation:
    spot = rng.choice(list(spots(project)))
    allowed = {p.message for p in spot.service.publishes}
    message = rng.choice([m for m in project.system.messages if m not in allowed])
    declared = rng.choice(sorted(allowed) or [message])
    names = _names(project, message, declared)
    return _mutation(project, spot, _within(carrier, context), source, names)


def _declared(project: Project, rng: Random, carrier: Patch, source: Patch) -> Mutation:
    spot = rng.choice([s for s in spots(project) if s.service.publishes])
    message, other = (rng.choice(spot.service.publishes).message for _ in range(2))
    found = _mutation(project, spot, carrier, source, _names(project, message, other))
    return Mutation(DECLARED, found.service, found.what, (), found.change)


def _names(project: Project, message: str, declared: str) -> dict[str, str]:
    system = project.system
    return {
        "C": message,
        "A": arguments(system, message),
        "M": constructed(system, message),
        "DC": declared,
        "D": constructed(system, declared),
    }


def _mutation(
    project: Project, spot: Spot, carrier: Patch, source: Patch, names: dict[str, str]
) -> Mutation:
    names = names | {"B": spot.base, "S": spot.cls.name, "P": spot.service.path.replace("/", ".")}
    names["E"] = Template(source.expression).substitute(names)
    patch = merged(source, carrier)
    if "C" in names:
        line = f"from torq_contracts.messages import {names['C']}, {names['DC']}"
        patch = merged(Patch("", head=line), patch)
        files = {name: f"{line}\n{text}" for name, text in patch.files.items()}
        patch = merged(patch, Patch("", files=files))
    what = f"{spot.name}: {names.get('C', spot.handles)}, {source.name}, {carrier.name}"
    change = partial(apply, project, spot, patch, names)
    return Mutation("publish in disguise", spot.service.name, what, FLOW, change)


def _within(carrier: Patch, context: Patch) -> Patch:
    """The carrier's statements put where ``context`` has `$X`."""
    lines = []
    for line in context.statements.splitlines():
        if line.strip() == "$X":
            indent = line[: -len("$X")]
            lines += [
                f"{indent}{inner}" if inner else "" for inner in carrier.statements.splitlines()
            ]
        else:
            lines.append(line)
    around = merged(carrier, Patch(context.name, head=context.head))
    return replace(around, statements="\n".join(lines))


def _inline() -> Patch:
    return next(p for p in pieces("sources") if p.expression == "$M")


def _nothing() -> Patch:
    return next(p for p in pieces("contexts") if p.statements.strip() == "$X")
