"""The pytest plugin: kinds of tests and their budgets, asynchronous tests, fixtures.

It is loaded in every run where this library is installed, so it imports the runtime in its fixtures
alone, and does nothing to a test that has no kind.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Generator
from importlib import import_module
from typing import TYPE_CHECKING, Final

import pytest

from mycelium.testing.budgets import KINDS, Folders, Timed, budget_of, duration, summary
from mycelium.testing.coroutines import run_coroutine, unwrap_given

if TYPE_CHECKING:
    from mycelium.bus import Bus
    from mycelium.manifest import Manifest
    from mycelium.testing import RunService, VirtualClock

_MODES: Final = ("report", "enforce", "off")
_TAKEN: Final = pytest.StashKey[float]()
_BUDGET: Final = pytest.StashKey[tuple[str, float]]()
_FIELD: Final = "mycelium_timed"  # of a report, which goes from xdist's workers to their master


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds what can be said on the command line and in the configuration."""
    parser.getgroup("mycelium").addoption(
        "--mycelium-budgets",
        choices=_MODES,
        help="budgets of test kinds: report them, let a test that exceeds its own fail, or neither",
    )
    parser.addini(
        "mycelium_budgets", f"as --mycelium-budgets: {', '.join(_MODES)}", default=_MODES[0]
    )
    parser.addini("mycelium_kinds", "test kinds by folders: lines of KIND: FOLDER", type="linelist")
    parser.addini("mycelium_manifest", "the system's manifest: package.manifest:MANIFEST")


def pytest_configure(config: pytest.Config) -> None:
    """Registers the markers, and what measures."""
    for kind in KINDS.values():
        text = f"{kind.name}(budget=SECONDS): {kind.purpose}; at most {duration(kind.budget)}"
        config.addinivalue_line("markers", text)
    mode = config.getoption("mycelium_budgets") or config.getini("mycelium_budgets")
    if mode not in _MODES:
        modes = ", ".join(_MODES)
        raise pytest.UsageError(f"mycelium_budgets: expected {modes}, found {mode!r}")
    try:
        folders = Folders(config.getini("mycelium_kinds"))
    except ValueError as error:
        raise pytest.UsageError(f"mycelium_kinds: {error}") from None
    config.pluginmanager.register(_Sorting(config, folders, mode), "mycelium kinds")
    if mode != "off":
        config.pluginmanager.register(_Reporting(), "mycelium budgets")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object | None:
    """Runs a coroutine, unless another plugin does."""
    test = pyfuncitem.obj
    if not inspect.iscoroutinefunction(test):
        if hasattr(test, "hypothesis"):
            unwrap_given(test)
        return None
    if "anyio_backend" in pyfuncitem.fixturenames:
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    pyfuncitem.stash[_TAKEN] = run_coroutine(test, **arguments)
    return True


class _Sorting:
    """Gives each test its kind: its own marker's, its class's, or its folder's.

    Only where a test has one, tests are measured.
    """

    def __init__(self, config: pytest.Config, folders: Folders, mode: str) -> None:
        self._config = config
        self._folders = folders
        self._mode = mode

    @pytest.hookimpl(tryfirst=True)  # before -m chooses
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            mark = next((m for m in item.iter_markers() if m.name in KINDS), None)
            kind = mark.name if mark is not None else self._kind_of(item)
            if kind is None:
                continue
            if mark is None:
                item.add_marker(kind)
            try:
                budget = budget_of(kind, mark.kwargs if mark is not None else {})
            except ValueError as error:
                raise pytest.UsageError(f"{item.nodeid}: {error}") from None
            item.stash[_BUDGET] = (kind, budget)
        if self._mode != "off" and any(_BUDGET in item.stash for item in items):
            measuring = _Measuring(enforced=self._mode == "enforce")
            self._config.pluginmanager.register(measuring, "mycelium measuring")

    def _kind_of(self, item: pytest.Item) -> str | None:
        own: str | None = getattr(getattr(item, "cls", None), "TEST_KIND", None)
        root = self._config.rootpath
        if own is not None or not item.path.is_relative_to(root):
            return own
        return self._folders.kind_of(item.path.relative_to(root))


class _Measuring:
    """Measures tests; refuses those that take too long, where that is asked."""

    def __init__(self, *, enforced: bool) -> None:
        self._enforced = enforced

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        began = time.perf_counter()
        try:
            return (yield)
        finally:
            pyfuncitem.stash.setdefault(_TAKEN, time.perf_counter() - began)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        found = item.stash.get(_BUDGET, None)
        if found is None or call.when != "call" or report.skipped:
            return report
        kind, budget = found
        taken = item.stash.get(_TAKEN, call.duration)
        timed = Timed(item.nodeid, kind, taken, budget)
        setattr(report, _FIELD, list(timed))
        if self._enforced and report.passed and timed.over:
            report.outcome = "failed"
            report.longrepr = timed.refusal()
        return report


class _Reporting:
    """Gathers what was measured, here or by xdist's workers, and tells it at the end."""

    def __init__(self) -> None:
        self._timed: list[Timed] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        fields = getattr(report, _FIELD, None)
        if fields is not None:
            self._timed.append(Timed(*fields))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        config = terminalreporter.config
        verbosity = config.get_verbosity()
        quiet = verbosity < 0 and config.getoption("mycelium_budgets") is None
        if quiet or not self._timed:
            return
        terminalreporter.section("test budgets")
        for line in summary(self._timed, every=verbosity > 0):
            terminalreporter.line(line)


@pytest.fixture
def clock() -> VirtualClock:
    """A clock whose time passes only while the test waits; ``async with clock`` starts it."""
    from mycelium.testing import VirtualClock

    return VirtualClock()


@pytest.fixture
def mycelium_manifest(request: pytest.FixtureRequest) -> Manifest | None:
    """The system's manifest, which the setting ``mycelium_manifest`` names; None without it."""
    path: str = request.config.getini("mycelium_manifest")
    module, _, name = path.partition(":")
    return getattr(import_module(module), name) if path else None


@pytest.fixture
def bus(clock: VirtualClock, mycelium_manifest: Manifest | None) -> Bus:
    """The system's bus, in memory, on the clock: ``async with clock, bus`` starts both."""
    if mycelium_manifest is None:
        pytest.fail(
            "expected mycelium_manifest in pytest's configuration, found none: "
            'add mycelium_manifest = "PACKAGE.manifest:MANIFEST"'
        )
    from mycelium.bus import Bus

    return Bus(mycelium_manifest, clock=clock)


@pytest.fixture
def service_harness(clock: VirtualClock, mycelium_manifest: Manifest | None) -> RunService:
    """`run_service` on the fixture's clock, with the system's manifest if that is known."""
    from mycelium.testing import run_service

    return functools.partial(run_service, clock=clock, manifest=mycelium_manifest)
