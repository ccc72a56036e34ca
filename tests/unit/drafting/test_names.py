"""Names from elsewhere become names that a spec takes, each once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from torq_gen.drafting import names
from torq_gen.spec import naming

HOSTILE = ["", "1", "class", "type", "Größe", "a-b c", "Start", "self", "x" * 99, "__", "str", "λ"]


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (names.message_name, naming.message_problem),
        (names.type_name, naming.type_problem),
        (names.service_name, naming.service_problem),
        (names.field_name, naming.python_name_problem),
        (names.value_name, naming.enum_value_problem),
    ],
)
def test_whatever_comes_in_what_comes_out_can_be_used_and_is_new(
    make: Callable[[str, set[str]], str], problem: Callable[[str], object]
) -> None:
    taken: set[str] = set()
    made = [make(text, taken) for text in HOSTILE * 2]
    assert [name for name in made if problem(name)] == []
    assert len(taken) == len(made) == len(HOSTILE) * 2


def test_good_names_stay() -> None:
    assert names.message_name("orders.created", set()) == "OrdersCreated"
    assert names.field_name("order_id", set()) == "order_id"
    assert names.field_name("type", set()) == "kind"
    assert names.package_name("Order Service") == "order_service_contracts"
    assert names.domain_name("services") == "ServicesDomain"
