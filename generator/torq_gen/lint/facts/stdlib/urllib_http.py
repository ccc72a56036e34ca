"""urllib.request, http.client and xmlrpc.client."""

from __future__ import annotations

import re
from collections.abc import Iterator

from torq_gen.lint.facts.library import Call, Function, Library, Type
from torq_gen.lint.facts.model import Access, Fact, FileAccess, Unproven
from torq_gen.lint.facts.outside.clients import resolved
from torq_gen.lint.facts.outside.effects import (
    HTTP_CLIENT,
    connected,
    connecting,
    dialling,
    each,
    is_absolute,
    texts,
)
from torq_gen.lint.facts.outside.paths import WRITE, accesses
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import join
from torq_gen.lint.facts.values import ANY_TEXT, External, Thing, Unknown, Value


def _opened(call: Call) -> Iterator[Fact]:
    """A URL, or a Request that was checked where it was made; ``file:`` reads a file."""
    argument = call.argument(0, "url", "fullurl")
    if argument is None or argument.value == Thing(_REQUEST.name):
        return
    for url in texts(argument.value):
        path = url.exact if isinstance(url, Text) else None
        if path is not None and path.startswith("file:"):
            found = Text.of([path.removeprefix("file:").removeprefix("//")])
            yield FileAccess(argument.span, call.span, Access.READ, found)
        else:
            yield from connected(call, [url], "urllib", argument)


def _retrieved(call: Call) -> Iterator[Fact]:
    """A URL, and the file that it is written to."""
    yield from _opened(call)
    target = call.argument(1, "filename")
    if target is not None:
        yield from accesses(call, target.value, WRITE, target)


def _joined(call: Call) -> Value:
    """``urljoin``: a link, as it stands on the page of a base."""
    base, url = call.argument(0, "base"), call.argument(1, "url")
    if base is None or url is None:
        return ANY_TEXT
    return join(_link(one, other) for one in texts(base.value) for other in texts(url.value))


def _link(base: Text | Unproven, url: Text | Unproven) -> Value:
    if isinstance(url, Unproven):
        return Unknown(url.reason)
    absolute = is_absolute(url)
    if absolute is None:
        return Unknown("the link may be a whole URL, to which the base is not added")
    if absolute:
        return url
    return Unknown(base.reason) if isinstance(base, Unproven) else resolved(base, url)


def _escaped(call: Call) -> Value:
    """``quote``: a text that means nothing in a URL stays as it is, where it is constant."""
    given = call.argument(0, "string")
    exact = [t.exact if isinstance(t, Text) else None for t in texts(given.value)] if given else []
    plain = [one for one in exact if one is not None and _PLAIN.fullmatch(one)]
    return join(map(_text, plain)) if plain and len(plain) == len(exact) else ANY_TEXT


def _text(exact: str) -> Text:
    return Text.of([exact])


_PLAIN = re.compile(r"[\w.~-]*", re.ASCII)
_REQUEST = Type("urllib.Request", annotations=("urllib.request.Request",))
_OPENER = Type(
    "urllib.Opener",
    capability=HTTP_CLIENT,
    annotations=("urllib.request.OpenerDirector",),
    methods={"open": Function(_opened), "retrieve": Function(_retrieved)},
)
_ROBOTS = Function(
    connecting("urllib", 0, "url"), lambda call: External("urllib.robotparser.RobotFileParser()")
)
_DIAL_HTTP = Function(dialling("http.client"))

LIBRARY = Library(
    "urllib",
    ("urllib", "http", "xmlrpc"),
    {
        "urllib.parse.urljoin": Function(None, _joined),
        **each(("quote", "quote_plus"), Function(None, _escaped), "urllib.parse."),
        "urllib.request.urlopen": Function(_opened),
        "urllib.request.urlretrieve": Function(_retrieved),
        "urllib.request.Request": Function(connecting("urllib", 0, "url"), _REQUEST.name),
        **each(
            ("build_opener", "OpenerDirector", "URLopener", "FancyURLopener"),
            Function(None, _OPENER.name),
            "urllib.request.",
        ),
        **each(
            ("RobotFileParser", "RobotFileParser().set_url"),
            _ROBOTS,
            "urllib.robotparser.",
        ),
        **each(("HTTPConnection", "HTTPSConnection"), _DIAL_HTTP, "http.client."),
        **each(
            ("ServerProxy", "Server"), Function(connecting("xmlrpc", 0, "uri")), "xmlrpc.client."
        ),
    },
    (_REQUEST, _OPENER),
)
