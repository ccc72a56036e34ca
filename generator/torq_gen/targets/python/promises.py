"""The promises of a service as expressions of the manifest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from torq_gen.model import (
    AtMostOncePer,
    Check,
    Condition,
    FieldRef,
    Message,
    NeverAfter,
    OneOfEach,
    Precedes,
    SequentialPer,
    Service,
    Within,
)
from torq_gen.targets._shared.pretty import Call, text, tuple_of
from torq_gen.targets._shared.promises import Promise, field_of, plain_literal, promises_of


def promises(service: Service, messages: Mapping[str, Message]) -> tuple[Call, ...]:
    """Each promise that a machine checks."""
    return tuple(_promise(promise, messages) for promise in promises_of(service))


def _promise(promise: Promise, messages: Mapping[str, Message]) -> Call:
    match promise.check:
        case SequentialPer(key=key, by=by):
            ordered = () if by is None else (f"by={text(by)}",)
            return Call("promises.SequentialPer(", (promise.message, text(key), *ordered))
        case AtMostOncePer(key=key):
            return Call("promises.AtMostOncePer(", (promise.message, text(key)))
        case Precedes() | Within() | NeverAfter() | OneOfEach() as check:
            name = type(check).__name__
            facts = (text(promise.id), text(promise.text), *_parts(check, messages))
            return Call(f"promises.{name}(", facts)
    assert_never(promise.check)


def _parts(check: Check, messages: Mapping[str, Message]) -> tuple[str | Call, ...]:
    match check:
        case Precedes(first=one, then=others) | NeverAfter(after=one, never=others):
            return (_ref(one, messages), _refs(others, messages))
        case Within(after=one, then=others) | OneOfEach(each=one, of=others):
            time = check.nanoseconds
            return (_ref(one, messages), _refs(others, messages), *_time(time))
    assert_never(check)


def _time(nanoseconds: int | None) -> tuple[str, ...]:
    return () if nanoseconds is None else (f"nanoseconds={nanoseconds:_}",)


def _refs(refs: Iterable[FieldRef], messages: Mapping[str, Message]) -> Call:
    return tuple_of("(", [_ref(ref, messages) for ref in refs])


def _ref(ref: FieldRef, messages: Mapping[str, Message]) -> Call:
    parts: list[str | Call] = [ref.message, text(ref.field)]
    if ref.where:
        conditions = [_condition(c, messages[ref.message]) for c in ref.where]
        parts.append(tuple_of("where=(", conditions))
    return Call("promises.Ref(", parts)


def _condition(condition: Condition, message: Message) -> Call:
    type_ = field_of(message, condition.field).type
    values = [plain_literal(type_, value) for value in condition.values]
    return Call("promises.Condition(", (text(condition.field), tuple_of("(", values)))
