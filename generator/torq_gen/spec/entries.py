"""Entries of ``publishes`` and ``subscribes`` in every shape that they may have."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torq_gen.diagnostics import Related
from torq_gen.spec import rules
from torq_gen.spec.findings import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torq_gen.diagnostics import Span
    from torq_gen.model.messages import Domain, Message
    from torq_gen.spec.document import Document, Raw
    from torq_gen.spec.findings import Findings
    from torq_gen.spec.structure import Damage


class Known(NamedTuple):
    """What service definitions may refer to."""

    messages: Mapping[str, Message]
    by_id: Mapping[int, Message]
    domains: Mapping[str, Domain]
    damage: Damage
    findings: Findings


class Entry(NamedTuple):
    """One entry: the message (None when it is unknown), its name, its place and its options."""

    message: Message | None
    name: str
    span: Span
    options: dict[str, Raw]


def read_entry(
    document: Document, entries: list[Raw], index: int, known: Known, *, external: bool
) -> Entry | None:
    """The entry, or None when it names no message; ``external`` lets unknown names pass silently.

    With ``external`` an unknown bare name is returned as an entry without a message.
    """
    raw = entries[index]
    if isinstance(raw, str):
        return _named(raw, document.value(entries, index), {}, known, external)
    if "tlv_type" in raw:
        entry = _by_id(document, raw, known)
    elif "type" in raw:
        entry = _named(raw["type"], document.value(raw, "type"), raw, known, external)
    else:
        ((name, options),) = raw.items()
        return _named(name, document.key(raw, name), options, known, external)
    if entry is not None and entry.message is not None:
        _compare(document, raw, entry.message, known)
    return entry


def _named(
    name: str, span: Span, options: dict[str, Raw], known: Known, external: bool
) -> Entry | None:
    message = known.messages.get(name)
    if message is None and known.damage.hit("messages", name):
        return None
    if message is None and not external:
        help = nearest(name, known.messages, "messages")
        known.findings.add(
            rules.UNKNOWN_MESSAGE, span, f"no schema declares the message '{name}'", help=help
        )
        return None
    return Entry(message, name, span, options)


def _by_id(document: Document, raw: dict[str, Raw], known: Known) -> Entry | None:
    number, span = raw["tlv_type"], document.value(raw, "tlv_type")
    message = known.by_id.get(number)
    if message is not None:
        return Entry(message, message.name, span, raw)
    if not known.damage.any("messages"):
        in_order = sorted(known.by_id, key=lambda i: (abs(i - number), i))[:8]
        ids = listed(f"{i} {known.by_id[i].name}" for i in sorted(in_order))
        help = f"type ids: {ids}" if ids else "there are no messages"
        message_text = f"no schema declares a message of type {number}"
        known.findings.add(rules.UNKNOWN_MESSAGE, span, message_text, help=help)
    return None


def _compare(document: Document, raw: dict[str, Raw], message: Message, known: Known) -> None:
    """What system.yaml restates has to agree with the schema."""
    truth = {"type_id": message.type_id, "domain": message.domain, "topic": message.topic}
    words = {"type_id": "type id", "domain": "domain", "topic": "topic"}
    for key, true in truth.items():
        if key not in raw or raw[key] == true:
            continue
        span = document.value(raw, key)
        if key == "domain" and raw[key] not in known.domains:
            if not known.damage.hit("domains", raw[key]):
                help = nearest(raw[key], known.domains, "domains")
                text = f"system.yaml declares no domain '{raw[key]}'"
                known.findings.add(rules.UNKNOWN_DOMAIN, span, text, help=help)
            continue
        place = message.span
        known.findings.add(
            rules.SCHEMA_DISAGREEMENT,
            span,
            f"{words[key]} {raw[key]} is stated for {message.name}, its schema says {true}",
            help=f"write {key}: {true}, or leave it out",
            related=(Related(place, f"{message.name}, {words[key]} {true}"),) if place else (),
        )
