"""Words of messages about settings: what was found there, and what may have been meant."""

from __future__ import annotations

from collections.abc import Iterable


def near(word: str, known: Iterable[str], what: str = "keys") -> str:
    """The known word that may be meant, or all there are."""
    from difflib import get_close_matches

    choices = tuple(known)
    found = get_close_matches(word, choices, n=1, cutoff=0.6)
    return f"did you mean '{found[0]}'?" if found else f"{what}: {', '.join(choices)}"


def kind(value: object) -> str:
    """What a value of TOML is."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case int() | float():
            return str(value)
        case list():
            plain = all(isinstance(one, str) and one for one in value)
            return "a list" if plain else "a list that holds something else"
        case dict():
            return "a table"
    return "something else"
