"""Folders beside the services that no service of the spec owns."""

from __future__ import annotations

from pathlib import Path

from torq_gen.diagnostics import Span
from torq_gen.lint.folders import beside, findings, parents
from torq_gen.lint.samples import SERVICE, project
from torq_gen.rule import Sample

TRADER = "services/trader/service.py"


def shop() -> list[str]:
    """The folders of the samples' services."""
    return [service.path for service in project(Sample(SERVICE, TRADER))[0].services.values()]


def test_a_folder_with_code_that_nobody_owns_is_found_once() -> None:
    code = [TRADER, "services/old/a.py", "services/old/deep/b.py", "services/__init__.py"]
    (found,) = findings(shop(), code)
    assert found.span == Span.of_file("services/old")
    assert found.message == "services/old/ holds code, and no service in system.yaml owns it"
    assert (found.code, found.subject) == ("TQ611", "services/old")


def test_folders_of_services_and_files_elsewhere_are_left_alone() -> None:
    assert list(findings(shop(), [TRADER, "services/feed/a.py", "shop/tools.py"])) == []


def test_only_folders_in_which_services_stand_are_looked_at() -> None:
    assert parents(shop()) == ("services",)


def test_code_beside_the_services_is_sought_where_it_can_be_imported_from(tmp_path: Path) -> None:
    for file in (TRADER, "services/old/deep/a.py", "services/old-notes/a.py", "services/a.py"):
        place = tmp_path / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("")
    (tmp_path / "services/empty").mkdir()
    assert list(beside(shop(), tmp_path)) == ["services/old/deep/a.py"]


def test_without_a_folder_of_services_there_is_nothing_beside_them(tmp_path: Path) -> None:
    assert list(beside(shop(), tmp_path)) == []
