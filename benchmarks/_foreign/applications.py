"""Public programs that use a broker: where they come from, and their services.

``sites`` are the calls and decorators that publish or subscribe through a client library, counted
by reading the code that the services consist of; tests are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from _foreign.packages import Package
from _foreign.repositories import Repository


@dataclass(frozen=True, slots=True)
class Service:
    """The folder of one program, and those in which its modules are sought."""

    folder: str
    roots: tuple[str, ...] = (".",)


@dataclass(frozen=True, slots=True)
class Application:
    """One or more programs that belong together.

    ``inside`` is put around code that stands in the root of its repository.
    """

    name: str
    uses: str
    source: Package | Repository
    services: tuple[Service, ...]
    sites: int
    inside: str = ""

    @property
    def version(self) -> str:
        """The version, or what a commit begins with."""
        if isinstance(self.source, Package):
            return self.source.version
        return self.source.commit[:9]


def _package(name: str, version: str, folder: str, uses: str, sites: int) -> Application:
    return Application(name, uses, Package(name, version, folder), (Service(folder),), sites)


_SPARK = tuple(
    f"packages/spark_advisor_{name}/src"
    for name in (
        *("analyzer", "gateway", "hs_connector", "storage_connector"),
        *("models", "parser", "rules"),
    )
)
_SOCKETS = tuple(
    f"backend/{name}"
    for name in (
        *("consumers/ui_binance_websockets_api", "consumers/write_real_time_data_to_db"),
        *("producers/crypto_api", "producers/crypto_streams"),
    )
)
_ALERTS = tuple(
    f"{name}/src"
    for name in (
        *("notification_service", "portfolio_tracker"),
        *("price_tracking_service", "siws_login_service"),
    )
)
_NUCLIADB = tuple(
    f"{name}/src"
    for name in ("nucliadb", "nucliadb_utils", "nucliadb_models", "nucliadb_telemetry")
)
OWN_TOPICS = (
    Application(
        "CryptoAlrt",
        "FastStream, Kafka",
        Repository("DmDogger/CryptoAlrt", "6d7648e2418d9169ffb41550d5bdad2ac2720bbe"),
        tuple(Service(folder, (folder, folder.removesuffix("/src"))) for folder in _ALERTS),
        4,
    ),
    Application(
        "spark-advisor",
        "FastStream, nats-py",
        Repository("pstysz/spark-advisor", "ba59a218d36718ffbe30998e2e7cc3d8bf1d4b7e"),
        tuple(Service(f"{root}/{root.split('/')[1]}", _SPARK) for root in _SPARK[:4]),
        13,
    ),
    Application(
        "faststream-cafe-bot",
        "FastStream, RabbitMQ",
        Repository("L4zzur/faststream-cafe-bot", "a78a036fdcbf576fe7c32be185b1d1528cf4b671"),
        tuple(Service(folder, (".", "shared/src")) for folder in ("bot", "cashier", "kitchen")),
        6,
    ),
    Application(
        "faststream-monitoring",
        "FastStream, NATS",
        Repository("draincoder/faststream-monitoring", "ad10607c959a3150baa1dc5cc19bf4872d1cac82"),
        (Service("src/exchange", ("src",)),),
        9,
    ),
    Application(
        "order-tracker",
        "aiokafka",
        Repository("kosarevaakarina/order-tracker", "dd0cdb0eec6105c0b0bf82c26119bace52f55c67"),
        (Service("src", ("src",)),),
        2,
    ),
    Application(
        "cryptoSockets",
        "aiokafka",
        Repository("Markonick/cryptoSockets", "e33b6037d8acc38deb005268b2e01f50ec41ca44"),
        tuple(Service(folder, (folder, "backend")) for folder in _SOCKETS),
        5,
    ),
    Application(
        "fastapi-websocket-chat-kafka",
        "aiokafka",
        Repository(
            "AlexanderLukash/fastapi-websocket-chat-kafka",
            "c03b2ee6760db4e2c1af1a8bcca0d5799b53d60f",
        ),
        (Service("app"),),
        2,
    ),
    Application(
        "cosmicpython",
        "redis-py, channels",
        Repository("cosmicpython/code", "14c84797ffa77255d53cf1a02fe6aafda2b68aeb"),
        (Service("src/allocation", ("src",)),),
        2,
    ),
    Application(
        "finder-email",
        "nats-py, JetStream",
        Repository("mantiser-com/finder-email", "7c1e7336d1892a46b8feea5123343a6c91f11830"),
        (Service("finder", ("finder",)),),
        6,
        inside="finder",
    ),
    Application(
        "StratosphereLinuxIPS",
        "redis-py, channels",
        Repository(
            "stratosphereips/StratosphereLinuxIPS", "12f4fd20559c11881ff292dca812eece3c4a6fc3"
        ),
        (Service("slips_app", ("slips_app",)),),
        5,
        inside="slips_app",
    ),
    Application(
        "pyaleph",
        "aio-pika",
        Repository("aleph-im/pyaleph", "b09db708c4534df05a0f799b2f2124c4486ab9de"),
        (Service("src/aleph", ("src",)),),
        8,
    ),
    Application(
        "nucliadb",
        "nats-py, JetStream",
        Repository("nuclia/nucliadb", "1e0ef0f62841ea36234dcbee303017ae3aea25d6"),
        (Service("nucliadb/src/nucliadb", _NUCLIADB),),
        17,
    ),
    _package("flowcept", "1.0.3", "flowcept", "redis-py, confluent-kafka, pika, paho-mqtt", 14),
    _package("beer-garden", "3.35.1", "beer_garden", "pika", 1),
    Application(
        "unstract, backend",
        "Celery",
        Repository("Zipstack/unstract", "6b916eac0f422e43c96d890c7bfacf0ed451138a"),
        (Service("backend", ("backend", ".")),),
        26,
    ),
    _package("pretix", "2026.8.0", "pretix", "Celery", 130),
    _package("indico", "3.2.9", "indico", "Celery", 11),
)
"""Programs whose topics stand in their code, or in named settings."""
GIVEN_TOPICS = (
    _package("lnxlink", "2026.10.0", "lnxlink", "paho-mqtt", 4),
    _package("psmqtt", "2.6.2", "psmqtt", "paho-mqtt", 5),
    _package("mqttwarn", "0.36.1", "mqttwarn", "paho-mqtt, Celery, redis-py", 12),
    _package("thingsboard-gateway", "3.8.5", "thingsboard_gateway", "paho-mqtt", 3),
    _package("fink-client", "12.3.0", "fink_client", "confluent-kafka", 9),
    _package("pycti", "7.261026.0", "pycti", "pika", 2),
    Application(
        "karapace",
        "confluent-kafka",
        Repository("Aiven-Open/karapace", "3bbc1f8d30d7b650f49b75128ba9a46fdab61a67"),
        (Service("src/karapace", ("src",)),),
        3,
    ),
)
"""Bridges, proxies and clients, whose topics their users give: in files, requests, arguments."""
