"""Skeletons: the folder of a service that has none yet. A person owns it from then on."""

from __future__ import annotations

from torq_gen.model import Service, System
from torq_gen.model.naming import snake_case
from torq_gen.targets._shared.names import base_name, class_name, handler_name, module_name
from torq_gen.targets._shared.pretty import Call, docstring
from torq_gen.targets._shared.pretty import render as code
from torq_gen.targets._shared.templates import fill


def render(system: System) -> dict[str, dict[str, bytes]]:
    """For each active service the files of its folder, by path from that folder."""
    return {service.name: _folder(system, service) for service in system.active_services()}


def _folder(system: System, service: Service) -> dict[str, bytes]:
    values = {
        "service": service,
        "package": system.package,
        "module": module_name(service),
        "class_name": class_name(service),
        "base": base_name(service),
        "docstring": docstring(_summary(service), depth=0),
        "handlers": [(handler_name(s.message), s.message) for s in service.subscribes],
        "imports": _imports(system, service),
        "publishes": [p.message for p in service.publishes],
        "test_name": snake_case(class_name(service)),
    }
    templates = {
        "__init__.py": "init.py.j2",
        "service.py": "service.py.j2",
        "README.md": "README.md.j2",
        "tests/__init__.py": "",
        "tests/test_service.py": "test_service.py.j2",
    }
    return {
        path: fill("skeletons", template, **values) if template else b""
        for path, template in templates.items()
    }


def _summary(service: Service) -> str:
    return service.description or f"The service {service.name}."


def _imports(system: System, service: Service) -> str:
    messages = sorted({s.message for s in service.subscribes})
    if not messages:
        return ""
    flat = f"from {system.package}.messages import {', '.join(messages)}"
    if len(flat) <= 88:
        return flat
    return code((Call(f"from {system.package}.messages import (", messages),))
