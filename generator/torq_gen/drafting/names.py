"""Names that a spec takes, made of names from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Collection

from torq_gen.model.names import pascal_case
from torq_gen.spec import naming
from torq_gen.spec.words import INSTEAD

_SUFFIX = 4  # room for what makes a name unique


def message_name(text: str, taken: set[str]) -> str:
    """A message's name, noted in ``taken``: ``orders.created`` is ``OrdersCreated``."""
    return _free(naming.as_pascal(text), naming.message_problem, "Event", naming.MAX_LENGTH, taken)


def type_name(text: str, taken: set[str]) -> str:
    """A struct's or an enum's name, noted in ``taken``."""
    made = naming.as_pascal(text)
    return _free(made, naming.type_problem, "Kind", naming.MAX_TYPE_LENGTH, taken)


def domain_name(text: str) -> str:
    """A domain's name."""
    return _free(
        naming.as_pascal(text), naming.domain_problem, "Domain", naming.MAX_TYPE_LENGTH, set()
    )


def service_name(text: str, taken: set[str], messages: Collection[str] = ()) -> str:
    """A service's name, noted in ``taken``; its class is named like none of the messages."""

    def problem(name: str) -> object:
        return naming.service_problem(name) or (
            None if classes_of(name).isdisjoint(messages) else name
        )

    return _free(naming.as_snake(text), problem, "_service", naming.MAX_LENGTH, taken)


def classes_of(service: str) -> frozenset[str]:
    """The classes that are named after a service."""
    name = pascal_case(service)
    return frozenset((name, f"{name}Base"))


def package_name(text: str) -> str:
    """The name of a system's generated package."""
    return f"{naming.as_snake(text)[: naming.MAX_LENGTH - 10].rstrip('_')}_contracts"


def field_name(text: str, taken: set[str]) -> str:
    """A field's name, noted in ``taken``; one that Python cannot have is another one."""
    made = naming.as_snake(text)
    problem = naming.attribute_problem(made)
    if problem is not None:
        made = INSTEAD.get(made, f"{made}_value")
    return _free(made, naming.field_problem, "_value", naming.MAX_LENGTH, taken)


def value_name(text: str, taken: set[str]) -> str:
    """The name of an enum's value, noted in ``taken``."""
    made = naming.as_snake(text).upper()
    return _free(made, naming.enum_value_problem, "_VALUE", naming.MAX_LENGTH, taken)


def _free(
    name: str,
    problem: Callable[[str], object],
    suffix: str,
    longest: int,
    taken: set[str],
) -> str:
    """The name or one like it that has no problem and is not taken."""
    base = name[: longest - _SUFFIX].rstrip("_")
    if problem(base) is not None:
        base = f"{base[: longest - len(suffix) - _SUFFIX].rstrip('_')}{suffix}"
    found, number = base, 1
    while found in taken or problem(found) is not None:
        number += 1
        found = f"{base}{'_' if base.islower() and '_' in base else ''}{number}"
    taken.add(found)
    return found
