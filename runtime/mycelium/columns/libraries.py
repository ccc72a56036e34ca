"""The libraries that hold columns, imported when they are needed; and what can go wrong."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal, TypeAlias

from mycelium.protocol.errors import ProtocolError

Form: TypeAlias = Literal["numpy", "arrow"]


class ColumnsError(ProtocolError):
    """Columns that cannot be made, or cannot be made frames of; the text says why."""


def numpy() -> Any:
    """The module numpy.

    Raises:
        ColumnsError: it is not installed
    """
    return _library("numpy")


def pyarrow() -> Any:
    """The module pyarrow.

    Raises:
        ColumnsError: it is not installed
    """
    return _library("pyarrow")


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        message = f"columns: expected {name}, found none: pip install 'torq-gen[columns]'"
        raise ColumnsError(message) from None
