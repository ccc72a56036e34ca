"""TQ304: a service accesses a file that matches none of its declared patterns."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.rules._outside_store import findings
from torq_gen.lint.samples import SYSTEM
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule, Sample

_DEEP = {"system.yaml": SYSTEM.replace('"reports/*.csv"', '"/var/shop/**", "{ledger}.json"')}

RULE = Rule(
    "TQ304",
    "undeclared-file",
    "A service accesses a file that matches none of its declared patterns.",
    why="""\
A file that several services know is a message without a schema: no version, no order, nobody who
owns it. And a service that writes where nobody expects it cannot be moved or restored.""",
    fix="""\
Add the pattern to the `keys` of the service's store of kind `files` (`--accept-into-spec`), write
to a declared place, or publish what the other service needs.

`*` stands for any text within one folder, `**` across folders, `{name}` for one piece of a name. A
pattern that does not begin with `/` matches the end of a path, below any folder. A pattern that is
`{name}` alone stands for the path that the setting or environment variable of that name holds.""",
    bad=(
        Sample(
            """\
def note(text: str) -> None:
    \"\"\"Somewhere else.\"\"\"
    with open(«"notes.txt"», "a") as file:
        file.write(text)
""",
            title="another file",
        ),
        Sample(
            """\
from pathlib import Path

REPORTS = Path("reports")


def report(day: str, text: str) -> None:
    \"\"\"The folder is right, the suffix is not.\"\"\"
    «(REPORTS / f"{day}.json").write_text(text)»
""",
            title="another suffix",
        ),
        Sample(
            """\
import os


def report(root: str, day: str, text: str) -> None:
    \"\"\"A folder too deep.\"\"\"
    path = os.path.join(root, "reports", "daily", f"{day}.csv")
    with open(«path», "w") as file:
        file.write(text)
""",
            title="a folder more than the pattern has",
        ),
        Sample(
            """\
import shutil


def keep() -> None:
    \"\"\"Copies to a place that is not declared.\"\"\"
    shutil.copyfile("services/trader/empty.csv", «"backup/empty.csv"»)
""",
            title="the target of a copy",
        ),
        Sample(
            """\
import asyncio
from pathlib import Path


async def report(text: str) -> None:
    \"\"\"In a thread.\"\"\"
    write = Path("summary.txt").write_text
    await «asyncio.to_thread(write, text)»
""",
            title="a method that is called in a thread",
        ),
        Sample(
            """\
import os


def save(text: str) -> None:
    \"\"\"Where a setting says that nobody declares.\"\"\"
    with open(«os.environ["SHOP_LEDGER"]», "w") as file:
        file.write(text)
""",
            title="a setting that is not declared",
        ),
        Sample(
            """\
from pathlib import Path


def clean() -> None:
    \"\"\"To delete is to write.\"\"\"
    lock = Path("/var/shop/lock")
    «lock.unlink(missing_ok=True)»
""",
            title="a file that is deleted",
        ),
    ),
    good=(
        Sample(
            """\
def report(day: str, text: str) -> None:
    \"\"\"A declared name.\"\"\"
    with open(f"reports/{day}.csv", "w") as file:
        file.write(text)
""",
            title="a declared pattern",
        ),
        Sample(
            """\
import os
from pathlib import Path


def report(day: str, text: str) -> None:
    \"\"\"Below any folder.\"\"\"
    root = Path(os.environ["SHOP_DATA"])
    (root / "reports" / f"{day}.csv").write_text(text)
""",
            title="below a folder that is a setting",
        ),
        Sample(
            """\
import os
from pathlib import Path


def save(text: str) -> None:
    \"\"\"Where the setting says.\"\"\"
    Path(os.environ["SHOP_LEDGER"]).write_text(text)
""",
            title="a declared setting",
            files={"system.yaml": SYSTEM.replace('"reports/*.csv"', '"{SHOP_LEDGER}"')},
        ),
        Sample(
            """\
from pathlib import Path

TEXT = Path(__file__).with_name("help.txt").read_text()
""",
            title="the service's own data",
        ),
        Sample(
            """\
import tempfile


def sort(rows: list[str]) -> str:
    \"\"\"Nobody else looks there.\"\"\"
    with tempfile.TemporaryFile("w+") as file:
        file.writelines(sorted(rows))
        file.seek(0)
        return file.read()
""",
            title="a temporary file",
        ),
        Sample(
            """\
from pathlib import Path


def keep(day: str, venue: str) -> None:
    \"\"\"Any depth, and a piece of a name.\"\"\"
    Path(f"/var/shop/{day}/{venue}.bin").write_bytes(b"")
    Path("data/book.json").write_bytes(b"")
""",
            title="** and {name}",
            files=_DEEP,
        ),
        Sample(
            """\
import io


def render(rows: list[str]) -> str:
    \"\"\"No file at all.\"\"\"
    text = io.StringIO()
    text.write("secrets.txt")
    text.writelines(rows)
    return text.getvalue()
""",
            title="a file in memory",
        ),
    ),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each file outside of all declared patterns."""
    yield from findings(RULE, view, "file")
