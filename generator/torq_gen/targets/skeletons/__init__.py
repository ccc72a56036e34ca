"""Skeletons: the folder of a service that has none yet. A person owns it from then on."""

from __future__ import annotations

from torq_gen.model import Service, System
from torq_gen.model.names import handler_name
from torq_gen.targets._shared.names import base_name, class_name, method, module_name
from torq_gen.targets._shared.pretty import Block, Call, Node, docstring, prose_or
from torq_gen.targets._shared.pretty import render as code
from torq_gen.targets._shared.templates import fill


def render(system: System) -> dict[str, dict[str, bytes]]:
    """For each active service the files of its folder, by path from that folder."""
    return {service.name: _folder(system, service) for service in system.active_services()}


def _folder(system: System, service: Service) -> dict[str, bytes]:
    values = {
        "service": service,
        "class_name": class_name(service),
        "base": base_name(service),
        "summary": docstring(_summary(service), depth=0),
        "body": _class(service),
        "imports": _imports(system, service),
        "test_imports": _import(f"{module_name(service)}.service", [class_name(service)]),
        "publishes": [p.message for p in service.publishes],
        "subscribes": [s.message for s in service.subscribes],
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
    return prose_or(service.description, f"The service {service.name}.")


def _class(service: Service) -> str:
    members: list[Node] = [
        '"""Write the service\'s logic here; this file is yours and never generated again."""'
    ]
    for subscription in service.subscribes:
        head = method(handler_name(subscription.message), subscription.message)
        members += ("", Block(head, ("raise NotImplementedError",)))
    head = Call(f"class {class_name(service)}(", (base_name(service),), "):")
    return code((Block(head, tuple(members)),))


def _imports(system: System, service: Service) -> str:
    messages = sorted({s.message for s in service.subscribes})
    bases = _import(f"{system.package}.services", [base_name(service)])
    if not messages:
        return bases
    return f"{_import(f'{system.package}.messages', messages)}\n{bases}"


def _import(module: str, names: list[str]) -> str:
    flat = f"from {module} import {', '.join(names)}"
    return code((Call(f"from {module} import (", names, short=flat),))
