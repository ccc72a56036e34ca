"""Golden vectors: for each message version, values in JSON form and the bytes that they make.

The vectors of a released version are frozen: they are taken over from the file that holds them, and
``torq.lock.yaml`` knows their digest. The file marks them as released, so that a lock which lost
them is noticed. All others follow the schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeAlias

from torq_gen.model import Domain, Message, System, Value
from torq_gen.model.names import snake_case
from torq_gen.targets._shared.jsonform import object_to_json
from torq_gen.targets._shared.samples import Counter, counting, highest, lowest
from torq_gen.targets._shared.wire import encode_tlv

FOLDER = "generated/golden"

Vectors: TypeAlias = tuple[dict[str, Any], ...]
Frozen: TypeAlias = Mapping[tuple[str, int], Vectors]  # (message, version) to its vectors


@dataclass(frozen=True, slots=True)
class LostVectors:
    """A released version whose vectors are not on disk as they were released."""

    message: str
    version: int
    path: str
    found: bool


@dataclass(frozen=True, slots=True)
class LostRelease:
    """A version that its golden file marks as released, and that the lock does not know.

    ``current`` says whether its bytes are those that the spec makes today.
    """

    message: str
    version: int
    path: str
    current: bool


def render(system: System, frozen: Frozen | None = None) -> dict[str, bytes]:
    """One file a domain, by path from the project's root."""
    return {
        path_of(domain): _file(system, domain, frozen or {}).encode()
        for domain in system.domains.values()
        if system.messages_of(domain.name)
    }


def path_of(domain: Domain) -> str:
    """The file that holds a domain's vectors."""
    return f"{FOLDER}/{snake_case(domain.name)}.json"


def vectors_of(message: Message, version: int) -> Vectors:
    """The vectors that follow from today's schema."""
    fields = message.fields_at(version)
    return tuple(
        {
            "name": name,
            "values": object_to_json(fields, values),
            "tlv": encode_tlv(message, version, values).hex(),
        }
        for name, values in _samples(message, version)
    )


def digest(vectors: Vectors) -> str:
    """What the lock file remembers of a released version's vectors."""
    text = json.dumps(vectors, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(text.encode()).hexdigest()[:32]


def keep(system: System, files: Mapping[str, bytes]) -> tuple[Frozen, tuple[LostVectors, ...]]:
    """The released vectors found in golden ``files``, and those that are lost or were changed.

    A renamed domain has another file: what is not in the domain's own is looked for in all.
    """
    kept: dict[tuple[str, int], Vectors] = {}
    lost = []
    for message, version, expected in _released(system):
        path = path_of(system.domains[message.domain])
        vectors = _find(files.get(path), message.name, version)
        if vectors is None:
            vectors = _elsewhere(files, message.name, version, expected)
        if vectors is not None and digest(vectors) == expected:
            kept[message.name, version] = vectors
        else:
            lost.append(LostVectors(message.name, version, path, vectors is not None))
    return kept, tuple(lost)


def forgotten(system: System, files: Mapping[str, bytes]) -> tuple[LostRelease, ...]:
    """What golden ``files`` mark as released and the lock of the system does not have."""
    known = {(message.name, version) for message, version, _ in _released(system)}
    return tuple(
        LostRelease(name, version, path, _is_current(system.messages[name], version, content))
        for path, content in sorted(files.items())
        for name, version in _marked(content)
        if (name, version) not in known and name in system.messages
    )


def _is_current(message: Message, version: int, content: bytes) -> bool:
    found = _find(content, message.name, version)
    return version <= message.version and found == vectors_of(message, version)


def _marked(content: bytes) -> Iterator[tuple[str, int]]:
    """The versions that a golden file marks as released; none of a file that is no golden one."""
    try:
        for name, message in json.loads(content)["messages"].items():
            for version, entry in message["versions"].items():
                if entry.get("released") is True:
                    yield name, int(version)
    except (ValueError, KeyError, TypeError, AttributeError):
        return


def _released(system: System) -> Iterator[tuple[Message, int, str]]:
    for name, released in system.lock.messages.items():
        if name in system.messages:
            for version, entry in released.versions.items():
                yield system.messages[name], version, entry.golden


def _find(content: bytes | None, message: str, version: int) -> Vectors | None:
    try:
        found = json.loads(content or b"{}")["messages"][message]["versions"][str(version)]
        return tuple(found["vectors"])
    except (ValueError, KeyError, TypeError):
        return None


def _elsewhere(
    files: Mapping[str, bytes], message: str, version: int, expected: str
) -> Vectors | None:
    found = (_find(content, message, version) for content in files.values())
    return next((v for v in found if v is not None and digest(v) == expected), None)


def _samples(message: Message, version: int) -> Iterable[tuple[str, tuple[Value, ...]]]:
    fields = message.fields_at(version)
    counter = Counter()
    yield "counting", tuple(counting(f.type, counter) for f in fields)
    yield "lowest", tuple(lowest(f.type) for f in fields)
    yield "highest", tuple(highest(f.type) for f in fields)
    for number, example in enumerate(message.examples, 1):
        yield f"example {number}", example[: len(fields)]


def _file(system: System, domain: Domain, frozen: Frozen) -> str:
    released = frozenset((m.name, version) for m, version, _ in _released(system))
    shown = (_message(m, frozen, released) for m in system.messages_of(domain.name))
    messages = ",\n".join(shown)
    note = "Generated by torq-gen; vectors of released versions never change."
    head = f' "note": {json.dumps(note)},\n "domain": {json.dumps(domain.name)},\n'
    return f'{{\n{head} "messages": {{\n{messages}\n }}\n}}\n'


def _message(message: Message, frozen: Frozen, released: frozenset[tuple[str, int]]) -> str:
    versions = sorted({1, *(f.since for f in message.fields)} | _frozen_versions(message, frozen))
    body = ",\n".join(
        _version(message, v, frozen, released=(message.name, v) in released) for v in versions
    )
    return f'  "{message.name}": {{"type": {message.type_id}, "versions": {{\n{body}\n  }}}}'


def _frozen_versions(message: Message, frozen: Frozen) -> set[int]:
    return {version for name, version in frozen if name == message.name}


def _version(message: Message, version: int, frozen: Frozen, *, released: bool) -> str:
    vectors = frozen.get((message.name, version)) or vectors_of(message, version)
    lines = ",\n".join(f"    {json.dumps(v)}" for v in vectors)
    mark = '"released": true, ' if released else ""
    return f'   "{version}": {{{mark}"vectors": [\n{lines}\n   ]}}'
