"""check --fix and --accept-into-spec: what they change, what they leave, what they refuse."""

from __future__ import annotations

from dataclasses import replace
from difflib import ndiff
from typing import TYPE_CHECKING

import pytest

from torq_gen.cli._shared.accepting import ORDER
from torq_gen.diagnostics import Diagnostic, Severity, Span

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Lint, Project

TAKER = "services/taker/service.py"
OLDER = """\
system: {name: demo, package: demo_contracts}
domains:
  Market: {id: 1, types: [1, 19]}
services:
  feeder:
    id: 1
    produces:
      - {type: Quote, type_id: 16}  # the only one
    dependencies:
      redis: {keys: ["quote:{venue}"], authority: write_only}
  taker:
    id: 2
    consumes:
      - tlv_type: 16
        topic: market
"""


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests themselves may run under CI."""
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture
def handlers(project: Project, lint: Lint) -> Lint:
    """A subscription that came later than the service's code."""
    extra = "  Trade: {type: 18, fields: [{size: u64}]}\nreserved:"
    project.edit("schemas/market.yaml", "reserved:", extra)
    project.edit("system.yaml", "publishes: [Quote]", "publishes: [Quote, Trade]")
    project.edit("system.yaml", "subscribes: [Quote]", "subscribes: [Quote, Trade]")
    project.run("generate")
    lint.finds("TQ609", "missing-handler", TAKER, "Taker", service="taker", subject="Trade")
    return lint


def test_a_missing_handler_is_put_in(project: Project, handlers: Lint) -> None:
    old = project.files()[TAKER].decode()
    ran = project.run("check", "--fix")
    new = project.files()[TAKER].decode()
    added = [line[2:] for line in ndiff(old.splitlines(), new.splitlines()) if line[0] in "+-"]
    assert added == [
        "from demo_contracts.messages import Quote",
        "from demo_contracts.messages import Quote, Trade",
        "",
        "    async def on_trade(self, message: Trade, /) -> None:",
        "        raise NotImplementedError",
    ]
    assert ran.err == "fixed 1 finding in 1 file\n"
    assert len(handlers.asked) == 2, "what is shown is what is left"


def test_nothing_else_is_written_for_a_fix(project: Project, handlers: Lint) -> None:
    before = project.files()
    project.run("check", "--fix")
    after = project.files()
    assert {file for file in after if after[file] != before.get(file)} == {TAKER}


def test_a_diff_writes_nothing_and_is_exit_1_when_there_is_one(
    project: Project, handlers: Lint
) -> None:
    before = project.files()
    ran = project.run("check", "--diff")
    assert ran.code == 1
    assert ran.out.startswith(f"--- a/{TAKER}\n+++ b/{TAKER}\n@@")
    assert "+    async def on_trade(self, message: Trade, /) -> None:\n" in ran.out
    assert ran.out.endswith("\n1 file would change\n")
    assert project.files() == before
    assert project.run("check", "--fix", "--diff") == ran
    handlers.found.clear()
    assert project.run("check", "--diff") == (0, "0 files would change\n", "")


def test_what_cannot_be_fixed_is_said(project: Project, handlers: Lint) -> None:
    project.edit(TAKER, "import Quote\n", "import Quote\n\nTrade = 1\n")
    handlers.found.clear()
    handlers.finds("TQ609", "missing-handler", TAKER, "Taker(", service="taker", subject="Trade")
    handlers.found[0] = of_the_name(handlers.found[0])
    before = project.files()
    ran = project.run("check", "--fix")
    assert ran.err == (
        "fixed 0 findings in 0 files\n"
        f"{handlers.found[0].span}: not fixed: TQ609: Trade means something else in the file\n"
    )
    assert ran.code == 1
    shown = project.run("check", "--diff")
    assert shown == (0, "0 files would change\n", ran.err.partition("\n")[2])
    assert project.files() == before


