"""Generators: what they are sent, and what they return to whoever drives them.

A generator goes where it likes before it is driven: what is sent to any may come to any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.lint.facts.unions import join
from torq_gen.lint.facts.values import DATA, NONE, NOTHING, Unknown, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_SENT = ("sent",)
"""Its cell holds what any generator is sent."""
_ENDED = ("ended",)
"""Its cell holds what any coroutine returns."""
_RETURNED = ("returned",)
"""Its cell holds what any generator returns."""


def send(machine: Machine, value: Value) -> None:
    """Notes what a generator is sent."""
    machine.heap.write(_SENT, "any", value)


def sent(machine: Machine) -> Value:
    """What a ``yield`` gives: None, when it is only asked for the next value."""
    found = machine.heap.read(_SENT, "any")
    return DATA if found is None else join((NONE, found))


def escaped(machine: Machine, into: str) -> Value:
    """Notes that other code drives a generator; what that may get from it in the end."""
    if machine.heap.read(_SENT, "any") is not None:
        send(machine, Unknown(f"{into} may have sent it"))
    return returned(machine)


def give_back(machine: Machine, value: Value) -> None:
    """Notes what a generator returns."""
    if value != NOTHING:
        machine.heap.write(_RETURNED, "any", value)


def end(machine: Machine, value: Value) -> None:
    """Notes what a coroutine ends with, which code may drive by hand."""
    if value not in (NOTHING, NONE):
        machine.heap.write(_ENDED, "any", value)


def ended(machine: Machine) -> Value:
    """What an error has that ends a generator or a coroutine."""
    found = machine.heap.read(_ENDED, "any")
    return returned(machine) if found is None else join((returned(machine), found))


def returned(machine: Machine) -> Value:
    """What ``yield from`` gives, and ``await`` of a generator that was made a coroutine."""
    found = machine.heap.read(_RETURNED, "any")
    return NOTHING if found is None else found
