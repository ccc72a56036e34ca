"""TQ202: a service takes in a message that system.yaml does not give it."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.lint.facts.model import Handler, Known, Subscribe
from torq_gen.lint.rules._flow import declared, message_of_handler
from torq_gen.lint.rules._subscribe_samples import BAD, GOOD
from torq_gen.lint.view import ServiceView
from torq_gen.model.names import handler_name
from torq_gen.rule import Rule

RULE = Rule(
    "TQ202",
    "undeclared-subscribe",
    "A service handles or subscribes a message that system.yaml does not let it subscribe.",
    why="""\
The runtime hands a service what system.yaml says that it subscribes, and nothing else: a handler of
another message is never called, though who reads the code counts on it. A subscription made at the
bus itself is an edge that no graph, deployment order or credential knows.""",
    fix="""\
Declare it: `services.<name>.subscribes` (`torq-gen check --accept-into-spec` writes it, once a
person has decided so); or remove the handler. A handler is named after its message,
`async def on_<message_in_snake_case>`, and takes in no other one.""",
    bad=BAD,
    good=GOOD,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each handler and subscription of a message that the service does not declare."""
    if not view.service.active:
        return
    for handler in view.of(Handler):
        yield from _of_handler(view, handler)
    for fact in view.of(Subscribe):
        if isinstance(fact.what, Known) and fact.what.message not in view.subscribed:
            message = fact.what.message
            yield _finding(view, fact.span, f"{view.service.name} subscribes {message}", message)


def _of_handler(view: ServiceView, handler: Handler) -> Iterator[Diagnostic]:
    own, message = view.service.name, message_of_handler(view, handler.name)
    if message is None:
        return
    as_another = "" if handler.service == own else f" as {handler.service}"
    if message not in view.subscribed or as_another:
        yield _finding(view, handler.span, f"{own} handles {message}{as_another}", message)
    elif isinstance(handler.annotation, Known) and handler.annotation.message != message:
        stated = handler.annotation.message
        what = f"gets {message}, but its parameter is annotated with {stated}"
        mend = f"annotate it with {message}; {stated} is handled by {handler_name(stated)}"
        yield _misfit(view, handler, message, what, mend, stated)
    elif handler.plain:
        what = "is no coroutine function, and the runtime awaits it"
        mend = f"write `async def {handler.name}`"
        yield _misfit(view, handler, message, what, mend, "without async")


def _finding(view: ServiceView, span: Span, what: str, message: str) -> Diagnostic:
    own = view.service.name
    declare = f"declare it: services.{own}.subscribes (--accept-into-spec), or remove the code"
    itself = f"call the code directly: {own} publishes {message}, and no service hears itself"
    return RULE.at(
        span,
        f"{what}, which system.yaml does not declare",
        help=itself if message in view.published else declare,
        related=declared(view, ((s.message, s.span) for s in view.service.subscribes)),
        service=own,
        subject=message,
    )


def _misfit(
    view: ServiceView, handler: Handler, message: str, what: str, mend: str, subject: str
) -> Diagnostic:
    """A handler of a declared message that does not fit it."""
    own = view.service.name
    subscribed = (s for s in view.service.subscribes if s.message == message)
    return RULE.at(
        handler.span,
        f"{handler.name} of {own} {what}",
        help=mend,
        related=declared(view, ((s.message, s.span) for s in subscribed)),
        service=own,
        subject=f"{handler.name} {subject}",
    )
