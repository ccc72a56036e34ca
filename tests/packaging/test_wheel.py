"""What is published holds everything that it needs, and works in an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from tests.packaging.pages import play

ROOT = Path(__file__).parents[2]
FEEDER = """\
from torq_contracts.messages import Quote
from torq_contracts.services import FeederBase


class Feeder(FeederBase):
    async def on_start(self) -> None:
        await self.publish(Quote(venue=1))
"""
SYSTEM = "services:\n  feeder: {id: 1, publishes: [Quote], subscribes: []}\n"
SCHEMA = "domain: MarketData\nmessages:\n  Quote: {type: 16, fields: [{venue: u16}]}\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


def sources(*suffixes: str) -> set[str]:
    """The packages' files with these suffixes, as they stand in a wheel."""
    found = set()
    for folder in (ROOT / "generator", ROOT / "runtime"):
        for path in folder.rglob("*"):
            if path.is_file() and (path.suffix in suffixes or path.name == "py.typed"):
                found.add(path.relative_to(folder).as_posix())
    return found


def test_the_wheel_has_code_templates_schemas_and_types(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = next(n for n in names if n.endswith("/entry_points.txt"))
        scripts = archive.read(metadata).decode()
    expected = sources(".py", ".j2", ".json")
    assert {"torq_gen/py.typed", "mycelium/py.typed"} <= expected
    assert any(name.endswith(".schema.json") for name in expected)
    assert expected <= names
    assert {n.split("/")[0] for n in names if "dist-info" not in n} == {"torq_gen", "mycelium"}
    assert any(n.endswith("/licenses/LICENSE") for n in names)
    assert "torq-gen = torq_gen.cli:main" in scripts
    assert "validate_system_yaml = torq_gen.cli:validate_system_yaml" in scripts


def test_the_source_distribution_is_enough_to_build_from(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        names = {name.split("/", 1)[1] for name in file.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE"} <= names
    expected = sources(".py", ".j2", ".json")
    assert expected <= {n.removeprefix("generator/").removeprefix("runtime/") for n in names}


@pytest.fixture(scope="module", params=["*.whl", "*.tar.gz"], ids=["wheel", "sdist"])
def home(
    built: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Path:
    """A bare virtual environment, outside of this repository, with what is published."""
    (published,) = built.glob(request.param)
    home = tmp_path_factory.mktemp("home") / "venv"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["test"], "hatchling"]
    pip = [str(python), "-m", "pip", "install", "--quiet"]
    if subprocess.run([*pip, *needed], capture_output=True).returncode:
        pytest.skip("no package registry: PIP_INDEX_URL=<registry> ./scripts/manage.sh test")
    own = [*pip, "--no-index", "--no-build-isolation", f"{published}[test]"]
    subprocess.run(own, check=True, capture_output=True)
    return home


@pytest.mark.slow
def test_a_project_of_ones_own_works_in_a_bare_environment(home: Path, tmp_path: Path) -> None:

    (tmp_path / "demo/schemas").mkdir(parents=True)
    (tmp_path / "demo/system.yaml").write_text(SYSTEM)
    (tmp_path / "demo/schemas/market.yaml").write_text(SCHEMA)
    (tmp_path / "demo/pyproject.toml").write_text(
        '[tool.pytest.ini_options]\npythonpath = [".", "generated/python"]\n'
    )

    def run(*command: str) -> None:
        ran = subprocess.run(
            [home / "bin" / command[0], *command[1:]],
            cwd=tmp_path / "demo",
            capture_output=True,
            text=True,
            env={"PATH": "/usr/bin:/bin"},
        )
        assert ran.returncode == 0, (command, ran.stdout, ran.stderr)

    run("torq-gen", "generate")
    run("torq-gen", "generate", "--check")
    (tmp_path / "demo/services/feeder/service.py").write_text(FEEDER)
    run("validate_system_yaml")
    run("torq-gen", "tlv", "Quote")
    run("pytest", "-q", "generated/contract_tests")


@pytest.mark.slow
def test_the_tutorial_works_in_a_bare_environment(home: Path, tmp_path: Path) -> None:
    """A new project generates, checks, tests and runs with nothing but what is published."""
    play("docs/tutorial.md", tmp_path, f"{home}/bin:/usr/bin:/bin")
