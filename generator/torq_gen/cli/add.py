"""``torq-gen add``: a message, a service or a field, written into the spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from pathlib import Path

    from torq_gen.cli._shared.respec import Change
    from torq_gen.model import System
    from torq_gen.refactoring.adding import Texts

DESCRIPTION = """\
Add to the spec: comments and layout of its files stay, ids are the next free ones, and what is
written is checked before it is. Run `torq-gen generate` afterwards.

  message   with its fields, in the schema of its domain
  service   with the next free id
  field     appended to a message; a released message gets a new version by it
"""
EXAMPLES = """
torq-gen add message PoolClosed pool_address:Address closed_at:timestamp --domain MarketData
torq-gen add message Halt scope:string --domain Execution --publisher risk_manager
torq-gen add service pool_watcher --publishes PoolClosed --subscribes PoolStateUpdate
torq-gen add field PoolStateUpdate fee_tier:u8 --default 0 --unit basis
torq-gen add field Quote depth:u64 --diff       write nothing; show what would change
"""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    _configure_message(kinds.add_parser("message", help="a message with its fields"))
    _configure_service(kinds.add_parser("service", help="a service"))
    _configure_field(kinds.add_parser("field", help="a field of a message"))


def _configure_message(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the message, in PascalCase")
    parser.add_argument("fields", metavar="FIELD:TYPE", nargs="+", help="its fields in order")
    parser.add_argument("--domain", metavar="NAME", help="its domain (default: the only one)")
    parser.add_argument("--type", metavar="ID", type=int, help="default: the next free type id")
    parser.add_argument("--file", metavar="FILE", help="the schema (default: the domain's)")
    parser.add_argument("--doc", metavar="TEXT", help="what it says")
    parser.add_argument("--topic", metavar="NAME", help="default: the domain's name")
    parser.add_argument("--key", metavar="FIELD", help="what its orderings are counted by")
    for name, what in (("publisher", "publishes"), ("subscriber", "subscribes")):
        _add_names(parser, f"--{name}", "SERVICE", f"a service that {what} it; may be repeated")
    _add_common(parser)


def _configure_service(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the service, in snake_case")
    parser.add_argument("--id", metavar="ID", type=int, help="default: the next free id")
    for name in ("publishes", "subscribes"):
        _add_names(parser, f"--{name}", "MESSAGE", f"a message that it {name}; may be repeated")
    parser.add_argument("--description", metavar="TEXT", help="what it does")
    parser.add_argument("--owner", metavar="TEAM", help="who answers for it")
    parser.add_argument("--bundle", metavar="NAME", help="the process that it shares")
    parser.add_argument("--planned", action="store_true", help="an id and a contract, no code yet")
    _add_common(parser)


def _configure_field(parser: ArgumentParser) -> None:
    parser.add_argument("message", metavar="MESSAGE", help="the message")
    parser.add_argument("field", metavar="FIELD:TYPE", help="the field and its type")
    parser.add_argument(
        "--default", metavar="VALUE", help="what readers see where an older writer left it out"
    )
    parser.add_argument("--example", metavar="VALUE", help="its value in the message's examples")
    parser.add_argument("--doc", metavar="TEXT", help="what it says")
    parser.add_argument("--unit", metavar="TEXT", help="what it is counted in")
    parser.add_argument("--money", action="store_true", help="it is money")
    parser.add_argument(
        "--bump", action="store_true", help="a new version also where the present is unreleased"
    )
    _add_common(parser)


def _add_names(parser: ArgumentParser, flag: str, metavar: str, help: str) -> None:
    parser.add_argument(flag, metavar=metavar, action="append", default=[], help=help)


def _add_common(parser: ArgumentParser) -> None:
    """What every kind takes; the command's own options too, wherever they stand."""
    from argparse import SUPPRESS

    parser.add_argument("--diff", action="store_true", help="write nothing; show what would change")
    parser.add_argument("-C", "--root", metavar="DIR", default=SUPPRESS, help=SUPPRESS)
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default=SUPPRESS, help=SUPPRESS
    )


def run(arguments: Namespace) -> int:
    """Add, or show what would be added."""
    from torq_gen import transaction
    from torq_gen.cli._shared import respec
    from torq_gen.cli._shared.project import find_root

    root = find_root(arguments.root)
    if arguments.diff:
        return respec.show(root, _change(root, arguments), arguments.color)
    with transaction.exclusive(root):
        change = _change(root, arguments)
        transaction.commit(root, change.files)
    respec.say(change.notes)
    return 0


def _change(root: Path, arguments: Namespace) -> Change:
    from torq_gen.cli._shared import respec
    from torq_gen.cli._shared.failures import CommandError
    from torq_gen.cli._shared.project import load_project
    from torq_gen.editing import EditError
    from torq_gen.refactoring.errors import AddError

    system = load_project(root, color=arguments.color, assign_ids=True).system
    texts = {path: content.decode() for path, content in respec.spec_files(root).items()}
    texts.pop("torq.lock.yaml", None)
    kinds = {"message": _message, "service": _service, "field": _field}
    try:
        changed = kinds[arguments.kind](system, texts, arguments, root)
    except AddError as error:
        raise CommandError(str(error), error.help) from error
    except EditError as error:
        raise CommandError(f"nothing was added: {error}") from error
    refusal = "nothing was added: the spec could not be used with it"
    edited = {path: text.encode() for path, text in changed.items()}
    after = respec.load_with(root, edited, refusal)
    files = respec.canonical_as_before(texts, changed, system, after)
    after = respec.load_with(root, files, refusal)  # for the places
    said = {"message": _said_of_message, "service": _said_of_service, "field": _said_of_field}
    return respec.Change(files, (said[arguments.kind](after, arguments), respec.NEXT))


