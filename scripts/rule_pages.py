#!/usr/bin/env python3
"""Write docs/rules from the rules: a table and a page for each. Pages of rules that are gone go."""

from __future__ import annotations

from pathlib import Path

from torq_gen.cli._shared.rules import all_rules
from torq_gen.report.pages import folder

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "rules"


def main() -> None:
    """Write what differs."""
    wanted = folder(all_rules().values())
    PAGES.mkdir(exist_ok=True)
    for page in PAGES.glob("*.md"):
        if page.name not in wanted:
            page.unlink()
            print(f"removed {page.relative_to(ROOT)}")
    for name, text in wanted.items():
        page = PAGES / name
        if not page.is_file() or page.read_text("utf-8") != text:
            page.write_text(text, "utf-8")
            print(f"wrote {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
