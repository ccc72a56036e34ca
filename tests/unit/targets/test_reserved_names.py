"""Names that generated modules use cannot be given to messages and types."""

from __future__ import annotations

import pytest

from torq_gen.spec.naming import domain_problem, type_problem
from torq_gen.targets._shared.imports import STANDARD, TESTING

_USED = sorted(name for name in {*TESTING, *STANDARD} if name[0].isupper() and "_" not in name)


@pytest.mark.parametrize("name", [*_USED, "GOLDEN", "MANIFEST", "Fixed8", "FIXED18U256"])
@pytest.mark.parametrize("what", ["message", "type"])
def test_a_name_of_the_generated_code_is_refused(name: str, what: str) -> None:
    problem = type_problem(name, what)
    assert problem is not None
    assert "generated modules use" in problem.message


@pytest.mark.parametrize("name", ["Class", "Import", "Services"])
def test_a_domain_whose_module_cannot_be_is_refused(name: str) -> None:
    problem = domain_problem(name)
    assert problem is not None
    assert f"{name.lower()}.py" in problem.message
