"""Whatever a file holds, the analysis ends, and says what it could not look at."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.lint.facts.programs import IMPORTS, SERVICE, facts, handler, published, troubles
from torq_gen.lint.facts import collecting
from torq_gen.lint.facts.collecting import collect
from torq_gen.lint.facts.detail import COARSE
from torq_gen.lint.facts.files import FilesInMemory, FilesOnDisk
from torq_gen.lint.facts.model import FileAccess, Known, Publish, ServiceFacts
from torq_gen.lint.facts.program import LARGEST_FILE
from torq_gen.lint.facts.values import ANY_TEXT
from torq_gen.lint.samples import project
from torq_gen.rule import Sample

ORDER = "Order(id=1, amount=2)"
UNPARSED = f"does not parse as Python {sys.version_info.major}.{sys.version_info.minor}"


def of_bytes(content: bytes) -> ServiceFacts:
    """The facts of a service whose file has the content."""
    system, _, contents = project(Sample("", SERVICE))
    files = FilesInMemory({**contents, SERVICE: content})
    return collect(system.services["trader"], system, files)


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"def half(:\n", 1, f"{UNPARSED}: invalid syntax"),
        (b"A = 1\nB = '\xe9'\n", 2, "is not utf-8 text"),
        (
            b"A = 1\n" * (LARGEST_FILE // 6 + 1),
            1,
            "is too large: 5,000,004 bytes, at most 5,000,000",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_said(content: bytes, line: int, reason: str) -> None:
    assert troubles(of_bytes(content)) == [(SERVICE, line, reason)]


def test_a_null_byte_is_said() -> None:
    ((file, line, reason),) = troubles(of_bytes(b"A = 1\nB = '\0'\n"))
    assert (file, line) == (SERVICE, 1) or line == 2
    assert reason.startswith(f"{UNPARSED}: ")


def test_an_unknown_encoding_is_said() -> None:
    ((_, line, reason),) = troubles(of_bytes("# coding: klingon\nA = 'é'\n".encode()))
    assert line == 1
    assert reason.startswith(f"{UNPARSED}: ")


@pytest.mark.parametrize(
    "deep",
    [
        "(" * 150 + "1" + ")" * 150,
        "[" * 90 + "1" + "]" * 90,
        "not " * 3000 + "1",
        "-" * 3000 + "1",
        "~" * 20_000 + "1",
        "1" + " + 1" * 5000,
        "x" + ".x" * 3000,
        "x" + "(1)" * 1500,
        "lambda: " * 1500 + "1",
        "1 if 1 else " * 1500 + "1",
        "'" + "a" * 100_000 + "'",
        "[" + "1, " * 50_000 + "]",
    ],
    ids=lambda text: text[:12],
)
def test_deep_code_is_analysed_or_said(deep: str) -> None:
    found = facts(f"x = 1\nvalue = {deep}\n\n{handler(f'await self.publish({ORDER})')}")
    assert all("nested too deeply" in reason for _, _, reason in troubles(found))


def test_deep_blocks_are_analysed() -> None:
    body = "".join(f"{' ' * i}if message.depth:\n" for i in range(60))
    assert published(handler(f"{body}{' ' * 60}await self.publish({ORDER})")) == ["Order"]


def test_nested_finally_does_not_double_without_end() -> None:
    body = "".join(f"{' ' * i}try:\n{' ' * i} pass\n{' ' * i}finally:\n" for i in range(12))
    assert published(handler(f"{body}{' ' * 12}await self.publish({ORDER})")) == ["Order"]


def test_many_functions_that_call_each_other_end() -> None:
    calls = "".join(f"def f{i}(n):\n    return f{(i * 7 + 1) % 50}(n) or f{(i + 1) % 50}(n)\n\n\n"
                    for i in range(50))  # fmt: skip
    assert published(handler(f"f0(1)\nawait self.publish({ORDER})", calls)) == ["Order"]


def test_a_chain_of_calls_deeper_than_is_followed_is_still_looked_at() -> None:
    chain = "".join(f"async def f{i}(owner):\n    await f{i + 1}(owner)\n\n\n" for i in range(120))
    chain += 'async def f120(owner):\n    await owner.publish(Alert(text="a"))\n\n\n'
    assert published(handler("await f0(self)", chain)) == ["Alert"]


def test_modules_that_import_each_other_end() -> None:
    files = {
        f"services/trader/{one}.py": f"from services.trader.{other} import *\nimport {other}\n"
        for one, other in (("one", "two"), ("two", "one"))
    }
    before = "from services.trader.one import *\n"
    assert published(handler(f"await self.publish({ORDER})", before), files) == ["Order"]


def test_generators_that_give_back_generators_end() -> None:
    before = """\
import library


def inner():
    yield from outer()
    return inner()


