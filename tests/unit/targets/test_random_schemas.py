"""Whatever the schema: what is generated imports, is well formed, type-checks and round-trips."""

from __future__ import annotations

import importlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from mycelium.protocol import DecodeError, Message, Registry
from tests.unit.targets.caches import MYPY_CACHE
from tests.unit.targets.random_schemas import specs, write
from torq_gen import targets
from torq_gen.model import System
from torq_gen.spec import load
from torq_gen.targets import golden

_TOOLS = Path(sys.executable).parent
_HEADER = {"source": 9, "sequence": 1, "timestamp": 2}
_relaxed = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@contextmanager
def generated(spec: tuple[dict[str, Any], dict[str, Any]]) -> Iterator[tuple[System, Path]]:
    """The system of a spec, and the folder in which its package was generated."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(spec, root)
        note((root / "schemas/random.yaml").read_text())
        loaded = load(root)
        assume(not any("12 levels" in d.message for d in loaded.diagnostics))  # rare, and refused
        assert loaded.system is not None, loaded.diagnostics
        for path, content in targets.render(loaded.system).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        yield loaded.system, root / "generated/python"


@contextmanager
def imported(folder: Path) -> Iterator[ModuleType]:
    """The package of a folder, forgotten afterwards."""
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module("random_contracts")
    finally:
        sys.path.remove(str(folder))
        for name in [n for n in sys.modules if n.split(".")[0] == "random_contracts"]:
            del sys.modules[name]


@settings(_relaxed, max_examples=40)
@given(spec=specs(), data=st.data())
def test_every_vector_of_the_reference_encoder_is_read_and_written(
    spec: tuple[dict[str, Any], dict[str, Any]], data: st.DataObject
) -> None:
    with generated(spec) as (system, folder), imported(folder) as package:
        registry: Registry = package.REGISTRY
        for message in system.messages.values():
            kind = registry.messages[message.type_id]
            for vector in golden.vectors_of(message, message.version):
                check_vector(registry, kind, vector, data)


def check_vector(
    registry: Registry, kind: type[Message], vector: dict[str, Any], data: st.DataObject
) -> None:
    """One vector through every way in and out, and one flipped byte of it."""
    tlv = bytes.fromhex(vector["tlv"])
    message = kind(**{f.attribute: f.kind.from_json(vector["values"][f.name]) for f in kind.FIELDS})
    assert message.to_tlv() == tlv
    assert kind.from_tlv(tlv) == message
    frame = message.to_frame(**_HEADER)
    assert registry.decode_frame(frame).messages == (message,)
    assert registry.decode_any(frame).messages == (message,)
    broken = bytearray(tlv)
    if len(tlv) > 8:
        broken[data.draw(st.integers(8, len(tlv) - 1))] ^= data.draw(st.integers(1, 255))
        accepted_means_canonical(kind, bytes(broken))


def accepted_means_canonical(kind: type[Message], tlv: bytes) -> None:
    """What is read at all is written back to the same bytes; NaN has many forms and is let be."""
    try:
        message = kind.from_tlv(tlv)
    except DecodeError:
        return
    if message == message:
        assert message.to_tlv() == tlv


@settings(_relaxed, max_examples=25)
@given(spec=specs())
def test_ruff_leaves_it_as_it_is(spec: tuple[dict[str, Any], dict[str, Any]]) -> None:
    with generated(spec) as (_, folder):
        for command in (("format", "--diff"), ("check", "--select=F")):
            done = subprocess.run(
                [str(_TOOLS / "ruff"), *command, "--isolated", "--no-cache", str(folder.parent)],
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout


@pytest.mark.slow
@settings(_relaxed, max_examples=4)
@given(spec=specs())
def test_it_passes_mypy_strict(spec: tuple[dict[str, Any], dict[str, Any]]) -> None:
    runtime = Path(__file__).parents[3] / "runtime"
    with generated(spec) as (_, folder):
        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--config-file=", "random_contracts"],
            cwd=folder,
            env={"MYPYPATH": f"{runtime}:{folder}", "MYPY_CACHE_DIR": str(MYPY_CACHE)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
