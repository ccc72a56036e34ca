"""What rules and judgement are made of: versions of releases, validations, modes, completeness."""

from __future__ import annotations

from dataclasses import fields

import pytest

from torq_gen import model
from torq_gen.evolution.breaks import Broken, Harm
from torq_gen.evolution.modes import MODES, Mode
from torq_gen.evolution.releases import Version
from torq_gen.evolution.rules import checks
from torq_gen.evolution.validating import covers
from torq_gen.model import InRange, IntType, Matches, NonZero, OneOf, Predicate, Validation

U8 = IntType(8, signed=False)


def test_releases_sort_as_people_read_them() -> None:
    names = ["v2.0-rc1", "1.9", "v1.10", "shop-v2.0", "v2.0.1", "v1.9.0-1", "2.1.0a1"]
    found = sorted(names, key=lambda n: Version.of(n) or pytest.fail(n))
    assert found == ["v1.9.0-1", "1.9", "v1.10", "v2.0-rc1", "shop-v2.0", "v2.0.1", "2.1.0a1"]


def test_equal_versions_are_equal_however_they_are_written() -> None:
    assert Version.of("v2") == Version.of("2.0.0") == Version.of("release/2.0+build.7")


@pytest.mark.parametrize("name", ["", "latest", "v", "feature/x", "1.x"])
def test_what_is_no_version_is_none(name: str) -> None:
    assert Version.of(name) is None


EVEN = Predicate("checks:even", (2,), (1,))
WIDER: list[tuple[Validation | None, Validation | None]] = [
    (None, OneOf((1,))),
    (InRange(0, 255), None),
    (InRange(1, 9), InRange(2, 8)),
    (InRange(1, 3), OneOf((1, 2, 3))),
    (OneOf((1, 2, 3)), InRange(1, 3)),
    (NonZero(), InRange(1, 255)),
    (NonZero(), OneOf((5,))),
    (Matches("[a-z]+"), OneOf(("abc",))),
    (EVEN, Predicate("checks:even", (4,), (3,))),
]
NARROWER: list[tuple[Validation | None, Validation | None]] = [
    (OneOf((1,)), None),
    (InRange(1, 255), None),
    (InRange(2, 8), InRange(1, 9)),
    (NonZero(), InRange(0, 5)),
    (NonZero(), None),
    (Matches("[a-z]"), Matches("[a-z]+")),
    (EVEN, Predicate("checks:odd", (1,), (2,))),
    (EVEN, OneOf((2,))),
]


@pytest.mark.parametrize(("wide", "narrow"), WIDER, ids=str)
def test_a_rule_that_takes_all_that_another_takes(
    wide: Validation | None, narrow: Validation | None
) -> None:
    assert covers(wide, narrow, U8)


@pytest.mark.parametrize(("wide", "narrow"), NARROWER, ids=str)
def test_a_rule_that_refuses_something_or_may(
    wide: Validation | None, narrow: Validation | None
) -> None:
    assert not covers(wide, narrow, U8)


def test_modes_are_directions_and_how_far_they_look() -> None:
    assert {name: Mode.named(name) for name in MODES} == {
        "none": Mode(Broken.NOTHING, False),
        "backward": Mode(Broken.NEW_READERS, False),
        "forward": Mode(Broken.OLD_READERS, False),
        "full": Mode(Broken.BOTH, False),
        "backward_transitive": Mode(Broken.NEW_READERS, True),
        "forward_transitive": Mode(Broken.OLD_READERS, True),
        "full_transitive": Mode(Broken.BOTH, True),
    }


def test_the_codes_of_a_class_lie_in_its_range() -> None:
    ranges = {Harm.WIRE: (701, 729), Harm.SOURCE: (730, 749), Harm.ARCH: (750, 789)}
    for check in checks():
        low, high = ranges[check.harm]
        assert low <= int(check.rule.code[2:]) <= high, check.rule.code


RULED = {
    "Domain": {"name": "TQ739", "id": "TQ705", "compatibility": "TQ765", "money": "TQ766"},
    "Field": {
        "name": "TQ732",
        "type": "TQ709 TQ717 TQ733",
        "unit": "TQ763",
        "money": "TQ766",
        "validate": "TQ755 TQ756",
        "since": "TQ710 TQ712",
        "default": "TQ716 TQ736",
        "python_name": "TQ732",
    },
    "Message": {
        "name": "TQ730 TQ731",
        "type_id": "TQ701 TQ702",
        "domain": "TQ705",
        "topic": "TQ752",
        "fields": "TQ708 TQ710 TQ711 TQ737",
        "key": "TQ762",
        "retain": "TQ762",
    },
    "StructField": {
        "name": "TQ732 TQ717",
        "type": "TQ717 TQ733",
        "unit": "TQ763",
        "money": "TQ766",
        "python_name": "TQ732",
    },
    "StructType": {"name": "TQ734", "fields": "TQ717"},
    "AliasType": {"name": "TQ734", "target": "TQ717 TQ733"},
    "EnumType": {
        "name": "TQ734",
        "base": "TQ717",
        "values": "TQ713 TQ714 TQ735 TQ757",
        "closed": "TQ715 TQ757",
    },
    "Publication": {"message": "TQ750 TQ751", "orderings": "TQ753"},
    "Subscription": {"on_full": "TQ764"},
    "Invariant": {"id": "TQ754", "check": "TQ754"},
    "Service": {
        "name": "TQ740",
        "id": "TQ706 TQ707",
        "status": "TQ740 TQ750",
        "publishes": "TQ750 TQ751",
        "subscribes": "TQ764",
        "stores": "TQ758 TQ759 TQ760",
        "invariants": "TQ754",
    },
    "Store": {"name": "TQ761", "kind": "TQ761"},
    "StoreAccess": {
        "store": "TQ758",
        "authority": "TQ758 TQ759",
        "keys": "TQ758",
        "tables": "TQ758",
        "shared_writers": "TQ760",
    },
    "Reserved": {"types": "TQ703 TQ704", "names": "TQ703 TQ704"},
    "System": {"package": "TQ738"},
}
"""Parts of the model whose change is a rule's matter."""
HARMLESS = {
    "Domain": {"first_type", "last_type"},  # a message outside its range does not load
    "Field": {"doc", "deprecated"},
    "Message": {"doc", "examples"},
    "StructField": {"doc"},
    "StructType": {"doc"},
    "AliasType": {"doc"},
    "EnumType": {"doc"},
    "Subscription": {"message"},  # one that is gone hits nobody else
    "Invariant": {"text"},  # a sentence that no machine checks
    "Service": {
        *("path", "description", "owner", "bundle", "actor_type", "external_events"),
        *("externals", "libraries", "restart", "notes"),  # a service's own matter
    },
    "System": {
        *("name", "exports", "lock"),
        *("domains", "types", "messages", "services", "stores", "externals", "reserved"),  # parts
    },
}
"""Parts whose change breaks nobody."""


@pytest.mark.parametrize("name", sorted(RULED))
def test_every_part_of_the_model_is_a_rules_matter_or_harmless(name: str) -> None:
    parts = {f.name for f in fields(getattr(model, name))} - {"span"}
    assert parts == RULED[name].keys() | HARMLESS.get(name, set())
    known = {check.rule.code for check in checks()}
    assert {code for codes in RULED[name].values() for code in codes.split()} <= known