def _message(system: System, texts: Texts, arguments: Namespace, root: Path) -> dict[str, str]:
    from torq_gen.cli._shared.accepting import ORDER
    from torq_gen.refactoring.adding import NewMessage, add_message
    from torq_gen.spec.inputs import schema_patterns

    _unknown("service", [*arguments.publisher, *arguments.subscriber], system.services)
    _taken(arguments.name, system.messages, "message")
    spec: dict[str, Any] = _stated(arguments, "topic", "doc", "key")
    spec["fields"] = [dict([_typed(field)]) for field in arguments.fields]
    new = NewMessage(
        arguments.name,
        _domain(system, arguments.domain),
        spec,
        arguments.type,
        _file(texts, arguments.file),
        schema_patterns(root),
        tuple(arguments.publisher),
        tuple(arguments.subscriber),
    )
    return add_message(system, texts, new, ORDER)


def _service(system: System, texts: Texts, arguments: Namespace, _: Path) -> dict[str, str]:
    from torq_gen.cli._shared.accepting import ORDER
    from torq_gen.refactoring.adding import add_service

    _unknown("message", [*arguments.publishes, *arguments.subscribes], system.messages)
    _taken(arguments.name, system.services, "service")
    spec: dict[str, Any] = {
        **_stated(arguments, "id"),
        **({"status": "planned"} if arguments.planned else {}),
        **_stated(arguments, "description", "owner", "bundle"),
        "publishes": list(dict.fromkeys(arguments.publishes)),
        "subscribes": list(dict.fromkeys(arguments.subscribes)),
    }
    return add_service(system, texts, arguments.name, spec, ORDER)


def _field(system: System, texts: Texts, arguments: Namespace, _: Path) -> dict[str, str]:
    from torq_gen.refactoring.adding import NewField, add_field
    from torq_gen.refactoring.values import typed

    _unknown("message", [arguments.message], system.messages)
    name, type_ = _typed(arguments.field)
    _taken(name, {f.name for f in system.messages[arguments.message].fields}, "field")
    spec: dict[str, Any] = {"type": type_, **_stated(arguments, "unit")}
    if arguments.money:
        spec["money"] = True
    given = _stated(arguments, "default", "example")
    values = {key: typed(text, type_, system.types) for key, text in given.items()}
    spec |= {key: value for key, value in values.items() if key == "default"}
    spec |= _stated(arguments, "doc")
    examples = [value for key, value in values.items() if key == "example"]
    new = NewField(arguments.message, name, spec, arguments.bump, tuple(examples))
    return add_field(system, texts, new)


def _said_of_message(system: System, arguments: Namespace) -> str:
    message = system.messages[arguments.name]
    return f"{message.name}: type {message.type_id} of {message.domain}, {message.span}"


def _said_of_service(system: System, arguments: Namespace) -> str:
    service = system.services[arguments.name]
    return f"{service.name}: id {service.id}, {service.span}"


def _said_of_field(system: System, arguments: Namespace) -> str:
    field = system.messages[arguments.message].fields[-1]
    return f"{arguments.message}.{field.name}: since version {field.since}, {field.span}"


def _stated(arguments: Namespace, *names: str) -> dict[str, Any]:
    given = {name: getattr(arguments, name) for name in names}
    return {name: value for name, value in given.items() if value is not None}


def _typed(text: str) -> tuple[str, str]:
    """``name:type``.

    Raises:
        UsageError: one of the two is missing.
    """
    from torq_gen.cli._shared.failures import UsageError

    name, _, type_ = text.partition(":")
    if not name or not type_:
        raise UsageError(f"expected FIELD:TYPE, found {text!r}", "for example pool_address:Address")
    return name, type_


def _domain(system: System, given: str | None) -> str:
    from torq_gen.cli._shared.failures import UsageError

    if given is not None:
        _unknown("domain", [given], system.domains)
        return given
    if len(system.domains) > 1:
        known = ", ".join(system.domains)
        raise UsageError("expected the message's domain, found none", f"--domain, one of {known}")
    return next(iter(system.domains))


def _file(texts: Texts, given: str | None) -> str:
    if given is None:
        return ""
    _unknown("schema", [given], [path for path in texts if path != "system.yaml"])
    return given


def _unknown(kind: str, names: list[str], known: Any) -> None:
    """Refuse a name that the spec does not have."""
    from torq_gen.cli._shared.failures import UsageError, did_you_mean

    for name in names:
        if name not in known:
            near = did_you_mean(name, known) or f"there are: {', '.join(known) or 'none'}"
            raise UsageError(f"no {kind} is named {name!r}", near)


def _taken(name: str, known: Any, kind: str) -> None:
    from torq_gen.cli._shared.failures import UsageError

    if name in known:
        raise UsageError(f"there is a {kind} named {name!r} already", "choose another name")
