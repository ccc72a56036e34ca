"""The domains of system.yaml, or the three that stand without any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Related
from torq_gen.model.messages import Domain
from torq_gen.model.names import snake_case
from torq_gen.spec import rules
from torq_gen.spec.naming import domain_problem

if TYPE_CHECKING:
    from torq_gen.spec.document import Document, Raw
    from torq_gen.spec.findings import Findings

DEFAULT_DOMAINS = {
    "MarketData": Domain("MarketData", 1, 1, 19),
    "Signal": Domain("Signal", 2, 20, 39),
    "Execution": Domain("Execution", 3, 40, 79),
}
LAST_MESSAGE_TYPE = 64999


def read_domains(document: Document, root: dict[str, Raw], findings: Findings) -> dict[str, Domain]:
    """The domains by name, after a finding for each clash between two of them."""
    section = root.get("domains")
    if section is None:
        return dict(DEFAULT_DOMAINS)
    found: dict[str, Domain] = {}
    for name, raw in section.items():
        first, last = raw["types"]
        span = document.key(section, name)
        if problem := domain_problem(name):
            findings.add(problem.rule, span, problem.message, help=problem.help)
        domain = Domain(
            name,
            raw["id"],
            first,
            last,
            raw.get("compatibility", "backward"),
            raw.get("money", False),
            span,
        )
        _range(document, raw, domain, findings)
        for other in found.values():
            _clash(document, raw, domain, other, findings)
        found[name] = domain
    return found


def _range(document: Document, raw: dict[str, Raw], domain: Domain, findings: Findings) -> None:
    first, last = domain.first_type, domain.last_type
    span = document.value(raw, "types")
    if first > last:
        message = f"expected the first type id before the last, found {first} and {last}"
        findings.add(rules.DOMAIN_OVERLAP, span, message, help="swap the two")
    elif first < 1 or last > LAST_MESSAGE_TYPE:
        message = f"expected type ids of 1 to {LAST_MESSAGE_TYPE}, found {first} to {last}"
        help = "0 and 65535 are reserved, 65000 to 65534 are TLVs of the protocol"
        findings.add(rules.RESERVED_TYPE_ID, span, message, help=help)


def _clash(
    document: Document, raw: dict[str, Raw], domain: Domain, other: Domain, findings: Findings
) -> None:
    place = (Related(other.span, other.name),) if other.span is not None else ()
    if domain.id == other.id:
        message = f"{domain.name} and {other.name} have one id, {domain.id}"
        span = document.value(raw, "id")
        findings.add(rules.DOMAIN_OVERLAP, span, message, related=place)
    if snake_case(domain.name) == snake_case(other.name) and domain.span is not None:
        message = f"{domain.name} and {other.name} would both have the module "
        message += snake_case(domain.name)
        help = "rename one of the two"
        findings.add(rules.NAME_USED_TWICE, domain.span, message, help=help, related=place)
    low = max(domain.first_type, other.first_type)
    high = min(domain.last_type, other.last_type)
    if low <= high:
        shared = str(low) if low == high else f"{low} to {high}"
        message = f"{domain.name} and {other.name} both have the type ids {shared}"
        span = document.value(raw, "types")
        findings.add(rules.DOMAIN_OVERLAP, span, message, related=place)
