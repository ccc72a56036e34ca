"""From a spec's ``implementation`` path to a service's class."""

from __future__ import annotations

import importlib

from mycelium.errors import ServiceLoadError
from mycelium.manifest import ServiceSpec
from mycelium.service import Service


def load_service(spec: ServiceSpec) -> type[Service]:
    """The class that implements the service.

    Raises:
        ServiceLoadError: it cannot be imported, is no service of this spec, or lacks handlers
    """
    module_name, _, class_name = spec.implementation.partition(":")
    where = f"{spec.name}: {spec.implementation}"
    try:
        module = importlib.import_module(module_name)
    except Exception as error:
        raise ServiceLoadError(f"{where}: cannot be imported: {error!r}") from error
    found = getattr(module, class_name, None)
    if not isinstance(found, type) or not issubclass(found, Service):
        raise ServiceLoadError(f"{where}: expected a subclass of Service, found {found!r}")
    check_service(spec, found)
    return found


def check_service(spec: ServiceSpec, service: type[Service]) -> None:
    """Checks that a class can run as the service.

    Raises:
        ServiceLoadError: its spec is another one, or handlers are missing
    """
    where = f"{spec.name}: {service.__module__}:{service.__qualname__}"
    own = getattr(service, "SPEC", None)
    if own != spec:
        found = f"that of {own.name}" if isinstance(own, ServiceSpec) else "none"
        raise ServiceLoadError(f"{where}: expected the manifest's spec, found {found}")
    missing = sorted(getattr(service, "__abstractmethods__", ()))
    missing += [
        f"a handler of {subscription.message.__name__}"
        for subscription in spec.subscribes
        if not callable(getattr(service, service.HANDLERS.get(subscription.message, ""), None))
    ]
    if missing:
        raise ServiceLoadError(f"{where}: expected {', '.join(missing)}, found none")
