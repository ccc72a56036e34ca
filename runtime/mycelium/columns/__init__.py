"""Millions of messages as columns: numpy structures and Arrow tables, and back.

`Message.read_columns` and its like are the way in. Every frame is checked as decoding checks it,
and with the native codec no Python object is made of it. ``pip install 'torq-gen[columns]'`` brings
numpy and pyarrow.
"""

from mycelium.columns.gathering import Gathering, Source
from mycelium.columns.libraries import ColumnsError, Form
from mycelium.columns.reading import Columns, read_all
from mycelium.columns.wide import decimals_of, integers_of
from mycelium.columns.writing import write_columns

__all__ = [
    "Columns",
    "ColumnsError",
    "Form",
    "Gathering",
    "Source",
    "decimals_of",
    "integers_of",
    "read_all",
    "write_columns",
]
