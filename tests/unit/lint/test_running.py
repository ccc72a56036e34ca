"""A run analyses again the services whose files changed, and no others."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from torq_gen import kept
from torq_gen.lint import cache, checking, samples, stamps
from torq_gen.lint.running import Job, Result
from torq_gen.lint.samples import MARKET, SERVICE, TRADING
from torq_gen.lint.settings import LintSettings
from torq_gen.model import Service
from torq_gen.spec import load

_HOUR = 3_600_000_000_000
FEED = '''\
"""Quotes."""

from shop_contracts.messages import Quote
from shop_contracts.services import FeedBase


class Feed(FeedBase):
    async def on_start(self) -> None:
        await self.publish(Quote(venue=1, price=2, size=3, depth=4, time=5))
'''
_RESOURCES = re.compile(r"(?<=\[Quote\]\n)    stores:\n.*?\n(?=  feed:)", re.DOTALL)
SYSTEM = _RESOURCES.sub("", samples.SYSTEM)
"""Without what the trader's code of a few lines does not use."""
MOVED = SYSTEM.replace("publishes: [Order]", "publishes: []").replace(
    "publishes: [Quote]", "publishes: [Quote, Order]"
)
SHARED = '''\
"""What services share."""

from shop_contracts.messages import Order


def order(size: int) -> Order:
    return Order(id=1, amount=size)
'''
SHARING = SERVICE.replace("import Order, Quote", "import Quote\nfrom shared import order").replace(
    "Order(id=1, amount=message.size)", "order(message.size)"
)


