"""Settings are known by their names: of environment variables, and of keys in files of settings."""

from __future__ import annotations

import pytest

from tests.unit.lint.brokers.analysed import facts, published
from torq_gen.lint.facts.model import FileAccess, Known, Publish

HEAD = """\
import configparser
import os
import tomllib
from dataclasses import dataclass

import toml
import tomli
import yaml
from aiokafka import AIOKafkaProducer
from omegaconf import OmegaConf
from pydantic import BaseModel
from ruamel.yaml import YAML

P = AIOKafkaProducer()
FILE = open("shop.yaml", "rb")
"""


def sent(topic: str, code: str = "") -> list[str]:
    """Where a program publishes whose topic is this expression."""
    return published(f"{HEAD}{code}\nP.send({topic}, b'')\n")


@pytest.mark.parametrize(
    "read",
    [
        "yaml.safe_load(FILE)",
        "yaml.full_load(FILE)",
        "yaml.load(FILE, Loader=yaml.SafeLoader)",
        "yaml.load(FILE, yaml.CSafeLoader)",
        "tomllib.load(FILE)",
        "tomli.load(FILE)",
        'toml.load("shop.toml")',
        'YAML(typ="safe").load(FILE)',
        'OmegaConf.load("shop.yaml")',
        'OmegaConf.to_container(OmegaConf.load("shop.yaml"), resolve=True)',
        'OmegaConf.merge(OmegaConf.load("a.yaml"), OmegaConf.load("b.yaml"))',
    ],
)
def test_what_stands_in_a_file_is_known_by_the_keys_that_lead_to_it(read: str) -> None:
    assert sent(f'{read}["kafka"]["topic"]') == ["{kafka.topic}"]
    assert sent(f'{read}.get("kafka").get("topic", "orders")') == ["{kafka.topic}"]


@pytest.mark.parametrize(
    "topic",
    [
        'C["kafka"]["topic"]',
        'C.get("kafka", "topic")',
        'C.get("kafka", "topic", fallback="orders")',
        'C["kafka"].get("topic", "orders")',
    ],
)
def test_an_option_is_known_by_its_section_and_its_name(topic: str) -> None:
    code = 'C = configparser.ConfigParser()\nC.read("shop.ini")'
    assert sent(topic, code) == ["{kafka.topic}"]


def test_a_setting_may_be_a_part_of_a_topic() -> None:
    assert sent('f"{yaml.safe_load(FILE)["shop"]}.orders"'.replace('"shop"', "'shop'")) == [
        "{shop}.orders"
    ]


def test_what_a_template_makes_is_known_by_the_setting_that_it_is() -> None:
    assert sent('os.environ["TARGET"].format(shop=1)') == ["{TARGET}"]


@pytest.mark.parametrize(
    ("topics", "found"),
    [
        ('yaml.safe_load(FILE)["topics"]', "{topics.*}"),
        ('yaml.safe_load(FILE)["topics"].values()', "{topics.*}"),
        ('[name for _, name in yaml.safe_load(FILE)["topics"].items()]', "{topics.*}"),
        ('os.environ["TOPICS"].split(",")', "{TOPICS.*}"),
        ('[shop["topic"] for shop in yaml.safe_load(FILE)["shops"]]', "{shops.*.topic}"),
    ],
)
def test_one_of_several_is_known_by_what_holds_them(topics: str, found: str) -> None:
    assert sent("name", f"for name in {topics}:\n    pass") == [found]


@pytest.mark.parametrize(
    ("put", "topic"),
    [
        ('C["kafka"]["topic"] = "own"', 'C["kafka"]["topic"]'),
        ('K = C["kafka"]\nK["topic"] = "own"', 'C["kafka"].get("topic")'),
        ('C["kafka"].update(topic="own")', 'C["kafka"]["topic"]'),
        ('C["kafka"].update({"topic": "own"})', 'C["kafka"].get("topic")'),
    ],
)
def test_what_the_code_puts_into_a_table_of_settings_may_be_read_there(
    put: str, topic: str
) -> None:
    assert sent(topic, f"C = yaml.safe_load(FILE)\n{put}") == ["{kafka.topic}", "own"]


def test_what_the_code_puts_into_another_table_is_not() -> None:
    code = 'C = yaml.safe_load(FILE)\nC["nats"]["topic"] = "own"'
    assert sent('C["kafka"]["topic"]', code) == ["{kafka.topic}"]


@pytest.mark.parametrize("put", ['append("own")', 'insert(0, "own")', 'extend(["own"])'])
def test_what_the_code_puts_into_a_list_of_settings_may_be_read_there(put: str) -> None:
    code = f'C = yaml.safe_load(FILE)\nC["topics"].{put}\nfor name in C["topics"]:\n    pass'
    assert sent("name", code) == ["{topics.*}", "own"]


def test_a_default_of_another_setting_is_a_hint_as_well() -> None:
    topic = 'os.getenv("TOPIC", yaml.safe_load(FILE)["topic"])'
    assert sent(topic) == ["{TOPIC}"]


