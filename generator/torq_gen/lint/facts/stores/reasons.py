"""Why nobody can tell what an access concerns, and what helps then."""

from __future__ import annotations

from typing import Final

SCRIPT: Final = "a script may touch any key"
OTHER_DATABASE: Final = "from here on its keys are those of another database"
SEARCH_PATH: Final = "it changes the search path, and with it which tables the names after it mean"
SEARCH_OPTION: Final = "its options change the `search_path`, and with it which tables names mean"
TRANSLATED: Final = "its schemas are translated"
_FUNCTION = "the function {} may touch any table"

_SCHEMAS = "name the schema in front of each table, and leave the search path as it is"
_HELP = {
    SCRIPT: "write commands in place of the script, or suppress this and name the keys that the "
    "script touches",
    OTHER_DATABASE: "make a client for each database",
    SEARCH_PATH: _SCHEMAS,
    SEARCH_OPTION: _SCHEMAS,
    TRANSLATED: "give each table the schema that it has",
}


def function(name: str) -> str:
    """Why a call of a function of the database cannot be told."""
    return _FUNCTION.format(name)


def help_for(reason: str) -> str | None:
    """How such an access can be made provable, where that depends on the reason."""
    first, last = _FUNCTION.split("{}")
    if reason.startswith(first) and reason.endswith(last):
        return "write what it does as statements here, or suppress this and name its tables"
    return _HELP.get(reason)
