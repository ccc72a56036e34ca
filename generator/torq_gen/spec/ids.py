"""Service ids: stated ones, those of the lock, and new ones; what is gone keeps its id."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from torq_gen.diagnostics import Related, Span
from torq_gen.model.lock import Lock
from torq_gen.spec import rules
from torq_gen.spec.lock_file import LOCK_FILE

if TYPE_CHECKING:
    from torq_gen.model.services import Service
    from torq_gen.spec.document import Document, Raw
    from torq_gen.spec.findings import Findings

LAST_ID = 65535


class Identified(NamedTuple):
    """Services with their ids, and the lock that remembers them."""

    services: dict[str, Service]
    lock: Lock


class Places(NamedTuple):
    """Where ids stand: in system.yaml and in the lock."""

    document: Document
    section: dict[str, Raw]
    lock: Document | None

    def stated(self, service: str) -> Span:
        """The id that system.yaml states."""
        return self.document.value(self.section[service], "id")

    def remembered(self, section: str, service: str) -> Span:
        """The id that the lock holds."""
        if self.lock is None:
            return Span.of_file(LOCK_FILE)
        return self.lock.value(self.lock.root[section], service)


def identify(
    services: dict[str, Service], lock: Lock, places: Places, findings: Findings, *, assign: bool
) -> Identified:
    """Every service with its id; only with ``assign`` are new ones given."""
    retired = _retired(services, lock, places, findings)
    taken: dict[int, str] = {number: name for name, number in retired.items()}
    found: dict[str, int] = {}
    for name, service in services.items():
        number = service.id or lock.services.get(name, 0)
        if number:
            found[name] = number
            _check(name, service, number, taken, lock, places, findings)
            taken.setdefault(number, name)
    free = (i for i in range(1, LAST_ID + 1) if i not in taken)
    for name, service in services.items():
        if name in found:
            continue
        assert service.span is not None
        if not assign:
            message = f"{name} has no id in system.yaml and none in {LOCK_FILE}"
            help = "run torq-gen generate, which gives it the next free id, and commit the lock"
            findings.add(rules.MISSING_SERVICE_ID, service.span, message, help=help)
        elif (number := next(free, 0)) == 0:
            message = f"all ids of 1 to {LAST_ID} are taken"
            findings.add(rules.MISSING_SERVICE_ID, service.span, message)
        else:
            found[name] = number
    numbered = {n: s if s.id else replace(s, id=found.get(n, 0)) for n, s in services.items()}
    return Identified(numbered, Lock(found, retired, lock.messages))


def _retired(
    services: dict[str, Service], lock: Lock, places: Places, findings: Findings
) -> dict[str, int]:
    """Ids of services that are gone; a name that came back gets its own id again."""
    retired = {n: i for n, i in lock.retired.items() if n not in services}
    seen: dict[int, tuple[str, str]] = {}
    for section, ids in (("services", lock.services), ("retired", lock.retired)):
        for name, number in ids.items():
            if section == "services" and name not in services:
                retired[name] = number
            if number in seen and seen[number][1] != name:
                first, other = seen[number]
                message = f"{name} and {other} have one id, {number}, in {LOCK_FILE}"
                help = (
                    "two branches gave it: run torq-gen release --mend, or remove the entry of "
                    f"{name} and run torq-gen generate"
                )
                findings.add(
                    rules.SERVICE_ID_USED_TWICE,
                    places.remembered(section, name),
                    message,
                    help=help,
                    related=(Related(places.remembered(first, other), other),),
                )
            seen.setdefault(number, (section, name))
    return retired


def _check(
    name: str,
    service: Service,
    number: int,
    taken: dict[int, str],
    lock: Lock,
    places: Places,
    findings: Findings,
) -> None:
    if not service.id:
        if number in taken and service.span is not None:
            _twice(name, number, taken[number], service.span, lock, places, findings)
        return
    span = places.stated(name)
    for section, ids in (("services", lock.services), ("retired", lock.retired)):
        if ids.get(name, number) != number:
            message = f"{name} has the id {ids[name]} and cannot get another one, found {number}"
            place = Related(places.remembered(section, name), f"{name}: {ids[name]}")
            help = f"write id: {ids[name]}, or give the service a new name"
            findings.add(rules.SERVICE_ID_CHANGED, span, message, help=help, related=(place,))
    if number in taken:
        _twice(name, number, taken[number], span, lock, places, findings)


def _twice(
    name: str,
    number: int,
    other: str,
    span: Span,
    lock: Lock,
    places: Places,
    findings: Findings,
) -> None:
    if any(d.code == rules.SERVICE_ID_USED_TWICE.code and name in d.message for d in findings.all):
        return
    related: tuple[Related, ...]
    renamed = ""
    if other in places.section:
        where = places.section[other]
        place = places.stated(other) if "id" in where else places.remembered("services", other)
        message = f"{name} and {other} have one id, {number}"
        related = (Related(place, f"{other}: {number}"),)
    else:
        section = "retired" if other in lock.retired else "services"
        renamed = f"; if {name} is {other} under a new name, rename its entry in {LOCK_FILE}"
        message = f"the id {number} of {name} was that of {other}, which is gone, and stays retired"
        related = (Related(places.remembered(section, other), f"{other}: {number}"),)
    used = {*lock.services.values(), *lock.retired.values()}
    used |= {r["id"] for r in places.section.values() if "id" in r}
    free = next(i for i in range(1, LAST_ID + 2) if i not in used)
    help = f"the next free id is {free}{renamed}"
    findings.add(rules.SERVICE_ID_USED_TWICE, span, message, help=help, related=related)