def of_the_name(found: Diagnostic) -> Diagnostic:
    """The finding without the bracket after the name."""
    return replace(found, span=replace(found.span, end_column=found.span.end_column - 1))


SLIP = """
    async def on_trad(self, message: Trade, /) -> None:
        self.log.info("%s", message)
"""


def misspell(project: Project) -> None:
    """The taker handles trades, but for a letter."""
    old = project.files()[TAKER].decode().replace("import Quote", "import Quote, Trade")
    project.write(TAKER, f"{old.rstrip()}\n{SLIP}")


def test_a_handler_whose_name_has_a_slip_is_renamed(project: Project, handlers: Lint) -> None:
    misspell(project)
    before = project.files()[TAKER].decode()
    ran = project.run("check", "--fix")
    assert ran.err == "fixed 1 finding in 1 file\n"
    assert project.files()[TAKER].decode() == before.replace("on_trad(", "on_trade(")


def test_one_that_others_name_is_left_and_none_put_in_beside_it(
    project: Project, handlers: Lint
) -> None:
    misspell(project)
    project.write("tests/test_taker.py", "async def test(taker):\n    await taker.on_trad(1)\n")
    project.write("docs/taker.md", "It has on_trad.\n")
    before = project.files()
    ran = project.run("check", "--fix")
    assert (ran.code, ran.err) == (
        1,
        "fixed 0 findings in 0 files\n"
        f"{handlers.found[0].span}: not fixed: TQ609: on_trad may be meant, and "
        "tests/test_taker.py:2 names it, too: rename both, or write on_trade beside it\n",
    )
    assert project.files() == before
    (project.root / "tests/test_taker.py").unlink()
    assert project.run("check", "--fix").err == "fixed 1 finding in 1 file\n"


def test_a_file_in_another_encoding_keeps_it(project: Project, handlers: Lint) -> None:
    place = project.root / TAKER
    text = "# -*- coding: latin-1 -*-\r\n# é\r\n" + place.read_text().replace("\n", "\r\n")
    place.write_bytes(text.encode("latin-1"))
    handlers.found.clear()
    place_line = next(n for n, t in enumerate(text.split("\r\n"), 1) if "Taker(" in t)
    span = Span(TAKER, place_line, 7, place_line, 12)
    found = Diagnostic("TQ609", "missing-handler", Severity.ERROR, "m", span)
    handlers.found.append(replace(found, service="taker", subject="Trade"))
    assert project.run("check", "--fix").err == "fixed 1 finding in 1 file\n"
    changed = place.read_bytes()
    assert b"# \xe9\r\n" in changed
    assert changed.count(b"\n") == changed.count(b"\r\n")


def test_an_unused_suppression_is_taken_out(project: Project, lint: Lint) -> None:
    before = project.files()
    head = "class Taker(TakerBase):"
    project.edit(TAKER, head, f"{head}  # torq: ignore[TQ602] for now")
    project.edit("system.yaml", "id: 2", "id: 2  # torq: ignore[TQ146] for now")
    assert project.run("check").code == 1
    ran = project.run("check", "--fix")
    assert (ran.code, ran.err) == (0, "fixed 2 findings in 2 files\n")
    assert project.files() == before


def accept(project: Project, *arguments: str) -> list[str]:
    """What accepting changed in system.yaml."""
    old = (project.root / "system.yaml").read_text().splitlines()
    ran = project.run("check", "--accept-into-spec", *arguments)
    assert ran.code in (0, 1), ran.err
    new = (project.root / "system.yaml").read_text().splitlines()
    return [line for line in ndiff(old, new) if line[0] in "+-"]


def does(lint: Lint, rule: str, subject: str, service: str = "taker") -> None:
    lint.finds("TQ201", rule, TAKER, "Taker(", service=service, subject=subject)


