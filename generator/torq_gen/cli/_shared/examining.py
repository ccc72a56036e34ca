"""What an installation has, one finding for each thing."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

_OPTIONAL = (
    ("uvloop", "fast", "a faster event loop"),
    ("nats-py", "nats", "the transport beyond one machine"),
    ("numpy", "columns", "messages as columns"),
    ("pyarrow", "columns", "Arrow tables, torq-gen export"),
    ("libcst", "rename", "torq-gen rename changes service code with it"),
    ("prometheus-client", "ops", "metrics"),
    ("opentelemetry-sdk", "ops", "traces"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing: what was found, whether it is there, and whether that is as was asked for."""

    subject: str
    found: str
    there: bool = True
    well: bool = True
    help: str = ""

    def as_json(self) -> dict[str, Any]:
        """The finding as a JSON object."""
        return asdict(self)


def examine(root: str | None) -> Iterator[Finding]:
    """Everything that `torq-gen doctor` tells."""
    yield Finding("torq-gen", _version("torq-gen") or "the source tree, not installed")
    yield Finding("python", f"{platform.python_version()} ({_build()}), {sys.executable}")
    yield from _codec()
    yield from _messages(root)
    for name, extra, purpose in _OPTIONAL:
        found = _version(name)
        if found:
            yield Finding(name, found)
        else:
            help = f"{purpose}: pip install 'torq-gen[{extra}]'"
            yield Finding(name, "not installed", there=False, help=help)


def _build() -> str:
    """What kind of Python it is, as far as it matters for the extension."""
    threaded = "free-threaded" if not getattr(sys, "_is_gil_enabled", lambda: True)() else "GIL"
    return f"{platform.python_implementation()}, {threaded}, {platform.machine()}"


def _codec() -> Iterator[Finding]:
    try:
        from mycelium import _native
    except ImportError as error:
        help = "set MYCELIUM_CODEC to pure or nothing, or build the extension: docs/native.md"
        yield Finding("codec", str(error), there=False, well=False, help=help)
        return
    if _native.codec is None:
        help = "it gives the same results, several times slower: docs/native.md"
        yield Finding("codec", f"pure: {_native.reason}", there=False, help=help)
        return
    yield Finding("codec", f"native: {_native.reason} ({_native.codec.__file__})")
    ways = _native.codec.CHECKSUMS
    yield Finding("checksum", f"{ways[-1]} (of {', '.join(ways)})")


def _messages(root: str | None) -> Iterator[Finding]:
    """Which messages of the project, if this is one, stay with the pure codec."""
    from torq_gen.cli._shared.failures import CommandError
    from torq_gen.cli._shared.project import find_root, load_project

    try:
        project = load_project(find_root(root))
    except CommandError:
        return
    try:
        from mycelium import _native
        from mycelium.protocol.accelerated import layout_of
        from torq_gen.cli._shared.running import manifest_of

        messages = tuple(manifest_of(project).registry.messages.values())
    except CommandError as error:
        yield Finding("messages", str(error), there=False, help=error.help)
        return
    except ImportError:
        return  # without a codec there are no messages; that has been said
    if _native.codec is None:
        return
    pure = [m.__name__ for m in messages if layout_of(m) is None]
    if pure:
        yield Finding("messages", f"{', '.join(pure)}: left to the pure codec", there=False)
    else:
        yield Finding("messages", f"all {len(messages):,} go through the native codec")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
