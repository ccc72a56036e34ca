"""TQ407: a service uses a file that is another service's."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic, Related
from torq_gen.lint.facts.model import Access, FileAccess
from torq_gen.lint.facts.stores.kinds import FILES, serves
from torq_gen.lint.facts.stores.patterns import Fit, fit_path
from torq_gen.lint.facts.text import Text
from torq_gen.lint.rules._owners import other_owner
from torq_gen.lint.view import ServiceView
from torq_gen.model import Service, StoreAccess
from torq_gen.rule import Rule, Sample

_SYSTEM = """\
system: {name: shop, package: shop_contracts, schemas: [schemas/*.yaml]}
domains:
  Market: {id: 1, types: [1, 19]}
  Trading: {id: 2, types: [20, 39], money: true}
stores:
  books: {kind: files}
  reports: {kind: files}
services:
  trader:
    id: 1
    publishes: [Order]
    subscribes: [Quote]
    stores:
      reports: {keys: ["reports/*.csv"], authority: read_only}
  feed:
    id: 2
    publishes: [Quote]
    subscribes: []
    stores:
      books: {keys: ["data/books/{venue}.json"], authority: write_only}
  auditor:
    id: 3
    publishes: [Alert]
    subscribes: [Order]
    stores:
      reports: {keys: ["reports/*.csv"], authority: read_write}
  desk: {id: 4, publishes: [], subscribes: [Alert, Quote]}
"""
_FILES = {"system.yaml": _SYSTEM}

RULE = Rule(
    "TQ407",
    "shared-file",
    "A service reads or writes a file that belongs to another service.",
    why="""\
A file that one service writes and another one reads is a message that nobody declared: without a
type, without an order, read half-written, and gone unnoticed when its writer changes it.""",
    fix="""\
Publish what the file says. Where the file itself is what both need (a recording), declare it as a
store of kind `files` in both services: one writes it, the other one has `authority: read_only`.""",
    bad=(
        Sample(
            """\
import json


def book() -> object:
    \"\"\"What feed has written.\"\"\"
    with open(«"data/books/7.json"») as file:
        return json.load(file)
""",
            title="a file of another service's store",
            files=_FILES,
        ),
        Sample(
            """\
from pathlib import Path

BOOKS = Path("data") / "books"


def book(venue: int) -> str:
    \"\"\"Any of them.\"\"\"
    return «(BOOKS / f"{venue}.json").read_text()»
""",
            title="put together with pathlib",
            files=_FILES,
        ),
        Sample(
            """\
import os
import shutil

BOOKS = "data/books"


def save(venue: str) -> None:
    \"\"\"Overwrites what is feed's.\"\"\"
    target = os.path.join(BOOKS, venue + ".json")
    shutil.copy("seed.json", «target»)
""",
            title="a copy over it",
            files=_FILES,
        ),
        Sample(
            """\
from pathlib import Path


def levels() -> str:
    \"\"\"In the folder of another service's code.\"\"\"
    return «Path("services/feed/levels.json").read_text()»
""",
            title="a file beside another service's code",
        ),
        Sample(
            """\
from pathlib import Path

FEED = Path(__file__).parent.parent / "feed"


def levels() -> bytes:
    \"\"\"From here to there.\"\"\"
    with «(FEED / "levels.json").open("rb")» as file:
        return file.read()
""",
            title="by way of its own folder",
        ),
        Sample(
            """\
from importlib.resources import files


def levels() -> str:
    \"\"\"As the data of a package.\"\"\"
    return «files("services.feed").joinpath("levels.json").read_text()»
""",
            title="as the data of another service's package",
        ),
        Sample(
            """\
import asyncio


async def book() -> object:
    \"\"\"In a thread.\"\"\"
    return await asyncio.to_thread(open, «"./data/../data/books/7.json"», "w")
""",
            title="in a thread",
            files=_FILES,
        ),
    ),
    good=(
        Sample(
            """\
from pathlib import Path


def reports() -> str:
    \"\"\"Auditor writes them, and this service is declared to read them.\"\"\"
    return Path("reports/today.csv").read_text()
""",
            title="a store that both declare",
            files=_FILES,
        ),
        Sample(
            """\
from pathlib import Path


def levels() -> str:
    \"\"\"Its own data.\"\"\"
    return (Path(__file__).parent / "levels.json").read_text()
""",
            title="a file beside its own code",
        ),
        Sample(
            """\
import tempfile
from pathlib import Path


def scratch() -> None:
    \"\"\"Nobody else knows it.\"\"\"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "book.json").write_text("{}")
""",
            title="a temporary file",
            files=_FILES,
        ),
        Sample(
            """\
def book() -> str:
    \"\"\"Another folder.\"\"\"
    with open("data/booking/7.json") as file:
        return file.read()
""",
            title="a folder whose name only begins like it",
            files=_FILES,
        ),
        Sample(
            """\
from pathlib import Path

BOOK = Path("data/books/7.json")
NAME = BOOK.with_suffix(".csv").name
""",
            title="a path that nobody opens",
            files=_FILES,
        ),
        Sample(
            """\
class Shelf:
    \"\"\"Only has such a method.\"\"\"

    def open(self, name: str) -> str:
        \"\"\"Opens nothing.\"\"\"
        return name


BOOK = Shelf().open("data/books/7.json")
""",
            title="a method that only has such a name",
            files=_FILES,
        ),
    ),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each access to a file in another service's folder, or that only others declare and write."""
    own = _patterns(view, view.service)
    for found in view.of(FileAccess):
        if not isinstance(found.path, Text) or fit_path(found.path, own) is Fit.INSIDE:
            continue
        if (owner := _owner_of_folder(view, found.path)) is not None:
            where = f"which stands in the folder of the service {owner.name}"
            yield _finding(view, found, where, owner, None)
            continue
        for service, access in _writers(view):
            if fit_path(found.path, access.keys) is Fit.INSIDE:
                where = f"which the service {service.name} writes"
                yield _finding(view, found, where, service, access)
                break


def _file_stores(view: ServiceView, service: Service) -> Iterator[StoreAccess]:
    for access in service.stores:
        store = view.system.stores.get(access.store)
        if store is not None and serves(store.kind, FILES):
            yield access


def _patterns(view: ServiceView, service: Service) -> tuple[str, ...]:
    return tuple(key for access in _file_stores(view, service) for key in access.keys)


def _writers(view: ServiceView) -> Iterator[tuple[Service, StoreAccess]]:
    for service in view.system.services.values():
        if service.name != view.service.name:
            for access in _file_stores(view, service):
                if access.authority.writes:
                    yield service, access


def _owner_of_folder(view: ServiceView, path: Text) -> Service | None:
    return other_owner(view, path.prefix.removeprefix("./"))


def _finding(
    view: ServiceView, found: FileAccess, where: str, owner: Service, access: StoreAccess | None
) -> Diagnostic:
    name = view.service.name
    does = "writes" if found.access is Access.WRITE else "reads"
    related: tuple[Related, ...] = view.declared_at(
        access.span if access is not None else owner.span, f"{owner.name} declares it here"
    )
    return RULE.at(
        found.span,
        f"{name} {does} {found.path}, {where}",
        help=f"let {owner.name} publish what {name} has to know, or declare the file as a store "
        f"of both (services.{name}.stores)",
        related=related,
        service=name,
        subject=f"{does[:-1]} {found.path}",
    )
