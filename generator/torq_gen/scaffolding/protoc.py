"""Runs protoc, which grpcio-tools brings, over files on disk."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from torq_gen.scaffolding.imported import ImportFailedError

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

NEEDS = "pip install 'torq-gen[proto]' brings protoc"


def descriptors(
    files: Sequence[Path], include: Sequence[Path]
) -> tuple[list[FileDescriptorProto], list[str]]:
    """Every file that the given ones consist of, and the names of those given.

    ``include`` are the folders in which imports are sought; the files' own folders otherwise.

    Raises:
        ImportFailedError: protoc is not installed, or refuses a file.
    """
    import tempfile

    try:
        import grpc_tools
        from google.protobuf.descriptor_pb2 import FileDescriptorSet
    except ImportError:
        raise ImportFailedError("expected protoc, found no package grpcio-tools", NEEDS) from None
    folders = list(dict.fromkeys(include or [f.parent for f in files]))
    known = Path(grpc_tools.__file__).parent / "_proto"
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "set.pb"
        command = [sys.executable, "-m", "grpc_tools.protoc"]
        command += [f"-I{folder}" for folder in (*folders, known)]
        command += ["--include_imports", "--include_source_info", f"--descriptor_set_out={out}"]
        ran = subprocess.run(
            [*command, *map(str, files)], capture_output=True, text=True, check=False
        )
        if ran.returncode:
            raise ImportFailedError(_said(ran.stderr), "protoc says so; it has to accept the file")
        found = FileDescriptorSet.FromString(out.read_bytes())
    return list(found.file), [_name(file, folders) for file in files]


def _name(file: Path, folders: Sequence[Path]) -> str:
    """A file as protoc names it: relative to the first folder that it is in."""
    for folder in folders:
        if file.resolve().is_relative_to(folder.resolve()):
            return file.resolve().relative_to(folder.resolve()).as_posix()
    return file.name


def _said(text: str) -> str:
    """What protoc says, without the noise of the interpreter that runs it."""
    noise = re.compile(r"[IWE]\d{4} \d\d:|.*Warning")  # of protoc's own log, and of Python
    lines = [line for line in text.splitlines() if line.strip() and not noise.match(line)]
    mentions = [line for line in lines if re.search(r"\.proto\b", line)]
    return "; ".join(mentions or lines)[:1000] or "protoc failed and said nothing"
