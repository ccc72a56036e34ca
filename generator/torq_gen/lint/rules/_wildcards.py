"""Topics against topics: what a declared one stands for, and what a subscription takes in.

In a declared topic ``{name}`` stands for any text that is not empty. A topic that is wholly
``{NAME}`` is the setting of that name and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from torq_gen.lint.facts.text import Hole, Text

_HOLE = "\0"
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def covers(declared: str, text: Text) -> bool:
    """Whether every text that code may make here is on the declared topic."""
    if _is_setting(declared):
        return text.setting == declared[1:-1]
    if text.setting is not None:
        return False
    return _declared(declared).fullmatch(_flat(text)) is not None


def meets(declared: str, text: Text) -> bool:
    """Whether some text that code may make here is on the declared topic."""
    if _is_setting(declared) or text.setting is not None:
        return covers(declared, text)
    pattern = tuple(_HOLE if _PLACEHOLDER.fullmatch(p) else p for p in _pieces(declared))
    return _intersect("".join(pattern), _flat(text))


def takes_in(library: str, text: Text, declared: str) -> bool | None:
    """Whether a subscription with wildcards gets the declared topic; None: it has no wildcard."""
    pattern = _pattern(library, _flat(text))
    if pattern is None:
        return None
    return pattern.fullmatch(_PLACEHOLDER.sub(_HOLE, declared)) is not None


def _is_setting(declared: str) -> bool:
    return _PLACEHOLDER.fullmatch(declared) is not None


def _flat(text: Text) -> str:
    """The text with one character for each hole."""
    return "".join(_HOLE if isinstance(part, Hole) else part for part in text.parts)


def _pieces(declared: str) -> list[str]:
    return re.split(r"(\{[^{}]*\})", declared)


@cache
def _declared(declared: str) -> re.Pattern[str]:
    parts = (".+" if _PLACEHOLDER.fullmatch(p) else re.escape(p) for p in _pieces(declared))
    return re.compile("".join(parts), re.DOTALL)


def _intersect(one: str, other: str) -> bool:
    """Whether two texts with holes can be the same text."""
    reached = {(0, 0)}
    todo = [(0, 0)]
    while todo:
        i, j = todo.pop()
        if i == len(one) and j == len(other):
            return True
        for step in _steps(one, other, i, j):
            if step not in reached:
                reached.add(step)
                todo.append(step)
    return False


def _steps(one: str, other: str, i: int, j: int) -> list[tuple[int, int]]:
    left, right = one[i : i + 1], other[j : j + 1]
    found = []
    if left == _HOLE:
        found += [(i + 1, j), (i, j + 1)] if right else [(i + 1, j)]
    if right == _HOLE:
        found += [(i, j + 1), (i + 1, j)] if left else [(i, j + 1)]
    if left and left == right and left != _HOLE:
        found.append((i + 1, j + 1))
    return found


# Wildcards of brokers


def _words(separator: str, one: str, rest: str, word: str) -> Callable[[str], str | None]:
    """A syntax with words between separators, one of which stands for a word or for the rest."""

    def translate(text: str) -> str | None:
        words = text.split(separator)
        if one not in words and rest not in words:
            return None
        parts = [word if w == one else ".+" if w == rest else _literal(w) for w in words]
        pattern = re.escape(separator).join(parts)
        if rest == "#" and words[-1] == rest:  # it stands for nothing, too
            pattern = f"{pattern.removesuffix('.+')}.*|{re.escape(separator).join(parts[:-1])}"
        return pattern

    return translate


def _literal(text: str) -> str:
    return ".+".join(map(re.escape, text.split(_HOLE)))


def _shared(translate: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """MQTT: ``$share/group/topic`` takes turns with others on the topic."""

    def inner(text: str) -> str | None:
        if text.startswith("$share/") and text.count("/") > 1:
            text = text.split("/", 2)[2]
            return translate(text) or _literal(text)
        return translate(text)

    return inner


def _bound(translate: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """AMQP: the key after the exchange may have wildcards."""

    def inner(text: str) -> str | None:
        exchange, slash, key = text.rpartition("/")
        pattern = translate(key)
        return None if pattern is None else f"{_literal(exchange + slash)}(?:{pattern})"

    return inner


def _glob(text: str) -> str | None:
    if not re.search(r"[*?[]", text):
        return None
    signs = {"*": ".*", "?": ".", _HOLE: ".+"}
    parts = re.split(r"(\[[^]]*\]|[*?\0])", text)
    return "".join(signs.get(p) or (p if p.startswith("[") else re.escape(p)) for p in parts)


def _regex(text: str) -> str | None:
    """Kafka: a topic that begins with ``^`` is a pattern, which need not match to the end."""
    return f"(?:{text.replace(_HOLE, '.+')}).*" if text.startswith("^") else None


_NATS = _words(".", "*", ">", "[^.]+")
_MQTT = _shared(_words("/", "+", "#", "[^/]*"))
_AMQP = _bound(_words(".", "*", "#", "[^.]*"))

_SYNTAX: Mapping[str, Callable[[str], str | None]] = {
    "nats": _NATS,
    "faststream.nats": _NATS,
    "paho": _MQTT,
    "aiomqtt": _MQTT,
    "faststream.mqtt": _MQTT,
    "pika": _AMQP,
    "aio_pika": _AMQP,
    "kombu": _AMQP,
    "faststream.rabbit": _AMQP,
    "redis": _glob,
    "faststream.redis": _glob,
    "aiokafka": _regex,
    "kafka": _regex,
    "confluent_kafka": _regex,
    "faststream.kafka": _regex,
    "faststream.confluent": _regex,
}


@cache
def _pattern(library: str, text: str) -> re.Pattern[str] | None:
    translate = _SYNTAX.get(library)
    found = translate(text) if translate is not None else None
    if found is None:
        return None
    try:
        return re.compile(found, re.DOTALL)
    except re.error:
        return None
