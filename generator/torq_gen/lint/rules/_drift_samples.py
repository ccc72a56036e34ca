"""The samples of the rules about code that the spec asks for: handlers, files, classes."""

from __future__ import annotations

from torq_gen.lint.rules._publish_samples import SERVICE
from torq_gen.lint.samples import SYSTEM
from torq_gen.rule import Sample

_HEAD = """\
from shop_contracts.messages import Order, Quote
from shop_contracts.services import TraderBase


"""
_START = """\
    async def on_start(self) -> None:
        await self.publish(Order(id=1, amount=2))
"""
_HANDLER = """\
    async def on_quote(self, message: Quote) -> None:
        await self.publish(Order(id=1, amount=message.size))
"""
_PLANNED = {
    "system.yaml": SYSTEM.replace("  trader:\n", "  trader:\n    status: planned\n", 1),
}


def _service(title: str, text: str, **files: str) -> Sample:
    others: dict[str, str | None] = {f"services/trader/{n}.py": t for n, t in files.items()}
    return Sample(_HEAD + text, SERVICE, title, others)


UNHANDLED = (
    _service("none at all", f"class «Trader»(TraderBase):\n{_START}"),
    _service(
        "one whose name has a slip",
        f"class «Trader»(TraderBase):\n{_HANDLER.replace('on_quote', 'on_qoute')}",
    ),
    _service(
        "only in a class that nothing starts",
        f"class Quiet:\n{_HANDLER}\n\nclass «Trader»(TraderBase):\n{_START}",
    ),
    _service(
        "only beside the class",
        f"class «Trader»(TraderBase):\n{_START}\n\n"
        "async def on_quote(self: Trader, message: Quote) -> None:\n"
        "    await self.publish(Order(id=1, amount=2))\n",
    ),
    _service(
        "neither in the class nor in its base",
        f"class Common(TraderBase):\n{_START}\n\nclass «Trader»(Common):\n    count = 0\n",
    ),
    _service(
        "a handler of another message",
        f"class «Trader»(TraderBase):\n{_HANDLER.replace('on_quote', 'on_order')}",
    ),
)
HANDLED = (
    _service("its handler", f"class Trader(TraderBase):\n{_HANDLER}"),
    _service(
        "inherited",
        f"class Common(TraderBase):\n{_HANDLER}\n\nclass Trader(Common):\n    count = 0\n",
    ),
    _service(
        "from a mixin",
        f"class Answering:\n{_HANDLER}\n\nclass Trader(Answering, TraderBase):\n    count = 0\n",
    ),
    _service(
        "from a mixin of another module",
        "from services.trader.answering import Answering\n\n\n"
        "class Trader(Answering, TraderBase):\n    count = 0\n",
        answering=f"{_HEAD}class Answering:\n{_HANDLER}",
    ),
    _service(
        "under another name",
        "class Trader(TraderBase):\n"
        f"{_HANDLER.replace('on_quote', '_answer')}\n    on_quote = _answer\n",
    ),
    Sample(f"{_HEAD}class Trader(TraderBase):\n{_START}", SERVICE, "a planned service", _PLANNED),
)

_GOOD_FILE = f"{_HEAD}class Trader(TraderBase):\n{_HANDLER}"
UNREADABLE = (
    Sample("def half(«»:\n    pass\n", SERVICE, "a slip of the pen"),
    Sample(
        _GOOD_FILE,
        SERVICE,
        "bytes that are no text",
        {"services/trader/names.py": "«»NAME = 'caf\udce9'\n"},
    ),
    Sample(
        _GOOD_FILE,
        SERVICE,
        "Python 2",
        {"services/trader/old.py": "«»print 'quote'\n"},
    ),
    Sample(
        _GOOD_FILE,
        SERVICE,
        "a conflict that was left",
        {"services/trader/half.py": "RATE = 3\n«»<<<<<<< HEAD\nRATE = 4\n=======\n"},
    ),
)
READABLE = (
    Sample(_GOOD_FILE, SERVICE, "code"),
    Sample(
        _GOOD_FILE,
        SERVICE,
        "another encoding that says so",
        {"services/trader/names.py": "# coding: latin-1\nNAME = 'caf\udce9'\n"},
    ),
    Sample(_GOOD_FILE, SERVICE, "an empty file", {"services/trader/empty.py": ""}),
    Sample(
        _GOOD_FILE, SERVICE, "data beside the code", {"services/trader/data.txt": "def half(:\n"}
    ),
)
PLANNED_UNREADABLE = (
    Sample("def half(«»:\n    pass\n", SERVICE, "a slip of the pen", _PLANNED),
    Sample(
        _GOOD_FILE,
        SERVICE,
        "a conflict that was left",
        {**_PLANNED, "services/trader/half.py": "RATE = 3\n«»<<<<<<< HEAD\nRATE = 4\n=======\n"},
    ),
)
PLANNED_READABLE = (
    Sample("COUNT = 0\n", SERVICE, "the beginning of a service", _PLANNED),
    Sample("def half(:\n    pass\n", SERVICE, "of an active service, it is another finding"),
)

