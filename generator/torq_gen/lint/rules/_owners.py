"""Which service a file or a module belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from torq_gen.lint.facts.model import Import
from torq_gen.lint.systems import once_a_system
from torq_gen.lint.view import ServiceView
from torq_gen.model import Service, System


def other_owner(view: ServiceView, file: str) -> Service | None:
    """The other service in whose folder a file stands; the innermost folder decides."""
    folders = _by_folder(view.system)
    while file and file not in folders:
        file = file.rpartition("/")[0]
    owner = folders.get(file)
    return None if owner is None or owner.name == view.service.name else owner


@once_a_system
def _by_folder(system: System) -> Mapping[str, Service]:
    return {service.path: service for service in system.services.values()}


def module_owner(view: ServiceView, imported: Import) -> Service | None:
    """The other service to which an imported module belongs."""
    return other_owner(view, imported.found or imported.module.replace(".", "/"))


def is_followed(view: ServiceView, imported: Import) -> bool:
    """Whether the import stands in another service's own file.

    That file is only read because something imports it, which is the finding.
    """
    return other_owner(view, imported.span.file) is not None


def through(view: ServiceView, file: str) -> str:
    """A note where a finding does not stand in the service's own folder."""
    return "" if file.startswith(f"{view.service.path}/") else f" through {file}"
