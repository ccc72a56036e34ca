"""Whether today's schemas still keep what has been released."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Related
from torq_gen.model.layouts import encoding, lost_values
from torq_gen.spec import rules
from torq_gen.spec.lock_file import LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torq_gen.diagnostics import Span
    from torq_gen.model.lock import Lock, ReleasedMessage
    from torq_gen.model.messages import Domain, Message
    from torq_gen.spec.document import Document
    from torq_gen.spec.findings import Findings
    from torq_gen.spec.schemas import Schemas
    from torq_gen.spec.structure import Damage


class Promises:
    """What the lock says that was released: layouts, and type ids with their names."""

    def __init__(
        self,
        lock: Lock,
        document: Document,
        domains: Mapping[str, Domain],
        damage: Damage,
        findings: Findings,
    ) -> None:
        self.lock = lock
        self.document = document
        self.domains = domains
        self.damage = damage
        self.findings = findings

    def check(self, schemas: Schemas) -> None:
        """Reports each released message that has another id or layout today, or is gone."""
        by_id = {m.type_id: m for m in schemas.messages.values()}
        for name, released in self.lock.messages.items():
            message, heir = schemas.messages.get(name), by_id.get(released.type_id)
            if message is not None and message.span is not None:
                self._type_id(message, message.span, released)
                self._domain(message, message.span, released)
                self._layouts(message, message.span, released)
            reused = False
            # A message that was released itself, with another id, has its finding above.
            if heir is not None and heir.name != name and heir.name not in self.lock.messages:
                reused = self._reused(name, heir, released, schemas)
            if message is None and not reused:
                self._gone(name, released, schemas)

    def _type_id(self, message: Message, span: Span, released: ReleasedMessage) -> None:
        name, number = message.name, released.type_id
        if message.type_id == number:
            return
        self.findings.add(
            rules.RELEASED_TYPE_ID,
            span,
            f"{name} was released with type id {number}, the schema says {message.type_id}",
            help=f"a type id stays with its message: write type: {number}, or give the changed "
            "message a new name",
            related=(self._place(name, released),),
        )

    def _domain(self, message: Message, span: Span, released: ReleasedMessage) -> None:
        name, number = message.name, released.domain
        domain = self.domains.get(message.domain)
        if number is None or domain is None or domain.id == number:
            return
        entry = self.document.root["messages"][name]
        place = Related(self.document.value(entry, "domain"), f"{name}, released in {number}")
        home = (Related(domain.span, f"{domain.name}, id {domain.id}"),) if domain.span else ()
        self.findings.add(
            rules.RELEASED_TYPE_ID,
            span,
            f"{name} was released with domain id {number}, {domain.name} has the id {domain.id}",
            help="a domain's id stands in every frame and stays with its messages: write "
            f"id: {number}, or give the changed message a new name",
            related=(place, *home),
        )

    def _reused(
        self, name: str, heir: Message, released: ReleasedMessage, schemas: Schemas
    ) -> bool:
        number = released.type_id
        if number in schemas.reserved.types or heir.span is None:
            return number in schemas.reserved.types  # using a reserved id is reported already
        help = f"give {heir.name} another type id, for old data of type {number} is {name}'s"
        if name not in schemas.messages and not self.damage.hit("messages", name):
            help = (
                f"call it {name} again, or give {heir.name} another type id and reserve what "
                f"{name} had: {_reservation(name, number, schemas)}"
            )
        self.findings.add(
            rules.RELEASED_TYPE_ID,
            heir.span,
            f"the type id {number} was released as {name}'s and is {heir.name}'s here",
            help=help,
            related=(self._place(name, released),),
        )
        return True

    def _gone(self, name: str, released: ReleasedMessage, schemas: Schemas) -> None:
        number = released.type_id
        missing = _reservation(name, number, schemas)
        if not missing or self.damage.hit("messages", name):
            return
        place = self._place(name, released)
        home = next((n for n, d in self.domains.items() if d.holds(number)), "")
        schema = schemas.homes.get(home)
        self.findings.add(
            rules.RELEASED_MESSAGE_GONE,
            schema or place.span,
            f"{name} was released with type id {number} and is gone from the schemas",
            help=f"declare it again, or keep others from taking its place: {missing}",
            related=(place,) if schema is not None else (),
        )

    def _layouts(self, message: Message, span: Span, released: ReleasedMessage) -> None:
        entry = self.document.root["messages"][message.name]
        for number, version in released.versions.items():
            today = message.layout_at(number) if number <= message.version else None
            place = Related(self.document.key(entry["versions"], str(number)), LOCK_FILE)
            what = f"version {number} of {message.name} was released"
            if today is None or encoding(today) != encoding(version.layout):
                found = f"'{today}'" if today is not None else f"no version {number}"
                self.findings.add(
                    rules.RELEASED_LAYOUT_CHANGED,
                    span,
                    f"{what} as '{version.layout}', the schema says {found}",
                    help="a released version never changes: restore it and append fields with "
                    f"since: {max(released.versions) + 1}, or give the changed message a new name",
                    related=(place,),
                )
            elif lost := lost_values(version.layout, today):
                self.findings.add(
                    rules.RELEASED_LAYOUT_CHANGED,
                    span,
                    f"{what} with {', '.join(lost)} in an enum, the schema says '{today}'",
                    help="a released enum value keeps its name and its number: restore it; new "
                    "values get numbers of their own",
                    related=(place,),
                )

    def _place(self, name: str, released: ReleasedMessage) -> Related:
        span = self.document.value(self.document.root["messages"][name], "type")
        return Related(span, f"{name}, released as type {released.type_id}")


def _reservation(name: str, number: int, schemas: Schemas) -> str:
    """What ``reserved:`` has to say for a message that is gone and does not say yet."""
    parts = [] if number in schemas.reserved.types else [f"types: [{number}]"]
    parts += [] if name in schemas.reserved.names else [f"names: [{name}]"]
    return f"reserved: {{{', '.join(parts)}}}" if parts else ""
