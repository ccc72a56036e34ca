"""Contract tests: plain pytest modules, one a domain, one for the services, one for their promises.

The behaviour that every message, service and promise has to show stands in ``mycelium.testing``;
what is generated are the values to try it with.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from torq_gen.model import Domain, Field, Message, Service, System
from torq_gen.model.names import constant_case, pascal_case, snake_case
from torq_gen.targets._shared import imports
from torq_gen.targets._shared.names import base_name
from torq_gen.targets._shared.places import earlier_versions, public_names, service_names
from torq_gen.targets._shared.pretty import Call, prefixed, text
from torq_gen.targets._shared.pretty import render as code
from torq_gen.targets.contract_tests import promises, template, values
from torq_gen.targets.contract_tests.strategies import strategy
from torq_gen.targets.contract_tests.template import Test

FOLDER = "generated/contract_tests"


def render(system: System) -> dict[str, bytes]:
    """The test modules, by path from the project's root."""
    files = {f"{FOLDER}/__init__.py": b""}
    own = public_names(system)
    for domain in system.domains.values():
        if system.messages_of(domain.name):
            files[f"{FOLDER}/test_{snake_case(domain.name)}.py"] = _messages(system, domain, own)
    if system.active_services():
        files[f"{FOLDER}/test_services.py"] = _services(system, service_names(system))
    if tested := promises.render(system):
        files[f"{FOLDER}/test_promises.py"] = tested
    return files


def _messages(system: System, domain: Domain, own: Mapping[str, str]) -> bytes:
    tests = [_message_test(m, system) for m in system.messages_of(domain.name)]
    tests += _retired_test(system, domain)
    used = imports.words(f"{test.head} {test.body}" for test in tests)
    needed = used | {"REGISTRY", "MessageContract", "load_golden"}
    golden = f"{snake_case(domain.name)}.json"
    return template.messages(
        domain.name, golden, imports.statements(needed, own, imports.TESTING), tests
    )


def _message_test(message: Message, system: System) -> Test:
    earlier = [f"{e.version}: {e.name}" for e in earlier_versions(message)]
    builds = (message.name, *(_drawn(f) for f in message.fields))
    members: list[str | Call] = [
        "REGISTRY = REGISTRY",
        f"MESSAGE = {message.name}",
        f'GOLDEN = GOLDEN["{message.name}"]',
        Call("VALUES = st.builds(", builds),
    ]
    if earlier:
        members.append(Call("EARLIER = {", earlier, "}"))
    if released := system.lock.messages.get(message.name):
        entries = [f"{n}: {text(v.golden)}" for n, v in sorted(released.versions.items())]
        members.append(Call("RELEASED = {", entries, "}"))
    if message.fields:
        members.append(Call("EDGES = {", [values.edges(f) for f in message.fields], "}"))
        members.append(Call("MISFITS = {", [values.wrong(f) for f in message.fields], "}"))
    ruled = [f for f in message.fields if f.validate is not None]
    if ruled:
        members.append(Call("VALID = {", [_taken(message, f) for f in ruled], "}"))
        members.append(Call("INVALID = {", [_refused(f) for f in ruled], "}"))
    return Test(
        f"class {_test_name(message.name, system.messages)}(MessageContract):",
        f"{message.name}, type {message.type_id}, version {message.version}.",
        code(members, 1),
    )


def _retired_test(system: System, domain: Domain) -> list[Test]:
    """The test of messages that were released in the domain and are gone, where there are some."""
    gone = {
        released.type_id: name
        for name, released in system.lock.messages.items()
        if released.domain == domain.id and name not in system.messages
    }
    used = {message.type_id for message in system.messages.values()}
    entries = [f"{number}: {text(gone[number])}" for number in sorted(gone.keys() - used)]
    if not entries:
        return []
    members = (
        "REGISTRY = REGISTRY",
        f"DOMAIN = {domain.id}",
        Call("TYPES = {", entries, "}"),
    )
    doc = "Messages that were released and are gone."
    return [Test("class Test_retired(RetiredContract):", doc, code(members, 1))]


def _test_name(message: str, known: Container[str]) -> str:
    """The name of the test class, which a message may have too."""
    name = f"Test{message}"
    return f"Test_{message}" if name in known else name


def _drawn(field: Field) -> Call | str:
    return prefixed(f"{field.attribute}=", strategy(field.type))


def _taken(message: Message, field: Field) -> Call:
    return values.literals(field, values.valid(message, field))


def _refused(field: Field) -> Call:
    return values.literals(field, values.invalid(field))


def _services(system: System, own: Mapping[str, str]) -> bytes:
    services = [_service_test(s) for s in system.active_services()]
    used = imports.words(test.body for test in services)
    needed = used | {"REGISTRY", "ServiceContract"}
    return template.services(imports.statements(needed, own, imports.TESTING), services)


def _service_test(service: Service) -> Test:
    members = (
        "REGISTRY = REGISTRY",
        f"SPEC = {constant_case(service.name)}",
        f"BASE = {base_name(service)}",
    )
    return Test(
        f"class Test{pascal_case(service.name)}(ServiceContract):",
        f"{service.name}: its class, its handlers, what it may publish.",
        code(members, 1),
    )
