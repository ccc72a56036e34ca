"""The files of a new project, by path, from the answers to a few questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torq_gen.drafting.names import domain_name
from torq_gen.model.names import pascal_case, snake_case
from torq_gen.spec import naming

if TYPE_CHECKING:
    from torq_gen.scaffolding.imported import Imported

CI = ("github", "gitlab", "none")
_CI_FILES = {"github": ".github/workflows/check.yml", "gitlab": ".gitlab-ci.yml"}
_COMMON = (
    *("README.md", "pyproject.toml", "requirements.txt", ".gitignore", ".gitattributes"),
    ".pre-commit-config.yaml",
)
_PAIR = (
    *("system.yaml", "config/dev.toml", "services/__init__.py"),
    *(
        f"services/{service}/{file}"
        for service in ("publisher", "subscriber")
        for file in ("__init__.py", "service.py", "tests/__init__.py", "tests/test_service.py")
    ),
)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a project is asked for. ``ci`` is one of ``CI``."""

    name: str
    package: str
    publisher: str = "meter"
    subscriber: str = "ledger"
    ci: str = "github"


def problem_of(question: str, answer: str) -> str:
    """What is wrong with an answer and what would do instead; empty when it can be used."""
    found = None
    if question in ("name", "publisher", "subscriber"):
        found = naming.service_problem(answer)
    elif question == "package":
        found = naming.package_problem(answer)
    elif answer not in CI:
        return f"expected one of {', '.join(CI)}, found '{answer}'"
    return f"{found.message}: {found.help}" if found is not None else ""


def new_files(answers: Answers) -> dict[str, bytes]:
    """A project with a first pair of services; nothing generated yet."""
    domain = domain_name(f"{answers.name}_events" if _clashes(answers) else answers.name)
    values = {**_values(answers), "domain": domain, "services": True}
    files = {_place(path, answers): _fill(path, values) for path in (*_PAIR, *_paths(answers))}
    files[f"schemas/{snake_case(domain)}.yaml"] = _fill("schemas/domain.yaml", values)
    return files


def imported_files(answers: Answers, imported: Imported, origin: str) -> dict[str, bytes]:
    """A project around a draft; nothing generated yet."""
    from dataclasses import replace

    from torq_gen.drafting.writing import files_of

    lost = [(found.place, found.what) for found in imported.lost]
    values = {**_values(answers), "services": False, "origin": origin, "lost": lost}
    draft = replace(imported.draft, name=answers.name, package=answers.package)
    files = files_of(draft)
    return files | {path: _fill(path, values) for path in (*_paths(answers), "IMPORTED.md")}


def _clashes(answers: Answers) -> bool:
    """Whether the domain's module would be named like the message or a service's class."""
    return pascal_case(answers.name) in ("Reading", "Energy")


def _paths(answers: Answers) -> tuple[str, ...]:
    ci = _CI_FILES.get(answers.ci)
    return (*_COMMON, ci) if ci else _COMMON


def _place(path: str, answers: Answers) -> str:
    for role in ("publisher", "subscriber"):
        path = path.replace(f"services/{role}/", f"services/{getattr(answers, role)}/")
    return path


def _values(answers: Answers) -> dict[str, object]:
    from torq_gen import __version__

    return {
        "name": answers.name,
        "package": answers.package,
        "publisher": answers.publisher,
        "subscriber": answers.subscriber,
        "publisher_class": pascal_case(answers.publisher),
        "subscriber_class": pascal_case(answers.subscriber),
        "publisher_imports": _imports(answers, answers.publisher),
        "subscriber_imports": _imports(answers, answers.subscriber),
        "version": __version__,
    }


def _imports(answers: Answers, service: str) -> str:
    """What a service's test imports of the project, in the order that formatters want."""
    lines = (
        f"from {answers.package}.messages import ENERGY, Reading",
        f"from services.{service}.service import {pascal_case(service)}",
    )
    return "\n".join(sorted(lines))


def _fill(path: str, values: Mapping[str, object]) -> bytes:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("torq_gen.scaffolding", "template"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    return environment.get_template(f"{path}.j2").render(values).encode()
