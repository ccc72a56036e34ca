"""HTTP clients that hold a base URL, to which what each request says is added."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from torq_gen.lint.facts.library import Call, Effect
from torq_gen.lint.facts.model import Fact, Unproven
from torq_gen.lint.facts.outside.effects import connected, is_absolute, texts
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import NONE, Thing, Value

Join = Callable[[Text, Text], Text]
"""How a client adds a relative URL to its base."""

NO_BASE = "the base URL of the client is not known here"
PERHAPS_WHOLE = "it may be a whole URL, to which the client's base URL is not added"


def client(type_: str, position: int | None = None) -> Callable[[Call], Value]:
    """What a client's constructor gives: a thing that remembers its base URL."""

    def returns(call: Call) -> Value:
        given = call.argument(position, "base_url")
        return Thing(type_, (("base", given.value if given is not None else NONE),))

    return returns


def requesting(library: str, position: int, join: Join) -> Effect:
    """The effect of a request by a client: a connection to its base URL and the argument."""

    def effect(call: Call) -> Iterator[Fact]:
        argument = call.argument(position, "url", "str_or_url")
        if argument is None:
            return
        for url in texts(argument.value):
            yield from connected(call, _whole(call.receiver, url, join), library, argument)

    return effect


def _whole(receiver: Value, url: Text | Unproven, join: Join) -> Iterator[Text | Unproven]:
    for one in alternatives(receiver):
        base = one.get("base") if isinstance(one, Thing) else None
        absolute = None if isinstance(url, Unproven) else is_absolute(url)
        if isinstance(url, Unproven) or absolute or base == NONE:
            yield url
        elif base is None:
            yield Unproven(NO_BASE) if absolute is False else url
        else:
            for start in texts(base):
                if isinstance(start, Unproven):
                    yield start
                else:
                    yield Unproven(PERHAPS_WHOLE) if absolute is None else join(start, url)


def appended(base: Text, url: Text) -> Text:
    """The URL below the base's path, whatever slashes they have (httpx)."""
    if not url.parts:
        return base
    return _without_last_slash(base) + Text.of(["/"]) + _without_first_slash(url)


def resolved(base: Text, url: Text) -> Text:
    """The URL as a link on the base's page (RFC 3986, as aiohttp and urljoin do)."""
    if not url.parts:
        return base
    if url.prefix.startswith("//"):
        return Text.of(["https:"]) + url
    prefix = base.prefix
    start = re.match(r"[^/?#]*//[^/?#]+", prefix)
    if start is None or (start.end() == len(prefix) and len(base.parts) > 1):
        return appended(base, url)  # the host is a setting, and so is the path behind it
    if url.prefix.startswith("/"):
        return Text.of([start[0]]) + url
    if len(base.parts) > 1 and not (isinstance(base.parts[-1], str) and "/" in base.parts[-1]):
        return appended(base, url)
    *before, last = base.parts
    folder, slash, _ = str(last).rpartition("/")
    if len(base.parts) == 1 and len(folder) < start.end():
        return Text.of([start[0], "/"]) + url
    return Text.of([*before, folder + slash]) + url


def _without_last_slash(text: Text) -> Text:
    *before, last = text.parts or ("",)
    return Text.of([*before, last.rstrip("/")]) if isinstance(last, str) else text


def _without_first_slash(text: Text) -> Text:
    first, *after = text.parts
    return Text.of([first.lstrip("/"), *after]) if isinstance(first, str) else text
