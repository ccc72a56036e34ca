"""Which addresses a declared URL covers, and where nobody can tell."""

from __future__ import annotations

import pytest

from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.rules._addresses import (
    NO_HOST,
    OPEN_HOST,
    OPEN_PATH,
    OPEN_PORT,
    Verdict,
    judge,
)

ANY = Hole()
RPC = Hole("RPC_URL")
V1 = "https://rates.example/v1"


def verdict(address: str | tuple[str | Hole, ...], *urls: str) -> Verdict:
    parts = (address,) if isinstance(address, str) else address
    return judge(Text.of(parts), urls)


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (V1, V1),
        (V1 + "/", V1),
        (V1 + "/pairs?x=1#y", V1),
        (V1 + "?x=1", V1),
        ("https://rates.example//v1//pairs", V1),
        (V1, V1 + "/"),
        ("wss://rates.example/v1", V1),
        ("http://rates.example/v1", V1),
        ("https://RATES.example:443/v1", V1),
        ("https://rates.example./v1", V1),
        ("https://user:secret@rates.example/v1", V1),
        ("rates.example:443", "https://rates.example/"),
        ("rates.example:443", "wss://rates.example"),
        ("mail.example:587", "smtp://mail.example:587"),
        ("mail.example:587", "mail.example"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("https://a.example/v2/key", "https://a.example/v2/..."),
        ((V1, "/", ANY), V1),
        ((V1, "?x=", ANY), V1),
        ((ANY, "://rates.example/v1"), V1),
        (("https://", ANY, "@rates.example/v1"), V1),
        (("https://rates.example/", ANY), "https://rates.example"),
        ((RPC,), "{RPC_URL}"),
        ((RPC, "/v1/", ANY), "{RPC_URL}"),
        (("https://", Hole("REGION"), ".rates.example/x"), "https://{REGION}.rates.example/"),
        (("a.example:", Hole("PORT")), "http://a.example:{PORT}"),
    ],
)
def test_covered(address: str | tuple[str | Hole, ...], url: str) -> None:
    assert verdict(address, "https://other.example", url) == Verdict(True)


@pytest.mark.parametrize(
    "address",
    [
        "https://rates.example/v10",
        "https://rates.example/",
        "https://rates.example/v1/../admin",
        "https://rates.example:8443/v1",
        "http://rates.example:443x/v1",
        "https://rates.example.evil.example/v1",
        "https://evil.example/rates.example/v1",
        "https://evil.example?https://rates.example/v1",
        "https://rates.example@evil.example/v1",
        "rates.example:80",
        (RPC,),
        (RPC, "/v1"),
        ("https://evil.example/", ANY),
        ("https://rates.example/v2/", ANY),
        (Hole("OTHER_URL"), "/v1"),
    ],
)
def test_not_covered(address: str | tuple[str | Hole, ...]) -> None:
    assert verdict(address, V1, "{OTHER}") == Verdict(False)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ((ANY,), OPEN_HOST),
        (("https://", ANY, ".rates.example/v1"), OPEN_HOST),
        (("https://rates.example", ANY), OPEN_HOST),
        ((RPC, ANY), OPEN_HOST),
        ((V1, ANY), OPEN_PATH),
        (("https://rates.example/", ANY), OPEN_PATH),
        (("rates.example:", ANY), OPEN_PORT),
        ("/pairs", NO_HOST),
        ("", NO_HOST),
    ],
)
def test_nobody_can_tell(address: str | tuple[str | Hole, ...], reason: str) -> None:
    assert verdict(address, V1, "{RPC_URL}") == Verdict(False, reason)


def test_nothing_is_covered_without_a_declaration() -> None:
    assert verdict(V1) == Verdict(False)
