"""What is wrong with the topology files of a project, found without its generated code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Diagnostic, Span, in_order

if TYPE_CHECKING:
    from pathlib import Path

    from mycelium.topology.faults import Fault, FaultKind
    from mycelium.topology.roster import Roster
    from torq_gen.model import System
    from torq_gen.rule import Rule

PATTERN = "config/*.toml"


def files(root: Path) -> tuple[Path, ...]:
    """The topology files of a project, in order."""
    return tuple(sorted(path for path in root.glob(PATTERN) if path.is_file()))


def findings(root: Path, system: System) -> tuple[Diagnostic, ...]:
    """Everything that is wrong in the project's topologies, measured by the spec."""
    found = files(root)
    if not found:
        return ()
    roster = roster_of(system)
    return in_order(d for path in found for d in _findings(root, path, roster))


def roster_of(system: System) -> Roster:
    """What a topology has to know of a system."""
    from mycelium.topology.roster import Member, Roster
    from torq_gen.targets._shared.promises import promises_of

    return Roster(
        system.name,
        {
            service.name: Member(
                name=service.name,
                active=service.active,
                bundle=service.bundle,
                publishes=tuple(p.message for p in service.publishes),
                subscribes=tuple(s.message for s in service.subscribes),
                promises=tuple(promise.id for promise in promises_of(service)),
            )
            for service in system.services.values()
        },
    )


def _findings(root: Path, path: Path, roster: Roster) -> Iterator[Diagnostic]:
    from mycelium.topology.reader import parse
    from torq_gen.cli._shared.topology_rules import UNUSABLE

    file = path.relative_to(root).as_posix()
    try:
        text = path.read_bytes().decode().replace("\r\n", "\n")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        yield UNUSABLE.at(Span.of_file(file), f"expected a topology file, found: {reason}")
        return
    except UnicodeDecodeError as error:
        yield UNUSABLE.at(
            Span.of_file(file), f"expected UTF-8, found something else at byte {error.start}"
        )
        return
    for fault in parse(text, path.absolute().parent, roster).faults:
        yield _rule(fault.kind).at(_span(file, fault), fault.message, help=fault.help)


def _span(file: str, fault: Fault) -> Span:
    return Span(file, *fault.place) if fault.place is not None else Span.of_file(file)


def _rule(kind: FaultKind) -> Rule:
    from mycelium.topology.faults import FaultKind
    from torq_gen.cli._shared import topology_rules as rules

    return {
        FaultKind.UNUSABLE: rules.UNUSABLE,
        FaultKind.TWICE: rules.PLACED_TWICE,
        FaultKind.NOWHERE: rules.PLACED_NOWHERE,
        FaultKind.NO_TRANSPORT: rules.NO_TRANSPORT,
        FaultKind.UNREACHED: rules.UNREACHED,
        FaultKind.ADDRESS: rules.ADDRESS_TWICE,
        FaultKind.INSECURE: rules.INSECURE,
    }[kind]
