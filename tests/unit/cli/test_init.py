"""init: a whole project or none, asked for or told, and never over something that is there."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import mycelium
import torq_gen
from torq_gen import disk
from torq_gen.cli import main

API = """\
asyncapi: 3.0.0
info: {title: Order Service, version: 1.0.0}
servers: {here: {host: a, protocol: kafka}}
channels:
  orders:
    messages:
      Placed: {payload: {type: object, required: [n], properties: {n: {type: integer}}}}
operations:
  send: {action: send, channel: {$ref: '#/channels/orders'}}
"""
PROTO = 'syntax = "proto3"; message Placed { int64 n = 1; }'


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return Run(capsys)


class Run:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: str) -> Ran:
        code = main(["init", *arguments])
        return Ran(code, *self.capsys.readouterr())


def tree(folder: Path) -> dict[str, bytes]:
    """The files of a folder, but for the cache."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and ".torq_cache" not in p.parts
    }


def test_a_new_folder_has_everything_and_nothing_is_left_beside_it(
    run: Run, tmp_path: Path
) -> None:
    ran = run("shop", "--defaults")
    files = tree(tmp_path / "shop")
    assert ran == (
        0,
        f"{len(files)} files written to shop\n"
        "next:\n"
        "  cd shop\n"
        "  pip install -r requirements.txt\n"
        "  torq-gen check\n"
        "  pytest -q\n"
        "  torq-gen run --until-finished\n",
        "",
    )
    assert [p.name for p in tmp_path.iterdir()] == ["shop"]
    assert {
        *("system.yaml", "schemas/shop.yaml", ".pre-commit-config.yaml", "config/dev.toml"),
        *(".github/workflows/check.yml", "generated/.torq-manifest"),
        *("services/meter/service.py", "services/ledger/tests/test_service.py"),
    } <= set(files)


def test_it_generates_and_checks_without_a_finding(run: Run, tmp_path: Path) -> None:
    run("shop", "--defaults")
    root = str(tmp_path / "shop")
    assert main(["-C", root, "fmt", "--check"]) == 0
    assert main(["-C", root, "generate", "--check"]) == 0
    assert main(["-C", root, "check", "--strict"]) == 0
    assert "no findings" in run.capsys.readouterr().out


def test_flags_answer(run: Run, tmp_path: Path) -> None:
    given = ("--name", "tea", "--publisher", "till", "--subscriber", "books", "--ci", "none")
    assert run("here", *given, "--package", "tea_messages").code == 0
    files = tree(tmp_path / "here")
    assert b"system: {name: tea, package: tea_messages}" in files["system.yaml"]
    assert "services/till/service.py" in files
    assert not any(path.startswith(".github") for path in files)


def test_without_a_terminal_what_no_flag_says_is_an_error(run: Run, tmp_path: Path) -> None:
    ran = run("shop", "--name", "shop", "--ci", "none")
    assert ran.code == 2
    assert ran.err == (
        "torq-gen init: error: there is no terminal to ask at: --package, --publisher, "
        "--subscriber\n  help: give them, or --defaults\n"
    )
    assert list(tmp_path.iterdir()) == []


def services_of(project: Path) -> set[str]:
    """The names of the services whose code was written."""
    return {place.name for place in (project / "services").iterdir() if place.is_dir()}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_asked_and_a_wrong_answer_asked_again(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("My Shop\nshop\n\n\n\ngitlab\n"))
    ran = run("here")
    assert ran.code == 0
    assert ran.err.startswith("Name of the system [here]:   expected a service name in snake_case")
    assert "Generated package [shop_contracts]: " in ran.err
    assert (tmp_path / "here/.gitlab-ci.yml").is_file()


def test_two_services_of_one_name_are_asked_for_again(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("\n\nledger\nledger\n\n\n"))
    ran = run("here")
    assert ran.code == 0
    assert "[meter]:   expected two services, found ledger twice\nA service that sub" in ran.err
    assert services_of(tmp_path / "here") == {"ledger", "meter"}


@pytest.mark.parametrize(("flag", "name"), [("--publisher", "ledger"), ("--subscriber", "meter")])
def test_the_other_default_gives_way(run: Run, tmp_path: Path, flag: str, name: str) -> None:
    assert run("here", flag, name, "--defaults").code == 0
    assert services_of(tmp_path / "here") == {"ledger", "meter"}


def test_a_person_who_goes_away_leaves_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("shop\n"))
    ran = run("here")
    assert ran.code == 2
    assert "error: the questions were not answered" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_completed_and_its_files_stay(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert run("--name", "shop", "--defaults").code == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "system.yaml").is_file()


def test_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "services").write_text("a file where a folder belongs")
    before = tree(tmp_path)
    ran = run("--name", "shop", "--defaults")
    assert ran.code == 2
    assert "nothing was written, because these are there already: README.md, serv" in ran.err
    assert tree(tmp_path) == before


def test_a_project_is_refused(run: Run, tmp_path: Path) -> None:
    run("shop", "--defaults")
    before = tree(tmp_path)
    ran = run("shop", "--defaults")
    assert ran.err.startswith(
        "torq-gen init: error: shop: expected a folder without a project, found system.yaml in it\n"
    )
    assert tree(tmp_path) == before


