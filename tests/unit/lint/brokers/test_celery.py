"""Every form in which Celery sends and takes tasks is seen, with the task's name."""

from __future__ import annotations

import pytest

from tests.unit.lint.brokers.analysed import published, subscribed

HEAD = """from celery import Celery, chain, chord, group, shared_task, signature
app = Celery("shop", broker="redis://localhost")

@app.task
def add(x: int, y: int) -> int:
    return x + y

@shared_task(name="mail.send")
def mail(text: str) -> None: ...

"""
ADD = "services.trader.service.add"


def test_a_task_is_subscribed_under_its_name() -> None:
    assert subscribed(HEAD) == [ADD, "mail.send"]


@pytest.mark.parametrize(
    ("decorator", "name"),
    [
        ("@app.task()", "services.trader.service.run"),
        ('@app.task(name="x.run", bind=True)', "x.run"),
        ("@shared_task", "services.trader.service.run"),
        ("@shared_task(queue='q')", "services.trader.service.run"),
    ],
)
def test_decorators(decorator: str, name: str) -> None:
    assert subscribed(f"{HEAD}{decorator}\ndef run(self): ...\n")[2:] == [name]


@pytest.mark.parametrize(
    ("call", "names"),
    [
        ("add.delay(1, 2)", [ADD]),
        ("mail.apply_async(args=['x'], queue='q')", ["mail.send"]),
        ("add.s(1, 2)", [ADD]),
        ("add.si(1, 2).apply_async()", [ADD]),
        ("add.signature((1, 2))", [ADD]),
        ("chain(add.s(1, 2), mail.si('x'))()", [ADD, "mail.send"]),
        ("group(add.s(i, i) for i in range(3)).delay()", [ADD]),
        ("chord([add.s(1, 1)])(mail.s())", [ADD, "mail.send"]),
        ("(add.s(1, 1) | mail.s()).delay()", [ADD, "mail.send"]),
        ("add.map([(1, 1)])", [ADD]),
        ("app.send_task('other.run', args=[1])", ["other.run"]),
        ("app.send_task(name='other.run')", ["other.run"]),
        ("signature('other.run')", ["other.run"]),
        ("app.signature('other.run', args=(1,)).delay()", ["other.run"]),
        ("app.add_periodic_task(10.0, mail.s('x'))", ["mail.send"]),
        ("app.conf.beat_schedule = {'n': {'task': 'other.run', 'schedule': 1}}", ["other.run"]),
        ("app.conf.update(beat_schedule={'n': {'task': 'other.run'}})", ["other.run"]),
        ("from celery import current_app\ncurrent_app.send_task('other.run')", ["other.run"]),
        ("add(1, 2)", []),
        ("add.retry", []),
    ],
)
def test_sends(call: str, names: list[str]) -> None:
    assert published(f"{HEAD}{call}\n") == names


def test_a_task_is_followed_into_another_module() -> None:
    tasks = "from celery import shared_task\n\n@shared_task\ndef run() -> None: ...\n"
    code = "from services.trader.tasks import run\n\nrun.delay()\n"
    assert published(code, tasks=tasks) == ["services.trader.tasks.run"]


def test_a_bound_task_knows_itself() -> None:
    code = """
from celery import shared_task

@shared_task(bind=True, name="x")
def run(self) -> None:
    self.apply_async(countdown=10)
    self.app.send_task("y")
"""
    assert published(code) == ["x", "y"]


def test_a_schedule_from_elsewhere_is_unprovable() -> None:
    code = f"import json\n{HEAD}app.conf.beat_schedule = json.load(open('s.json'))\n"
    assert published(code) == ["? the schedule is put together elsewhere"]


def test_the_app_is_handed_to_its_own_signals() -> None:
    code = f"""{HEAD}
@app.on_after_configure.connect
def schedule(sender, **kwargs):
    sender.send_task("other.run")
"""
    assert published(code) == ["other.run"]
