"""pandas, polars and pyarrow: tables in files, behind a URL, or in a database."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.libraries._money import made_floats
from torq_gen.lint.facts.library import Call, Function, Library, Type
from torq_gen.lint.facts.model import Access, Fact
from torq_gen.lint.facts.outside.effects import each, texts
from torq_gen.lint.facts.outside.paths import BOTH, READ, WRITE, at_path_or_url
from torq_gen.lint.facts.stores.queries import ANY_SQL
from torq_gen.lint.facts.text import Text

_TABLE_READ = ANY_SQL.table(0, "table_name", "schema", Access.READ)


def _sql(call: Call) -> Iterator[Fact]:
    """A query, or the name of a table."""
    argument = call.argument(0, "sql", "query")
    for one in texts(argument.value) if argument is not None else ():
        named = isinstance(one, Text) and one.exact is not None and one.exact.isidentifier()
        run = _TABLE_READ if named else ANY_SQL.query(0, "sql", "query")
        yield from run(call)


_FORMATS = ("csv", "json", "parquet", "pickle", "excel", "feather", "hdf", "orc", "xml", "html")
_TABLE = "pandas.DataFrame"
_READ_TABLE = Function(at_path_or_url(READ), _TABLE)
_READ, _WRITE = Function(at_path_or_url(READ)), Function(at_path_or_url(WRITE))
_MADE = Function(made_floats, _TABLE, passes=True)
_SAME_TABLE = Function(None, _TABLE, passes=True)

_FRAME = Type(
    _TABLE,
    annotations=("pandas.DataFrame", "pandas.Series", "polars.DataFrame", "polars.LazyFrame"),
    methods={
        **each((*_FORMATS, "stata", "latex", "markdown"), _WRITE, "to_"),
        **each(("csv", "json", "ndjson", "parquet", "ipc", "excel", "avro"), _WRITE, "write_"),
        **each(("csv", "parquet", "ipc", "ndjson"), _WRITE, "sink_"),
        "to_sql": Function(ANY_SQL.table(0, "name", "schema", Access.WRITE), keeps=True),
        "write_database": Function(ANY_SQL.table(0, "table_name", "", Access.WRITE), keeps=True),
        "__getitem__": _SAME_TABLE,
    },
    attributes=dict.fromkeys(("loc", "iloc", "at", "T", "str", "dt"), _TABLE),
    other=_SAME_TABLE,  # nearly everything that one does to a table gives a table
    item=_TABLE,
)

LIBRARY = Library(
    "data_files",
    ("pandas", "polars", "pyarrow"),
    {
        **each((*_FORMATS, "table", "fwf", "sas", "stata"), _READ_TABLE, "pandas.read_"),
        **each(("pandas.DataFrame", "pandas.Series", "pandas.concat", "pandas.merge"), _MADE),
        **each(("sql", "sql_query"), Function(_sql, _TABLE, keeps=True), "pandas.read_"),
        "pandas.read_sql_table": Function(_TABLE_READ, _TABLE, keeps=True),
        **each(("database", "database_uri"), Function(_sql, _TABLE, keeps=True), "polars.read_"),
        "pandas.to_numeric": _MADE,
        "pandas.ExcelWriter": _WRITE,
        "pandas.HDFStore": Function(at_path_or_url(BOTH)),
        **each(("csv", "json", "ndjson", "parquet", "ipc", "excel"), _READ_TABLE, "polars.read_"),
        **each(("csv", "parquet", "ipc", "ndjson"), _READ_TABLE, "polars.scan_"),
        **each(("DataFrame", "LazyFrame", "concat"), _MADE, "polars."),
        **each(("read_table", "ParquetFile", "ParquetDataset"), _READ, "pyarrow.parquet."),
        "pyarrow.parquet.write_table": Function(at_path_or_url(WRITE, 1)),
        "pyarrow.parquet.ParquetWriter": _WRITE,
    },
    (_FRAME,),
)
