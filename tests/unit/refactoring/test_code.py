"""Code is changed where it is certain what a name refers to; all else is left, and said."""

from __future__ import annotations

from textwrap import dedent

import pytest

pytest.importorskip("libcst", reason="needs libcst: pip install 'torq-gen[rename]'")

from torq_gen.refactoring.code import rename
from torq_gen.refactoring.definitions import methods_of_others
from torq_gen.refactoring.names import Names, UnparsedError

MESSAGE = Names(
    "pkg", exported={"Tick": "Beat", "Tick_V1": "Beat_V1"}, handlers={"on_tick": "on_beat"}
)
SERVICE = Names(
    "pkg",
    exported={"FeederBase": "SourceBase", "FEEDER": "SOURCE"},
    classes={"Feeder": "Source"},
    module=("services.feeder", "services.source"),
)
FIELD = Names("pkg", field=("pool", "lake"), messages=frozenset({"Tick", "Tick_V1"}))


def check(
    names: Names,
    before: str,
    after: str,
    left: tuple[str, ...] = (),
    module: str = "services.other.service",
    foreign: frozenset[str] = frozenset(),
) -> None:
    found = rename(dedent(before), module, names, foreign)
    assert found.text == dedent(after)
    assert tuple(f"{place.line}: {place.why}" for place in found.left) == left


@pytest.mark.parametrize(
    "text",
    [
        "from pkg.messages import Tick\nx = Tick(1)\n",
        "from pkg import messages\nx: messages.Tick\n",
        "import pkg.messages as m\nm.Tick\n",
        "import pkg.messages\npkg.messages.Tick\n",
        "from pkg.messages import Tick as T\nT()\n",
        "from pkg.earlier import Tick_V1\nTick_V1\n",
        "from pkg.messages import (\n    Other,\n    Tick,  # why\n)\n",
        "from pkg.messages import Tick\nmatch 1:\n    case Tick():\n        pass\n",
    ],
)
def test_a_message_is_known_by_where_it_comes_from(text: str) -> None:
    check(MESSAGE, text, text.replace("Tick", "Beat"))


@pytest.mark.parametrize(
    "text",
    [
        "from elsewhere import Tick\nTick()\n",
        "class Tick: ...\nTick()\n",
        "def f(Tick):\n    return Tick\n",
        "x.Tick\nf(Tick=1)\n",
    ],
)
def test_another_thing_of_the_name_stays(text: str) -> None:
    check(MESSAGE, text, text)


def test_a_new_name_that_is_taken_is_imported_under_the_old_one() -> None:
    check(
        MESSAGE,
        "from pkg.messages import Tick\nBeat = 1\nTick()\n",
        "from pkg.messages import Beat as Tick\nBeat = 1\nTick()\n",
    )


def test_handlers_and_their_calls() -> None:
    check(
        MESSAGE,
        """\
        from pkg.messages import Tick
        from pkg.services import OtherBase
        class Other(OtherBase):
            async def on_tick(self, message: Tick) -> None:
                await super().on_tick(message)
        async def test(service):
            await service.on_tick(1)
        """,
        """\
        from pkg.messages import Beat
        from pkg.services import OtherBase
        class Other(OtherBase):
            async def on_beat(self, message: Beat) -> None:
                await super().on_beat(message)
        async def test(service):
            await service.on_beat(1)
        """,
    )


def test_a_method_that_other_classes_have_too_is_changed_only_on_self() -> None:
    check(
        MESSAGE,
        "class S:\n    def f(self):\n        self.on_tick()\n        x.on_tick()\n",
        "class S:\n    def f(self):\n        self.on_beat()\n        x.on_tick()\n",
        ("4: on_tick of something that may be no service",),
        foreign=frozenset({"on_tick"}),
    )


def test_methods_of_others() -> None:
    text = "from pkg.services import ABase\nclass A(ABase):\n    def on_tick(self): ...\n"
    assert list(methods_of_others(text, MESSAGE)) == []
    assert list(methods_of_others("class A:\n    def on_tick(self): ...\n", MESSAGE)) == ["on_tick"]
    assert list(methods_of_others("def (", MESSAGE)) == []


def test_what_is_not_certain_is_left() -> None:
    text = 'from pkg.messages import *\nTick()\nx: "Tick"\n'
    check(
        MESSAGE,
        text,
        text,
        (
            "1: imports every name: which ones it uses cannot be told",
            "2: nobody can tell where Tick comes from",
            "3: Tick in a text",
        ),
    )


