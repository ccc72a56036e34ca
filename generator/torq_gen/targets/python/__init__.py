"""The Python package: messages with their codecs, types, service base classes, the manifest."""

from __future__ import annotations

from torq_gen.model import System
from torq_gen.model.names import snake_case
from torq_gen.targets._shared.places import type_names
from torq_gen.targets.python import package, view
from torq_gen.targets.python.template import fill

FOLDER = "generated/python"


def render(system: System) -> dict[str, bytes]:
    """The files of the package, by their path from the project's root."""
    root = f"{FOLDER}/{system.package}"
    types = type_names(system)
    modules = {
        "__init__": package.top(system),
        "manifest": package.manifest(system),
        "messages/__init__": package.messages(system),
        "registry": package.registry(system),
        "services": package.services(system),
        "types": view.types_module(system),
    }
    for domain in system.domains.values():
        if system.messages_of(domain.name):
            module = f"messages/{snake_case(domain.name)}"
            modules[module] = view.messages_module(system, domain, types)
    if any(m.version > 1 for m in system.messages.values()):
        modules["earlier"] = view.earlier_module(system, types)
    files = {f"{root}/{name}.py": fill(module) for name, module in modules.items()}
    return {**files, f"{root}/py.typed": b""}
