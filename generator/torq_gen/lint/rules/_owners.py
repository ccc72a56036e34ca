"""Which service a file or a module belongs to."""

from __future__ import annotations

from torq_gen.lint.facts.model import Import
from torq_gen.lint.view import ServiceView
from torq_gen.model import Service


def other_owner(view: ServiceView, file: str) -> Service | None:
    """The other service in whose folder a file stands; the innermost folder decides."""
    owners = [s for s in view.system.services.values() if f"{file}/".startswith(f"{s.path}/")]
    owner = max(owners, key=lambda service: len(service.path), default=None)
    return None if owner is None or owner.name == view.service.name else owner


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
