"""YAML text to a `Document`: the parser's events, read once, without tags or hidden conversions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from torq_gen.diagnostics import Related, Span
from torq_gen.spec import rules
from torq_gen.spec.document import Document, Raw
from torq_gen.spec.integers import integer_in
from torq_gen.spec.marks import ALIAS, FLOW, SCALAR, Event, Mark, form_of, mark_of
from torq_gen.spec.scalars import Ambiguous, Scalar, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torq_gen.spec.findings import Findings

MAX_DEPTH = 64
MAX_ALIASED_NODES = 200_000
_NUMBER_LENGTH = 18  # of a u64 in hex; what is longer is bytes, an address or a hash
_BRACES = re.compile(r"bytes\[\d*\]|<[^<>]*,")


class Refused:
    """Stands where a scalar was refused, so that no second finding follows from it."""


REFUSED = Refused()
_DROPPED: Any = object()  # the key of a value that is read and thrown away


class _Stop(Exception):  # noqa: N818 - not an error: the finding is noted already
    """The rest of the document is not read."""


def read(file: str, text: str, findings: Findings) -> Document | None:
    """The document in ``text``, or None when its form allows no further check."""
    import yaml

    document = Document(file, text)
    try:
        reader = _Reader(document, findings)
        reader.run()
        document.has_floats = any(isinstance(v, float) for v in reader.memo.values())
    except _Stop:
        return None
    except yaml.MarkedYAMLError as error:
        _syntax_error(document, error, findings)
        return None
    except yaml.YAMLError as error:
        findings.add(rules.INVALID_YAML, Span.of_file(file), f"not YAML: {error}")
        return None
    return document


def _events(text: str) -> Iterator[Event]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    return iter(loader.get_event, None)


class _Reader:
    """Builds one document from the parser's events."""

    def __init__(self, document: Document, findings: Findings) -> None:
        self.document = document
        self.findings = findings
        self.memo: dict[str, Scalar | Ambiguous] = {}
        self.anchors: dict[str, Raw] = {}
        self.starts: dict[int, int] = {}  # id of an open anchored collection: nodes before it
        self.sizes: dict[int, int] = {}  # id of a closed one: its nodes, aliases expanded
        self.nodes = 0  # nodes so far, aliases expanded
        self.aliased = 0  # those of them that aliases stand for

    def run(self) -> None:
        """Reads the whole text; raises _Stop where reading on makes no sense."""
        from yaml import StreamEndEvent

        events = _events(self.document.text)
        next(events)
        if isinstance(next(events), StreamEndEvent):
            span = Span.of_file(self.document.file)
            self._stop(rules.UNREADABLE_FILE, span, "expected a mapping, the file is empty", None)
        self._nodes(events)
        next(events)
        extra = next(events)
        if not isinstance(extra, StreamEndEvent):
            message = "expected one YAML document, found a second one"
            self._stop(
                rules.INVALID_YAML, self._span(extra), message, "keep one document in a file"
            )

    def _nodes(self, events: Iterator[Event]) -> None:
        """Reads the root node. The stack is explicit, so that depth costs no recursion."""
        from yaml import AliasEvent, MappingEndEvent, MappingStartEvent, ScalarEvent
        from yaml import SequenceEndEvent as ListEndEvent

        all_keys, all_values, ends = self.document.keys, self.document.values, self.document.ends
        memo = self.memo
        stack: list[tuple[Raw, Raw, Raw]] = []
        here: Raw = None  # the open collection, and the marks of its keys and values
        keys: Raw = None
        values: Raw = None
        key: Any = None  # the key that waits for its value
        for event in events:
            kind = event.__class__
            if kind is MappingEndEvent or kind is ListEndEvent:
                ends[id(here)] = event.end_mark.index
                if (start := self.starts.pop(id(here), None)) is not None:
                    self.sizes[id(here)] = self.nodes - start
                here, keys, values = stack.pop()
                key = None
                if not stack:
                    return
                continue
            if keys is not None and key is None:
                key = self._key(event, keys)
                continue
            self.nodes += 1
            form = SCALAR
            if kind is ScalarEvent:
                text = event.value
                if event.implicit[0] and event.tag is None and event.anchor is None:
                    value: Raw = (
                        memo[text] if text in memo else memo.setdefault(text, resolve(text))
                    )
                    if value.__class__ is Ambiguous:
                        value = self._ambiguous(event, value)
                else:
                    value, form = self._scalar(event), form_of(event)
            elif kind is AliasEvent:
                value, form = self._alias(event), ALIAS
            else:
                form = form_of(event)
                value = self._open(event, {} if kind is MappingStartEvent else [], len(stack))
            mark = mark_of(event, form)
            if here is None:
                self.document.root, self.document.root_mark = value, mark
            elif keys is None:
                here.append(value)
                values.append(mark)
            elif key is not _DROPPED:
                here[key] = value
                values[key] = mark
            key = None
            if form >= FLOW:
                stack.append((here, keys, values))
                here = value
                keys, values = ({}, {}) if kind is MappingStartEvent else (None, [])
                all_values[id(value)] = values
                if keys is not None:
                    all_keys[id(value)] = keys
            elif here is None:
                return

    def _open(self, event: Event, value: Raw, depth: int) -> Raw:
        if event.tag is not None:
            self._tag(event)
        if depth >= MAX_DEPTH:
            message = f"nested deeper than {MAX_DEPTH} levels"
            self._stop(rules.INVALID_YAML, self._span(event), message, None)
        if event.anchor is not None:
            self.anchors[event.anchor] = value
            self.starts[id(value)] = self.nodes
        # Kept even when its key was dropped: a new collection must not get its identity.
        self.document.alive.append(value)
        return value

    def _key(self, event: Event, keys: dict[str, Mark]) -> Any:
        if event.__class__.__name__ != "ScalarEvent":
            message = "expected a text as key, found a collection or an alias"
            self._stop(rules.INVALID_YAML, self._span(event), message, "write the key out")
        text: str = event.value
        if event.tag is not None:
            self._tag(event)
        if event.anchor is not None:
            self.anchors[event.anchor] = text
        if event.implicit[0]:
            if text == "<<":
                message = "merge keys are not part of YAML 1.2 and are not supported"
                self._stop(rules.INVALID_YAML, self._span(event), message, "write the keys out")
            if text not in self.memo:
                self.memo[text] = resolve(text)
            if self.memo[text].__class__ is not str:
                self._plain_key(event, text)
        if text in keys:
            first = Related(self.document.scalar(keys[text]), f"{text}, the first time")
            self.findings.add(
                rules.DUPLICATE_KEY,
                self._span(event),
                f"the key '{text}' stands here for the second time",
                help="keep one of the two",
                related=(first,),
            )
            return _DROPPED
        keys[text] = mark_of(event, form_of(event))
        return text

    def _plain_key(self, event: Event, text: str) -> None:
        value = self.memo[text]
        if isinstance(value, Ambiguous):
            self._ambiguous(event, value)
        elif value is None or isinstance(value, bool):
            self._ambiguous(event, Ambiguous("a boolean" if value is not None else "null"))

    def _scalar(self, event: Event) -> Raw:
        """A scalar that is quoted, tagged or anchored."""
        value: Raw = event.value
        if event.tag is not None:
            self._tag(event)
        elif event.implicit[0]:
            value = resolve(value)
            if isinstance(value, Ambiguous):
                value = self._ambiguous(event, value)
        if event.anchor is not None:
            self.anchors[event.anchor] = value
        return value

    def _ambiguous(self, event: Event, found: Ambiguous) -> Refused:
        text = event.value
        self.findings.add(
            rules.AMBIGUOUS_SCALAR,
            self._span(event),
            f"plain {text if len(text) <= 40 else text[:40] + '…'} is {found.reading} to some "
            "readers of YAML and a text or another value to others",
            help=f'quote the text: "{text}"' + _plain_form(text, found),
        )
        return REFUSED

    def _alias(self, event: Event) -> Raw:
        if event.anchor not in self.anchors:
            message = f"the alias *{event.anchor} refers to no anchor above it"
            self._stop(rules.INVALID_YAML, self._span(event), message, None)
        value = self.anchors[event.anchor]
        if id(value) in self.starts:
            message = f"the alias *{event.anchor} stands inside what it refers to: it never ends"
            self._stop(rules.EXPLODING_ALIAS, self._span(event), message, "write the content out")
        size = self.sizes.get(id(value), 1)
        self.nodes += size
        self.aliased += size
        if self.aliased > MAX_ALIASED_NODES:
            message = f"aliases expand to more than {MAX_ALIASED_NODES:,} values"
            self._stop(rules.EXPLODING_ALIAS, self._span(event), message, "write the content out")
        return value

    def _tag(self, event: Event) -> None:
        self.findings.add(
            rules.INVALID_YAML,
            self._span(event),
            f"tags are not supported, found {event.tag}",
            help="leave the tag out; quote the value if it is a text",
        )

    def _span(self, event: Event) -> Span:
        return self.document.scalar(mark_of(event, form_of(event)))

    def _stop(self, rule: Any, span: Span, message: str, help: str | None) -> None:
        self.findings.add(rule, span, message, help=help)
        raise _Stop


