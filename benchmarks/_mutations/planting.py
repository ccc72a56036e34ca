"""Pieces of code that break a rule by themselves, put where they can stand; some are harmless."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from random import Random

from _mutations.mutation import Mutation
from _mutations.patch import Patch, Spot, apply, spots
from _mutations.pieces import pieces
from _mutations.project import Project

_TIMES = 2


def flow(project: Project, rng: Random) -> Iterator[Mutation]:
    """Publishing what nobody can tell, handing publish out, handling what is not subscribed."""
    yield from _planted(project, rng, "flow")


def stores(project: Project, rng: Random) -> Iterator[Mutation]:
    """Accesses of stores, tables and files, declared ones and others."""
    yield from _planted(project, rng, "stores")


def boundary(project: Project, rng: Random) -> Iterator[Mutation]:
    """Imports, hosts, processes, sockets, dynamic code."""
    yield from _planted(project, rng, "boundary")


def declared(project: Project, rng: Random) -> Iterator[Mutation]:
    """What the same pieces look like when they break nothing."""
    for family in ("stores", "boundary"):
        yield from _planted(project, rng, family, harmless=True)


def precision(project: Project, rng: Random) -> Iterator[Mutation]:
    """Arithmetic with the money of a message in hand that loses digits."""
    yield from _reckoned(project, rng, harmless=False)


def exact(project: Project, rng: Random) -> Iterator[Mutation]:
    """Arithmetic with money that loses nothing, and floats that never met any."""
    yield from _reckoned(project, rng, harmless=True)


def _reckoned(project: Project, rng: Random, *, harmless: bool) -> Iterator[Mutation]:
    money = {name: _money(project, name) for name in project.system.messages}
    usable = [s for s in spots(project) if s.handles and money[s.handles]]
    for piece in _pieces("precision", harmless=harmless):
        for spot in rng.sample(usable, _TIMES):
            field = rng.choice(money[spot.handles or ""])
            yield _mutation(project, rng, spot, piece, {"F": f"message.{field}"}, "precision")


def _money(project: Project, message: str) -> list[str]:
    """The fields that hold money, by name."""
    system = project.system
    found = system.messages[message]
    of_domain = system.domains[found.domain].money
    plain = [
        f for f in found.fields if str(f.type).startswith(("u", "i")) and "[" not in str(f.type)
    ]
    return [f.attribute for f in plain if not str(f.type).endswith("?") and (f.money or of_domain)]


def _pieces(family: str, *, harmless: bool) -> Iterator[Patch]:
    """A family's pieces; those without expected codes are the harmless ones."""
    return (p for p in pieces(f"planted_{family}") if harmless is not bool(p.expected))


def _planted(
    project: Project, rng: Random, family: str, *, harmless: bool = False
) -> Iterator[Mutation]:
    for piece in _pieces(family, harmless=harmless):
        usable = [
            s for s in spots(project) if not piece.services or s.service.name in piece.services
        ]
        for spot in rng.sample(usable, min(_TIMES, len(usable))):
            yield _mutation(project, rng, spot, piece, {}, family)


def _mutation(
    project: Project, rng: Random, spot: Spot, piece: Patch, names: dict[str, str], family: str
) -> Mutation:
    others = [s for s in spots(project) if s.service != spot.service]
    other = rng.choice(others)
    names = names | {
        "B": spot.base,
        "S": spot.cls.name,
        "P": spot.service.path.replace("/", "."),
        "NEIGHBOUR": other.service.name,
        "OTHER": other.base,
    }
    change = partial(apply, project, spot, piece, names)
    what = f"{spot.name}: {piece.name}"
    kind = family if piece.expected else f"{family}, as declared"
    return Mutation(kind, spot.service.name, what, piece.expected, change)
