from __future__ import annotations

import asyncio
import contextlib
import ssl
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mycelium.topology import Tls, Topology
from mycelium.transports.errors import TransportError
from tests.transports.certificates import Authority
from tests.transports.streams import FIRST, SECOND, StreamSuite, bus, tcp_topology, until
from tests.transports.suite import Reader
from tests.unit.mycelium.helpers import Tick, asynchronous, manifest, values


class TestTls(StreamSuite):
    """TCP with TLS 1.3; both ends have certificates."""

    def topologies(self, folder: Path) -> tuple[Topology, Topology]:
        authority = Authority(folder)
        plan = tcp_topology()
        return (
            replace(plan, tls=authority.issue("first", ["feed"])),
            replace(plan, tls=authority.issue("second", ["brain", "relay"])),
        )


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def not_let_in(
    plan: Topology, publisher: Tls, subscriber: Tls, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Checks that the two do not come together, and that somebody says why."""

    @asynchronous
    async def check() -> None:
        first, second = replace(plan, tls=publisher), replace(plan, tls=subscriber)
        async with (
            bus(second, SECOND, manifest()) as subscribing,
            bus(first, FIRST, manifest()) as publishing,
        ):
            reader = Reader()
            reader.watch(subscribing, Tick)
            await until(lambda: any(reason in text for text in caplog.messages))
            await values(publishing, Tick, 3)
            assert reader.numbers == []
            assert publishing.transport.missing() == (f"{SECOND} (Meta, Tick)",)

    check()


SERVICES = ["brain", "relay"]


def test_an_expired_certificate_of_a_subscriber(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ours = Authority(folder)
    expired = ours.issue("second", SERVICES, expired=True)
    not_let_in(
        tcp_topology(), ours.issue("first", ["feed"]), expired, "certificate has expired", caplog
    )


def test_an_expired_certificate_of_a_publisher(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ours = Authority(folder)
    expired = ours.issue("first", ["feed"], expired=True)
    not_let_in(
        tcp_topology(), expired, ours.issue("second", SERVICES), "certificate has expired", caplog
    )


def test_a_certificate_of_another_authority(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    ours, theirs = Authority(folder), Authority(folder, "stranger")
    foreign = replace(theirs.issue("second", SERVICES), ca=ours.ca)
    not_let_in(
        tcp_topology(), ours.issue("first", ["feed"]), foreign, "unable to get local issuer", caplog
    )


def test_a_certificate_that_lacks_a_service_of_the_subscribers(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ours = Authority(folder)
    not_let_in(
        tcp_topology(),
        ours.issue("first", ["feed"]),
        ours.issue("second", ["brain"]),
        "expected a certificate that names relay, found brain",
        caplog,
    )


def test_a_certificate_that_lacks_a_service_of_the_publishers(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ours = Authority(folder)
    not_let_in(
        tcp_topology(),
        ours.issue("first", ["somebody"]),
        ours.issue("second", SERVICES),
        "expected a certificate that names feed, found somebody",
        caplog,
    )


@pytest.mark.parametrize(
    ("version", "reason"),
    [("TLSv1_2", "UNSUPPORTED_PROTOCOL"), ("TLSv1_3", "PEER_DID_NOT_RETURN_A_CERTIFICATE")],
)
def test_old_tls_and_a_peer_without_certificate(
    folder: Path, version: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    @asynchronous
    async def check() -> None:
        ours = Authority(folder)
        plan = replace(tcp_topology(), tls=ours.issue("first", ["feed"]))
        address = plan.process(FIRST).tcp
        assert address is not None
        context = ssl.create_default_context(cafile=str(ours.ca))
        context.check_hostname = False
        context.maximum_version = ssl.TLSVersion[version]
        async with bus(plan, FIRST, manifest()):
            with contextlib.suppress(ssl.SSLError, ConnectionError):
                reader, writer = await asyncio.open_connection(*address, ssl=context)
                assert await reader.read(1) == b""
                writer.transport.abort()
            await until(lambda: any(reason in text for text in caplog.messages))

    check()


def test_files_that_cannot_be_used_are_named(folder: Path) -> None:
    @asynchronous
    async def check() -> None:
        tls = Authority(folder).issue("first", ["feed"])
        for broken, text in (
            (replace(tls, ca=folder / "none"), "none: expected certificates to trust, found"),
            (replace(tls, key=tls.ca), "expected a certificate and its key, found"),
        ):
            with pytest.raises(TransportError, match=text):
                async with bus(replace(tcp_topology(), tls=broken), FIRST, manifest()):
                    pass

    check()
