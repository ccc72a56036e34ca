"""Whether today's schemas still describe what has been released."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Related
from torq_gen.spec import rules
from torq_gen.spec.lock_file import LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torq_gen.model.lock import Lock
    from torq_gen.model.messages import Message
    from torq_gen.spec.document import Document
    from torq_gen.spec.findings import Findings


def check_released(
    messages: Mapping[str, Message], lock: Lock, document: Document | None, findings: Findings
) -> None:
    """Reports each released version of a message whose wire layout is another one today."""
    if document is None:
        return
    for name, released in lock.messages.items():
        message = messages.get(name)
        if message is None or message.span is None:
            continue
        entry = document.root["messages"][name]
        if message.type_id != released.type_id:
            text = f"{name} was released with type id {released.type_id}, the schema says "
            place = Related(document.value(entry, "type"), f"{name}, type {released.type_id}")
            findings.add(
                rules.RELEASED_LAYOUT_CHANGED,
                message.span,
                f"{text}{message.type_id}",
                help="a type id stays with its message; give the changed message a new name",
                related=(place,),
            )
        for number, version in released.versions.items():
            today = message.layout_at(number) if number <= message.version else None
            if today == version.layout:
                continue
            found = f"'{today}'" if today is not None else f"no version {number}"
            findings.add(
                rules.RELEASED_LAYOUT_CHANGED,
                message.span,
                f"version {number} of {name} was released as '{version.layout}', the schema says "
                f"{found}",
                help="a released version never changes: restore it and append fields with since: "
                f"{max(released.versions) + 1}, or give the changed message a new name",
                related=(Related(document.key(entry["versions"], str(number)), LOCK_FILE),),
            )