def test_settings_with_defaults_are_either() -> None:
    code = """\
DEFAULTS = {"kafka": {"topic": "orders"}}
if os.path.exists("shop.yaml"):
    SETTINGS = yaml.safe_load(FILE)
else:
    SETTINGS = DEFAULTS
"""
    assert sent('SETTINGS["kafka"]["topic"]', code) == ["{kafka.topic}", "orders"]


@pytest.mark.parametrize(
    "decorated",
    [
        "@dataclass\nclass Kafka:\n    topic: str\n",
        "class Kafka(BaseModel):\n    topic: str\n",
        "class Kafka:\n    def __init__(self, topic: str):\n        self.topic = topic\n",
        "class Kafka:\n    def __init__(self, **stated):\n        self.topic = stated['topic']\n",
    ],
    ids=["dataclass", "pydantic", "own", "collected"],
)
def test_a_table_fills_the_fields_of_its_names(decorated: str) -> None:
    topic = 'Kafka(**yaml.safe_load(FILE)["kafka"]).topic'
    found = ["{kafka.*}"] if "stated" in decorated else ["{kafka.topic}"]
    assert sent(topic, decorated) == found


def test_a_whole_file_fills_fields_as_well() -> None:
    code = "@dataclass\nclass Shop:\n    topic: str\n"
    assert sent("Shop(**tomllib.load(FILE)).topic", code) == ["{topic}"]


@pytest.mark.parametrize(
    "read",
    ["yaml.safe_load(P.text)", "json.load(FILE)", "yaml.safe_load(os.read(0, 10))",
     "yaml.load(FILE, Loader=yaml.UnsafeLoader)", "tomllib.loads(P.text)"],
)  # fmt: skip
def test_what_is_no_file_of_settings_for_certain_is_not_known(read: str) -> None:
    assert "{" not in "".join(sent(f'{read}["topic"]', "import json"))


def test_a_name_that_leads_on_and_on_comes_to_an_end() -> None:
    code = 'NODE = yaml.safe_load(FILE)\nwhile NODE["next"]:\n    NODE = NODE["next"]\n'
    assert sent('NODE["topic"]', code)


@pytest.mark.parametrize(
    ("reading", "path"),
    [
        ('configparser.ConfigParser().read("a.ini")', "a.ini"),
        ('configparser.ConfigParser().read(["b.ini", "a.ini"])', "a.ini"),
        ('toml.load("a.toml")', "a.toml"),
        ('OmegaConf.load("a.yaml")', "a.yaml"),
        ('YAML().load("a.yaml")', "a.yaml"),
    ],
)
def test_the_file_is_read(reading: str, path: str) -> None:
    found = [one for one in facts(f"{HEAD}{reading}\n").facts if isinstance(one, FileAccess)]
    assert path in [str(one.path) for one in found]


def test_what_the_code_puts_beside_what_is_read_is_known_too() -> None:
    code = 'C = tomllib.load(FILE)\nC["topic"] = "orders"\n'
    assert sent('C["topic"]', code) == ["{topic}", "orders"]


@pytest.mark.parametrize(
    "put",
    [
        'C["act"] = self.act',
        "C.update(act=self.act)",
        'C["table"]["act"] = self.act',
        'C["table"].update({"act": self.act})',
        'C["list"].append(self.act)',
        'C.setdefault("act", self.act)',
    ],
)
def test_what_acts_is_followed_into_settings(put: str) -> None:
    assert acted(f"C = yaml.safe_load(FILE)\n        {put}")


@pytest.mark.parametrize(
    "got",
    [
        'os.getenv("NAME", self.act)',
        'os.environ.get("NAME", self.act)',
        'self.settings.get("name", self.act)',
        'yaml.safe_load(FILE).get("name", default=self.act)',
    ],
)
def test_a_default_that_acts_is_more_than_a_hint(got: str) -> None:
    assert acted(f"{got}()")


def acted(line: str) -> bool:
    """Whether a method of a service that publishes is found to run."""
    code = f"""\
{HEAD}
from shop_contracts.messages import Alert
from shop_contracts.services import TraderBase

class Trader(TraderBase):
    def act(self):
        self.publish(Alert.create(text="x"))

    def on_start(self):
        {line}
"""
    found = [one.what for one in facts(code).facts if isinstance(one, Publish)]
    return found == [Known("Alert")]


@pytest.mark.parametrize(
    "held",
    [
        "dict(os.environ)",
        "{**os.environ}",
        "collections.ChainMap({}, os.environ)",
    ],
)
def test_a_copy_of_the_environment_holds_texts(held: str) -> None:
    found = sent(f'{held}["TOPIC"]', "import collections")
    assert found == ["? its text is only known when the program runs"]


@pytest.mark.parametrize(
    "read",
    [
        'memoryview("orders".encode()).tobytes()',
        'bytearray("orders".encode()).copy()',
    ],
)
def test_what_bytes_that_change_give_is_not_known(read: str) -> None:
    assert sent(read) == ["? its text is only known when the program runs"]
