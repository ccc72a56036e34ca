"""The service's table of the topology file, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# An instrument id has 16 bits for a token's venue, which is its chain.
_HIGHEST_CHAIN: Final = 0xFFFF
_KEYS: Final = ("blocks", "chain_id", "logs", "pools")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class SettingsError(ValueError):
    """A setting of polygon_adapter is missing, unknown or wrong."""

    def __init__(self, key: str, expected: str, found: object) -> None:
        super().__init__(f"services.polygon_adapter.{key}: expected {expected}, found {found!r}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Which chain, and the files of its pools, logs and (where there is one) block headers."""

    chain_id: int
    pools: Path
    logs: Path
    blocks: Path | None

    @classmethod
    def read(cls, table: Mapping[str, object]) -> Settings:
        """The settings of ``table``; paths are relative to the working directory.

        Raises:
            SettingsError: a key is missing, unknown, or its value is of another kind
        """
        for key in table:
            if key not in _KEYS:
                raise SettingsError(key, f"one of {', '.join(_KEYS)}", table[key])
        chain = table.get("chain_id")
        if (
            isinstance(chain, bool)
            or not isinstance(chain, int)
            or not 1 <= chain <= _HIGHEST_CHAIN
        ):
            raise SettingsError("chain_id", f"an integer 1 to {_HIGHEST_CHAIN}", chain)
        logs = _path(table, "logs")
        if _NAME.fullmatch(logs.name) is None:
            expected = "a file whose name has letters, digits, dots, dashes and underscores alone"
            raise SettingsError("logs", expected, logs.name)
        return cls(
            chain_id=chain,
            pools=_path(table, "pools"),
            logs=logs,
            blocks=_path(table, "blocks") if "blocks" in table else None,
        )


def _path(table: Mapping[str, object], key: str) -> Path:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise SettingsError(key, "a file's path", value)
    return Path(value)
