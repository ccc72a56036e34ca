"""What the page about testing shows can be run as it stands."""

from __future__ import annotations

import asyncio  # noqa: F401 - else pytester forgets it, and it cannot be imported twice
import re
from pathlib import Path

import pytest

from mycelium.testing.budgets import KINDS, duration

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/testing.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SETTINGS = re.findall(r"^\[tool\.pytest\.ini_options\]\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
FIXTURES = """
import pytest
from mycelium.recording import RecordingWriter
from services.signal_relay.tests.test_service import SIGNAL

@pytest.fixture
def signal():
    return SIGNAL

@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "day.torq"
    with RecordingWriter(path) as writer:
        writer.append(SIGNAL.to_frame(source=2, sequence=1, timestamp=10**18))
    return path
"""

pytest_plugins = ["pytester"]


@pytest.mark.parametrize(("text", "outcome"), [*zip(EXAMPLES, ("passed", "failed"), strict=True)])
def test_an_example_runs(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, text: str, outcome: str
) -> None:
    """The second one compares with a recording, which here lacks what the relay published."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.syspath_prepend(str(ROOT))
    pytester.makeconftest((ROOT / "conftest.py").read_text("utf-8") + FIXTURES)
    pytester.makepyfile(test_example=text)
    pytester.makepyprojecttoml(
        f"[tool.pytest.ini_options]\naddopts = ['--strict-config']\n{SETTINGS[0]}"
    )
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(**{outcome: 1})
    if outcome == "failed":
        result.stdout.fnmatch_lines(["*message 1 is not what was recorded (0 recorded, 1 publ*"])


def test_the_page_states_the_kinds_and_their_budgets() -> None:
    found = re.findall(r"^\| `(\w+)` \| .* \| (\d+ m?s) \|$", PAGE, re.MULTILINE)
    assert found == [(kind.name, duration(kind.budget)) for kind in KINDS.values()]
