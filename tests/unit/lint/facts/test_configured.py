"""Fields of settings classes are settings: the variable that fills them is what is known."""

from __future__ import annotations

import pytest

from tests.unit.lint.brokers.analysed import published

HEAD = """\
from aiokafka import AIOKafkaProducer
from pydantic import AliasChoices, BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

P = AIOKafkaProducer()
"""


def sent(body: str, topic: str = "Settings().topic", base: str = "BaseSettings") -> list[str]:
    """Where a program publishes that has settings with this body."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return published(f"{HEAD}class Settings({base}):\n{lines}\nP.send({topic}, b'')\n")


@pytest.mark.parametrize(
    ("body", "variable"),
    [
        ("topic: str", "TOPIC"),
        ('topic: str = "orders"', "TOPIC"),
        ('topic: str = Field("orders")', "TOPIC"),
        ('topic: str = Field(default="orders", alias="ORDERS")', "ORDERS"),
        ('topic: str = Field("orders", validation_alias="Orders")', "Orders"),
        ('topic: str = Field(validation_alias=AliasChoices("A", "B"))', "A"),
        ('model_config = SettingsConfigDict(env_prefix="shop_")\ntopic: str', "SHOP_TOPIC"),
        ('model_config = {"env_prefix": "shop_"}\ntopic: str', "SHOP_TOPIC"),
        ('topic: str\nclass Config:\n    env_prefix = "shop_"', "SHOP_TOPIC"),
        ('model_config = SettingsConfigDict(env_prefix="shop_")\n'
         'topic: str = Field("orders", alias="ORDERS")', "ORDERS"),
    ],
)  # fmt: skip
def test_a_text_is_what_its_variable_holds_and_its_default_a_hint(body: str, variable: str) -> None:
    assert sent(body) == [f"{{{variable}}}"]


@pytest.mark.parametrize(
    "stated", ["prefix = PREFIX", "prefix = PREFIX + ''"], ids=["variable", "computed"]
)
def test_a_prefix_may_stand_in_a_variable_of_the_module(stated: str) -> None:
    config = f"model_config = SettingsConfigDict(env_{stated.replace(' = ', '=')})"
    code = (
        f'{HEAD}PREFIX = "shop_"\n\nclass Settings(BaseSettings):\n    {config}\n'
        '    topic: str = "orders"\n\nP.send(Settings().topic, b"")\n'
    )
    expected = "{SHOP_TOPIC}" if stated.endswith("X") else "{TOPIC}"
    assert published(code) == [expected]


def test_a_prefix_is_inherited_and_may_be_another_one_in_a_derived_class() -> None:
    base = 'model_config = SettingsConfigDict(env_prefix="base_")\ntopic: str = "orders"\n'
    for more, variable in (
        ("pass", "BASE_TOPIC"),
        ('model_config = {"env_prefix": "own_"}', "OWN_TOPIC"),
    ):
        derived = f"{base}\n\nclass Own(Settings):\n    {more}\n".splitlines()
        body = "".join(
            f"    {line}\n" if at < 2 else f"{line}\n" for at, line in enumerate(derived)
        )
        code = f"{HEAD}class Settings(BaseSettings):\n{body}\nP.send(Own().topic, b'')\n"
        assert published(code) == [f"{{{variable}}}"]


def test_a_model_in_settings_is_filled_from_variables_too() -> None:
    nested = """\
class Topics(BaseModel):
    orders: str = "orders"


class Kafka(BaseModel):
    topics: Topics = Topics()


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="shop_", env_nested_delimiter="__")
    kafka: Kafka = Kafka()


P.send(Settings().kafka.topics.orders, b"")
"""
    assert published(HEAD + nested) == ["{SHOP_KAFKA__TOPICS__ORDERS}"]


def test_a_text_that_the_program_gives_counts_besides() -> None:
    assert sent('topic: str = "orders"', 'Settings(topic="bids").topic') == ["{TOPIC}", "bids"]


def test_an_ordinary_model_keeps_its_default() -> None:
    assert sent('topic: str = "orders"', base="BaseModel") == ["orders"]


def test_what_is_no_field_is_no_setting() -> None:
    body = 'TOPIC = "orders"\n\n@property\ndef topic(self):\n    return self.TOPIC'
    assert sent(body) == ["orders"]
