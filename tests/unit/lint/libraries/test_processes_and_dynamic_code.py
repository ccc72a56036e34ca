"""Processes, what they share, and code that nobody can read beforehand."""

from __future__ import annotations

import pytest

from tests.unit.lint.libraries.outside_calls import WHOLE, called, made, method
from tests.unit.lint.stores.analysed import facts
from torq_gen.lint.facts.model import Bypass, DynamicCode, ProcessStart
from torq_gen.lint.facts.stdlib import asyncio_connections, dynamic, processes
from torq_gen.lint.facts.values import (
    Thing,
    Unknown,
)

PROCESSES = processes.LIBRARY
DYNAMIC = dynamic.LIBRARY


@pytest.mark.parametrize(
    "path",
    [
        "subprocess.run",
        "subprocess.Popen",
        "os.system",
        "os.fork",
        "os.execvpe",
        "os.spawnl",
        "pty.spawn",
        "multiprocessing.Process",
        "multiprocessing.Pool",
        "concurrent.futures.ProcessPoolExecutor",
        "webbrowser.open",
        "webbrowser.get",
    ],
)
def test_processes_are_started(path: str) -> None:
    assert called(PROCESSES, path, Unknown())[0] == (ProcessStart(WHOLE, path),)


def test_asyncio_starts_processes() -> None:
    path = "asyncio.create_subprocess_exec"
    assert called(asyncio_connections.LIBRARY, path, "ls")[0] == (ProcessStart(WHOLE, path),)


def test_a_context_starts_processes_and_shares_queues() -> None:
    context = made(called(PROCESSES, "multiprocessing.get_context", "spawn"))
    assert method(PROCESSES, context, "Process")[0] == (ProcessStart(WHOLE, "Process"),)
    assert method(PROCESSES, context, "Queue")[0] == (Bypass(WHOLE, "a queue between processes"),)


@pytest.mark.parametrize(
    ("path", "via"),
    [
        ("multiprocessing.Queue", "a queue between processes"),
        ("multiprocessing.shared_memory.SharedMemory", "memory shared between processes"),
        ("multiprocessing.connection.Client", "a connection between processes"),
        ("os.mkfifo", "a named pipe"),
    ],
)
def test_what_processes_share_goes_around_the_bus(path: str, via: str) -> None:
    assert called(PROCESSES, path)[0] == (Bypass(WHOLE, via),)


@pytest.mark.parametrize(
    ("path", "via"),
    [
        ("builtins.eval", "eval"),
        ("builtins.exec", "exec"),
        ("pickle.loads", "pickle.loads"),
        ("runpy.run_path", "runpy.run_path"),
        ("types.FunctionType", "types.FunctionType"),
        ("importlib.util.spec_from_file_location", "a module loaded from a file"),
        ("unittest.mock.patch.object", "a patch"),
        ("pydoc.locate", "pydoc.locate"),
        ("pkgutil.resolve_name", "pkgutil.resolve_name"),
        ("cProfile.run", "cProfile.run"),
        ("marshal.loads", "marshal.loads"),
        ("timeit.timeit", "timeit.timeit"),
    ],
)
def test_code_that_nobody_can_read(path: str, via: str) -> None:
    assert called(DYNAMIC, path, Unknown())[0] == (DynamicCode(WHOLE, via),)


def test_the_ways_of_importing_are_changed() -> None:
    for name, methods in (("sys.path", "append insert"), ("sys.modules", "__setitem__ pop")):
        thing = DYNAMIC.values[name]
        assert isinstance(thing, Thing)
        for one in methods.split():
            found = method(DYNAMIC, thing, one, Unknown(), Unknown())[0]
            assert found == (DynamicCode(WHOLE, f"a change of {name}"),)


def via(code: str) -> list[str]:
    """The dynamic code of a service with this code, by its name."""
    return [f.via for f in facts(code) if isinstance(f, DynamicCode)]


@pytest.mark.parametrize(
    "loader",
    [
        "__loader__",
        "__spec__.loader",
        "json.__loader__",
        "__builtins__.__loader__",
        'importlib.util.find_spec("x").loader',
        'getattr(json, "__loader__")',
        'sys.modules["json"].__loader__',
    ],
)
@pytest.mark.parametrize("method", ["load_module", "exec_module"])
def test_a_loader_of_modules_loads_what_nobody_sees(loader: str, method: str) -> None:
    imports = "import importlib.util\nimport json\nimport sys\n"
    assert via(f'{imports}{loader}.{method}("services.feed")') == ["a loader of modules"]


def test_a_function_that_is_timed_is_no_text() -> None:
    assert via("import timeit\ntimeit.timeit(lambda: 1, number=3)") == []
    assert via("import timeit\ntimeit.Timer(lambda: 1, setup='x = 1')") == ["timeit.Timer"]
    assert via("import timeit\ntimeit.repeat(input())") == ["timeit.repeat"]


def test_a_module_that_is_looked_up_by_a_computed_name_is_no_import() -> None:
    found = ["a module of sys.modules by a computed name"]
    assert via("import sys\ndef f(cls):\n    return sys.modules[cls.__module__]\n") == found
    assert via("import sys\ndef f(cls):\n    return sys.modules.get(cls.__module__)\n") == found
