"""Names of what is generated for a service."""

from __future__ import annotations

from torq_gen.model import Service
from torq_gen.model.names import pascal_case
from torq_gen.targets._shared.pretty import Call


def class_name(service: Service) -> str:
    """The service's class: ``FlashArbitrage``."""
    return pascal_case(service.name)


def base_name(service: Service) -> str:
    """The generated base class: ``FlashArbitrageBase``."""
    return f"{pascal_case(service.name)}Base"


def module_name(service: Service) -> str:
    """The service's package: ``services.flash_arbitrage``."""
    return service.path.strip("/").replace("/", ".")


def implementation(service: Service) -> str:
    """Where a service's class stands: ``services.flash_arbitrage.service:FlashArbitrage``."""
    return f"{module_name(service)}.service:{class_name(service)}"


def method(name: str, message: str) -> Call:
    """The head of a service's method that takes a message."""
    return Call(f"async def {name}(", ("self", f"message: {message}", "/"), ") -> None:")
