"""Every key of a TOML file has its place, however it is written."""

from __future__ import annotations

import tomllib

import pytest

from mycelium.topology.places import Place, Places


@pytest.mark.parametrize(
    ("text", "keys", "place"),
    [
        ("a = 1\n", ("a",), Place(1, 1, 1, 2)),
        ("[t]\na = 1\n", ("t",), Place(1, 2, 1, 3)),
        ("[t]\n  a = 1\n", ("t", "a"), Place(2, 3, 2, 4)),
        ("# a = 1\n[ t ] # [u]\na = 1", ("t", "a"), Place(3, 1, 3, 2)),
        ("[t.u]\na = 1", ("t", "u", "a"), Place(2, 1, 2, 2)),
        ("[t.u]\na = 1", ("t",), Place(1, 2, 1, 5)),
        ("t.u . a = 1", ("t", "u", "a"), Place(1, 1, 1, 8)),
        ('"t x"."é" = 1', ("t x", "é"), Place(1, 1, 1, 10)),
        ("'a -> b' = 1", ("a -> b",), Place(1, 1, 1, 9)),
        ('x = """\na = 2\n"""\na = 1', ("a",), Place(4, 1, 4, 2)),
        ("x = '''\n[a]\n''''\na = 1", ("a",), Place(4, 1, 4, 2)),
        ('x = [\n  "]", # [\n  "a",\n]\na = 1', ("a",), Place(5, 1, 5, 2)),
        ("x = {a = 1}\n", ("x", "a"), Place(1, 1, 1, 2)),
        ('x = "a\\"]" # \'\na = 1', ("a",), Place(2, 1, 2, 2)),
        ("[[t]]\na = 1\n[[t]]\n", ("t", "a"), Place(2, 1, 2, 2)),
        ("é = 1\n", ("b",), None),
    ],
)
def test_a_keys_place(text: str, keys: tuple[str, ...], place: Place | None) -> None:
    if text != "é = 1\n":
        tomllib.loads(text)  # a sample that is no TOML would show nothing
    assert Places(text).of(keys) == place


def test_a_string_in_a_keys_value() -> None:
    places = Places('names = [\n  "a", # "b"\n  \'b\',\n]\nother = "b"\n')
    assert places.of(("names",), "a") == Place(2, 3, 2, 6)
    assert places.of(("names",), "c") == Place(1, 1, 1, 6)
    assert places.of(("other",), "b") == Place(5, 9, 5, 12)
