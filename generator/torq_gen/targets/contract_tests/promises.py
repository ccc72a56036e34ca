"""The tests of promises: for each one sequences that keep it, and that break it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from torq_gen.model import Message, Service, System
from torq_gen.model.names import constant_case, pascal_case, snake_case
from torq_gen.targets._shared import imports
from torq_gen.targets._shared.places import public_names, service_names
from torq_gen.targets._shared.pretty import Call, prefixed, text
from torq_gen.targets._shared.pretty import render as code
from torq_gen.targets._shared.promises import Promise, field_of, plain_literal, promises_of
from torq_gen.targets.contract_tests import template
from torq_gen.targets.contract_tests.examples import Examples, Sequence, Step, examples_of
from torq_gen.targets.contract_tests.template import Test

_SEPARATOR = re.compile(r"[-_]")


def render(system: System) -> bytes:
    """The module; empty when no active service promises anything that has examples."""
    found = [
        (service, promise, examples)
        for service in system.active_services()
        for promise in promises_of(service)
        if (examples := examples_of(promise, system)).broken
    ]
    if not found:
        return b""
    taken = set(system.messages)
    tests = [_test(service, promise, shown, system, taken) for service, promise, shown in found]
    domains = {system.messages[name].domain for _, _, shown in found for name in _messages(shown)}
    used = imports.words(f"{test.head} {test.body}" for test in tests)
    names = {**public_names(system), **service_names(system)}
    names["MANIFEST"] = f"{system.package}.manifest"
    needed = used | {"PromiseContract", "load_golden"}
    files = [f"{snake_case(name)}.json" for name in system.domains if name in domains]
    return template.promises(imports.statements(needed, names, imports.TESTING), files, tests)


def _messages(examples: Examples) -> Iterator[str]:
    for sequence in (*examples.kept, *examples.broken):
        for step in sequence:
            yield step.message


def _test(
    service: Service, promise: Promise, examples: Examples, system: System, taken: set[str]
) -> Test:
    messages = system.messages
    members: list[str | Call] = [
        "MANIFEST = MANIFEST",
        f"SPEC = {constant_case(service.name)}",
        f"PROMISE = {text(promise.id)}",
        "GOLDEN = GOLDEN",
    ]
    if examples.kept:
        kept = [_sequence(sequence, messages) for sequence in examples.kept]
        members.append(Call("KEPT = [", kept, "]"))
    broken = [_sequence(sequence, messages) for sequence in examples.broken]
    members.append(Call("BROKEN = [", broken, "]"))
    return Test(
        f"class {_name(service, promise, taken)}(PromiseContract):",
        f"{service.name} promises {promise.id}.",
        code(members, 1),
    )


def _name(service: Service, promise: Promise, taken: set[str]) -> str:
    """A name that no other class of the module has, and no message."""
    words = (word[:1].upper() + word[1:] for word in _SEPARATOR.split(promise.id))
    name = f"Test{pascal_case(service.name)}{''.join(words)}"
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _sequence(sequence: Sequence, messages: Mapping[str, Message]) -> Call:
    return Call("[", [_sent(step, messages[step.message]) for step in sequence], "]")


def _sent(step: Step, message: Message) -> Call:
    fields = []
    for name, value in step.fields.items():
        field = field_of(message, name)
        fields.append(prefixed(f"{text(field.attribute)}: ", plain_literal(field.type, value)))
    facts: list[str | Call] = [step.message, Call("{", fields, "}")]
    if step.at:
        facts.append(f"at={step.at:_}")
    if step.sequence is not None:
        facts.append(f"sequence={step.sequence}")
    return Call("sent(", facts)
