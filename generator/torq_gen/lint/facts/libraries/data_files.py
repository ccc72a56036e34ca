"""pandas, polars, pyarrow and numpy: tables and arrays in files, or behind a URL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from torq_gen.lint.facts.libraries._outside import connected, each, is_absolute, texts
from torq_gen.lint.facts.libraries._paths import BOTH, READ, WRITE, accesses
from torq_gen.lint.facts.library import Call, Effect, Function, Library, Type
from torq_gen.lint.facts.model import Access, Fact
from torq_gen.lint.facts.text import Text

_NAMES = ("path", "file", "filename", "filepath_or_buffer", "path_or_buf", "source", "where", "io")


def _at(how: Iterable[Access], position: int = 0) -> Effect:
    """The effect of reading or writing what stands at a path or behind a URL."""
    kept = tuple(how)

    def effect(call: Call) -> Iterator[Fact]:
        argument = call.argument(position, *_NAMES, "fname")
        if argument is None:
            return
        for one in texts(argument.value):
            if isinstance(one, Text) and is_absolute(one):
                yield from connected(call, [one], "a table", argument)
                return
        yield from accesses(call, argument.value, kept, argument)

    return effect


_FORMATS = ("csv", "json", "parquet", "pickle", "excel", "feather", "hdf", "orc", "xml", "html")
_TABLE = "pandas.DataFrame"
_READ_TABLE = Function(_at(READ), _TABLE)
_READ, _WRITE = Function(_at(READ)), Function(_at(WRITE))
_MADE = Function(None, _TABLE)

_FRAME = Type(
    _TABLE,
    annotations=("pandas.DataFrame", "pandas.Series", "polars.DataFrame", "polars.LazyFrame"),
    methods={
        **each((*_FORMATS, "stata", "latex", "markdown"), _WRITE, "to_"),
        **each(("csv", "json", "ndjson", "parquet", "ipc", "excel", "avro"), _WRITE, "write_"),
        **each(("csv", "parquet", "ipc", "ndjson"), _WRITE, "sink_"),
        "__getitem__": _MADE,
    },
    attributes=dict.fromkeys(("loc", "iloc", "at", "T", "str", "dt"), _TABLE),
    other=_MADE,  # nearly everything that one does to a table gives a table
    item=_TABLE,
)

LIBRARY = Library(
    "data_files",
    ("pandas", "polars", "numpy", "pyarrow"),
    {
        **each((*_FORMATS, "table", "fwf", "sas", "stata"), _READ_TABLE, "pandas.read_"),
        **each(("pandas.DataFrame", "pandas.Series", "pandas.concat", "pandas.merge"), _MADE),
        "pandas.ExcelWriter": _WRITE,
        "pandas.HDFStore": Function(_at(BOTH)),
        **each(("csv", "json", "ndjson", "parquet", "ipc", "excel"), _READ_TABLE, "polars.read_"),
        **each(("csv", "parquet", "ipc", "ndjson"), _READ_TABLE, "polars.scan_"),
        **each(("DataFrame", "LazyFrame", "concat"), _MADE, "polars."),
        **each(("load", "loadtxt", "genfromtxt", "fromfile"), _READ, "numpy."),
        **each(("save", "savetxt", "savez", "savez_compressed"), _WRITE, "numpy."),
        "numpy.memmap": Function(_at(BOTH)),
        **each(("read_table", "ParquetFile", "ParquetDataset"), _READ, "pyarrow.parquet."),
        "pyarrow.parquet.write_table": Function(_at(WRITE, 1)),
        "pyarrow.parquet.ParquetWriter": _WRITE,
    },
    (_FRAME,),
)
