"""Celery: a topic is a task's name, ``module.function`` unless it is given one.

Making a signature counts as sending it: that is all it is for. What a schedule (``beat_schedule``)
names is sent too. A retry is no publish: the broker delivers the same message again.
"""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.libraries._topics import (
    NOT_GIVEN,
    at,
    field,
    publishes,
    publishing,
    remember,
    remembered,
    subscribes,
)
from torq_gen.lint.facts.library import Argument, Call, Effect, Function, Library, Type
from torq_gen.lint.facts.model import Fact
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import DATA, Bound, Literal, Thing, Unknown, Value
from torq_gen.lint.facts.values import Function as ProjectFunction

_NAME = "celery"
_APP, _TASK, _SIGNATURE = "celery.App", "celery.Task", "celery.Signature"
_DECORATOR, _CONFIG, _SIGNAL = "celery.Decorator", "celery.Config", "celery.Signal"
ELSEWHERE = "the schedule is put together elsewhere"


def _function(call: Call) -> Argument | None:
    """The function that a decorator is put on, when it is used without brackets."""
    given = call.positional[0] if call.positional else None
    return given if given is not None and _is_function(given.value) else None


def _is_function(value: Value) -> bool:
    return any(isinstance(one, ProjectFunction | Bound) for one in alternatives(value))


def _task_name(call: Call, function: Argument) -> Argument:
    """The name that was given to the task, or the one that Celery makes for it."""
    given = at(None, "name").stated(call)
    if given is not None:
        return given
    earlier = remembered(call)
    if earlier is not None:
        return earlier
    names = join(_default_name(one, call) for one in alternatives(function.value))
    return Argument(names, function.span)


def _default_name(value: Value, call: Call) -> Value:
    function = value.function if isinstance(value, Bound) else value
    if isinstance(function, ProjectFunction):
        return Text((f"{function.code.module.name}.{function.code.name}",))
    name = call.qualified(value)
    return Text((name,)) if name else Unknown("the function is not known")


def _define(call: Call) -> Iterator[Fact]:
    """A decorated function subscribes its task's name."""
    function = _function(call)
    if function is not None:
        yield from subscribes(call, _task_name(call, function), _NAME)


def _defined(call: Call) -> Value:
    function = _function(call)
    if function is not None:
        return remember(_TASK, _task_name(call, function))
    name, bind = at(None, "name").stated(call), at(None, "bind").stated(call)
    return remember(_DECORATOR, name, **({"bind": bind.value} if bind else {}))


def _first(call: Call) -> Value:
    """``bind=True`` hands the task to its own function."""
    if field(call, "bind") == Literal(True):
        return _defined(call)
    return DATA


def _send(call: Call) -> Iterator[Fact]:
    """Sends the task; the finding belongs where that is done, not where the task is defined."""
    name = field(call, "topic")
    yield from publishes(call, Argument(name, call.span) if name is not None else None, _NAME)


def _schedule_of(position: int | None, *names: str) -> Effect:
    def effect(call: Call) -> Iterator[Fact]:
        schedule = at(position, *names).stated(call)
        if schedule is not None:
            yield from _scheduled(call, schedule)

    return effect


def _scheduled(call: Call, schedule: Argument) -> Iterator[Fact]:
    """``{"name": {"task": "module.function", "schedule": …}}``."""
    for one in alternatives(schedule.value):
        entries = call.entries(one)
        tasks = entries.values() if entries is not None else (Unknown(ELSEWHERE),)
        for task in tasks:
            inner = call.entries(task)
            name = inner.get("task", Unknown(NOT_GIVEN)) if inner else Unknown(ELSEWHERE)
            yield from publishes(call, Argument(name, schedule.span), _NAME)


def _signature(*path: str) -> dict[str, Function]:
    named = Function(publishing(_NAME, at(0, "name", "varies", "task")), _SIGNATURE)
    return dict.fromkeys(path, named)


_SEND = Function(_send)
_SIGN = Function(_send, _SIGNATURE)
_DEFINE = Function(_define, _defined, (0, ""), _first)
_KEEPS = Function(keeps=True)
_SCHEDULE = ("beat_schedule", "CELERY_BEAT_SCHEDULE", "CELERYBEAT_SCHEDULE")

_TYPES = (
    Type(
        _APP,
        "a Celery app",
        ("celery.Celery", "celery.app.Celery", "celery.app.base.Celery"),
        {
            "task": _DEFINE,
            "send_task": Function(publishing(_NAME, at(0, "name"))),
            **_signature("signature", "subtask"),
        },
        {
            "conf": _CONFIG,
            "on_after_configure": _SIGNAL,
            "on_after_finalize": _SIGNAL,
            "Task": _TASK,
        },
    ),
    Type(
        _TASK,
        "a Celery task",
        ("celery.Task", "celery.app.task.Task"),
        {
            **dict.fromkeys(("delay", "apply_async"), _SEND),
            **dict.fromkeys(("s", "si", "signature", "subtask", "map", "starmap", "chunks"), _SIGN),
        },
        {"app": _APP},
    ),
    Type(_DECORATOR, called=_DEFINE),
    Type(
        _CONFIG,
        methods={"update": Function(_schedule_of(None, *_SCHEDULE))},
        assigned=dict.fromkeys(_SCHEDULE, Function(_schedule_of(0))),
    ),
    Type(_SIGNAL, methods={"connect": Function(None, "", (0, "receiver"), _APP)}),
    Type(_SIGNATURE, annotations=("celery.Signature", "celery.canvas.Signature")),
)

LIBRARY = Library(
    _NAME,
    (_NAME,),
    {
        **dict.fromkeys(
            ("celery.Celery", "celery.app.Celery", "celery.app.base.Celery"),
            Function(None, _APP),
        ),
        **dict.fromkeys(("celery.result.AsyncResult", "celery.result.GroupResult"), _KEEPS),
        "celery.Task": Function(None, _TASK),
        "celery.app.task.Task": Function(None, _TASK),
        **_signature("celery.signature", "celery.canvas.signature", "celery.Signature"),
        **{
            f"celery.{inside}{name}": Function(None, _SIGNATURE, keeps=True)
            for name in ("chain", "group", "chord", "chunks", "xmap", "xstarmap")
            for inside in ("", "canvas.")
        },
    },
    _TYPES,
    values={
        "celery.current_app": Thing(_APP),
        **dict.fromkeys(("celery.shared_task", "celery.task"), Thing(_DECORATOR)),
        "celery.app.shared_task": Thing(_DECORATOR),
    },
)
