"""Where log records go: handlers, and configurations of them."""

from __future__ import annotations

import pytest

from tests.unit.lint.libraries.outside_calls import destinations, touched
from tests.unit.lint.stores.analysed import bypasses, facts
from torq_gen.lint.facts.model import Import

HEAD = "import json\nimport logging.config\nimport logging.handlers\n"
UNTOLD = "(the handlers of the logging configuration are known to the running program alone)"


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        ("SysLogHandler()", ["localhost:514"]),
        ('SysLogHandler(address=("logs.example", 514))', ["logs.example:514"]),
        ('SMTPHandler("mail.example", "a", ["b"], "c")', ["mail.example"]),
        ('SMTPHandler(("mail.example", 25), "a", ["b"], "c")', ["mail.example:25"]),
        ('HTTPHandler("logs.example:80", "/x")', ["logs.example:80"]),
        ('SocketHandler("logs.example", 9020)', ["logs.example:9020"]),
        ('DatagramHandler("logs.example", 9020)', ["logs.example:9020"]),
        ("MemoryHandler(10)", []),
    ],
)
def test_a_handler_sends_to_a_host(handler: str, expected: list[str]) -> None:
    assert destinations(facts(f"{HEAD}logging.handlers.{handler}")) == expected


def test_a_handler_of_the_project_s_own() -> None:
    code = """
class Far(logging.handlers.SocketHandler):
    def __init__(self) -> None:
        super().__init__("logs.example", 1)
Far()
"""
    assert destinations(facts(HEAD + code)) == ["logs.example:1"]


def test_the_local_log_and_the_listener_go_around_the_bus() -> None:
    assert bypasses(f'{HEAD}logging.handlers.SysLogHandler("/dev/log")') == ["a Unix socket"]
    assert bypasses(f"{HEAD}logging.config.listen(1)") == ["a listening socket"]


CONFIGURED = """
logging.config.dictConfig({
    "version": 1,
    "handlers": {
        "shown": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"},
        "kept": {"class": "logging.handlers.RotatingFileHandler", "filename": "kept.log"},
        "sent": {"class": "logging.handlers.SysLogHandler", "address": ["logs.example", 514]},
        "mailed": {"class": "logging.handlers.SMTPHandler", "mailhost": ("mail.example", 25)},
        "rich": {"class": "rich.logging.RichHandler"},
    },
    "formatters": {"json": {"()": "pythonjsonlogger.jsonlogger.JsonFormatter"}},
    "root": {"handlers": ["shown"]},
})
"""


def test_a_configuration_makes_its_handlers_and_imports_its_classes() -> None:
    found = facts(HEAD + CONFIGURED)
    assert destinations(found) == ["logs.example:514", "mail.example:25"]
    assert touched(found) == ["write kept.log"]
    imported = {f.module for f in found if isinstance(f, Import)}
    assert imported >= {"rich.logging", "pythonjsonlogger.jsonlogger"}


@pytest.mark.parametrize(
    "configured",
    [
        "dictConfig(json.loads(input()))",
        'dictConfig({"handlers": json.loads(input())})',
        'dictConfig({"handlers": {"a": json.loads(input())}})',
        'dictConfig({"handlers": {"a": {"class": input()}}})',
    ],
)
def test_a_configuration_that_nobody_can_tell(configured: str) -> None:
    assert destinations(facts(f"{HEAD}logging.config.{configured}")) == [UNTOLD]


def test_a_file_of_configuration_is_read_and_not_seen() -> None:
    found = facts(f'{HEAD}logging.config.fileConfig("log.ini")')
    assert destinations(found) == [UNTOLD]
    assert touched(found) == ["read log.ini"]


def test_a_configuration_without_handlers_does_nothing() -> None:
    plain = facts(HEAD)
    assert facts(f'{HEAD}logging.config.dictConfig({{"version": 1}})') == plain
