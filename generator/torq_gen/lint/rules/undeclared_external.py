"""TQ403: a service calls something outside that no external of it covers."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Connection
from torq_gen.lint.facts.text import Text
from torq_gen.lint.rules._addresses import host_of, judge
from torq_gen.lint.rules._external_samples import BAD, GOOD
from torq_gen.lint.view import ServiceView
from torq_gen.model import External
from torq_gen.rule import Rule

RULE = Rule(
    "TQ403",
    "undeclared-external",
    "A service calls a URL or a host that no external of it covers.",
    why="""\
What a service depends on outside of the system decides what it can leak, what can hold it up and
what has to be there before it is deployed. Only what `externals` says is known to those who decide
about that.""",
    fix="""\
Declare the URL under `externals:` in system.yaml and name the external in the service's
`externals`; `--accept-into-spec` does both. A declared URL covers what lies below its path; its
scheme is not compared. `{NAME}` in it stands for what the setting or environment variable of that
name holds: `urls: ["{RPC_URL}"]`.""",
    bad=BAD,
    good=GOOD,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each connection to an address that is known and not covered."""
    urls = [url for external in _own(view) for url in external.urls]
    for found in view.of(Connection):
        if isinstance(found.to, Text):
            verdict = judge(found.to, urls)
            if not verdict.covered and not verdict.reason:
                yield _finding(view, found, found.to)


def _meant(view: ServiceView, to: Text) -> str:
    """A declared host that has nearly the name, as a question."""
    from difflib import get_close_matches

    hosts = {host_of(url) for external in _own(view) for url in external.urls}
    wanted = host_of(str(to))
    near = get_close_matches(wanted, hosts - {wanted}, n=1, cutoff=0.85)
    return f"did you mean {near[0]}? Otherwise " if near and wanted not in hosts else ""


def _own(view: ServiceView) -> list[External]:
    return [view.system.externals[name] for name in view.service.externals]


def _finding(view: ServiceView, found: Connection, to: Text) -> Diagnostic:
    name = view.service.name
    known = [e for e in view.system.externals.values() if judge(to, e.urls).covered]
    if known:
        return RULE.at(
            found.span,
            f"{name} calls {to} of the external {known[0].name}, "
            f"which services.{name}.externals does not name",
            help=f"add {known[0].name} to services.{name}.externals in system.yaml "
            "(--accept-into-spec), or take the call out",
            related=view.declared_at(known[0].span, f"{known[0].name} is declared here"),
            service=name,
            subject=str(to),
        )
    return RULE.at(
        found.span,
        f"{name} calls {to}, which none of its externals covers",
        help=f"{_meant(view, to)}add the URL to an external in system.yaml, named in "
        f"services.{name}.externals (--accept-into-spec), or take the call out",
        related=view.declared_at(view.service.span, f"{name} is declared here"),
        service=name,
        subject=str(to),
    )