class Shop:
    """The samples' system on disk, every file of it written an hour ago."""

    def __init__(self, root: Path, analysed: list[str]) -> None:
        self.root = root
        self.settings = LintSettings()
        self._analysed = analysed

    def write(self, path: str, text: str, *, recently: bool = False) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
        if not recently:
            self.age()

    def age(self) -> None:
        """Lets an hour go by since everything was written."""
        then = time.time_ns() - _HOUR
        for place in (self.root, *self.root.rglob("*")):
            if ".torq_cache" not in place.parts and place.stat().st_mtime_ns > then + _HOUR // 2:
                os.utime(place, ns=(then, then))

    def check(self, **options: object) -> list[str]:
        """The codes and files that were found."""
        loaded = load(self.root)
        spec = cache.digest(b"".join(p.read_bytes() for p in sorted(self.root.rglob("*.yaml"))))
        found = checking.check(self.root, loaded, self.settings, spec=spec, jobs=1, **options)  # type: ignore[arg-type]
        return [f"{d.code} {d.span.file}" for d in found.diagnostics]

    def analysed(self) -> list[str]:
        """The services that a run analyses."""
        self._analysed.clear()
        self.check()
        return sorted(self._analysed)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A system whose services trader and feed are written, both checked already."""
    analysed: list[str] = []
    real = Job._result

    def result(job: Job, service: Service, *rest: object) -> Result:
        analysed.append(service.name)
        return real(job, service, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Job, "_result", result)
    # Times of inodes cannot be set back: without them an hour may go by within a test.
    monkeypatch.setattr(stamps, "times_of", lambda found: (found.st_mtime_ns, 0))
    made = Shop(tmp_path, analysed)
    files = {
        "system.yaml": SYSTEM,
        "schemas/market.yaml": MARKET,
        "schemas/trading.yaml": TRADING,
        "services/__init__.py": "",
        "services/trader/__init__.py": "",
        "services/trader/service.py": SERVICE,
        "services/feed/__init__.py": "",
        "services/feed/service.py": FEED,
    }
    for path, text in files.items():
        made.write(path, text)
    assert made.analysed() == ["feed", "trader"]
    return made


def test_nothing_is_analysed_when_nothing_changed(shop: Shop) -> None:
    assert shop.analysed() == []
    assert shop.check() == shop.check(cache=False)


def test_a_changed_file_has_its_own_service_analysed(shop: Shop) -> None:
    shop.write("services/feed/service.py", FEED.replace("on_start", "on_stop"), recently=True)
    assert shop.analysed() == ["feed"]
    assert shop.analysed() == []


def test_a_change_that_keeps_size_and_time_is_seen_by_the_inode(shop: Shop) -> None:
    place = shop.root / "services/feed/service.py"
    before = place.stat()
    place.rename(place.with_name("old.txt"))
    place.write_text(FEED.replace("on_start", "on_later"), "utf-8")
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert place.stat().st_size == before.st_size
    assert shop.analysed() == ["feed"]


def test_a_file_that_became_a_pipe_is_not_waited_for(shop: Shop) -> None:
    place = shop.root / "services/feed/service.py"
    place.unlink()
    os.mkfifo(place)
    assert shop.analysed() == ["feed"]


def test_a_file_that_was_written_again_as_it_was_is_not_analysed(shop: Shop) -> None:
    shop.write("services/feed/service.py", FEED, recently=True)
    assert shop.analysed() == []


def test_a_file_written_just_before_the_run_is_read_again_by_the_next(shop: Shop) -> None:
    place = shop.root / "services/feed/service.py"
    shop.write("services/feed/service.py", FEED + "# 1\n", recently=True)
    assert shop.analysed() == ["feed"]
    before = place.stat()
    with place.open("r+b") as file:  # the same inode, size and, as within a tick, time
        file.seek(-2, os.SEEK_END)
        file.write(b"2")
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert shop.analysed() == ["feed"]


@pytest.mark.parametrize("path", ["services/feed/more.py", "services/feed/deep/er/more.py"])
def test_a_new_file_in_a_service_is_seen(shop: Shop, path: str) -> None:
    shop.write(path, "import nowhere\n", recently=True)
    assert shop.analysed() == ["feed"]
    assert shop.check() == [f"TQ408 {path}"]
    shop.age()
    shop.write(str(Path(path).with_name("again.py")), "", recently=True)
    assert shop.analysed() == ["feed"]


def test_a_file_in_a_folder_that_was_empty_is_seen(shop: Shop) -> None:
    (shop.root / "services/feed/later").mkdir()
    shop.age()
    assert shop.analysed() == []
    shop.age()
    assert shop.analysed() == []
    shop.write("services/feed/later/more.py", "", recently=True)
    assert shop.analysed() == ["feed"]


def test_a_file_that_is_no_code_does_not_matter(shop: Shop) -> None:
    shop.write("services/feed/README.md", "Quotes.", recently=True)
    assert shop.analysed() == []


def test_a_deleted_file_is_seen(shop: Shop) -> None:
    shop.write("services/feed/more.py", "")
    shop.check()
    (shop.root / "services/feed/more.py").unlink()
    assert shop.analysed() == ["feed"]


def test_a_deleted_service_has_no_findings_any_more(shop: Shop) -> None:
    shop.write("services/feed/service.py", FEED + "import nowhere\n", recently=True)
    assert "TQ408 services/feed/service.py" in shop.check()
    for name in ("service.py", "__init__.py"):
        (shop.root / "services/feed" / name).unlink()
    (shop.root / "services/feed").rmdir()
    assert shop.check() == shop.check(cache=False) == []


def test_code_of_a_planned_service_is_analysed_where_there_is_some(shop: Shop) -> None:
    planned = SYSTEM.replace("    id: 2\n", "    id: 2\n    status: planned\n")
    shop.write("system.yaml", planned)
    shop.write("services/feed/service.py", FEED + "import nowhere\n")
    assert shop.check() == shop.check(cache=False) == ["TQ408 services/feed/service.py"]
    for place in (shop.root / "services/feed").glob("*.py"):
        place.unlink()
    assert shop.check() == []


def test_a_folder_that_nobody_owns_is_a_finding_of_the_whole_project(shop: Shop) -> None:
    shop.write("services/old/a.py", "")
    assert shop.check() == ["TQ611 services/old"]
    assert shop.check(services=["feed", "trader"]) == []


def test_a_new_module_in_place_of_a_library_is_seen(shop: Shop) -> None:
    shop.write("services/feed/service.py", FEED.replace('"""Quotes."""', "import httpx"))
    shop.check()
    shop.age()
    assert shop.analysed() == []
    shop.write("httpx.py", "import socket\n", recently=True)
    assert shop.analysed() == ["feed"]


def test_a_new_package_in_place_of_a_library_is_seen(shop: Shop) -> None:
    shop.write("services/feed/service.py", FEED.replace('"""Quotes."""', "import httpx"))
    shop.check()
    shop.age()
    assert shop.analysed() == []
    shop.write("src/httpx/__init__.py", "import socket\n", recently=True)
    assert shop.analysed() == []  # only the source roots are searched
    shop.write("httpx/__init__.py", "import socket\n", recently=True)
    assert shop.analysed() == ["feed"]


def test_a_folder_that_becomes_a_package_without_a_file_of_its_own_is_seen(shop: Shop) -> None:
    shop.write("lib/notes.md", "Nothing yet.")
    shop.write("services/feed/service.py", FEED.replace('"""Quotes."""', "import lib"))
    assert "TQ408 services/feed/service.py" in shop.check()
    shop.age()
    assert shop.analysed() == []
    shop.write("lib/deep/tools.py", "COUNT = 1\n", recently=True)
    assert shop.analysed() == ["feed"]
    assert shop.check() == []


def test_a_folder_that_is_no_package_any_more_is_seen(shop: Shop) -> None:
    shop.write("lib/deep/tools.py", "COUNT = 1\n")
    shop.write("services/feed/service.py", FEED.replace('"""Quotes."""', "import lib"))
    assert shop.check() == []
    shop.age()
    assert shop.analysed() == []
    (shop.root / "lib/deep/tools.py").unlink()
    assert shop.analysed() == ["feed"]
    assert shop.check() == ["TQ408 services/feed/service.py"]


@pytest.mark.parametrize(
    "pattern", ["services/feed/old", "services/feed/old/", "services/feed/old/**", "*/old"]
)
def test_an_excluded_folder_is_left_out_with_all_that_is_in_it(shop: Shop, pattern: str) -> None:
    shop.write("services/feed/old/deep/more.py", "import nowhere\n")
    shop.write("services/feed/older.py", "import somewhere\n")
    assert len(shop.check()) == 2
    shop.settings = replace(shop.settings, exclude=(pattern,))
    assert shop.check() == ["TQ408 services/feed/older.py"]


def test_a_folder_that_cannot_be_listed_is_a_finding(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.write("services/feed/closed/more.py", "")
    real = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    loaded = load(shop.root)
    found = checking.check(shop.root, loaded, shop.settings, jobs=1).diagnostics
    assert [(d.code, str(d.span), d.message) for d in found] == [
        (
            "TQ610",
            "services/feed/closed:1:1",
            "services/feed/closed cannot be read: Permission denied",
        )
    ]
    for _ in range(2):
        assert shop.check() == ["TQ610 services/feed/closed"]


def test_a_changed_shared_module_has_those_analysed_that_read_it(shop: Shop) -> None:
    shop.write("shared.py", SHARED)
    shop.write("services/trader/service.py", SHARING)
    assert shop.check() == []
    shop.age()
    assert shop.analysed() == []
    shop.write(
        "shared.py", SHARED.replace("Order", "Alert").replace("id=1, amount=size", 'text=""')
    )
    assert shop.analysed() == ["trader"]
    assert shop.check() == ["TQ201 services/trader/service.py", "TQ203 system.yaml"]


def test_changed_settings_have_everything_analysed(shop: Shop) -> None:
    shop.settings = replace(shop.settings, exclude=("services/feed/more/*",))
    assert shop.analysed() == ["feed", "trader"]


def test_a_changed_message_has_everything_analysed(shop: Shop) -> None:
    shop.write("schemas/trading.yaml", TRADING.replace("text: string", "words: string"))
    assert shop.analysed() == ["feed", "trader"]


def test_what_else_changes_in_the_spec_has_the_rules_run_on_known_facts(shop: Shop) -> None:
    assert shop.check() == []
    shop.write("system.yaml", MOVED)
    assert shop.analysed() == []
    assert shop.check() == shop.check(cache=False)
    assert "TQ201 services/trader/service.py" in shop.check()


def test_facts_that_are_lost_are_collected_again(shop: Shop) -> None:
    (shop.root / kept.FOLDER / cache.FACTS).write_bytes(b"")
    shop.write("system.yaml", MOVED)
    assert shop.analysed() == ["feed", "trader"]


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    at = len(data) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize("damage", [_cut, _flipped, lambda _: b"", lambda _: b"\0" * 4096])
def test_a_damaged_cache_is_ignored(shop: Shop, damage: Callable[[bytes], bytes]) -> None:
    place = shop.root / kept.FOLDER / cache.FILE
    place.write_bytes(damage(place.read_bytes()))
    assert shop.analysed() == ["feed", "trader"]
    assert shop.analysed() == []


def test_one_service_alone_leaves_what_is_known_of_the_others(shop: Shop) -> None:
    shop.write("services/trader/service.py", SERVICE + "\n")
    shop.check(services=["trader"])
    shop.age()
    assert shop.analysed() == []


def test_what_changed_for_one_service_alone_is_seen_for_the_others_later(shop: Shop) -> None:
    shop.write("shared.py", SHARED)
    shop.write("services/trader/service.py", SHARING)
    shop.write("services/feed/service.py", f"import shared\n{FEED}")
    assert shop.check() == []
    shop.write("shared.py", f"{SHARED}\nPAIR = (order, order)\n")
    shop.check(services=["trader"])
    assert shop.analysed() == ["feed"]


def test_a_module_that_is_new_for_one_service_alone_is_seen_for_the_others_later(
    shop: Shop,
) -> None:
    shop.write("services/feed/service.py", f"import json\n{FEED}")
    assert shop.check() == []
    shop.write("json.py", "")
    shop.check(services=["trader"])
    assert shop.analysed() == ["feed"]


def test_files_in_which_the_word_stands_are_named(shop: Shop) -> None:
    shop.write("services/feed/service.py", FEED + "# torq: ignore[TQ201] why\n")
    loaded = load(shop.root)
    for _ in range(2):
        found = checking.check(shop.root, loaded, shop.settings, spec="1", word=b"torq:")
        assert found.marked == ("services/feed/service.py",)


def test_processes_give_the_same_as_one(shop: Shop) -> None:
    shop.write("services/feed/service.py", FEED + "import nowhere\n")
    one = shop.check(cache=False)
    loaded = load(shop.root)
    found = checking.check(shop.root, loaded, shop.settings, spec="", jobs=2)
    assert [f"{d.code} {d.span.file}" for d in found.diagnostics] == one
    assert found.files == checking.check(shop.root, loaded, shop.settings, jobs=1).files


def test_a_file_that_was_too_large_to_read_and_is_empty_now_is_no_finding(shop: Shop) -> None:
    shop.write("services/feed/more.py", "#" * 5_000_001)
    assert shop.check() == ["TQ610 services/feed/more.py"]
    shop.write("services/feed/more.py", "")
    assert shop.check() == []


@pytest.mark.parametrize(
    ("link", "target"), [("mod.py", "../later/mod.py"), ("sub", "../later/deep")]
)
def test_what_a_link_leads_to_that_led_nowhere_is_seen(shop: Shop, link: str, target: str) -> None:
    shop.write("later/README.md", "")
    shop.write("shared/__init__.py", "")
    module = f"shared.{link.removesuffix('.py')}" + (".mod" if link == "sub" else "")
    shop.write("services/feed/service.py", f"import {module}\n{FEED}")
    (shop.root / "shared" / link).symlink_to(target)
    then = time.time_ns() - _HOUR
    os.utime(shop.root / "shared", ns=(then, then))
    assert shop.analysed() == ["feed"]
    assert shop.analysed() == []
    place = shop.root / "later" / ("deep/mod.py" if link == "sub" else "mod.py")
    place.parent.mkdir(exist_ok=True)
    place.write_text("")
    assert shop.analysed() == ["feed"]
    assert shop.analysed() == []
