"""A spec that has not changed is not read again, and the cache is never believed blindly."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from torq_gen.spec import cache, input_files, load
from torq_gen.spec.inputs import digest, read_contents

SYSTEM = "services:\n  a: {id: 1, publishes: [Tick]}\n"
SCHEMA = "domain: MarketData\nmessages:\n  Tick: {type: 1, fields: [price: u64]}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "system.yaml").write_text(SYSTEM)
    (tmp_path / "schemas" / "m.yaml").write_text(SCHEMA)
    return tmp_path


def said(root: Path) -> tuple[object, ...]:
    """Everything that loading gives."""
    loaded = load(root)
    return loaded.homes, loaded.system, loaded.diagnostics, dict(loaded.sources)


def put(root: Path, first: bytes, second: bytes) -> None:
    """Replace what is kept of the spec, under the right key and with the right digest."""
    key = cache.key_of(root, read_contents(root, ("system.yaml", "schemas/m.yaml")))
    assert key is not None
    payload = len(first).to_bytes(8, "big") + first + second
    head = cache._MAGIC + key.encode() + digest(payload).encode()
    (root / ".torq_cache" / "spec").write_bytes(head + payload)


def test_a_second_load_reads_no_yaml(root: Path) -> None:
    first = load(root)
    code = (
        "import sys, pathlib\n"
        "from torq_gen.spec import load\n"
        "loaded = load(pathlib.Path(sys.argv[1]))\n"
        "assert loaded.system is not None\n"
        "print([m for m in ('yaml', 'jsonschema_rs', 'torq_gen.spec.build') if m in sys.modules])\n"
        "print(loaded.diagnostics[0].message)\n"
    )
    path = str(Path(cache.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code, str(root)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": path},
    )
    assert done.stdout.splitlines() == ["[]", first.diagnostics[0].message]


def test_the_package_itself_imports_nothing_heavy() -> None:
    code = "import sys, torq_gen.spec\nprint([m for m in sys.modules if 'model' in m or m in "
    code += "('yaml', 'jsonschema_rs', 'dataclasses', 'pickle')])"
    path = str(Path(cache.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": path},
    )
    assert done.stdout.strip() == "[]"


def test_what_comes_from_the_cache_is_the_same_with_its_places(root: Path) -> None:
    first, second = load(root), load(root)
    assert second.system is not first.system
    assert second.system == first.system
    assert (second.homes, second.diagnostics) == (first.homes, first.diagnostics)
    assert second.sources == first.sources
    assert second.system is not None
    assert first.system is not None
    assert second.system.messages["Tick"].span == first.system.messages["Tick"].span


@pytest.mark.parametrize("file", ["system.yaml", "schemas/m.yaml", "torq.lock.yaml"])
def test_a_changed_input_is_read_again(root: Path, file: str) -> None:
    load(root)
    with (root / file).open("a") as out:
        out.write("x: [\n")
    assert load(root).system is None


def test_a_new_schema_file_is_seen(root: Path) -> None:
    load(root)
    (root / "schemas" / "n.yaml").write_text("types: {A: nothing}\n")
    assert load(root).system is None


@pytest.mark.parametrize("cut", [0, 10, 60, 200])
def test_a_truncated_cache_is_ignored(root: Path, cut: int) -> None:
    first = said(root)
    file = root / ".torq_cache" / "spec"
    file.write_bytes(file.read_bytes()[:cut])
    assert said(root) == first


def test_a_flipped_bit_is_noticed(root: Path) -> None:
    first = said(root)
    file = root / ".torq_cache" / "spec"
    data = bytearray(file.read_bytes())
    data[-20] ^= 1
    file.write_bytes(data)
    assert said(root) == first


class _Evil:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.target,)


@pytest.mark.parametrize("second", [False, True], ids=["homes", "system"])
def test_a_foreign_cache_runs_nothing(root: Path, second: bool) -> None:
    first = said(root)
    evil = pickle.dumps(_Evil(root / "owned"))
    put(root, pickle.dumps(({}, (), ())) if second else evil, evil)
    assert said(root)[1] == first[1]
    assert not (root / "owned").exists()


@pytest.mark.parametrize("parts", [((1, 2, 3), 4), (1, 2), (({"a": 1}, (), ()), 2)])
def test_a_wrong_value_under_the_right_key_is_ignored(
    root: Path, parts: tuple[object, object]
) -> None:
    first = said(root)
    put(root, *map(pickle.dumps, parts))
    assert said(root) == first


def test_the_model_is_not_even_imported_for_the_homes_of_services(root: Path) -> None:
    load(root)
    code = (
        "import sys, pathlib\n"
        "from torq_gen.spec import load\n"
        "loaded = load(pathlib.Path(sys.argv[1]))\n"
        "print([tuple(home) for home in loaded.homes.values()], 'torq_gen.model' in sys.modules)\n"
        "print(loaded.system.services['a'].publishes[0].message)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(root)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(cache.__file__).parents[2])},
    )
    assert done.stdout.splitlines() == ["[('a', 'services/a', True)] False", "Tick"]


def test_a_save_while_the_spec_is_read_does_not_spoil_the_cache(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_of = cache.key_of

    def key_then_save(*arguments: Any) -> str | None:
        (root / "schemas" / "m.yaml").write_text(SCHEMA.replace("Tick", "Tock"))
        (root / "system.yaml").write_text(SYSTEM.replace("Tick", "Tock"))
        return key_of(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(cache, "key_of", key_then_save)
        assert set(_messages(root)) == {"Tick"}
    assert set(_messages(root)) == {"Tock"}
    (root / "schemas" / "m.yaml").write_text(SCHEMA)
    (root / "system.yaml").write_text(SYSTEM)
    assert set(_messages(root)) == {"Tick"}


def _messages(root: Path) -> tuple[str, ...]:
    system = load(root).system
    assert system is not None
    return tuple(system.messages)


def test_a_system_without_a_name_follows_its_folder(root: Path) -> None:
    load(root)
    moved = root.rename(root.with_name("another_name"))
    system = load(moved).system
    assert system is not None
    assert system.name == "another_name"


def test_a_spec_with_errors_is_not_kept(root: Path) -> None:
    (root / "system.yaml").write_text("services: 3\n")
    assert load(root).system is None
    assert not (root / ".torq_cache" / "spec").exists()


def test_ids_that_are_only_proposed_are_not_kept(root: Path) -> None:
    (root / "system.yaml").write_text("services: {a: {}}\n")
    assigned = load(root, assign_ids=True).system
    assert assigned is not None
    assert assigned.services["a"].id == 1
    assert load(root).system is None


def test_a_cache_that_cannot_be_written_is_no_error(root: Path) -> None:
    (root / ".torq_cache").write_text("a file where the folder should be")
    assert load(root).system is not None
    assert load(root).system is not None


def test_the_cache_ignores_itself_in_git_and_leaves_no_temporary_file(root: Path) -> None:
    load(root)
    names = {p.name for p in (root / ".torq_cache").iterdir()}
    assert names - {"tool"} == {
        ".gitignore",
        "schemas",
        "spec",
    }  # it is not kept of code just saved
    assert (root / ".torq_cache" / ".gitignore").read_text() == "*\n"


def test_input_files(root: Path) -> None:
    def names() -> list[str]:
        return [p.relative_to(root).as_posix() for p in input_files(root)]

    assert names() == ["system.yaml", "schemas/m.yaml"]
    (root / "torq.lock.yaml").write_text("")
    (root / "schemas" / "a.yaml").write_text("")
    (root / "schemas" / "note.txt").write_text("")
    assert names() == ["system.yaml", "schemas/a.yaml", "schemas/m.yaml", "torq.lock.yaml"]
    (root / "system.yaml").write_text("system: {schemas: ['*/m.yaml', 'schemas/m.yaml']}\n")
    assert names() == ["system.yaml", "schemas/m.yaml", "torq.lock.yaml"]


def test_input_files_of_a_broken_system_file(root: Path) -> None:
    (root / "system.yaml").write_text("services: [\n")
    assert [p.name for p in input_files(root)] == ["system.yaml", "m.yaml"]
    (root / "system.yaml").unlink()
    assert [p.name for p in input_files(root)] == ["system.yaml", "m.yaml"]
