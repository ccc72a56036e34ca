"""The plugin in pytest runs of its own, alone and beside other plugins for asynchronous tests."""

from __future__ import annotations

import asyncio  # here, too: else pytester forgets it, and it cannot be imported twice
import importlib.util
import time
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

# Loads the plugin in the run under test, where it is not installed.
CONFTEST = (Path(__file__).parents[4] / "conftest.py").read_text("utf-8")
SLOW = """
import time, pytest

@pytest.mark.unit
def test_slow():
    time.sleep(0.005)

@pytest.mark.unit(budget=1)
def test_allowed():
    time.sleep(0.005)

def test_without_a_kind():
    time.sleep(0.005)
"""
SERVICE = """
import asyncio
from mycelium.testing import VirtualClock, run_service
from tests.unit.mycelium.helpers import Feed, Tick

class Hourly(Feed):
    async def on_start(self):
        self.spawn(self.tick())

    async def tick(self):
        while True:
            await asyncio.sleep(3600)
            await self._publish(Tick(1))
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project in a folder of its own, and no plugins but ours and pytest's."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.syspath_prepend(str(Path(__file__).parents[4]))
    pytester.makeconftest(CONFTEST)
    return pytester


def ini(run: pytest.Pytester, *lines: str) -> None:
    settings = ["[pytest]", "addopts = --strict-markers --strict-config", "filterwarnings = error"]
    run.makefile(".ini", pytest="\n".join([*settings, *lines]))


def test_tests_over_their_budget_are_reported_and_pass(run: pytest.Pytester) -> None:
    ini(run)
    run.makepyfile(SLOW)
    result = run.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        [
            "*= test budgets =*",
            "unit         2 in *ms, 1 over 1 ms; slowest: *ms test_*.py::test_*",
            "over budget:",
            "  unit *ms of 1 ms  test_*.py::test_slow",
        ]
    )


def test_budgets_are_enforced_where_asked(run: pytest.Pytester) -> None:
    ini(run, "mycelium_budgets = enforce")
    run.makepyfile(SLOW)
    result = run.runpytest_inprocess()
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        ["expected unit test to take at most 1 ms, found * ms: make it faster, or give it another*"]
    )
    run.runpytest_inprocess("--mycelium-budgets=report").assert_outcomes(passed=3)


@pytest.mark.parametrize("options", [["--mycelium-budgets=off"], ["-q"]])
def test_nothing_is_reported_when_that_is_not_wanted(
    run: pytest.Pytester, options: list[str]
) -> None:
    ini(run)
    run.makepyfile(SLOW)
    run.runpytest_inprocess(*options).stdout.no_fnmatch_line("*budget*")


def test_a_run_without_kinds_says_nothing(run: pytest.Pytester) -> None:
    ini(run)
    run.makepyfile("def test_a(): pass")
    run.runpytest_inprocess().stdout.no_fnmatch_line("*budget*")


def test_kinds_come_from_folders_and_classes_and_can_be_chosen(run: pytest.Pytester) -> None:
    ini(run, "mycelium_kinds =", "    integration: together")
    folder = run.mkdir("together")
    (folder / "test_pair.py").write_text(
        "import pytest\ndef test_pair(): pass\n@pytest.mark.unit\ndef test_own(): pass\n"
    )
    run.makepyfile("class TestIt:\n    TEST_KIND = 'contract'\n    def test_it(self): pass\n")
    for kind in ("integration", "unit", "contract"):
        run.runpytest_inprocess("-m", kind).assert_outcomes(passed=1, deselected=2)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (
            "mycelium_budgets = strict",
            "*mycelium_budgets: expected report, enforce, off, found*",
        ),
        ("mycelium_kinds = units: tests", "*mycelium_kinds: expected KIND: FOLDER with a kind of*"),
    ],
)
def test_a_wrong_setting_is_named(run: pytest.Pytester, setting: str, message: str) -> None:
    ini(run, setting)
    result = run.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])


def test_a_wrong_budget_is_named_with_its_test(run: pytest.Pytester) -> None:
    ini(run)
    run.makepyfile("import pytest\n@pytest.mark.e2e(seconds=1)\ndef test_a(): pass\n")
    result = run.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*::test_a: expected e2e() or e2e(budget=SECONDS), found {'s*"])


def test_a_failure_is_reported_as_one_whatever_it_took(run: pytest.Pytester) -> None:
    ini(run, "mycelium_budgets = enforce")
    run.makepyfile(
        """
        import time, pytest

        @pytest.mark.unit
        def test_wrong():
            time.sleep(0.005)
            assert 1 == 2

        @pytest.mark.unit
        def test_skipped():
            pytest.skip("not here")

        @pytest.mark.unit
        @pytest.mark.xfail(strict=True)
        def test_known():
            time.sleep(0.005)
            raise ValueError
        """
    )
    result = run.runpytest_inprocess()
    result.assert_outcomes(failed=1, skipped=1, xfailed=1)
    result.stdout.fnmatch_lines(["E * assert 1 == 2"])


def test_times_come_back_from_other_processes(run: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    ini(run)
    run.makepyfile(SLOW)
    result = run.runpytest_inprocess("-p", "xdist", "-n", "1")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["unit         2 in *, 1 over 1 ms; slowest: *"])


def test_asynchronous_tests_run_without_another_plugin(run: pytest.Pytester) -> None:
    ini(run)
    run.makepyfile(
        SERVICE
        + """
