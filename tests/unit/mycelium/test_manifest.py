from __future__ import annotations

import pytest

from mycelium.errors import InvalidManifestError, UnknownServiceError
from mycelium.manifest import Manifest
from mycelium.protocol import Registry
from tests.unit.mycelium.helpers import BRAIN, FEED, Echo, Meta, Signal, Tick, manifest, spec


def test_a_service_is_found_by_name_and_by_source() -> None:
    system = manifest()
    assert system.service("brain") is BRAIN
    assert system.of_source(2) is BRAIN
    assert system.of_source(9) is None
    assert system.services[0] is FEED


def test_only_declared_messages_may_be_published() -> None:
    system = manifest()
    assert system.may_publish(1, Tick.TYPE_ID)
    assert not system.may_publish(2, Tick.TYPE_ID)
    assert not system.may_publish(9, Tick.TYPE_ID)


def test_publishers_of_a_message_are_known() -> None:
    assert manifest().publishers(Meta) == (FEED,)
    assert manifest(FEED).publishers(Echo) == ()


def test_a_source_is_named_for_people_even_if_unknown() -> None:
    assert manifest().source_name(2) == "brain"
    assert manifest().source_name(77) == "source 77"


def test_an_unknown_name_says_which_names_there_are() -> None:
    with pytest.raises(UnknownServiceError, match=r"sample \(brain, feed, relay\), found 'brian'"):
        manifest().service("brian")


@pytest.mark.parametrize(
    ("services", "message"),
    [
        ((FEED, FEED), "each service once, found feed twice"),
        ((FEED, spec("other", 1)), "id of its own for other, found 1 of feed"),
        ((spec("zero", 0),), "zero: expected an id from 1 to 65535, found 0"),
        ((spec("wide", 65536),), "wide: expected an id from 1 to 65535, found 65536"),
    ],
)
def test_names_and_ids_are_unique_and_in_range(services: tuple[object, ...], message: str) -> None:
    with pytest.raises(InvalidManifestError, match=message):
        manifest(*services)  # type: ignore[arg-type]


def test_messages_outside_the_registry_are_refused() -> None:
    with pytest.raises(InvalidManifestError, match=r"brain: .* of the system s, found Signal"):
        Manifest("s", Registry("s", [Tick, Meta]), (BRAIN,))
    assert Signal in BRAIN.publishes
