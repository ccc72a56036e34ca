"""Disguises of a publish, one program each, out of the text files in ``disguises``.

``=== title`` begins a program, ``--- path`` another file of it; without one the text is the
service's. ``TRADER`` stands for the head of the service's class and its handler. What is expected
stands between « and »; the imports of the messages and of the base class stand before the service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from torq_gen.rule import Sample

SERVICE = "services/trader/service.py"
_FOLDER = Path(__file__).parent / "disguises"
_IMPORTS = """\
from shop_contracts.messages import Alert, Order, Quote
from shop_contracts.services import TraderBase

"""
_TRADER = """\
class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
"""
_FUTURE = "from __future__ import annotations\n"


def programs(name: str, folder: Path = _FOLDER) -> Iterator[Sample]:
    """The programs of a text file."""
    text = (folder / f"{name}.txt").read_text("utf-8")
    for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        yield _program(title, body)


def groups() -> tuple[str, ...]:
    """The names of the files whose programs can be told."""
    return tuple(sorted(p.stem for p in _FOLDER.glob("*.txt") if p.stem != "unprovable"))


def declared(program: Sample) -> Sample:
    """The same program with the message that the service declares."""
    files = {path: _declared(text or "") for path, text in program.files.items()}
    return Sample(_declared(program.text), program.path, program.title, files)


def _program(title: str, body: str) -> Sample:
    first, *rest = re.split(r"^--- (.*)\n", body, flags=re.MULTILINE)
    files: dict[str, str | None] = dict(zip(rest[::2], rest[1::2], strict=True))
    text = (files.pop(SERVICE, None) or first).replace("TRADER\n", _TRADER)
    head = _FUTURE if _FUTURE in text else ""
    if any(path.startswith("lib/") for path in files):
        files["lib/__init__.py"] = ""
    return Sample(head + _IMPORTS + text.replace(_FUTURE, ""), SERVICE, title, files)


def _declared(text: str) -> str:
    plain = text.replace("«", "").replace("»", "")
    return (
        plain.replace('**{"text": "a"}', '**{"id": 1}')
        .replace("(text=", "(id=")
        .replace("Alert", "Order")
    )
