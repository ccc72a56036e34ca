"""docs/rules says what the rules say. To write it anew: ``python scripts/rule_pages.py``."""

from __future__ import annotations

from pathlib import Path

from torq_gen.cli._shared.rules import all_rules
from torq_gen.report.pages import folder

PAGES = Path(__file__).parents[2] / "docs" / "rules"


def test_every_rule_has_its_page_and_no_page_is_left_over() -> None:
    written = {page.name: page.read_text("utf-8") for page in PAGES.iterdir()}
    assert written == folder(all_rules().values())
