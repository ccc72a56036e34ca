"""Patterns of ``match``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import (
    classes,
    elements,
    enums,
    instance_tests,
    names,
    operators,
    reflecting,
    subscripts,
)
from torq_gen.lint.facts.frame import Frame, merge
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import NOTHING, Class, Items, Literal, MessageClass, Tuple, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def bind(machine: Machine, pattern: ast.pattern, subject: Value, frame: Frame) -> Value:
    """What the subject is when the pattern matches; the pattern's names are bound."""
    match pattern:
        case ast.MatchAs(pattern=inner, name=name):
            matched = subject if inner is None else bind(machine, inner, subject, frame)
            if name is not None:
                names.assign(machine, name, matched, frame)
            return matched
        case ast.MatchClass():
            return _class(machine, pattern, subject, frame)
        case ast.MatchOr(patterns=patterns):
            return _either(machine, patterns, subject, frame)
        case ast.MatchSequence(patterns=patterns):
            _sequence(machine, patterns, subject, frame)
        case ast.MatchMapping():
            _mapping(machine, pattern, subject, frame)
        case ast.MatchStar(name=name) if name is not None:
            names.assign(machine, name, subject, frame)
        case ast.MatchValue(value=value):
            known = machine.eval(value, frame)
            operators.compared(machine, ast.Eq(), subject, known, _span(pattern, frame))
            if machine.heap.read(enums.COMPARING, "any") is not None:
                return subject
            return join([v for v in alternatives(subject) if _may_equal(v, known)])
    return subject


def _either(machine: Machine, patterns: list[ast.pattern], subject: Value, frame: Frame) -> Value:
    """``a | b``: what names get by any of the patterns that may match."""
    start, ends = frame.variables, []
    found: list[Value] = []
    for pattern in patterns:
        frame.variables = dict(start)
        matched = bind(machine, pattern, subject, frame)
        if matched != NOTHING:
            found.append(matched)
            ends.append(frame.variables)
    frame.variables = merge(ends) if ends else dict(start)
    return join(found)


def _may_equal(value: Value, known: Value) -> bool:
    """Whether two values may be equal; Python takes 1, 1.0 and True for one."""
    if isinstance(value, Literal) and isinstance(known, Literal):
        return bool(value.value == known.value)
    if isinstance(value, Text) and isinstance(known, Text):
        return None in (value.exact, known.exact) or value.exact == known.exact
    return True


def _class(machine: Machine, pattern: ast.MatchClass, subject: Value, frame: Frame) -> Value:
    asked = machine.eval(pattern.cls, frame)
    wanted = instance_tests.classes_of(machine, asked)
    reflecting.asked_for_instances(machine, subject, asked, _span(pattern, frame))
    matched = instance_tests.instances(machine, subject, wanted, truth=True)
    span = _span(pattern, frame)
    for name, inner in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
        bind(machine, inner, machine.attribute(matched, name, span), frame)
    stated = [
        classes.field_names(machine, c) for c in wanted if isinstance(c, Class | MessageClass)
    ]
    for place, inner in enumerate(pattern.patterns):
        fields = [names_[place] for names_ in stated if place < len(names_)]
        values = [machine.attribute(matched, field, span) for field in fields]
        bind(machine, inner, join(values) if values else matched, frame)
    return matched


def _span(pattern: ast.pattern, frame: Frame) -> Span:
    return frame.module.span(pattern)


def _sequence(machine: Machine, patterns: list[ast.pattern], subject: Value, frame: Frame) -> None:
    star = next((i for i, p in enumerate(patterns) if isinstance(p, ast.MatchStar)), None)
    for place, inner in enumerate(patterns):
        parts: list[Value] = []
        for one in alternatives(subject):
            if not isinstance(one, Tuple):
                parts.append(elements.of(machine, one))
            elif star is None and len(one.items) == len(patterns):
                parts.append(one.items[place])
            elif star is not None and len(one.items) >= len(patterns) - 1:
                parts += _at(one.items, place, star, len(patterns))
        if place == star:
            parts = [Items(join(parts))]
        bind(machine, inner, join(parts), frame)


def _at(items: tuple[Value, ...], place: int, star: int, count: int) -> tuple[Value, ...]:
    """What of a tuple a pattern gets at a place, with a star at another or the same."""
    if place == star:
        return items[star : len(items) - (count - star - 1)]
    return (items[place if place < star else place - count],)


def _mapping(machine: Machine, pattern: ast.MatchMapping, subject: Value, frame: Frame) -> None:
    span = _span(pattern, frame)
    for key, inner in zip(pattern.keys, pattern.patterns, strict=True):
        known = machine.eval(key, frame)
        values = [subscripts.item(machine, one, known, span) for one in alternatives(subject)]
        bind(machine, inner, join(values), frame)
    if pattern.rest is not None:
        names.assign(machine, pattern.rest, subject, frame)


def rest(machine: Machine, pattern: ast.pattern, subject: Value, frame: Frame) -> Value:
    """What the subject may still be when the pattern did not match."""
    match pattern:
        case ast.MatchAs(pattern=None):
            return NOTHING
        case ast.MatchAs(pattern=inner) if inner is not None:
            return rest(machine, inner, subject, frame)
        case ast.MatchOr(patterns=patterns):
            for inner in patterns:
                subject = rest(machine, inner, subject, frame)
        case ast.MatchClass(patterns=[], kwd_patterns=[]):
            classes = instance_tests.classes_of(machine, machine.eval(pattern.cls, frame))
            return instance_tests.instances(machine, subject, classes, truth=False)
    return subject
