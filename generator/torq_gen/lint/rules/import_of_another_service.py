"""TQ401: a service imports code of another one."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Import
from torq_gen.lint.rules._owners import is_followed, module_owner, through
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule, Sample

_FEED = {
    "services/feed/__init__.py": "",
    "services/feed/book.py": "class Book:\n    best = 0\n",
}

RULE = Rule(
    "TQ401",
    "import-of-another-service",
    "A service imports a module of another service.",
    why="""\
Two services that share code at run time are one service in two folders: they can no longer be
deployed, restarted or replaced apart, and what one tells the other is in no message and in no
graph. An import below `if TYPE_CHECKING` does nothing at run time and is let through.""",
    fix="""\
Publish what the other service has to know. Code that both need (a formula, a parser) belongs into
a module outside of every service's folder, or into a library.""",
    bad=(
        Sample(
            "from services.feed.book import «Book»\n\nBOOK = Book()\n",
            title="by its name",
            files=_FEED,
        ),
        Sample(
            "import «services.feed.book as book»\n\nBEST = book.Book.best\n",
            title="as a module",
            files=_FEED,
        ),
        Sample("from ..feed.book import «Book»\n\nBOOK = Book()\n", title="relative", files=_FEED),
        Sample("from services import «feed»\n\nFEED = feed\n", title="the package", files=_FEED),
        Sample(
            """\
def book() -> object:
    \"\"\"Only when it is called.\"\"\"
    from services.feed.book import «Book»

    return Book()
""",
            title="inside a function",
            files=_FEED,
        ),
        Sample(
            """\
import importlib

BOOK = importlib.import_module(«"services.feed.book"»).Book
""",
            title="by importlib",
            files=_FEED,
        ),
        Sample(
            """\
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.feed.book import Book
else:
    Book = __import__(«"services.feed.book"», fromlist=["Book"]).Book

BOOK = Book()
""",
            title="for the type checker, and at run time all the same",
            files=_FEED,
        ),
        Sample(
            "from services.feed.book import «Book as Book»\n",
            path="shop/books.py",
            title="through a module that passes it on",
            files={
                **_FEED,
                "shop/__init__.py": "",
                "services/trader/service.py": "from shop.books import Book\n\nBOOK = Book()\n",
            },
        ),
    ),
    good=(
        Sample(
            "from services.trader.book import Book\n\nBOOK = Book()\n",
            title="its own module",
            files={"services/trader/book.py": "class Book: ...\n"},
        ),
        Sample(
            "from .book import Book\n\nBOOK = Book()\n",
            title="its own module, relative",
            files={"services/trader/book.py": "class Book: ...\n"},
        ),
        Sample(
            """\
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.feed.book import Book


def best(book: Book) -> int:
    \"\"\"Nothing is imported when this runs.\"\"\"
    return book.best
""",
            title="for the type checker alone",
            files=_FEED,
        ),
        Sample(
            "from shop.books import Book\n\nBOOK = Book()\n",
            title="a module that no service owns",
            files={"shop/__init__.py": "", "shop/books.py": "class Book: ...\n"},
        ),
        Sample(
            "from services.trader_tools import Book\n\nBOOK = Book()\n",
            title="a module whose name only begins like a service's",
            files={"services/trader_tools.py": "class Book: ...\n"},
        ),
        Sample(
            "from shop_contracts.messages import Quote\n\nMESSAGE = Quote\n",
            title="what another service publishes",
        ),
        Sample(
            "import feed\n\nBOOK = feed\n",
            title="a library that is named like a service",
        ),
    ),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each import that is executed and leads into another service's folder."""
    for found in view.of(Import):
        owner = module_owner(view, found)
        if owner is None or found.typing_only or is_followed(view, found):
            continue
        name = view.service.name
        yield RULE.at(
            found.span,
            f"{name} imports {found.module}{through(view, found.span.file)}, "
            f"which belongs to the service {owner.name}",
            help=f"publish what {name} or {owner.name} has to know, or move what both need "
            "out of the services' folders",
            related=view.declared_at(owner.span, f"{owner.name} is declared here"),
            service=name,
            subject=found.module,
        )
