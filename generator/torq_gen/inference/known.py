"""The system to read code with: what is there of a spec, and for the rest the code's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torq_gen.drafting.model import DraftDomain
from torq_gen.drafting.names import package_name
from torq_gen.model import Message, Service, System

if TYPE_CHECKING:
    from torq_gen.diagnostics import Diagnostic
    from torq_gen.inference.places import Places

_IMPORTED = rb"^from +%s(?:\.\w+)? +import +(\([^)]*\)|[^\n(]*)"
_NAME = re.compile(rb"[A-Z]\w*")
_WIDTH = 20


class UnusableSchemasError(Exception):
    """There are schemas, and they have errors."""

    def __init__(self, findings: tuple[Diagnostic, ...]) -> None:
        super().__init__(f"{len(findings)} errors in the schemas")
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known before code is read.

    ``system`` holds the services that were found and the messages of the schemas; ``schemas`` says
    whether there are any, so that none have to be drafted.
    """

    system: System
    domains: tuple[DraftDomain, ...]
    schemas: bool


def ground(
    root: Path, files: Mapping[str, bytes], name: str, places: Places, code: Iterable[bytes]
) -> Ground:
    """The ground for some services.

    ``files`` are system.yaml, the schemas and the lock, as far as they are there; ``code`` is the
    text of the services' files.

    Raises:
        UnusableSchemasError: the schemas have errors.
    """
    spec = _parsed(files.get("system.yaml"))
    name = _name(spec) or name
    loaded, domains = _loaded(root, files, spec, name, places)
    if loaded is None:
        loaded = System(name, places.package or package_name(name))
        names = _imported(places.package, code) if places.package else ()
        messages = {
            word: Message(word, number, "", "", ()) for number, word in enumerate(sorted(names), 1)
        }
        loaded = replace(loaded, messages=messages)
    ids = {**loaded.lock.retired, **loaded.lock.services}  # nothing is declared, so all are gone
    services: dict[str, Service] = {}
    for place in places.found:
        service_id = ids.get(place.name) or _next(services, ids)
        services[place.name] = Service(place.name, service_id, place.path)
    package = places.package or loaded.package
    system = replace(loaded, package=package, services=services, stores={}, externals={})
    return Ground(system, domains, bool(domains))


def _next(services: Mapping[str, Service], ids: Mapping[str, int]) -> int:
    taken = {s.id for s in services.values()} | set(ids.values())
    return next(number for number in range(1, len(taken) + 2) if number not in taken)


def _loaded(
    root: Path, files: Mapping[str, bytes], spec: Mapping[str, Any], name: str, places: Places
) -> tuple[System | None, tuple[DraftDomain, ...]]:
    """The system of the schemas and their domains; nothing where there are none."""
    from torq_gen.drafting.checking import built, errors

    schemas = {path: content for path, content in files.items() if path.startswith("schemas/")}
    if not schemas:
        return None, ()
    domains = _of_spec(spec) or _of_schemas(schemas.values())
    package = places.package or package_name(name)
    lines = [f"system: {{name: {name}, package: {package}}}", *(["domains:"] if domains else [])]
    lines += [f"  {d.name}: {{id: {d.id}, types: [{d.first}, {d.last}]}}" for d in domains]
    text = "\n".join([*lines, "services: {}", ""]).encode()
    lock = {path: content for path, content in files.items() if path == "torq.lock.yaml"}
    system, findings = built(root, {"system.yaml": text, **schemas, **lock})
    if system is None or errors(findings):
        raise UnusableSchemasError(errors(findings))
    return system, domains


def _name(spec: Mapping[str, Any]) -> str:
    """The name that a system.yaml gives."""
    section = spec.get("system")
    found = section.get("name") if isinstance(section, dict) else None
    return found if isinstance(found, str) else ""


def _parsed(content: bytes | None) -> Mapping[str, Any]:
    import yaml

    try:
        found = yaml.load(content or b"", yaml.CSafeLoader)
    except yaml.YAMLError:
        return {}
    return found if isinstance(found, dict) else {}


def _of_spec(spec: Mapping[str, Any]) -> tuple[DraftDomain, ...]:
    """The domains that a system.yaml declares."""
    found = spec.get("domains")
    try:
        return tuple(
            DraftDomain(str(name), int(d["id"]), int(d["types"][0]), int(d["types"][1]))
            for name, d in (found or {}).items()
        )
    except (TypeError, KeyError, IndexError, ValueError, AttributeError):
        return ()


def _of_schemas(schemas: Iterable[bytes]) -> tuple[DraftDomain, ...]:
    """Domains around the type ids that the schemas use, in the order of those."""
    import yaml

    used: dict[str, list[int]] = {}
    for content in schemas:
        try:
            found = yaml.load(content, yaml.CSafeLoader)
            messages = found.get("messages") or {}
            ids = [int(m["type"]) for m in messages.values()]
            ids += [int(t) for t in (found.get("reserved") or {}).get("types", ())]
        except (yaml.YAMLError, AttributeError, TypeError, KeyError, ValueError):
            continue
        used.setdefault(str(found.get("domain")), []).extend(ids)
    top = max((i for ids in used.values() for i in ids), default=0)
    for name in used:
        if not used[name]:  # it only has types so far
            used[name].append(top := top + 1)
    order = sorted(used, key=lambda name: min(used[name]))
    starts = [min(used[name]) for name in order[1:]]
    domains, first = [], 1
    for number, name in enumerate(order, 1):
        top = max(used[name])
        last = starts[number - 1] - 1 if number <= len(starts) else _rounded(top)
        domains.append(DraftDomain(name, number, first, max(top, last)))
        first = max(top, last) + 1
    return tuple(domains)


def _rounded(top: int) -> int:
    return (top // _WIDTH + 1) * _WIDTH - 1


def _imported(package: str, code: Iterable[bytes]) -> set[str]:
    """The names that code imports of the generated package: its messages, enums and structs."""
    pattern = re.compile(_IMPORTED % re.escape(package).encode(), re.M)
    words = {
        word.decode()
        for text in code
        for found in pattern.findall(text)
        for word in _NAME.findall(found)
    }
    return {w for w in words if not w.endswith("Base") and not w.isupper()}