def test_messages_are_added_to_what_a_service_declares(project: Project, lint: Lint) -> None:
    extra = "  Trade: {type: 18, fields: [{size: u64}]}\nreserved:"
    project.edit("schemas/market.yaml", "reserved:", extra)
    does(lint, "undeclared-publish", "Trade", "feeder")
    does(lint, "undeclared-topic-subscribe", "Trade")
    assert accept(project) == [
        "-     publishes: [Quote]",
        "+     publishes: [Quote, Trade]",
        "-     subscribes: [Quote]",
        "+     subscribes: [Quote, Trade]",
    ]


def test_a_service_that_declared_no_message_gets_the_words_of_today(
    project: Project, lint: Lint
) -> None:
    extra = "  Trade: {type: 18, fields: [{size: u64}]}\nreserved:"
    project.edit("schemas/market.yaml", "reserved:", extra)
    project.edit("system.yaml", "    publishes: []\n    subscribes: [Quote]\n", "")
    does(lint, "undeclared-publish", "Trade")
    does(lint, "undeclared-subscribe", "Quote")
    assert accept(project) == ["+     publishes: [Trade]", "+     subscribes: [Quote]"]


def test_stores_are_added_with_the_least_authority(project: Project, lint: Lint) -> None:
    does(lint, "undeclared-key", "read redis key quote:{venue}")
    does(lint, "undeclared-table", "write postgres table trades")
    does(lint, "undeclared-file", "read_write reports file reports/*.csv")
    does(lint, "undeclared-store", "read files file")
    assert accept(project) == [
        "+ stores:",
        "+   files: {kind: files}",
        "+   redis: {kind: redis}",
        "+   reports: {kind: reports}",
        "+   postgres: {kind: postgres}",
        "+     stores:",
        "+       files: {authority: read_only}",
        '+       redis: {keys: ["quote:{venue}"], authority: read_only}',
        '+       reports: {keys: ["reports/*.csv"], authority: read_write}',
        "+       postgres: {tables: [trades], authority: write_only}",
    ]
    lint.found.clear()
    does(lint, "undeclared-key", "write redis key limit")
    does(lint, "read-without-authority", "read postgres table trades")
    assert accept(project) == [
        '-       redis: {keys: ["quote:{venue}"], authority: read_only}',
        '+       redis: {keys: ["quote:{venue}", limit], authority: read_write}',
        "-       postgres: {tables: [trades], authority: write_only}",
        "+       postgres: {tables: [trades], authority: read_write}",
    ]


def test_externals_and_libraries_are_added(project: Project, lint: Lint) -> None:
    does(lint, "undeclared-external", "https://rates.example/v1/{}")
    does(lint, "undeclared-library", "httpx")
    assert accept(project) == [
        "+ externals:",
        '+   rates_example: {urls: ["https://rates.example/"], protocol: http}',
        "+     externals: [rates_example]",
        "+     libraries: [httpx]",
    ]
    lint.found.clear()
    does(lint, "undeclared-external", "https://rates.example/v2", "feeder")
    assert accept(project) == ["+     externals: [rates_example]"]
    lint.found.clear()
    does(lint, "undeclared-external", "https://rates.example/v3/{}?day=1", "feeder")
    assert accept(project) == [
        '-   rates_example: {urls: ["https://rates.example/"], protocol: http}',
        '+   rates_example: {urls: ["https://rates.example/", "https://rates.example/v3/"], '
        "protocol: http}",
    ]
    lint.found.clear()
    does(lint, "undeclared-external", "https://rates.example/v4/of-{}/day", "feeder")
    added = accept(project)[-1]
    assert added.removeprefix("+").strip() == '"https://rates.example/v4/"], protocol: http}'