WITHOUT_CLASS = tuple(
    Sample(
        SYSTEM.replace("  trader:\n", "  «trader»:\n", 1),
        "system.yaml",
        title,
        {SERVICE: text, **files},
    )
    for title, text, files in (
        ("an empty file", "", {}),
        ("functions alone", "def half(size: int) -> int:\n    return size // 2\n", {}),
        ("a class that derives from nothing", "class Trader:\n    count = 0\n", {}),
        (
            "the class of another service",
            "from shop_contracts.services import DeskBase\n\n\nclass Desk(DeskBase):\n"
            "    count = 0\n",
            {},
        ),
        (
            "the base class alone, as an annotation",
            "from shop_contracts.services import TraderBase\n\n\n"
            "def name(trader: TraderBase) -> str:\n    return str(trader)\n",
            {},
        ),
        (
            "no file of that name",
            "",
            {SERVICE: None, "services/trader/tools.py": "COUNT = 0\n"},
        ),
    )
)
WITHOUT_NAME = (
    Sample(
        f"{_HEAD}class «TradeService»(TraderBase):\n    count = 0\n",
        SERVICE,
        "a class of another name",
    ),
    Sample(
        f"{_HEAD}class «Trader»(TraderBase):\n    count = 0\n",
        "services/trader/core.py",
        "its class in another module, which nothing brings into its own",
        {SERVICE: "import services.trader.core\n"},
    ),
    Sample(
        f"{_HEAD}def made(count: int) -> type[TraderBase]:\n    class «Trader»(TraderBase):\n"
        "        size = count\n\n    return Trader\n\n\nTRADER = made(3)\n",
        SERVICE,
        "a class that a function makes, under another name",
    ),
)
WITH_CLASS = (
    Sample(
        "from services.trader.core import TradeService as Trader\n\n__all__ = ['Trader']\n",
        SERVICE,
        "a class of another name, imported under its own",
        {"services/trader/core.py": _GOOD_FILE.replace("class Trader", "class TradeService")},
    ),
    Sample(
        "import services.trader.core\n\n"
        "for _name in dir(services.trader.core):\n"
        "    globals()[_name] = getattr(services.trader.core, _name)\n",
        SERVICE,
        "names that nobody can tell may hold it",
        {"services/trader/core.py": _GOOD_FILE},
    ),
    Sample(_GOOD_FILE, SERVICE, "its class"),
    Sample(
        "from services.trader.core import Trader\n\n__all__ = ['Trader']\n",
        SERVICE,
        "its class in another module",
        {"services/trader/core.py": _GOOD_FILE},
    ),
    Sample(
        f"{_HEAD}def made(count: int):\n    class Trader(TraderBase):\n        size = count\n\n"
        "    return Trader\n\n\nTrader = made(3)\n",
        SERVICE,
        "a class that a function makes",
    ),
    Sample(
        "import redis\n\nredis.Redis().publish('trading', '1')\n",
        SERVICE,
        "a service that talks to a broker itself",
    ),
    Sample("COUNT = 0\n", SERVICE, "a planned service", _PLANNED),
    Sample("def half(:\n", SERVICE, "a file that nobody can read may hold it"),
)
