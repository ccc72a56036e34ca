"""What two services, or a service and a message, cannot have in common: classes and folders."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Related
from torq_gen.model.names import pascal_case
from torq_gen.spec import rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torq_gen.model.messages import Message
    from torq_gen.model.services import Service
    from torq_gen.model.types import NamedType
    from torq_gen.spec.findings import Findings


def check_classes(
    services: Mapping[str, Service],
    messages: Mapping[str, Message],
    types: Mapping[str, NamedType],
    findings: Findings,
) -> None:
    """A service's class and its base are named after it; nothing beside them may be."""
    classes: dict[str, Service] = {}
    for service in services.values():
        name = pascal_case(service.name)
        if other := classes.get(name):
            message = f"{service.name} and {other.name} would both have the class {name}"
            _add(service, message, "rename one of the two", other, findings)
            continue
        classes[name] = service
        used = {p.message for p in service.publishes} | {s.message for s in service.subscribes}
        for taken in (f"{name}Base", name):
            found = messages.get(taken) or types.get(taken)
            if found is None or (taken == name and taken not in used):
                continue
            message = f"the service's class {taken} and {found.name} would have one name"
            _add(service, message, "rename the service or the message", found, findings)


def check_paths(services: Mapping[str, Service], findings: Findings) -> None:
    """Two services never share a folder, and none lies inside another's."""
    folders: dict[str, Service] = {}
    for service in services.values():
        other = folders.setdefault(service.path, service)
        if other is not service:
            message = f"{service.name} and {other.name} have one folder, {service.path}"
            related = (Related(other.span, other.name),) if other.span is not None else ()
            assert service.span is not None
            findings.add(rules.WRONG_PATH, service.span, message, related=related)
    for service in services.values():
        parents = (str(parent) for parent in PurePosixPath(service.path).parents)
        for outer in (folders[p] for p in parents if p in folders):
            message = (
                f"the folder of {service.name}, {service.path}, lies inside that of {outer.name}, "
                f"{outer.path}"
            )
            help = f"for example services/{service.name}"
            related = (Related(outer.span, outer.name),) if outer.span is not None else ()
            assert service.span is not None
            findings.add(rules.WRONG_PATH, service.span, message, help=help, related=related)


def _add(
    service: Service,
    message: str,
    help: str,
    other: Service | Message | NamedType,
    findings: Findings,
) -> None:
    assert service.span is not None
    related = (Related(other.span, other.name),) if other.span is not None else ()
    findings.add(rules.NAME_USED_TWICE, service.span, message, help=help, related=related)