def _plain_form(text: str, found: Ambiguous) -> str:
    match found.reading:
        case "a boolean":
            truth = text.lower() in ("yes", "on", "true")
            return f"; for a boolean write {'true' if truth else 'false'}"
        case "a number":
            return "; for a number write its digits without underscores or exponent"
        case "a hexadecimal number" | "a binary number" if len(text) <= _NUMBER_LENGTH:
            return f"; for a number write {integer_in(text)}"
        case "an octal number" if text.lstrip("+-0").isdigit():
            return f"; for a number write {text.lstrip('+-0')}"
        case _:
            return ""


def _syntax_error(document: Document, error: Any, findings: Findings) -> None:
    mark = error.problem_mark or error.context_mark
    span = Span.of_file(document.file)
    if mark is not None:
        span = Span(document.file, mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
    lines = document.text.splitlines()
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    related: tuple[Related, ...] = ()
    if error.context_mark is not None and error.problem_mark is not None and error.context:
        start = error.context_mark
        place = Span(
            document.file, start.line + 1, start.column + 1, start.line + 1, start.column + 2
        )
        related = (Related(place, error.context),)
    help = None
    if _BRACES.search(line):
        help = 'within braces, quote a type that holds a bracket or a comma: {type: "bytes[20]"}'
    problem = error.problem or "the text is not YAML"
    findings.add(rules.INVALID_YAML, span, f"not YAML: {problem}", help=help, related=related)
