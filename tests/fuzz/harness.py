"""What the fuzzer runs on each input: both codecs, which have to agree.

The first byte chooses a message of the ``every_type`` case, or the stream reader, or columns; what
follows is a value, a payload or a stream. A checksum is put right for it, else no input would come
far.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CASE = ROOT / "tests/cases/generator/every_type/expected/generated/python"
sys.path[:0] = [str(ROOT / "runtime"), str(CASE)]

from mycelium import _native  # noqa: E402
from mycelium.protocol import DecodeError, Frame, encode_frame  # noqa: E402
from mycelium.protocol.accelerated import layout_of  # noqa: E402
from mycelium.protocol.frame import HEADER_SIZE  # noqa: E402
from mycelium.protocol.message import Message  # noqa: E402
from mycelium.protocol.registry import Registry  # noqa: E402
from mycelium.protocol.stream import RawFrame, ResyncReader  # noqa: E402

_HEADER = {"source": 1, "sequence": 2, "timestamp": 3}


class DisagreementError(AssertionError):
    """The two codecs say different things about the same bytes."""


class Harness:
    """Runs one input at a time."""

    def __init__(self) -> None:
        package = _package()
        self._registry: Registry = package.REGISTRY
        self._kinds = tuple(self._registry.messages.values())
        codec = _native.codec
        assert codec is not None, _native.reason
        assert self._registry._catalog is not None
        form = codec.Form(Frame, tuple((n, n) for n in Frame.__struct_fields__))
        self._codec = codec
        self._catalog = self._registry._catalog.native
        self._decode = codec.Decoder(self._catalog, form, lambda data: None)
        self._form = form

    def run(self, data: bytes) -> None:
        """One input.

        Raises:
            DisagreementError: and nothing else, whatever the input
        """
        if len(data) < 2:
            return
        choice, rest = data[0], data[1:]
        if choice < 200:
            self._value(self._kinds[choice % len(self._kinds)], rest)
        elif choice < 220:
            self._frame(encode_frame(rest, domain=self._kinds[0].DOMAIN, **_HEADER))
        elif choice < 230:
            self._frame(rest)
        else:
            self._stream(rest)

    def _value(self, kind: type[Message], value: bytes) -> None:
        version, value = value[0] or 1, value[1:]
        head = kind.TYPE_ID | version << 16
        tlv = head.to_bytes(4, "little") + len(value).to_bytes(4, "little") + value
        frame = encode_frame(tlv, domain=kind.DOMAIN, **_HEADER)
        self._frame(frame)
        view = _outcome(lambda data: kind.view(data).to_message(), frame)
        _compare(view, _outcome(kind.from_frame, frame))
        gatherer = self._codec.Gatherer({kind.TYPE_ID: layout_of(kind)}, False)
        _, count = gatherer.feed(frame, 0, 1 << 20, 1, 0)
        if bool(count) != (not isinstance(view, tuple)):
            raise DisagreementError(f"columns {count}, view {view!r}")
        gatherer.take()

    def _frame(self, frame: bytes) -> None:
        pure = _outcome(self._registry.decode_any, frame)
        found = self._decode(frame)
        if found is None:
            return
        _compare(found, pure)
        for message in found.messages:
            made = message.to_frame(**_HEADER)
            native = type(message).__dict__["to_frame"]
            if made != native.__wrapped__(message, **_HEADER):
                raise DisagreementError(f"to_frame of {message!r}")

    def _stream(self, data: bytes) -> None:
        """Sound frames between whatever the input is, cut into pieces."""
        frame = encode_frame(data[:40] or b"x", domain=1, **_HEADER)
        stream = data[40:80] + frame + data[80:] + frame
        whole = _frames([stream])
        _compare(whole, _frames([stream[at : at + 7] for at in range(0, len(stream), 7)]))
        decoded, end, count = self._codec.decode(
            self._catalog, self._form, stream, 0, 0, 1 << 20, 1 << 10
        )
        if not 0 <= end <= len(stream) or count > len(stream) // HEADER_SIZE:
            raise DisagreementError(f"{count} frames to byte {end}: {decoded!r}")


def _frames(pieces: list[bytes]) -> list[tuple[int, bytes]]:
    reader = ResyncReader()
    found: list[RawFrame] = []
    for piece in pieces:
        found += reader.feed(piece)
    found += reader.end()
    return [(raw.offset, raw.data) for raw in found]


def _outcome(function: Any, data: bytes) -> Any:
    try:
        return function(data)
    except DecodeError as error:
        return type(error), str(error)


def _compare(found: Any, expected: Any) -> None:
    if repr(found) != repr(expected):
        raise DisagreementError(f"native {found!r}, pure {expected!r}")


def _package() -> Any:
    from importlib import import_module

    (folder,) = (p for p in CASE.iterdir() if (p / "registry.py").is_file())
    return import_module(f"{folder.name}.registry")


_HARNESS = Harness()


def one(data: bytes) -> None:
    """One input of the fuzzer."""
    _HARNESS.run(data)


def seeds(folder: str) -> None:
    """Writes an input for each golden vector of the case, for the fuzzer to begin with."""
    import json

    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    number = 0
    for file in sorted((CASE.parent / "golden").glob("*.json")):
        for index, (_, message) in enumerate(json.loads(file.read_bytes())["messages"].items()):
            for version, entry in message["versions"].items():
                for vector in entry["vectors"]:
                    value = bytes.fromhex(vector["tlv"])[8:]
                    start = bytes([index, int(version)])
                    (target / f"{number:04}").write_bytes(start + value)
                    number += 1


if __name__ == "__main__":
    seeds(sys.argv[1])
