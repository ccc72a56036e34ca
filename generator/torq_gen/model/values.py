"""Neutral values: what defaults, examples, rules and golden vectors are made of.

One Python shape for each field type, independent of any target:

=====================  =============================================================
integer, timestamp     ``int``
fixed                  ``int``, already scaled
enum                   ``int``
bool, float, string    ``bool``, ``float``, ``str``
bytes, instrument_id   ``bytes`` (24 for an instrument id)
list, array            ``tuple`` of neutral values
struct                 ``tuple`` of neutral values in field order
absent optional        ``None``
=====================  =============================================================
"""

from __future__ import annotations

from typing import TypeAlias, Union

Value: TypeAlias = Union[bool, int, float, str, bytes, "tuple[Value, ...]", None]
