"""infer: a project's code becomes a spec that loads, and what cannot be told is listed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.unit.inference.conftest import ORDERS, SHOP
from torq_gen.cli import main

if TYPE_CHECKING:
    from tests.unit.inference.conftest import Run

TASKS = """\
from celery import Celery

app = Celery("mailer")


@app.task
def send(to: str) -> None: ...


def later() -> None:
    send.delay("a")
"""


def test_flows_stores_externals_and_libraries_of_services_that_use_a_broker(run: Run) -> None:
    services = run.spec(SHOP)["services"]
    assert services["orders"] == {
        "id": 2,
        "publishes": ["OrderCreated", "AuditTopic"],
        "subscribes": ["OrdersRequested"],
        "stores": {"redis": {"keys": ["order:{id}"], "authority": "write_only"}},
        "libraries": ["faststream", "pydantic", "redis"],
    }
    assert services["billing"] == {
        "id": 1,
        "publishes": [],
        "subscribes": ["OrderCreated", "OrdersRequested"],  # orders.*
        "stores": {"postgres": {"tables": ["invoices"], "authority": "write_only"}},
        "externals": ["pay_example"],
        "libraries": ["asyncpg", "httpx", "nats-py"],
    }
    assert services["outside"]["publishes"] == ["OrdersRequested"]
    assert services["outside"]["status"] == "planned"


def test_each_entry_says_where_and_how_sure(run: Run) -> None:
    run(SHOP)
    for line in (
        "      - OrderCreated # services/orders/main.py:20, proved",
        "      - AuditTopic # services/orders/main.py:21, named by a setting",
        "          - order:{id} # services/orders/main.py:19, in part only known at run time",
        "      - OrderCreated # services/billing/main.py:15, proved",
        "          - invoices # services/billing/main.py:11, proved",
        "      - pay_example # services/billing/main.py:13, proved",
    ):
        assert f"{line}\n" in run.text


def test_what_nobody_can_tell_is_listed_below_its_service(run: Run) -> None:
    ran = run(SHOP)
    unresolved = (
        "services/orders/main.py:25: publishes to a faststream.nats topic that nobody can tell: "
        "its text is only known when the program runs"
    )
    assert f"1 place unresolved (system.yaml lists them all):\n  {unresolved}\n" in ran.out
    assert f"    # unresolved:\n    #   {unresolved}\n" in run.text


def test_payloads_are_drafted_and_what_is_unknown_says_so(run: Run) -> None:
    run(SHOP)
    assert (
        "  # pydantic, services/orders/main.py:13\n"
        "  OrderCreated:\n"
        "    type: 1\n"
        "    topic: orders.created\n"
        "    fields:\n"
        "      - id: i64 # guess: int has no size\n"
    ) in run.schema
    assert (
        '    topic: "{AUDIT_TOPIC}"\n'
        "    fields:\n"
        "      - payload: bytes # guess: the code does not tell what it carries\n"
    ) in run.schema


def test_the_project_is_checkable_the_same_day(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    run(SHOP)
    root = ["-C", str(run.folder)]
    assert main([*root, "generate"]) == 0
    run.capsys.readouterr()
    assert main([*root, "check", "--format", "json"]) == 1
    found = json.loads(run.capsys.readouterr().out)["diagnostics"]
    assert [(d["code"], d["file"], d["line"]) for d in found if d["severity"] == "error"] == [
        ("TQ213", "services/orders/main.py", 25)
    ]
    assert main([*root, "check", "--update-baseline"]) == 0
    assert main([*root, "check", "--strict", "--baseline", f"{run.folder}/torq-baseline.json"]) == 0
    later = ORDERS + '\n\nasync def more() -> None:\n    await broker.publish(b"", "new.topic")\n'
    (run.folder / "services/orders/main.py").write_text(later)
    assert main([*root, "check", "--baseline", f"{run.folder}/torq-baseline.json"]) == 1
    assert "TQ210 undeclared-topic-publish" in run.capsys.readouterr().out


def test_what_a_service_hears_of_itself_is_a_second_service(run: Run) -> None:
    services = run.spec({"services/mailer/tasks.py": TASKS})["services"]
    assert services["mailer"]["publishes"] == ["Send"]
    assert services["mailer"]["subscribes"] == []
    assert services["mailer_consumer"]["subscribes"] == ["Send"]
    assert services["mailer_consumer"]["status"] == "planned"
    assert "      - Send # services/mailer/tasks.py:6, proved\n" in run.text
    assert "      - to: string\n" in run.schema


def test_services_in_a_circle_do_not_block_each_other(run: Run) -> None:
    def service(sends: str, hears: str) -> str:
        return (
            "import nats\n\nasync def run():\n    nc = await nats.connect()\n"
            f'    await nc.publish("{sends}", b"")\n'
            f'    await nc.subscribe("{hears}", cb=print)\n'
        )

    services = run.spec(
        {"services/a/m.py": service("x", "y"), "services/b/m.py": service("y", "x")}
    )["services"]
    assert services["a"]["subscribes"] == [{"Y": {"on_full": "drop_oldest"}}]
    assert services["b"]["subscribes"] == [{"X": {"on_full": "drop_oldest"}}]


def test_two_writers_of_one_key_are_marked(run: Run) -> None:
    code = 'import redis\n\nimport nats\n\nredis.Redis().set("limit", 1)\n'
    services = run.spec({"services/a/m.py": code, "services/b/m.py": code})["services"]
    for name in ("a", "b"):
        assert services[name]["stores"]["redis"]["writers"] == "shared"


def test_a_file_at_the_root_is_a_planned_service(run: Run) -> None:
    code = 'import nats\n\nasync def run():\n    await (await nats.connect()).publish("a.b", b"")\n'
    services = run.spec({"bridge.py": code})["services"]
    assert services["bridge"]["status"] == "planned"
    assert services["bridge"]["publishes"] == ["AB"]
    assert "# guess: bridge.py is a file at the root that speaks to a broker." in run.text


SENDS = 'import redis\n\nredis.Redis().publish("t", b"")\n'


def test_a_folder_that_python_cannot_import_is_a_planned_service(run: Run) -> None:
    services = run.spec(
        {"services/order-desk/main.py": SENDS, "services/class/m.py": SENDS, "services/a/m.py": ""}
    )["services"]
    assert services["order_desk"]["status"] == "planned"
    assert services["order_desk"]["publishes"] == ["T"]
    assert "path" not in services["order_desk"]
    assert "status" in services["class_service"]
    assert (
        "  # guess: services/order-desk: it stands in services/. Python cannot import a folder of "
        "that name:\n  # rename it to services/order_desk, and take `status: planned` out.\n"
    ) in run.text


def test_passwords_stay_in_the_code(run: Run) -> None:
    code = 'import redis, httpx\n\nhttpx.get("https://me:secret@api.example/v1?u=a://b@c")\n'
    found = run.spec({"services/a/m.py": code})
    assert found["externals"] == {
        "api_example": {"urls": ["https://api.example/"], "protocol": "http"}
    }
    assert "secret" not in run.text


def test_a_link_to_a_folder_is_not_searched(run: Run) -> None:
    run.folder.mkdir(exist_ok=True)
    (run.folder / "again").symlink_to(".")
    assert list(run.spec({"app/main.py": SENDS})["services"]) == ["app"]


def test_a_file_at_the_root_that_does_nothing_is_named(run: Run) -> None:
    ran = run({"a.py": SENDS, "b.py": "import redis\n"})
    assert "no service: b.py (--service NAME=DIR names one)\n" in ran.out


def test_modules_in_a_service_s_own_folder_are_found_and_the_setting_is_told(run: Run) -> None:
    ran = run(
        {
            "services/a/app/events.py": "import msgspec\n\nclass E(msgspec.Struct):\n    n: bool\n",
            "services/a/app/__init__.py": "",
            "services/a/app/main.py": (
                "from faststream.nats import NatsBroker\nfrom app.events import E\n\n"
                'broker = NatsBroker()\n\n\n@broker.subscriber("a")\nasync def f(e: E): ...\n'
            ),
        }
    )
    assert "  # msgspec, services/a/app/events.py:3\n" in run.schema
    assert 'pyproject.toml: [tool.torq-gen] source-roots = [".", "services/a"]\n' in ran.out


def test_two_copies_of_one_class_are_one_message_and_two_classes_of_a_topic_two(run: Run) -> None:
    def service(body: str) -> str:
        return (
            "from faststream.nats import NatsBroker\nfrom pydantic import BaseModel\n\n"
            f"broker = NatsBroker()\n\n\nclass Paid(BaseModel):\n    n: str\n\n\n{body}\n"
        )

    services = run.spec(
        {
            "services/a/m.py": service(
                "class Late(BaseModel):\n    n: str\n\n\nasync def f() -> None:\n"
                '    await broker.publish(Paid(n=""), "t")\n'
                '    await broker.publish(Late(n=""), "t")\n'
            ),
            "services/b/m.py": service('@broker.subscriber("t")\nasync def f(p: Paid): ...\n'),
        }
    )["services"]
    assert services["a"]["publishes"] == ["Paid", "Late"]
    assert services["b"]["subscribes"] == ["Paid", "Late"]


def test_a_publishing_decorator_sends_what_its_function_gives(run: Run) -> None:
    run(
        {
            "services/a/m.py": (
                "from faststream.nats import NatsBroker\nfrom pydantic import BaseModel\n\n"
                "broker = NatsBroker()\n\n\nclass Paid(BaseModel):\n    n: str\n\n\n"
                '@broker.publisher("paid")\n@broker.subscriber("t")\n'
                "async def f(text: str) -> Paid: ...\n"
            )
        }
    )
    assert "      - Paid # services/a/m.py:11, proved\n" in run.text
    assert "  # pydantic, services/a/m.py:7\n  Paid:\n" in run.schema
