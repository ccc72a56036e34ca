"""What is imported for its types alone is not run: what its body does, nobody does."""

from __future__ import annotations

import pytest

from tests.unit.lint.facts.programs import facts, handler
from torq_gen.lint.facts.model import ProcessStart

LIBRARY = {
    "lib/__init__.py": "",
    "lib/tools.py": "import subprocess\n\nsubprocess.run(['ls'])\n\n\nclass Tool:\n    pass\n",
}
IMPORTS = ["from lib.tools import Tool", "import lib.tools", "from lib import tools"]


def starts(before: str) -> list[str]:
    """Where processes are started, for a service that begins so."""
    text = handler("await self.publish(Order(id=1, amount=2))", before)
    return [f.span.file for f in facts(text, LIBRARY).facts if isinstance(f, ProcessStart)]


@pytest.mark.parametrize("imported", IMPORTS)
def test_a_module_that_only_types_are_taken_of_is_not_run(imported: str) -> None:
    assert starts(f"from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    {imported}\n") == []


@pytest.mark.parametrize("imported", IMPORTS)
def test_a_module_that_is_imported_besides_is_run(imported: str) -> None:
    before = f"from typing import TYPE_CHECKING\n{imported}\n\nif TYPE_CHECKING:\n    {imported}\n"
    assert starts(before) == ["lib/tools.py"]
