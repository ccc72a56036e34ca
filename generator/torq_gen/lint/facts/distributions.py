"""Under which names a module may stand among a service's libraries, and which need not."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

_GONE = frozenset({"asynchat", "asyncore", "distutils", "imp", "nntplib", "smtpd", "telnetlib"})
"""Modules that some supported version of Python still has."""

DISTRIBUTIONS: Mapping[str, tuple[str, ...]] = {
    "attr": ("attrs",),
    "binance": ("python-binance",),
    "bs4": ("beautifulsoup4",),
    "bson": ("pymongo",),
    "cassandra": ("cassandra-driver",),
    "Crypto": ("pycryptodome", "pycrypto"),
    "Cryptodome": ("pycryptodomex",),
    "cv2": ("opencv-python", "opencv-python-headless", "opencv-contrib-python"),
    "dateutil": ("python-dateutil",),
    "discord": ("discord.py",),
    "docx": ("python-docx",),
    "dotenv": ("python-dotenv",),
    "engineio": ("python-engineio",),
    "faust": ("faust-streaming",),
    "fitz": ("PyMuPDF",),
    "git": ("GitPython",),
    "github": ("PyGithub",),
    "google.protobuf": ("protobuf",),
    "gridfs": ("pymongo",),
    "grpc": ("grpcio",),
    "grpc_health": ("grpcio-health-checking",),
    "grpc_reflection": ("grpcio-reflection",),
    "igraph": ("python-igraph",),
    "jose": ("python-jose",),
    "jwt": ("PyJWT",),
    "kafka": ("kafka-python", "kafka-python-ng"),
    "ldap": ("python-ldap",),
    "magic": ("python-magic",),
    "memcache": ("python-memcached",),
    "multipart": ("python-multipart",),
    "mysql": ("mysql-connector-python",),
    "MySQLdb": ("mysqlclient",),
    "nacl": ("PyNaCl",),
    "nats": ("nats-py",),
    "OpenSSL": ("pyOpenSSL",),
    "opensearchpy": ("opensearch-py",),
    "paho": ("paho-mqtt",),
    "PIL": ("Pillow",),
    "pkg_resources": ("setuptools",),
    "pptx": ("python-pptx",),
    "psycopg": ("psycopg-binary", "psycopg-c"),
    "psycopg2": ("psycopg2-binary",),
    "pulsar": ("pulsar-client",),
    "pythoncom": ("pywin32",),
    "rapidjson": ("python-rapidjson",),
    "rest_framework": ("djangorestframework",),
    "serial": ("pyserial",),
    "sha3": ("pysha3",),
    "skimage": ("scikit-image",),
    "sklearn": ("scikit-learn",),
    "slugify": ("python-slugify",),
    "snappy": ("python-snappy",),
    "socketio": ("python-socketio",),
    "socks": ("PySocks",),
    "stomp": ("stomp.py",),
    "talib": ("TA-Lib",),
    "telegram": ("python-telegram-bot",),
    "usb": ("pyusb",),
    "websocket": ("websocket-client",),
    "win32api": ("pywin32",),
    "xdist": ("pytest-xdist",),
    "yaml": ("PyYAML",),
    "zmq": ("pyzmq",),
}
"""The packages that bring a module, where they are named otherwise than it."""

_QUIET = """
annotated_types attr attrs base58 blake3 cachetools click coincurve cryptography dateutil eth_abi
eth_hash eth_utils jinja2 jwt lz4 markupsafe more_itertools msgspec nacl networkx numba orjson
pydantic pydantic_core pytz regex rich scipy sklearn snappy sortedcontainers statsmodels structlog
tenacity tomli tqdm typing_extensions tzdata ujson uvloop xxhash yaml zstandard
"""
QUIET = frozenset(_QUIET.split())
"""Modules that reach nothing outside by themselves: no store, no host."""

NAMESPACES = frozenset(
    {"azure", "backports", "google", "google.cloud", "jaraco", "opentelemetry", "ruamel", "zope"}
)
"""What several packages share: ``from google.cloud import storage`` tells no more of its own."""


def is_standard(module: str) -> bool:
    """Whether a dotted module belongs to Python itself."""
    top = module.partition(".")[0]
    return top in sys.stdlib_module_names or top in _GONE


def distribution(module: str) -> str:
    """The package that brings a module: the known one, or one named like it."""
    known = [DISTRIBUTIONS[prefix] for prefix in _prefixes(module) if prefix in DISTRIBUTIONS]
    return known[-1][0] if known else module.partition(".")[0]


def is_named(module: str, libraries: Iterable[str]) -> bool:
    """Whether one of the packages or modules named in ``libraries`` brings the module."""
    names = _names(module)
    shared = f"{_folded(module)}-" if module in NAMESPACES else None
    return any(
        name in names or (shared is not None and name.startswith(shared))
        for name in map(_folded, libraries)
    )


@lru_cache(maxsize=4096)
def _names(module: str) -> frozenset[str]:
    """``google.cloud.storage`` may come from google, google-cloud or google-cloud-storage."""
    found = set(_prefixes(module))
    for prefix in _prefixes(module):
        found.update(DISTRIBUTIONS.get(prefix, ()))
    return frozenset(map(_folded, found))


def _prefixes(module: str) -> Iterator[str]:
    parts = module.split(".")
    return (".".join(parts[:count]) for count in range(1, len(parts) + 1))


@lru_cache(maxsize=4096)
def _folded(name: str) -> str:
    """A package's name as indexes compare it, without extras and versions."""
    bare = re.split(r"[\[<>=!~;\s]", name.strip(), maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", bare).lower()
