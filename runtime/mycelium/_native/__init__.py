"""The native codec: a C extension that need not be there.

Where it is not built, or where the environment says ``MYCELIUM_CODEC=pure``, the codec written in
Python serves: it gives the same objects and the same errors. ``MYCELIUM_CODEC=native`` makes its
absence an error, for those who would rather not run than run slowly.
"""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType
from typing import Final

VARIABLE: Final = "MYCELIUM_CODEC"

_INTERFACE: Final = 3  # as in module.c: an extension of another source tree is not used


class CodecUnavailableError(ImportError):
    """The environment asks for a codec that there is not."""

    def __init__(self, message: str) -> None:
        super().__init__(message, name=__name__)


def _chosen(wanted: str) -> tuple[ModuleType | None, str]:
    """The extension unless the pure codec is to serve, and why it is so.

    Raises:
        CodecUnavailableError: ``wanted`` is no codec, or one that is not there
    """
    if wanted not in ("", "native", "pure"):
        raise CodecUnavailableError(f"{VARIABLE}: expected native or pure, found {wanted!r}")
    if wanted == "pure":
        return None, f"{VARIABLE}=pure"
    try:
        found = import_module("mycelium._native._codec")
        if getattr(found, "INTERFACE", None) != _INTERFACE:  # the first ones do not say
            raise ImportError(f"it is of another version: {found.__file__}")
    except ImportError as error:
        if wanted == "native":
            message = f"{VARIABLE}=native: expected the extension, found: {error}"
            raise CodecUnavailableError(message) from error
        return None, f"the extension is not built for this Python: {error}"
    return found, f"{VARIABLE}=native" if wanted else "the extension is built"


_found: Final = _chosen(os.environ.get(VARIABLE, ""))
codec: Final = _found[0]
reason: Final = _found[1]

__all__ = ["VARIABLE", "CodecUnavailableError", "codec", "reason"]
