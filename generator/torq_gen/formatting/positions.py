"""What may stand where in the spec's files: the order of keys, and what takes lines of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file.

    ``keys`` are the known ones in their order, ``others`` what stands below any other key and in
    the items of a list. ``block`` keeps a collection from being written in one line, ``spaced``
    separates its entries by blank lines, ``prose`` lets a text be wrapped.
    """

    keys: Mapping[str, Position] = field(default_factory=dict)
    others: Position | None = None
    block: bool = False
    spaced: bool = False
    prose: bool = False

    def below(self, key: str) -> Position:
        """The position of a key's value, or of an item."""
        return self.keys.get(key) or self.others or ANYTHING


def _of(*keys: str, **more: Position) -> dict[str, Position]:
    return {key: more.get(key, ANYTHING) for key in keys}


ANYTHING = Position()
_PROSE = Position(prose=True)
_EACH_ITS_LINE = Position(block=True)

_OPTIONS = Position(_of("sequential_per", "by", "at_most_once_per", "on_full", "ordering"))
_FLOW_KEYS = ("source", "format", "events", "type", "tlv_type", "type_id", "domain", "topic")
_FLOW = Position(others=Position({**_of(*_FLOW_KEYS), **_OPTIONS.keys}, others=_OPTIONS))
_RESTART = Position(_of("strategy", "max_restarts", "window_secs"))
_ACCESS = Position(_of("keys", "tables", "authority", "writers"))
_INVARIANT = Position(
    _of(
        *("id", "text", "precedes", "within", "never_after", "one_of"),
        text=_PROSE,
        precedes=Position(_of("first", "then")),
        within=Position(_of("after", "then", "time")),
        never_after=Position(_of("after", "never")),
        one_of=Position(_of("each", "of", "time")),
    ),
    block=True,
    prose=True,
)
_SERVICE = Position(
    _of(
        *("id", "status", "description", "path", "owner", "bundle", "actor_type"),
        *("publishes", "produces", "subscribes", "consumes", "stores", "dependencies"),
        *("authority", "externals", "libraries", "restart", "restart_policy", "max_restarts"),
        "invariants",
        description=_PROSE,
        publishes=_FLOW,
        produces=_FLOW,
        subscribes=_FLOW,
        consumes=_FLOW,
        stores=Position(others=_ACCESS, block=True),
        restart=_RESTART,
        restart_policy=_RESTART,
        invariants=Position(others=_INVARIANT, block=True),
    ),
    block=True,
)
SYSTEM = Position(
    _of(
        *("system", "exports", "domains", "stores", "externals", "services"),
        system=Position(_of("name", "package", "schemas")),
        domains=Position(others=Position(_of("id", "types", "compatibility", "money")), block=True),
        stores=_EACH_ITS_LINE,
        externals=Position(others=Position(_of("urls", "protocol")), block=True),
        services=Position(others=_SERVICE, block=True, spaced=True),
    ),
    block=True,
    spaced=True,
)

_VALIDATION = Position(_of("in", "range", "pattern", "nonzero", "predicate", "valid", "invalid"))
_FIELD = Position(
    _of(
        *("type", "unit", "money", "validate", "since", "default", "deprecated"),
        *("python_name", "doc"),
        validate=_VALIDATION,
        doc=_PROSE,
    )
)
_FIELDS = Position(others=Position(others=_FIELD), block=True)
_TYPE = Position(
    _of("type", "enum", "closed", "doc", "struct", "values", struct=_FIELDS, doc=_PROSE),
    block=True,
)
_MESSAGE = Position(
    _of(
        *("type", "version", "topic", "doc", "key", "retain", "fields", "examples"),
        doc=_PROSE,
        fields=_FIELDS,
        examples=_EACH_ITS_LINE,
    ),
    block=True,
)
SCHEMA = Position(
    _of(
        *("domain", "types", "messages", "reserved"),
        types=Position(others=_TYPE, block=True),
        messages=Position(others=_MESSAGE, block=True, spaced=True),
        reserved=Position(_of("types", "names"), block=True),
    ),
    block=True,
    spaced=True,
)
MESSAGE, FIELDS, SERVICE = _MESSAGE, _FIELDS, _SERVICE
