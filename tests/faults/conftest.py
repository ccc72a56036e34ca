"""The project is generated once; each test has a folder and processes of its own."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.faults.lab import Lab, built
from tests.faults.lab_source import SERVICES
from tests.ports import free_ports

MakeLab = Callable[..., Lab]


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not sys.platform.startswith("linux"):
        pytest.skip("needs /proc")
    if importlib.util.find_spec("prometheus_client") is None and not os.environ.get("CI"):
        pytest.skip("needs: python -m pip install prometheus-client")
    return built(tmp_path_factory.mktemp("lab"))


@pytest.fixture
def folder() -> Iterator[Path]:
    """With a path that is short enough for Unix sockets."""
    with tempfile.TemporaryDirectory(prefix="lab-") as name:
        yield Path(name)


@pytest.fixture
def lab(project: Path, folder: Path) -> MakeLab:
    """Makes the system's run: ``lab(deployment=…, tables=…, service={…})``."""

    def make(
        deployment: str = "",
        tables: str = "",
        mode: str = "distributed",
        **settings: Mapping[str, object],
    ) -> Lab:
        return Lab(
            project=project,
            folder=folder,
            deployment=deployment,
            tables=tables,
            mode=mode,
            settings=settings,
        )

    return make


@pytest.fixture
def port() -> int:
    """The first of as many ports as the system has processes."""
    return free_ports(len(SERVICES))
