"""TQ609: a service subscribes a message, and its class has no handler for it."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Handler, ServiceClass, Unreadable
from torq_gen.lint.rules._drift_samples import HANDLED, UNHANDLED
from torq_gen.lint.rules._flow import declared
from torq_gen.lint.slips import misspelt
from torq_gen.lint.view import ServiceView
from torq_gen.model.names import handler_name, pascal_case
from torq_gen.rule import Rule

RULE = Rule(
    "TQ609",
    "missing-handler",
    "A service subscribes a message that its class has no handler for.",
    why="""\
The generated base class declares a handler for each subscribed message as abstract: without it the
service does not start.""",
    fix="""\
Write `async def on_<message>(self, message: <Message>) -> None`; `torq-gen check --fix` inserts it,
raising NotImplementedError. A method that has nearly its name is renamed instead, if it takes the
message and nothing else names it; if not, `--fix` says so and inserts none beside it. A message
that the service has no use for is taken out of `services.<name>.subscribes`.""",
    bad=UNHANDLED,
    good=HANDLED,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each subscribed message that no method of the service's class handles."""
    cls = service_class(view)
    if not view.service.active or cls is None or any(True for _ in view.of(Unreadable)):
        return
    own = view.service.name
    handled = {handler.name for handler in view.of(Handler) if handler.service == own}
    for subscription in view.service.subscribes:
        message = subscription.message
        if handler_name(message) not in handled:
            yield RULE.at(
                cls.span,
                f"{cls.name} has no handler for {message}, which {own} subscribes",
                help=f"{_mend(view, cls, handler_name(message))}, or remove {message} from "
                f"services.{own}.subscribes",
                related=declared(view, [(message, subscription.span)]),
                service=own,
                subject=message,
            )


def _mend(view: ServiceView, cls: ServiceClass, name: str) -> str:
    here = (symbol.name for symbol in view.facts.symbols if symbol.file == cls.span.file)
    parts = (symbol.rpartition(".") for symbol in here)
    near = misspelt(name, (own for of, _, own in parts if of == cls.name), view.system.messages)
    if len(near) > 1:
        return f"rename {' or '.join(near)} to {name}, or write it"
    if near:
        return f"rename {near[0]} to {name} (--fix does, where nothing else names it)"
    return f"write {name} (--fix inserts it)"


def service_class(view: ServiceView) -> ServiceClass | None:
    """The class that runs as the service: the one of its name, else the last that is written."""
    own = [cls for cls in view.of(ServiceClass) if cls.service == view.service.name]
    named = [cls for cls in own if cls.name == pascal_case(view.service.name)]
    return next(iter(named or own[::-1]), None)
