"""AsyncAPI 3.0: the whole system in one document, and each service in one of its own."""

from __future__ import annotations

from torq_gen.model import System
from torq_gen.targets._shared.documents import document
from torq_gen.targets.asyncapi.view import Scope, asyncapi

FOLDER = "generated/asyncapi"


def render(system: System) -> dict[str, bytes]:
    """The documents by path from the project's root."""
    whole = Scope(system.name, "", tuple(system.services.values()))
    files = {f"{FOLDER}/asyncapi.json": document(asyncapi(system, whole))}
    for service in system.services.values():
        scope = Scope(service.name, service.description, (service,))
        files[f"{FOLDER}/services/{service.name}.json"] = document(asyncapi(system, scope))
    return files
