"""The packages that are looked at. They come as wheels: so no code of theirs ever runs."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Package:
    """A distribution on PyPI and the folder in it that is looked at."""

    distribution: str
    version: str
    folder: str


LARGE = (
    Package("prefect", "3.9.1", "prefect"),
    Package("celery", "5.7.0", "celery"),
    Package("apache-airflow-core", "3.3.2", "airflow"),
    Package("freqtrade", "2026.9", "freqtrade"),
    Package("distributed", "2026.8.0", "distributed"),
    Package("apache-superset", "6.1.0", "superset"),
)
"""Large projects with HTTP, SQL, subprocesses and sockets."""
BROKERS = (
    Package("mlserver", "1.7.1", "mlserver"),
    Package("acryl-datahub", "1.7.0.17", "datahub"),
    Package("taskiq-redis", "1.2.4", "taskiq_redis"),
    Package("taskiq-nats", "0.7.0", "taskiq_nats"),
    Package("taskiq-aio-pika", "0.6.1", "taskiq_aio_pika"),
    Package("dramatiq", "2.2.1", "dramatiq"),
    Package("streamz", "0.6.6", "streamz"),
    Package("oslo.messaging", "18.3.1", "oslo_messaging"),
)
"""Smaller ones that speak to a broker."""


class MissingPackageError(Exception):
    """A distribution could not be fetched."""


def unpack(package: Package, kept: Path, place: Path) -> None:
    """Unpacks a package's folder below ``place``; wheels are kept in ``kept``.

    Raises:
        MissingPackageError: pip has no such wheel
    """
    stem = package.distribution.replace("-", "_").replace(".", "_")
    pattern = f"{stem}-{package.version}-*.whl"
    found = next(kept.glob(pattern), None)
    if found is None:
        wanted = f"{package.distribution}=={package.version}"
        command = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")
        where = ("--only-binary", ":all:", "--dest", str(kept), wanted)
        done = subprocess.run([*command, *where], capture_output=True, text=True)
        found = next(kept.glob(pattern), None)
        if found is None:
            raise MissingPackageError(f"{wanted}: {done.stderr.strip()[-200:]}")
    with zipfile.ZipFile(found) as wheel:
        names = [n for n in wheel.namelist() if n.startswith(f"{package.folder}/")]
        wheel.extractall(place, [n for n in names if n.endswith(".py")])
