"""The modules around the messages: re-exports, registry, manifest, service base classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from torq_gen.model import Message, Restart, Service, Subscription, System
from torq_gen.model.names import constant_case, handler_name
from torq_gen.targets._shared import imports
from torq_gen.targets._shared.names import base_name, class_name, implementation, method
from torq_gen.targets._shared.places import message_names, service_names, type_names
from torq_gen.targets._shared.pretty import (
    WIDTH,
    Block,
    Call,
    docstring,
    prose_or,
    render,
    text,
    tuple_of,
)
from torq_gen.targets.python.promises import promises
from torq_gen.targets.python.view import Definition, Module, module_of


def messages(system: System) -> Module:
    """Every message and type of the system under one name."""
    own = {**message_names(system), **type_names(system)}
    summary = f"Every message and type of the system {system.name}."
    return _exporting(summary, own.keys(), own, ())


def registry(system: System) -> Module:
    """The registry of the system's messages."""
    ordered = sorted(system.messages.values(), key=lambda m: m.type_id)
    call = Call(
        "REGISTRY: Final = Registry(",
        (text(system.name), tuple_of("(", [m.name for m in ordered])),
    )
    summary = f"The registry of the system {system.name}: from bytes to messages."
    definition = Definition(("REGISTRY",), before=render((call,)))
    return module_of(summary, (definition,), message_names(system))


def top(system: System) -> Module:
    """The package: what decodes any frame of the system."""
    own = {"REGISTRY": f"{system.package}.registry"}
    code = "decode_frame = REGISTRY.decode_frame"
    summary = f"The contracts of the system {system.name}: messages, services, the manifest."
    return _exporting(summary, ("REGISTRY", "decode_frame"), own, (Definition((), before=code),))


def manifest(system: System) -> Module:
    """Who may publish and subscribe what."""
    specs = [_spec(service, system.messages) for service in system.services.values()]
    names = [constant_case(name) for name in system.services]
    whole = Call(
        "MANIFEST: Final = Manifest(",
        (text(system.name), "REGISTRY", tuple_of("(", names)),
    )
    summary = f"Who may publish and subscribe what in the system {system.name}."
    definition = Definition(("MANIFEST", *names), before=render((*specs, whole)))
    return module_of(summary, (definition,), service_names(system))


def services(system: System) -> Module:
    """A base class for each active service."""
    own = service_names(system)
    summary = f"Base classes of the services of the system {system.name}."
    active = system.active_services()
    return module_of(summary, tuple(_base_class(s, system.messages) for s in active), own)


def _spec(service: Service, messages: Mapping[str, Message]) -> Call:
    promised = promises(service, messages)
    return Call(
        f"{constant_case(service.name)}: Final = ServiceSpec(",
        (
            f'name="{service.name}"',
            f"source={service.id}",
            tuple_of("publishes=(", [p.message for p in service.publishes]),
            tuple_of("subscribes=(", [_subscription(s) for s in service.subscribes]),
            _restart(service.restart),
            f"active={service.active}",
            f"implementation={text(implementation(service))}",
            *((f"bundle={text(service.bundle)}",) if service.bundle else ()),
            *((tuple_of("promises=(", promised),) if promised else ()),
        ),
    )


def _subscription(subscription: Subscription) -> Call:
    return Call("Subscription(", (subscription.message, f"OnFull.{subscription.on_full.name}"))


def _restart(restart: Restart) -> Call:
    return Call(
        "restart=Restart(",
        (
            f"RestartStrategy.{restart.strategy.name}",
            f"max_restarts={restart.max_restarts}",
            f"window_secs={restart.window_secs}",
        ),
    )


def _base_class(service: Service, known: Mapping[str, Message]) -> Definition:
    name = base_name(service)
    handlers = [f'{s.message}: "{handler_name(s.message)}"' for s in service.subscribes]
    members: list[str | Call | Block] = [
        f"SPEC: ClassVar[ServiceSpec] = {constant_case(service.name)}"
    ]
    if handlers:
        head = "HANDLERS: ClassVar[Mapping[type[Message], str]] = {"
        members.append(Call(head, handlers, "}"))
    alias, published = _published(service)
    if published:
        members += ("", _publish(service, published))
    for subscription in service.subscribes:
        members += ("", "@abstractmethod", _handler(known[subscription.message]))
    return Definition(
        (name,),
        before=alias,
        head=f"class {name}(Service):",
        docstring=_service_docstring(service),
        body=render(members, 1),
    )


def _published(service: Service) -> tuple[str, str]:
    """The union of what a service publishes, and an alias of it where it would be too long."""
    names = [p.message for p in service.publishes]
    union = " | ".join(names)
    if len(f"    async def publish(self, message: {union}, /) -> None:") <= WIDTH:
        return "", union
    name = f"_{class_name(service)}Message"  # private: no message is called like it
    return render((Call(f"{name}: TypeAlias = Union[", names, "]"),)), name


def _publish(service: Service, published: str) -> Block:
    doc = docstring(f"Publishes a message as {service.name}.", depth=0)
    return Block(method("publish", published), (doc, "await self._publish(message)"))


def _handler(message: Message) -> Block:
    summary = " ".join(message.doc.split()).split(". ")[0].rstrip(".")
    doc = docstring(f"Handles {message.name}{f': {summary}' if summary else ''}.", depth=2)
    head = method(handler_name(message.name), message.name)
    return Block(head, (*(line[8:] for line in doc.split("\n")),))


def _service_docstring(service: Service) -> str:
    summary = prose_or(service.description, f"The service {service.name}.")
    facts = f"Frame source {service.id}."
    if service.invariants:
        facts += " Invariants: " + "; ".join(" ".join(i.text.split()) for i in service.invariants)
    return docstring(summary, facts)


def _exporting(
    summary: str,
    names: Iterable[str],
    own: Mapping[str, str],
    definitions: Sequence[Definition],
) -> Module:
    ordered = sorted(names, key=imports.sort_key)
    listed = Call("__all__ = [", [f'"{name}"' for name in ordered], "]")
    exports = Definition((), before=render((listed,)))
    return Module(
        summary,
        imports.statements(frozenset(own), own),
        (*definitions, exports),
    )
