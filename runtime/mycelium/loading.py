"""From a spec's ``implementation`` path to a service's class."""

from __future__ import annotations

import difflib
import importlib
import traceback
from types import ModuleType

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
        raise ServiceLoadError(f"{where}: cannot be imported: {error!r}{_place(error)}") from error
    if not hasattr(module, class_name):
        raise ServiceLoadError(
            f"{where}: expected a class {class_name} in the module {module_name}, "
            f"found {_nearest(class_name, module)}"
        )
    found = getattr(module, class_name)
    if not isinstance(found, type) or not issubclass(found, Service):
        raise ServiceLoadError(f"{where}: expected a subclass of Service, found {found!r}")
    check_service(spec, found)
    return found


def _place(error: Exception) -> str:
    """The last line of the imported code that ran; nothing when none did."""
    own = (__file__, importlib.__file__)
    ran = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename not in own and not frame.filename.startswith("<frozen ")
    ]
    return f" at {ran[-1].filename}:{ran[-1].lineno}" if ran else ""


def _nearest(name: str, module: ModuleType) -> str:
    """What the module has in place of the name, in words."""
    own = [
        key
        for key, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__
    ]
    near = difflib.get_close_matches(name, own, 1)
    if near:
        return f"none; did you mean {near[0]}?"
    return f"only {', '.join(own)}" if own else "no class at all"


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