@pytest.mark.parametrize(
    ("module", "before", "after"),
    [
        (
            "services.feeder.service",
            "from pkg.services import FeederBase\nclass Feeder(FeederBase): ...\nFeeder()\n",
            "from pkg.services import SourceBase\nclass Source(SourceBase): ...\nSource()\n",
        ),
        (
            "services.feeder.tests.test_it",
            "from services.feeder.a import Feeder\nimport services.feeder.a as f\nf.Feeder\n",
            "from services.source.a import Source\nimport services.source.a as f\nf.Source\n",
        ),
        (
            "tests.test_it",
            "import services.feeder.service\nservices.feeder.service.Feeder\n",
            "import services.source.service\nservices.source.service.Source\n",
        ),
        (
            "tests.test_it",
            "from services import feeder\nfeeder.x\nfrom pkg.manifest import FEEDER\nFEEDER\n",
            "from services import source\nsource.x\nfrom pkg.manifest import SOURCE\nSOURCE\n",
        ),
        (
            "services.feeder.service",
            "from .logic import Feeder\nfrom services.feeder_two import x\n",
            "from .logic import Source\nfrom services.feeder_two import x\n",
        ),
        ("tests.test_it", "class Feeder: ...\nFeeder()\n", "class Feeder: ...\nFeeder()\n"),
    ],
)
def test_a_service_and_its_module(module: str, before: str, after: str) -> None:
    check(SERVICE, before, after, module=module)


def test_a_field_of_what_is_certainly_the_message() -> None:
    check(
        FIELD,
        """\
        from msgspec.structs import replace
        from pkg.messages import Other, Tick
        def f(message: Tick, other: Other, x):
            tick = Tick.create(pool=1)
            again = replace(tick, pool=message.pool)
            Other(pool=other.pool)
            match x:
                case Tick(pool=1) | Other(pool=2):
                    pass
            return Tick(pool=again.pool).pool
        """,
        """\
        from msgspec.structs import replace
        from pkg.messages import Other, Tick
        def f(message: Tick, other: Other, x):
            tick = Tick.create(lake=1)
            again = replace(tick, lake=message.lake)
            Other(pool=other.pool)
            match x:
                case Tick(lake=1) | Other(pool=2):
                    pass
            return Tick(lake=again.pool).lake
        """,
        ("10: pool of something whose type is not known here",),
    )


def test_a_field_of_what_may_be_something_else() -> None:
    text = """\
    from pkg.messages import Tick
    def f(x, message: Tick):
        if x:
            message = x
        for tick in x:
            tick.pool
        return message.pool, x["pool"]
    """
    check(
        FIELD,
        text,
        text,
        (
            "6: pool of something whose type is not known here",
            "7: pool of something whose type is not known here",
            "7: pool in a text",
        ),
    )


def test_a_file_that_knows_nothing_of_the_message_is_not_mentioned() -> None:
    check(FIELD, "x.pool\nf(pool=1)\n", "x.pool\nf(pool=1)\n")


def test_columns_count_characters() -> None:
    check(
        MESSAGE,
        "from pkg.messages import Tick\nf('äöü→😀', Tick)\r\nTick\n",
        "from pkg.messages import Beat\nf('äöü→😀', Beat)\r\nBeat\n",
    )


def test_what_is_no_python_is_refused() -> None:
    with pytest.raises(UnparsedError):
        rename("def (", "a", MESSAGE, frozenset())


@pytest.mark.parametrize(
    "use",
    [
        "[tick.pool for tick in others]",
        "{tick.pool: 1 for a, tick in others}",
        "map(lambda tick: tick.pool, others)",
        "map(lambda *tick: tick.pool, others)",
    ],
)
def test_a_name_that_is_bound_once_more_is_known_no_longer(use: str) -> None:
    text = f"from pkg.messages import Tick\ndef f(tick: Tick, others):\n    return {use}\n"
    check(FIELD, text, text, ("3: pool of something whose type is not known here",))


def test_a_name_that_a_pattern_or_a_star_binds_is_not_known() -> None:
    text = """\
        from pkg.messages import Tick
        tick = Tick(1)
        def f(*tick):
            return tick.pool
        def g(tick: Tick, other):
            match other:
                case [1, tick]:
                    return tick.pool
    """
    check(
        FIELD,
        text,
        text,
        (
            "4: pool of something whose type is not known here",
            "8: pool of something whose type is not known here",
        ),
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_stay(mark: str, newline: str) -> None:
    text = f"{mark}from pkg.messages import Tick{newline}x = Tick(1){newline}"
    check(MESSAGE, text, text.replace("Tick", "Beat"))