import pytest

@pytest.fixture
def number():
    return 5

async def test_passes(number):
    await asyncio.sleep(0)
    assert number == 5

async def test_fails():
    await asyncio.sleep(0)
    assert 1 == 2

class TestMethods:
    @pytest.mark.parametrize("n", [1, 2])
    async def test_in_a_class(self, n):
        assert n in (1, 2)

async def test_time_is_the_tests(service_harness, clock):
    async with service_harness(Hourly) as service:
        await service.expect(Tick, within=3600)
    assert clock.monotonic() == pytest.approx(3600)
"""
    )
    result = run.runpytest_inprocess()
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(["E * assert 1 == 2"])


def test_the_loop_of_an_asynchronous_test_is_not_on_its_budget(
    run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = asyncio.events.new_event_loop

    def make_slowly() -> asyncio.AbstractEventLoop:
        time.sleep(0.1)
        return make()

    monkeypatch.setattr(asyncio.events, "new_event_loop", make_slowly)
    ini(run, "mycelium_budgets = enforce")
    run.makepyfile("import pytest\n@pytest.mark.unit(budget=0.1)\nasync def test_a(): pass\n")
    run.runpytest_inprocess().assert_outcomes(passed=1)


def test_asynchronous_tests_run_under_hypothesis(run: pytest.Pytester) -> None:
    ini(run)
    run.makepyfile(
        SERVICE
        + """
from hypothesis import given, settings, strategies as st
seen = set()

@settings(max_examples=5, database=None, deadline=None)
@given(hours=st.integers(1, 5))
async def test_any(hours):
    async with run_service(Hourly) as service:
        await service.advance(3600 * hours)
        assert len(service.published()) == hours
    seen.add(hours)

def test_it_ran():
    assert seen
"""
    )
    run.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)


def test_the_systems_bus_is_a_fixture(run: pytest.Pytester) -> None:
    ini(run, "mycelium_manifest = torq_contracts.manifest:MANIFEST")
    run.makepyfile(
        """
        import asyncio
        from torq_contracts.messages import BlockUpdate
        from mycelium.protocol.timestamp import Timestamp

        async def test_pair(bus, clock):
            seen = []

            async def see(message):
                await asyncio.sleep(60)
                seen.append(message.number)

            async with clock, bus:
                bus.subscribe(BlockUpdate, see)
                block = BlockUpdate(chain_id=1, number=7, time=Timestamp(1), base_fee=None,
                                    gas_used=None, gas_limit=None)
                await bus.publisher(BlockUpdate).publish(block)
                await clock.advance(60)
                assert seen == [7]
        """
    )
    run.runpytest_inprocess().assert_outcomes(passed=1)


def test_a_bus_without_a_system_says_what_is_missing(run: pytest.Pytester) -> None:
    ini(run)
    run.makepyfile("def test_a(bus): pass")
    result = run.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(['*add mycelium_manifest = "PACKAGE.manifest:MANIFEST"*'])


@pytest.mark.parametrize(
    ("plugin", "options", "marker"),
    [
        ("pytest_asyncio", ["-p", "pytest_asyncio.plugin", "--asyncio-mode=auto"], ""),
        ("pytest_asyncio", ["-p", "pytest_asyncio.plugin", "--asyncio-mode=strict"], "asyncio"),
        ("anyio", ["-p", "anyio.pytest_plugin"], "anyio"),
    ],
    ids=["asyncio-auto", "asyncio-strict", "anyio"],
)
def test_other_plugins_keep_their_asynchronous_tests(
    run: pytest.Pytester, plugin: str, options: list[str], marker: str
) -> None:
    """Fixtures of theirs share the loop of the test, which they alone can see to."""
    if importlib.util.find_spec(plugin) is None:
        pytest.skip(f"needs {plugin}")
    ini(run, *(["asyncio_default_fixture_loop_scope = function"] if plugin != "anyio" else []))
    fixture = "pytest_asyncio.fixture" if plugin == "pytest_asyncio" else "pytest.fixture"
    mark = f"@pytest.mark.{marker}" if marker else ""
    backend = "def anyio_backend(): return 'asyncio'" if plugin == "anyio" else "def unused(): pass"
    run.makepyfile(
        SERVICE
        + f"""
import pytest
import {plugin}

@pytest.fixture
{backend}

@{fixture}
async def loop_of_fixture():
    return asyncio.get_running_loop()

{mark}
@pytest.mark.integration
async def test_theirs(loop_of_fixture, service_harness):
    assert loop_of_fixture is asyncio.get_running_loop()
    async with service_harness(Hourly) as service:
        await service.advance(7200)
        assert len(service.published(Tick)) == 2

async def test_unmarked():
    await asyncio.sleep(0)
"""
    )
    result = run.runpytest_inprocess(*options)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["integration  1 in *, 0 over 1 s; slowest: *test_theirs"])
