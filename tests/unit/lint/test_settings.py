"""[tool.torq-gen]: read whole, or refused with the place and the nearest word."""

from __future__ import annotations

import pytest

from torq_gen.lint.settings import LintSettings, SettingsError, mentions, parse

TEXT = """\
[project]
name = "shop"

[tool.torq-gen]
select = ["flow", "TQ501"]
ignore = ["TQ204"]
source-roots = ["src"]
exclude = ["services/*/vendored/**"]
baseline = "torq-baseline.json"

[tool.torq-gen.severity]
TQ203 = "warning"
unheard-publication = "off"

[tool.torq-gen.bus.publish]
"shop.bus:Bus.send" = {topic = 0}
"""


def test_every_key_is_read() -> None:
    assert parse(TEXT) == LintSettings(
        severity={"TQ203": "warning", "unheard-publication": "off"},
        select=("flow", "TQ501"),
        ignore=("TQ204",),
        source_roots=("src",),
        exclude=("services/*/vendored/**",),
        baseline="torq-baseline.json",
        bus={"publish": {"shop.bus:Bus.send": {"topic": 0}}},
    )


@pytest.mark.parametrize("text", ["", "[tool.black]\nx = 1\n", "[tool]\n"])
def test_without_the_table_the_settings_are_the_default_ones(text: str) -> None:
    assert parse(text) == LintSettings()


@pytest.mark.parametrize(
    ("text", "message", "help"),
    [
        (
            TEXT.replace("ignore", "ingore"),
            "pyproject.toml:6: unknown key 'ingore' in [tool.torq-gen]",
            "did you mean 'ignore'?",
        ),
        (
            "[tool.torq-gen]\nfoo = 1\n",
            "pyproject.toml:2: unknown key 'foo' in [tool.torq-gen]",
            "keys: severity, select, ignore, source-roots, exclude, baseline, bus",
        ),
        (
            "[tool.torq-gen.buss]\nfoo = 1\n",
            "pyproject.toml:1: unknown key 'buss' in [tool.torq-gen]",
            "did you mean 'bus'?",
        ),
        (
            TEXT.replace('"warning"', '"warn"'),
            "pyproject.toml:12: expected error, warning or off for 'TQ203', found \"warn\"",
            "did you mean 'warning'?",
        ),
        (
            "[tool.torq-gen]\nselect = 'flow'\n",
            "pyproject.toml:2: expected a list of texts for 'select', found \"flow\"",
            "",
        ),
        (
            "[tool.torq-gen]\nselect = [1]\n",
            "pyproject.toml:2: expected a list of texts for 'select', "
            "found a list that holds something else",
            "",
        ),
        (
            "[tool.torq-gen]\nexclude = ['../x']\n",
            "pyproject.toml:2: expected a path inside the project for 'exclude', found \"../x\"",
            "",
        ),
        (
            "[tool.torq-gen]\nbaseline = true\n",
            "pyproject.toml:2: expected a path inside the project for 'baseline', found true",
            "",
        ),
        (
            "[tool]\ntorq-gen = 3\n",
            "pyproject.toml:1: expected a table [tool.torq-gen], found 3",
            "",
        ),
        (
            "[tool.torq-gen]\nbus = []\n",
            "pyproject.toml:2: expected a table [tool.torq-gen.bus], found a list",
            "",
        ),
        (
            TEXT.replace("topic", "topik"),
            "pyproject.toml:16: unknown key 'topik' for \"shop.bus:Bus.send\" "
            "in [tool.torq-gen.bus.publish]",
            "did you mean 'topic'?",
        ),
        (
            TEXT.replace("bus.publish", "bus.publsh"),
            "pyproject.toml:15: unknown key 'publsh' in [tool.torq-gen.bus]",
            "did you mean 'publish'?",
        ),
        ("[tool\n", "pyproject.toml:1: expected TOML: Expected ']' at the end of a table", None),
    ],
)
def test_what_cannot_be_used_is_refused(text: str, message: str, help: str | None) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(text)
    assert str(caught.value).startswith(message)
    assert help is None or (str(caught.value), caught.value.help) == (message, help)


@pytest.mark.parametrize(
    ("text", "may"),
    [
        (TEXT, True),
        ('["tool"."torq-gen"]\n', True),
        ("[tool]\ntorq-gen.select = []\n", True),
        ("tool = {}\n", True),
        ("tool.torq-gen.select = []\n", True),
        ("[tool.torq-gen.bus]\n", True),
        ("[tool.ruff]\n[project]\nname = 'torq-gen'\n# [tool.torq-gen]\n", False),
    ],
)
def test_most_files_need_not_be_parsed(text: str, may: bool) -> None:
    assert mentions(text.encode()) is may
