from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from mycelium.errors import ServiceLoadError
from mycelium.loading import check_service, load_service
from mycelium.manifest import ServiceSpec
from mycelium.protocol import Message
from mycelium.service import Service
from tests.unit.mycelium.helpers import BRAIN, FEED, Feed, Meta, Tick

HERE = "tests.unit.mycelium.helpers"


def at(implementation: str) -> ServiceSpec:
    return msgspec.structs.replace(FEED, implementation=implementation)


def test_a_class_is_found_by_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    here = at(f"{HERE}:Feed")
    monkeypatch.setattr(Feed, "SPEC", here)
    assert load_service(here) is Feed


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("no.such.module:Feed", r"feed: no.such.module:Feed: cannot be imported: ModuleNotFound"),
        (f"{HERE}:Nothing", rf"expected a class Nothing in the module {HERE}, found only Pair,"),
        (f"{HERE}:Recoder", r"expected a class Recoder .* found none; did you mean Recorder\?"),
        (f"{HERE}:Tick", r"expected a subclass of Service, found <class"),
        (f"{HERE}:manifest", r"expected a subclass of Service, found <function"),
        (f"{HERE}:Feed", r"feed: .*:Feed: expected the manifest's spec, found that of feed"),
        (f"{HERE}:Recorder", r"expected the manifest's spec, found none"),
    ],
)
def test_what_is_no_service_of_the_spec_is_refused(path: str, message: str) -> None:
    with pytest.raises(ServiceLoadError, match=message):
        load_service(at(path))


def test_a_module_that_fails_on_import_is_refused_with_its_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_helper.py").write_text("\n1 / 0\n")
    (tmp_path / "broken_service.py").write_text("import broken_helper\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ServiceLoadError) as caught:
        load_service(at("broken_service:Feed"))
    assert str(caught.value) == (
        "feed: broken_service:Feed: cannot be imported: ZeroDivisionError('division by zero') "
        f"at {tmp_path / 'broken_helper.py'}:2"
    )
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_module_that_imports_what_is_not_there_is_refused_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lacking_service.py").write_text("import no_such_module\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ServiceLoadError, match=r"lacking_service\.py:1$"):
        load_service(at("lacking_service:Feed"))
    with pytest.raises(ServiceLoadError, match=r"No module named 'nowhere'\"\)$"):
        load_service(at("nowhere:Feed"))


def test_missing_handlers_are_named() -> None:
    class Base(Service):
        SPEC: ClassVar[ServiceSpec] = BRAIN
        HANDLERS: ClassVar[Mapping[type[Message], str]] = {Tick: "on_tick", Meta: "on_meta"}

        @abstractmethod
        async def on_tick(self, message: Tick, /) -> None: ...

        @abstractmethod
        async def on_meta(self, message: Meta, /) -> None: ...

    class Half(Base):
        async def on_meta(self, message: Meta, /) -> None: ...

    with pytest.raises(ServiceLoadError, match=r"Half: expected on_tick, found none"):
        check_service(BRAIN, Half)
