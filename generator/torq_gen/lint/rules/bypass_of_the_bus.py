"""TQ405: a service opens a way around the bus."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.lint.facts.distributions import is_named
from torq_gen.lint.facts.model import Bypass, Import, ServiceClass, TopicPublish, TopicSubscribe
from torq_gen.lint.rules._brokers import BROKERS
from torq_gen.lint.rules._owners import is_followed
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule, Sample

RULE = Rule(
    "TQ405",
    "bypass-of-the-bus",
    "A service listens, shares memory or speaks to a broker by itself.",
    why="""\
What services tell each other goes over the bus, where it is declared, typed, counted, recorded and
replayed. A port, a Unix socket, shared memory or a broker's client of one's own is a second bus
that none of this holds for. A service that derives from no generated class uses its broker
as its bus; there only the rules about topics speak.""",
    fix="""\
Declare a message for what is said and publish or subscribe it. Where something outside of the
system has to reach a service (a health check, a webhook), suppress the finding with the reason.""",
    bad=(
        Sample(
            """\
import asyncio

from shop_contracts.services import TraderBase


class Trader(TraderBase):
    \"\"\"Has a back door.\"\"\"

    async def on_start(self) -> None:
        \"\"\"Opens it.\"\"\"
        self._server = await «asyncio.start_server(self._serve, "0.0.0.0", 7000)»

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
""",
            title="a port of its own",
        ),
        Sample(
            """\
import socket as net


def tell(text: bytes) -> None:
    \"\"\"A Unix socket, under another name.\"\"\"
    with «net.socket(net.AF_UNIX, net.SOCK_DGRAM)» as line:
        line.send(text)
""",
            title="a Unix socket",
        ),
        Sample(
            """\
from socket import AF_INET, SOCK_DGRAM, socket


class Listener:
    \"\"\"Keeps its socket.\"\"\"

    def __init__(self) -> None:
        self._line = socket(AF_INET, SOCK_DGRAM)

    def open(self) -> None:
        \"\"\"Listens to everybody.\"\"\"
        bind = self._line.bind
        «bind(("0.0.0.0", 7000))»
""",
            title="a bound socket, by an alias of its method",
        ),
        Sample(
            """\
import «zmq»

from shop_contracts.services import TraderBase


class Trader(TraderBase):
    \"\"\"Speaks on another line as well.\"\"\"

    async def on_start(self) -> None:
        \"\"\"Opens it.\"\"\"
        self._line = zmq.Context.instance().socket(zmq.PUB)
""",
            title="ZeroMQ beside the bus",
        ),
        Sample(
            """\
from shop_contracts.services import TraderBase


class Trader(TraderBase):
    \"\"\"Speaks to the broker itself.\"\"\"

    async def on_start(self) -> None:
        \"\"\"Imports it late.\"\"\"
        from nats import «connect»

        self._line = await connect("nats://broker.example:4222")
""",
            title="a broker's client that is imported late",
        ),
        Sample(
            """\
import redis

from shop_contracts.messages import Quote
from shop_contracts.services import TraderBase


class Trader(TraderBase):
    \"\"\"Its Redis is a store, and no bus.\"\"\"

    def __init__(self) -> None:
        self._redis = redis.Redis()

    async def on_quote(self, message: Quote) -> None:
        \"\"\"Tells others.\"\"\"
        «self._redis.publish("prices", message.price)»
""",
            title="a channel of the store",
        ),
        Sample(
            """\
from multiprocessing import Queue, shared_memory

OUT = «Queue(100)»
SHARED = «shared_memory.SharedMemory(name="prices", create=True, size=64)»
""",
            title="a queue and memory between processes",
        ),
        Sample(
            """\
import asyncio
from asyncio import AbstractEventLoop


async def listen(loop: AbstractEventLoop) -> None:
    \"\"\"By the event loop.\"\"\"
    await «loop.create_server(asyncio.Protocol, port=7000)»


async def main() -> None:
    \"\"\"Hands the loop on.\"\"\"
    await listen(asyncio.get_running_loop())
""",
            title="a server of the event loop",
        ),
    ),
    good=(
        Sample(
            """\
import asyncio


class Buffer:
    \"\"\"Tasks of one service may share what they like.\"\"\"

    def __init__(self) -> None:
        self.queue: asyncio.Queue[int] = asyncio.Queue(10)
""",
            title="a queue between tasks",
        ),
        Sample(
            """\
import queue
import threading

WORK: queue.Queue[int] = queue.Queue()
LOCK = threading.Lock()
""",
            title="a queue between threads",
        ),
        Sample(
            """\
import asyncio


async def rates() -> bytes:
    \"\"\"An outgoing connection to what is declared.\"\"\"
    reader, _ = await asyncio.open_connection("rates.example", 443, ssl=True)
    return await reader.read()
""",
            title="a connection to a declared external",
        ),
        Sample(
            """\
import redis

STORE = redis.Redis()


def limit() -> object:
    \"\"\"A store is a store.\"\"\"
    return STORE.get("limit")
""",
            title="a store that could be a broker",
        ),
        Sample(
            """\
import nats


async def main() -> None:
    \"\"\"No generated class: the broker is the bus.\"\"\"
    line = await nats.connect()
    await line.publish("orders", b"")
""",
            title="a service whose bus is a broker",
        ),
        Sample(
            """\
class Server:
    \"\"\"Only looks like one.\"\"\"

    def bind(self, name: str) -> str:
        \"\"\"Binds a name.\"\"\"
        return name


NAME = Server().bind("trader")
""",
            title="a method that only has such a name",
        ),
        Sample(
            """\
from __future__ import annotations

from typing import TYPE_CHECKING

from shop_contracts.services import TraderBase

if TYPE_CHECKING:
    import nats


class Trader(TraderBase):
    \"\"\"Names a type.\"\"\"

    line: nats.NATS | None = None
""",
            title="a broker's client for the type checker alone",
        ),
    ),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each way around the bus; brokers count where there is another bus."""
    for found in view.of(Bypass):
        yield _finding(view, found.span, f"opens {found.via}")
    if not any(True for _ in view.of(ServiceClass)):
        return
    reported: set[str] = set()
    for imported in view.of(Import):
        top = imported.module.partition(".")[0]
        spoken = BROKERS.get(top)
        if spoken and not imported.typing_only and not is_followed(view, imported):
            reported.add(top)
            yield _finding(view, imported.span, f"uses {top}, a client of {spoken}")
    facts: list[TopicPublish | TopicSubscribe] = [*view.of(TopicPublish), *view.of(TopicSubscribe)]
    for fact in facts:
        if not any(is_named(top, [fact.library]) for top in reported):
            does = "publishes" if isinstance(fact, TopicPublish) else "subscribes"
            yield _finding(view, fact.call, f"{does} at {fact.library}")


def _finding(view: ServiceView, span: Span, does: str) -> Diagnostic:
    return RULE.at(
        span,
        f"{view.service.name} {does}, which goes around the bus",
        help="declare a message for what is said there and publish or subscribe it",
        service=view.service.name,
    )
