"""What is kept between runs is trusted only as far as it can be checked."""

from __future__ import annotations

import marshal
import sys
from pathlib import Path

import pytest

from torq_gen import kept
from torq_gen.lint import cache, packing
from torq_gen.lint.cache import Entry, Index
from torq_gen.lint.checking import facts_of
from torq_gen.lint.facts.files import FilesInMemory
from torq_gen.lint.samples import SERVICE, project
from torq_gen.lint.settings import LintSettings
from torq_gen.rule import Sample

SEEN = ((1, 2, 3, 4), b"hash", True)


def _entry(facts: bytes) -> Entry:
    return Entry(
        "spec",
        "contracts",
        ("a.py",),
        ("a.py",),
        ("a",),
        (("", ("b",)),),
        (("lib", True),),
        b"",
        facts,
    )


def _index(**entries: bytes) -> Index:
    made = {name: _entry(facts) for name, facts in entries.items()}
    return Index("spec", "contracts", made, {"a.py": SEEN}, {"a": SEEN[0]})


def test_an_index_is_read_as_it_was_written(tmp_path: Path) -> None:
    cache.write(tmp_path, "key", _index(one=b"first", two=b"second"))
    found = cache.read(tmp_path, "key")
    assert found[:2] == ("spec", "contracts")
    assert (found.files, found.folders) == ({"a.py": SEEN}, {"a": SEEN[0]})
    assert found.entries["two"]._replace(facts=b"") == _entry(b"")
    facts = {name: cache.facts_of(tmp_path, entry) for name, entry in found.entries.items()}
    assert facts == {"one": b"first", "two": b"second"}


def test_another_key_finds_nothing(tmp_path: Path) -> None:
    cache.write(tmp_path, "a" * 32, _index(one=b""))
    assert cache.read(tmp_path, "b" * 32) == Index()


def test_content_that_is_no_index_is_ignored(tmp_path: Path) -> None:
    cache.write(tmp_path, "key", _index())
    place = tmp_path / kept.FOLDER / cache.FILE
    for odd in (marshal.dumps(None), marshal.dumps((1, 2, 3)), b"\xff", b""):
        place.write_bytes(b"torq-gen lint cache 4\nkey" + cache.hash_of(odd) + odd)
        assert cache.read(tmp_path, "key") == Index()


def test_new_facts_go_behind_those_that_are_kept(tmp_path: Path) -> None:
    cache.write(tmp_path, "key", _index(one=b"first", two=b"second"))
    known = cache.read(tmp_path, "key")
    entries = {**known.entries, "two": _entry(b"third")}
    cache.write(tmp_path, "key", known._replace(entries=entries))
    assert (tmp_path / kept.FOLDER / cache.FACTS).read_bytes() == b"firstsecondthird"
    found = cache.read(tmp_path, "key").entries
    assert cache.facts_of(tmp_path, found["one"]) == b"first"
    assert cache.facts_of(tmp_path, found["two"]) == b"third"


def test_facts_that_nobody_needs_are_left_out_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_MOST_WASTED", 0)
    cache.write(tmp_path, "key", _index(one=b"first", two=b"a longer one"))
    known = cache.read(tmp_path, "key")
    cache.write(tmp_path, "key", known._replace(entries={"one": known.entries["one"]}))
    assert (tmp_path / kept.FOLDER / cache.FACTS).read_bytes() == b"first"
    assert cache.facts_of(tmp_path, cache.read(tmp_path, "key").entries["one"]) == b"first"


def test_facts_that_are_not_what_was_written_are_none(tmp_path: Path) -> None:
    cache.write(tmp_path, "key", _index(one=b"first"))
    entry = cache.read(tmp_path, "key").entries["one"]
    place = tmp_path / kept.FOLDER / cache.FACTS
    place.write_bytes(b"worst")
    assert cache.facts_of(tmp_path, entry) is None
    place.unlink()
    assert cache.facts_of(tmp_path, entry) is None


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / kept.FOLDER).write_text("a file")
    cache.write(tmp_path, "key", _index(one=b"first"))
    assert cache.read(tmp_path, "key") == Index()


def test_another_version_of_sqlglot_has_another_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = []
    for version in ("1", "2"):
        package = tmp_path / version / "sqlglot"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "_version.py").write_text(f"version = '{version}'\n")
        with monkeypatch.context() as inside:
            inside.delitem(sys.modules, "sqlglot", raising=False)
            inside.syspath_prepend(package.parent)
            keys += [
                cache.key_of(tmp_path, LintSettings(), b""),
                cache.key_of(tmp_path, LintSettings(), b""),
            ]
    assert keys[0] == keys[1] != keys[2] == keys[3]


def test_without_sqlglot_there_is_a_key_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_it = cache.key_of(tmp_path, LintSettings(), b"")
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    assert cache.key_of(tmp_path, LintSettings(), b"") not in ("", with_it)


def test_facts_and_findings_survive_packing() -> None:
    system, settings, contents = project(Sample(SERVICE))
    facts = facts_of(system.services["trader"], system, FilesInMemory(contents), settings)
    assert facts.facts
    assert packing.facts(packing.packed(facts)) == facts
    assert packing.packed(()) == b""
    assert packing.findings(b"") == ()


def test_nothing_but_findings_and_facts_is_made_from_a_cache() -> None:
    import pickle

    with pytest.raises(pickle.UnpicklingError, match="does not belong in the cache"):
        packing.findings(pickle.dumps(Path("x")))


def test_an_entry_whose_facts_are_lost_goes_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_MOST_WASTED", 0)
    cache.write(tmp_path, "key", _index(one=b"first", two=b"a longer one"))
    (tmp_path / kept.FOLDER / cache.FACTS).write_bytes(b"worst and a longer")
    known = cache.read(tmp_path, "key")
    cache.write(tmp_path, "key", known._replace(entries={"one": known.entries["one"]}))
    assert cache.read(tmp_path, "key").entries == {}