def test_older_shapes_are_extended_in_their_own_words(project: Project, lint: Lint) -> None:
    project.write("system.yaml", OLDER)
    extra = "  Trade: {type: 18, fields: [{size: u64}]}\nreserved:"
    project.edit("schemas/market.yaml", "reserved:", extra)
    does(lint, "undeclared-publish", "Trade", "feeder")
    does(lint, "undeclared-subscribe", "Trade")
    does(lint, "undeclared-key", "read redis key trade:{id}", "feeder")
    does(lint, "undeclared-key", "read redis key trade:{id}")
    does(lint, "undeclared-external", "https://rates.example/v1", "feeder")
    assert accept(project) == [
        "+       - type: Trade",
        '-       redis: {keys: ["quote:{venue}"], authority: write_only}',
        '+       redis: {keys: ["quote:{venue}", "trade:{id}"], authority: read_write}',
        '+       rates_example: ["https://rates.example/v1"]',
        "+       - tlv_type: 18",
        "+     dependencies:",
        '+       redis: {keys: ["trade:{id}"], authority: read_only}',
    ]


def test_what_is_no_message_of_the_system_is_left(project: Project, lint: Lint) -> None:
    does(lint, "undeclared-publish", "Nothing")
    does(lint, "unprovable-publish", "Quote")
    assert accept(project) == []
    assert project.run("check", "--accept-into-spec").err == (
        "accepted 0 findings into system.yaml\n"
    )


def test_only_what_the_call_is_about_is_accepted(project: Project, lint: Lint) -> None:
    does(lint, "undeclared-library", "httpx")
    assert accept(project, "services/feeder") == []
    assert accept(project, "services/taker") == ["+     libraries: [httpx]"]


def test_a_spec_that_could_not_be_used_is_not_written(project: Project, lint: Lint) -> None:
    before = project.files()
    does(lint, "undeclared-publish", "Quote")
    ran = project.run("check", "--accept-into-spec")
    assert ran.code == 2
    assert "TQ148 self-subscription" in ran.err
    assert "nothing was accepted: with what the code does, system.yaml could not be used" in ran.err
    assert project.files() == before


def test_what_stands_behind_an_alias_is_not_edited(project: Project, lint: Lint) -> None:
    project.edit("system.yaml", "id: 1\n", "id: 1\n    libraries: &all [redis]\n")
    project.edit("system.yaml", "id: 2\n", "id: 2\n    libraries: *all\n")
    does(lint, "undeclared-library", "httpx")
    ran = project.run("check", "--accept-into-spec")
    assert ran.code == 2
    assert "services.taker.libraries is the alias *all" in ran.err


@pytest.mark.parametrize(("value", "code"), [("true", 2), ("1", 2), ("false", 1), ("", 1)])
def test_accepting_is_refused_under_ci(
    project: Project, lint: Lint, monkeypatch: pytest.MonkeyPatch, value: str, code: int
) -> None:
    monkeypatch.setenv("CI", value)
    does(lint, "undeclared-library", "httpx")
    before = project.files()
    assert project.run("check", "--accept-into-spec", "--diff").code == 1
    assert project.files() == before
    ran = project.run("check", "--accept-into-spec")
    assert ran.code == code
    if code == 2:
        assert ran.err == (
            "torq-gen check: error: --accept-into-spec is refused under CI: the environment "
            "variable CI is set\n"
            "  help: run it where a person looks at the change, and commit it\n"
        )
        assert project.files() == before


def test_both_at_once(project: Project, handlers: Lint) -> None:
    project.edit("system.yaml", "id: 2", "id: 2  # torq: ignore[TQ146] for now")
    does(handlers, "undeclared-library", "httpx")
    ran = project.run("check", "--fix", "--accept-into-spec")
    assert ran.err == ("fixed 2 findings in 2 files\naccepted 1 finding into system.yaml\n")
    text = project.files()["system.yaml"].decode()
    assert "torq: ignore" not in text
    assert "libraries: [httpx]" in text


def test_the_order_knows_every_key_of_a_service() -> None:
    from torq_gen.spec.structure import load_schema

    service = load_schema("system")["$defs"]["service"]["properties"]
    later = {"restart", "restart_policy", "max_restarts", "invariants", "authority"}
    assert set(service) - later <= set(ORDER)
