"""The names of the fields of one struct or message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Related
from torq_gen.spec import rules
from torq_gen.spec.naming import attribute_problem, field_problem, python_name_problem

if TYPE_CHECKING:
    from torq_gen.spec.document import Document, Raw
    from torq_gen.spec.findings import Findings


class FieldNames:
    """Checks the names of the fields of one struct or message."""

    def __init__(self, document: Document, findings: Findings) -> None:
        self.document = document
        self.findings = findings
        self.seen: dict[str, tuple[dict[str, Raw], str]] = {}

    def check(self, entry: dict[str, Raw], name: str, spec: dict[str, Raw]) -> None:
        """Reports what is wrong with a field's name and its ``python_name``."""
        python_name = spec.get("python_name")
        problem = field_problem(name)
        if problem is None and python_name is None:
            problem = attribute_problem(name)
        if problem is not None:
            span = self.document.key(entry, name)
            self.findings.add(problem.rule, span, problem.message, help=problem.help)
        if python_name is not None and (found := python_name_problem(python_name)):
            span = self.document.value(spec, "python_name")
            self.findings.add(found.rule, span, found.message, help=found.help)
        for taken in dict.fromkeys((name, python_name or name)):
            if taken in self.seen:
                other, key = self.seen[taken]
                self.findings.add(
                    rules.NAME_USED_TWICE,
                    self.document.key(entry, name),
                    f"two fields have the name '{taken}'",
                    related=(Related(self.document.key(other, key), key),),
                )
                return
        self.seen[name] = self.seen[python_name or name] = (entry, name)
