"""TQ406: a service starts another process."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import ProcessStart
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule, Sample

RULE = Rule(
    "TQ406",
    "process-start",
    "A service starts another process.",
    why="""\
What another process does is in no spec: it may write any store and speak to anybody, nobody
restarts it when it dies, and it lives on when its service is stopped.""",
    fix="""\
Make it a service of its own, or use a library in the service's process. Where a program has to be
run, suppress the finding with the reason why it does nothing that the spec would have to say.""",
    bad=(
        Sample(
            """\
import subprocess


def version() -> str:
    \"\"\"Asks git.\"\"\"
    return «subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True)».stdout.decode()
""",
            title="subprocess",
        ),
        Sample(
            """\
from subprocess import Popen as Work


class Trader:
    \"\"\"Under another name.\"\"\"

    def start(self) -> None:
        \"\"\"Starts it.\"\"\"
        self._work = «Work(["./trade"])»
""",
            title="under another name",
        ),
        Sample(
            """\
import asyncio


async def trade() -> None:
    \"\"\"By asyncio.\"\"\"
    process = await «asyncio.create_subprocess_exec("./trade")»
    await process.wait()
""",
            title="asyncio",
        ),
        Sample(
            """\
import os

run = os.system


def clean() -> None:
    \"\"\"An alias of a function.\"\"\"
    «run("rm -f *.tmp")»
""",
            title="an alias of os.system",
        ),
        Sample(
            """\
from concurrent.futures import ProcessPoolExecutor


def square(number: int) -> int:
    \"\"\"Squares.\"\"\"
    return number * number


def squares() -> list[int]:
    \"\"\"In other processes.\"\"\"
    with «ProcessPoolExecutor()» as pool:
        return list(pool.map(square, range(10)))
""",
            title="a pool of processes",
        ),
        Sample(
            """\
import multiprocessing as mp


def work() -> None:
    \"\"\"Works.\"\"\"


def start() -> None:
    \"\"\"By a context.\"\"\"
    «mp.get_context("spawn").Process(target=work)».start()
""",
            title="multiprocessing",
        ),
        Sample(
            """\
import os


def split() -> int:
    \"\"\"The oldest way; by getattr.\"\"\"
    return «getattr(os, "fork")()»
""",
            title="getattr with a constant",
        ),
        Sample(
            """\
import webbrowser

«webbrowser.open("https://rates.example/v1")»
""",
            title="a browser",
        ),
        Sample(
            """\
import asyncio
import subprocess


async def trade() -> None:
    \"\"\"In a thread.\"\"\"
    await «asyncio.to_thread(subprocess.run, ["./trade"])»
""",
            title="handed to a thread",
        ),
    ),
    good=(
        Sample(
            """\
from concurrent.futures import ThreadPoolExecutor

POOL = ThreadPoolExecutor(2)
""",
            title="a pool of threads",
        ),
        Sample(
            """\
import os

CORES = os.cpu_count()
NAME = os.environ.get("NAME", "")
""",
            title="other functions of os",
        ),
        Sample(
            """\
class Shell:
    \"\"\"Only has such methods.\"\"\"

    def run(self, line: str) -> str:
        \"\"\"Runs nothing.\"\"\"
        return line

    def system(self, line: str) -> str:
        \"\"\"Runs nothing.\"\"\"
        return line


LINE = Shell().run(Shell().system("ls"))
""",
            title="methods that only have such names",
        ),
        Sample(
            """\
from subprocess import CalledProcessError


def failed(error: Exception) -> bool:
    \"\"\"Only looks at an error.\"\"\"
    return isinstance(error, CalledProcessError)
""",
            title="another name of subprocess",
        ),
        Sample(
            """\
import multiprocessing

CORES = multiprocessing.cpu_count()
""",
            title="another function of multiprocessing",
        ),
        Sample(
            """\
import asyncio


async def main() -> None:
    \"\"\"A task is no process.\"\"\"
    await asyncio.create_task(asyncio.sleep(0))
""",
            title="a task",
        ),
    ),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each start of a process."""
    for found in view.of(ProcessStart):
        yield RULE.at(
            found.span,
            f"{view.service.name} starts a process with {found.via}",
            help="make it a service of its own in system.yaml, or do the work in this process",
            service=view.service.name,
        )