@pytest.mark.parametrize("folder", ["new", "old"])
@pytest.mark.parametrize("writes", range(0, 40, 3))
def test_a_crash_at_any_write_leaves_no_project_and_the_next_run_completes_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, writes: int
) -> None:
    (tmp_path / "old").mkdir()
    left = [writes]

    def failing(place: Path, content: bytes) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        whole(place, content)

    whole = disk._write_new
    with monkeypatch.context() as patched:
        patched.setattr(disk, "_write_new", failing)
        crashed = run(folder, "--name", "shop", "--defaults")
    assert crashed.code == (2 if left[0] < 0 else 0)
    if crashed.code:
        assert not (tmp_path / "new").exists()
        assert tree(tmp_path / "old") == {}
        assert run(folder, "--name", "shop", "--defaults").code == 0
    assert main(["-C", folder, "check", "--strict"]) == 0


def test_a_kill_between_renames_is_no_project_and_the_same_call_completes_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old").mkdir()
    renamed: list[Path] = []
    rename = Path.replace

    def killed(self: Path, target: Path) -> Path:
        if len(renamed) == 5:
            os._exit(9)
        renamed.append(target)
        return rename(self, target)

    child = os.fork()
    if child == 0:
        monkeypatch.setattr(Path, "replace", killed)
        main(["init", "old", "--name", "shop", "--defaults"])
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert len(tree(tmp_path / "old")) > 0
    assert not (tmp_path / "old/system.yaml").exists()
    assert run("old", "--name", "shop", "--defaults").code == 0
    assert not [path for path in tree(tmp_path / "old") if path.endswith(".tmp")]
    assert main(["-C", "old", "check", "--strict"]) == 0


@pytest.mark.parametrize("folder", ["new", "old"])
def test_two_runs_at_once_make_one_project(tmp_path: Path, folder: str) -> None:
    (tmp_path / "old").mkdir()
    command = [sys.executable, "-m", "torq_gen", "init", folder, "--defaults", "--name"]
    paths = [str(Path(package.__path__[0]).parent) for package in (torq_gen, mycelium)]
    environment = {"PYTHONPATH": os.pathsep.join(paths), "PATH": os.defpath}
    runs = [
        subprocess.Popen([*command, name], cwd=tmp_path, env=environment, stderr=subprocess.PIPE)
        for name in ("tea", "salt")
    ]
    said = [run.communicate()[1].decode() for run in runs]
    assert sorted(run.returncode for run in runs) == [0, 2]
    assert "Traceback" not in "".join(said)
    winner = ("tea", "salt")[[run.returncode for run in runs].index(0)]
    assert f"name: {winner}, " in (tmp_path / folder / "system.yaml").read_text()
    assert main(["-C", str(tmp_path / folder), "check", "--strict"]) == 0


def test_from_asyncapi(run: Run, tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(API)
    ran = run("shop", "--from-asyncapi", "api.yaml", "--defaults")
    assert ran.code == 0
    what = "api.yaml: servers: left out: config/*.toml says where a system runs"
    assert f"1 thing not carried over (IMPORTED.md has them all):\n  {what}\n" in ran.out
    files = tree(tmp_path / "shop")
    assert f"- {what}\n" in files["IMPORTED.md"].decode()
    assert (
        b"system: {name: order_service, package: order_service_contracts}" in (files["system.yaml"])
    )
    assert not any(path.startswith("services/") for path in files)
    assert main(["-C", "shop", "check", "--strict"]) == 0


def test_from_proto(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("grpc_tools", reason="pip install 'torq-gen[proto]' brings protoc")
    (tmp_path / "api.proto").write_text(PROTO)
    assert run("shop", "--from-proto", "api.proto", "--name", "tea", "--defaults").code == 0
    files = tree(tmp_path / "shop")
    assert b"name: tea, package: tea_contracts" in files["system.yaml"]
    assert main(["-C", "shop", "check", "--strict"]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--name", "My Shop", "--defaults"], "--name: expected a service name in snake_case"),
        (["--ci", "x", "--defaults"], "--ci: expected one of github, gitlab, none, found 'x'"),
        (
            ["--publisher", "a", "--subscriber", "a", "--defaults"],
            "--subscriber: expected two services, found a twice",
        ),
        (["--from-asyncapi", "no.yaml"], "--from-asyncapi: expected a file, found nothing at no"),
        (["--proto-path", "x"], "--proto-path goes with --from-proto alone"),
        (
            ["--from-asyncapi", "api.yaml", "--publisher", "a"],
            "--publisher does not go with --from-asyncapi, which names the services",
        ),
        (["--from-asyncapi", "bad.yaml"], "bad.yaml: expected JSON or YAML: "),
        (["--from-asyncapi", "deep.json"], "deep.json: nested too deep to be read"),
        (["--from-asyncapi", "api.yaml", "--from-proto", "a"], "argument --from-proto: not allow"),
    ],
)
def test_a_wrong_call_is_one_line_and_writes_nothing(
    run: Run, tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "api.yaml").write_text(API)
    (tmp_path / "bad.yaml").write_text("a: [")
    payload = '{"type": "object", "properties": {"a": ' * 2000 + "{}" + "}}" * 2000
    (tmp_path / "deep.json").write_text(
        API.replace("{type: object, required: [n], properties: {n: {type: integer}}}", payload)
    )
    ran = run("shop", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"torq-gen init: error: {message}")
    assert not (tmp_path / "shop").exists()


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("file", "file: expected a folder, found a file"),
        ("file/below", "file: expected a folder, found a file"),
        ("broken", "broken: expected a folder, found a symbolic link to nothing"),
    ],
)
def test_what_is_no_folder_is_said(run: Run, tmp_path: Path, folder: str, message: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "broken").symlink_to("nowhere")
    ran = run(folder, "--defaults")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"torq-gen init: error: {message}\n"


def test_the_next_steps_can_be_pasted(run: Run) -> None:
    assert "\n  cd 'my shop'\n" in run("my shop", "--defaults").out
