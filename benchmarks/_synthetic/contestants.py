"""What makes code of a synthetic system: torq-gen in several situations, and its peers."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from _harness import peers
from _synthetic import jsonschema, proto, spec

_BIN = Path(sys.executable).parent
_TORQ_GEN = (sys.executable, "-m", "torq_gen")
_PROTOC = (sys.executable, "-m", "grpc_tools.protoc")
_CHANGED = "log says."  # a piece of every message's text in the spec


@dataclass(frozen=True, slots=True)
class Contestant:
    """A command that is run in ``folder``; ``reset`` puts the folder into the state before it.

    ``made`` are the files and folders in which its output stands.
    """

    name: str
    command: tuple[str, ...]
    folder: Path
    reset: Callable[[], None]
    made: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    def lines(self) -> int:
        """The lines that stand where its output does."""
        files = (f for name in self.made for f in _files(self.folder / name))
        return sum(f.read_bytes().count(b"\n") for f in files)


def ours(root: Path, count: int) -> tuple[Contestant, ...]:
    """First runs, a run after a change, and one with nothing to do; each in a folder of its own."""
    generate = (*_TORQ_GEN, "generate")
    folders = [root / name for name in ("python", "all", "again", "changed", "nothing")]
    for folder in folders:
        spec.write(folder, count)
    messages, everything, again, changed, nothing = folders
    package = ("generated/python",)
    return (
        Contestant(
            "messages and codecs", (*generate, "python"), messages, _emptied(messages), package
        ),
        Contestant("everything", generate, everything, _emptied(everything), ("generated",)),
        Contestant(
            "everything, services exist", generate, again, _without_output(again), ("generated",)
        ),
        Contestant("after one message changed", generate, changed, _change(changed)),
        Contestant("nothing to do", generate, nothing, _nothing),
    )


def others(root: Path, count: int) -> Iterator[Contestant]:
    """The peers that are installed."""
    if peers.version_of("grpcio-tools") is not None:
        files = proto.write(root / "protobuf", count)
        yield Contestant("start-up of protoc", (*_PROTOC, "--version"), root, _nothing)
        yield _protoc("protoc (Python)", "python", root, files)
        if _is_there("betterproto2-compiler", "protoc-gen-python_betterproto2"):
            yield _protoc("betterproto2", "python_betterproto2", root, files)
    if _is_there("datamodel-code-generator", "datamodel-codegen"):
        folder = root / "json"
        source = jsonschema.write(folder, count)
        tool = str(_BIN / "datamodel-codegen")
        kind = ("--input-file-type", "jsonschema", "--output-model-type", "pydantic_v2.BaseModel")
        command = (tool, "--input", source, *kind, "--output", "made.py")
        name = "datamodel-code-generator"
        yield Contestant(name, command, folder, _removed(folder / "made.py"), ("made.py",))


def missing() -> Iterator[str]:
    """A line for each peer that is not there."""
    for name in ("grpcio-tools", "betterproto2-compiler", "datamodel-code-generator"):
        if peers.version_of(name) is None:
            yield peers.missing(name)


def _protoc(name: str, plugin: str, root: Path, files: Iterable[str]) -> Contestant:
    made = f"made_by_{plugin}"
    place = root / made
    command = (*_PROTOC, "-Iprotobuf", f"--{plugin}_out={made}", *files)
    path = {"PATH": f"{_BIN}:/usr/bin:/bin"}  # protoc looks for its plugins there
    return Contestant(name, command, root, _fresh(place), (made,), path)


def _is_there(distribution: str, script: str) -> bool:
    return peers.version_of(distribution) is not None and (_BIN / script).exists()


def _nothing() -> None:
    """Leave the folder as it is."""


def _removed(*places: Path) -> Callable[[], None]:
    def reset() -> None:
        for place in places:
            if place.is_dir():
                shutil.rmtree(place)
            else:
                place.unlink(missing_ok=True)

    return reset


def _emptied(root: Path) -> Callable[[], None]:
    names = ("generated", "services", ".torq_cache", "torq.lock.yaml")
    return _removed(*(root / name for name in names))


def _without_output(root: Path) -> Callable[[], None]:
    return _removed(root / "generated", root / ".torq_cache")


def _fresh(place: Path) -> Callable[[], None]:
    def reset() -> None:
        _removed(place)()
        place.mkdir()

    return reset


def _change(root: Path) -> Callable[[], None]:
    schema = root / "schemas" / "domain_1.yaml"

    def reset() -> None:
        text = schema.read_text("utf-8")
        schema.write_text(text.replace(_CHANGED, f"log, {_CHANGED}", 1), "utf-8")

    return reset


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    else:
        yield from (f for f in place.rglob("*") if f.is_file() and f.suffix != ".pyc")