def outer():
    yield from inner()
    return outer()


"""
    body = f"library.drive(outer())\nawait self.publish({ORDER})"
    found = facts(handler(body, before))
    assert troubles(found) == []
    assert published(handler(body, before)) == ["Order"]


def test_iterators_that_give_each_other_end() -> None:
    before = """\
class First:
    def __init__(self):
        self.other = Second(self)

    def __iter__(self):
        return self.other


class Second:
    def __init__(self, other):
        self.other = other

    def __iter__(self):
        return self.other

    def __next__(self):
        return Alert(text="a")


class Own:
    def __iter__(self):
        return self


"""
    body = "for one in (*First(), *Own()):\n    await self.publish(one)"
    found = facts(handler(body, before))
    assert troubles(found) == []
    whats = {fact.what for fact in found.facts if isinstance(fact, Publish)}
    assert Known("Alert") in whats
    assert len(whats) == 2  # nobody can tell what comes out of the other one


def test_a_chain_of_work_that_is_deeper_than_the_stack_is_still_looked_at() -> None:
    before = "import library\n\n\nclass C0:\n    pass\n\n\n" + "".join(
        f"class C{n}:\n    def __init__(self):\n        self.next = library.use(C{n - 1}())\n\n\n"
        for n in range(1, 120)
    )
    body = f"library.use(C119())\nawait self.publish({ORDER})"
    assert troubles(facts(handler(body, before))) == []
    assert published(handler(body, before)) == ["Order"]


def test_a_folder_that_leads_back_to_itself_is_walked_once(tmp_path: Path) -> None:
    system, _, contents = project(
        Sample(IMPORTS + handler(f"await self.publish({ORDER})"), SERVICE)
    )
    for path, content in contents.items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    (tmp_path / "services/trader/again").symlink_to(tmp_path / "services/trader")
    (tmp_path / "services/trader/nowhere.py").symlink_to(tmp_path / "services/trader/missing.py")
    found = collect(system.services["trader"], system, FilesOnDisk(tmp_path))
    assert [path for path in found.files if "again" in path] == []
    assert troubles(found) == [("services/trader/nowhere.py", 1, "is not there any more")]


def test_a_linked_folder_with_other_code_is_said(tmp_path: Path) -> None:
    system, _, contents = project(
        Sample(IMPORTS + handler(f"await self.publish({ORDER})"), SERVICE)
    )
    for path, content in contents.items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    for name in ("code", "notes"):
        (tmp_path / "elsewhere" / name).mkdir(parents=True)
        (tmp_path / "services/trader" / name).symlink_to(tmp_path / "elsewhere" / name)
    (tmp_path / "elsewhere/code/more.py").write_text("")
    found = collect(system.services["trader"], system, FilesOnDisk(tmp_path))
    reason = "is a link to a folder, in which no code is sought: put the folder itself there"
    assert troubles(found) == [("services/trader/code", 1, reason)]


@pytest.mark.parametrize("folder", ["build", "dist"])
def test_folders_that_are_made_elsewhere_are_a_services_code_too(folder: str) -> None:
    files = {f"services/trader/{folder}/late.py": "import redis\n"}
    text = handler(f"await self.publish({ORDER})")
    assert f"services/trader/{folder}/late.py" in facts(text, files).own


TINY = replace(COARSE, least_steps=40, steps_a_byte=0, most_steps=40)


def test_code_whose_analysis_would_not_end_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "DETAILS", (TINY,))
    (found,) = troubles(facts("A = [" + "1, " * 60 + "]\n"))
    assert found[2] == (
        "cannot be analysed, nor can the rest of trader: its values multiply beyond 40 steps; "
        "split the service or annotate its parameters"
    )


def test_what_is_too_much_for_a_fine_analysis_is_looked_at_coarsely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(collecting, "DETAILS", (TINY, COARSE))
    found = facts(handler('await self.publish(Alert(text="a"))'))
    assert troubles(found) == []
    assert published(handler('await self.publish(Alert(text="a"))')) == ["Alert"]


def test_a_text_that_is_replaced_again_and_again_does_not_grow_without_end() -> None:
    grown = 'text = text.replace("a", "aaaaaaaaaa")\n' * 7
    found = facts(handler(f'text = "a"\n{grown}open(text)')).facts
    assert [f.path for f in found if isinstance(f, FileAccess)] == [ANY_TEXT]


def test_what_is_put_into_results_of_gather_is_looked_at_once_and_does_not_grow() -> None:
    nested = "found.append(" * 40 + "1" + ")" * 40
    grown = "for _ in range(3):\n    found.append((found,))"
    body = f"found = await asyncio.gather(self.on_quote(message))\n{nested}\n{grown}"
    assert troubles(facts(handler(body, "import asyncio"))) == []
