"""Predicates are looked for in the project and among what is installed; nothing is imported."""

from __future__ import annotations

from pathlib import Path

from torq_gen.spec import load, rules

SCHEMA = """\
domain: MarketData
messages:
  Tick:
    type: 1
    fields:
      - a: {type: u8, validate: {predicate: "venues.known:is_known", valid: [1], invalid: [2]}}
"""


def project(root: Path) -> Path:
    (root / "schemas").mkdir()
    (root / "system.yaml").write_text("services: {}\n")
    (root / "schemas" / "m.yaml").write_text(SCHEMA)
    return root


def codes(root: Path) -> list[str]:
    loaded = load(root)
    assert loaded.system is not None
    return [d.code for d in loaded.diagnostics]


def test_a_module_that_comes_or_goes_is_seen_although_the_spec_is_cached(tmp_path: Path) -> None:
    root = project(tmp_path)
    assert codes(root) == codes(root) == [rules.UNKNOWN_PREDICATE.code]
    module = root / "services" / "venues" / "known.py"
    module.parent.mkdir(parents=True)
    module.write_text("raise AssertionError('nobody imports this')\n")
    assert codes(root) == codes(root) == []
    module.unlink()
    assert codes(root) == [rules.UNKNOWN_PREDICATE.code]


def test_a_package_counts_as_a_module(tmp_path: Path) -> None:
    package = project(tmp_path) / "venues" / "known"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    assert codes(tmp_path) == []
