"""Processes, what they share, and code that nobody can read beforehand."""

from __future__ import annotations

from importlib import import_module

import pytest

from tests.unit.lint.libraries.outside_calls import WHOLE, called, made, method, run
from torq_gen.lint.facts.libraries import FILES, dynamic, event_loop, processes
from torq_gen.lint.facts.library import Argument, Call, Library
from torq_gen.lint.facts.model import Bypass, DynamicCode, ProcessStart
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    NONE,
    NOTHING,
    Container,
    External,
    Items,
    Literal,
    Thing,
    Tuple,
    Union,
    Unknown,
)

PROCESSES = processes.LIBRARY
DYNAMIC = dynamic.LIBRARY

MINE = (
    *(
        "aiohttp_client",
        "data_files",
        "dynamic",
        "event_loop",
        "files",
        "httpx_client",
        "pathlib_paths",
    ),
    *("processes", "remote_clients", "requests_client", "servers", "sockets", "urllib_client"),
    "websockets_client",
)


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
    ],
)
def test_processes_are_started(path: str) -> None:
    assert called(PROCESSES, path, Unknown())[0] == (ProcessStart(WHOLE, path),)


def test_asyncio_starts_processes() -> None:
    path = "asyncio.create_subprocess_exec"
    assert called(event_loop.LIBRARY, path, "ls")[0] == (ProcessStart(WHOLE, path),)


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


def test_a_library_is_found_by_each_module_that_it_answers_for() -> None:
    for file in MINE:
        library = import_module(f"torq_gen.lint.facts.libraries.{file}").LIBRARY
        assert isinstance(library, Library)
        assert [m for m in library.modules if file not in FILES.get(m, ())] == []
        tops = {path.partition(".")[0] for path in (*library.functions, *library.values)}
        assert tops == set(library.modules)


ODD = (
    *(Unknown(), NONE, NOTHING, DATA, Tuple(()), Text(), ANY_TEXT, Literal(b"\xff"), Literal(-1)),
    *(Container("list", None), Items(Unknown()), External("x.y"), Thing("other.Type")),
    *(Union((Text.of(["a"]), Literal(3), Unknown())), Thing("httpx.Client", (("base", DATA),))),
)


@pytest.mark.parametrize("file", MINE)
def test_nothing_fails_on_odd_arguments(file: str) -> None:
    library = import_module(f"torq_gen.lint.facts.libraries.{file}").LIBRARY
    described = dict(library.functions)
    for type_ in library.types:
        described |= {f"{type_.name}.{name}": m for name, m in type_.methods.items()}
    for path, function in described.items():
        for value in ODD:
            argument = Argument(value, WHOLE)
            for given in (
                Call(WHOLE, path, receiver=value),
                Call(WHOLE, path, (argument,) * 4, receiver=value),
                Call(WHOLE, path, rest=argument, more=argument, receiver=value),
            ):
                run(function, given)
