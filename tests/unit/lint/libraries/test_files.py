"""Which files are read and written, and what paths are put together to."""

from __future__ import annotations

import pytest

from tests.unit.lint.libraries.outside_calls import (
    attribute,
    called,
    destinations,
    made,
    merged,
    method,
    of,
    span,
    text,
    touched,
)
from torq_gen.lint.facts.libraries import aiofiles_files, data_files, numpy_arrays
from torq_gen.lint.facts.model import FileAccess, Unproven
from torq_gen.lint.facts.stdlib import files, logs, pathlib_paths, trees
from torq_gen.lint.facts.text import Hole
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    Items,
    Literal,
    Plain,
    Thing,
    Tuple,
    Union,
    Unknown,
)

FILES = merged(files.LIBRARY, trees.LIBRARY, logs.LIBRARY, aiofiles_files.LIBRARY)
PATHS = pathlib_paths.LIBRARY
DATA = merged(data_files.LIBRARY, numpy_arrays.LIBRARY)


def path(*parts: object) -> Thing:
    return made(called(PATHS, "pathlib.Path", *parts))


def shown(thing: object) -> str:
    assert isinstance(thing, Thing)
    return str(thing.get("text"))


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (None, ["read a.csv"]),
        ("rb", ["read a.csv"]),
        ("w", ["write a.csv"]),
        ("ab", ["write a.csv"]),
        ("x", ["write a.csv"]),
        ("r+", ["write a.csv", "read a.csv"]),
        (Unknown(), ["read a.csv", "write a.csv"]),
        (Union((text("r"), text("w"))), ["read a.csv", "write a.csv"]),
    ],
)
def test_the_mode_says_what_open_does(mode: object, expected: list[str]) -> None:
    given = () if mode is None else (mode,)
    assert touched(called(FILES, "builtins.open", "a.csv", *given)[0]) == expected
    assert touched(method(PATHS, path("a.csv"), "open", *given)[0]) == expected


def test_the_span_is_the_path_argument_s() -> None:
    (fact,) = called(FILES, "builtins.open", "a.csv")[0]
    assert isinstance(fact, FileAccess)
    assert fact.span == span(0)


def test_an_unknown_path_is_unproven_with_its_reason() -> None:
    (fact,) = called(FILES, "builtins.open", Unknown("it comes from a message"))[0]
    assert isinstance(fact, FileAccess)
    assert fact.path == Unproven("it comes from a message")


@pytest.mark.parametrize(
    "value", [Literal(3), Thing("files.File"), Thing("files.Memory"), Literal(None)]
)
def test_descriptors_and_handles_are_no_files_of_their_own(value: object) -> None:
    assert called(FILES, "gzip.open", value)[0] == ()


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("a", "b.csv"), "a/b.csv"),
        (("./a//b/", "../c"), "a/c"),
        (("a", "/etc/b"), "/etc/b"),
        ((), "."),
        (("..", "b"), "../b"),
        ((text("a/", Hole()), "b"), "a/{}/b"),
        ((text(Hole("DIR")), "..", "b"), "{DIR}/../b"),
    ],
)
def test_paths_are_joined_and_folded(parts: tuple[object, ...], expected: str) -> None:
    assert shown(path(*parts)) == expected


def test_the_operators_of_paths_join() -> None:
    assert shown(method(PATHS, path("a"), "__truediv__", "b")[1]) == "a/b"
    assert shown(method(PATHS, path("a"), "__rtruediv__", "b")[1]) == "b/a"
    assert shown(method(PATHS, path("a"), "joinpath", "b", "c")[1]) == "a/b/c"


def test_the_parts_of_a_path() -> None:
    report = path("data/reports/day.csv")
    assert shown(attribute(PATHS, report, "parent")) == "data/reports"
    assert str(attribute(PATHS, report, "name")) == "day.csv"
    assert shown(method(PATHS, report, "with_suffix", ".txt")[1]) == "data/reports/day.txt"
    assert shown(method(PATHS, report, "with_stem", "week")[1]) == "data/reports/week.csv"
    some = path("data", text("a", Hole()))
    assert shown(method(PATHS, some, "with_suffix", ".txt")[1]) == "data/{}.txt"
    assert shown(method(PATHS, some, "with_stem", "week")[1]) == "data/week{}"
    assert shown(method(PATHS, path("data/.day"), "with_suffix", ".txt")[1]) == "data/.day.txt"
    assert shown(method(PATHS, report, "with_name", "x.csv")[1]) == "data/reports/x.csv"
    above = attribute(PATHS, report, "parents")
    assert isinstance(above, Thing)
    assert shown(method(PATHS, above, "__getitem__", 1)[1]) == "data"


def test_the_folder_of_a_path_that_is_all_hole_is_not_known() -> None:
    parent = attribute(PATHS, path(text(Hole("FILE"))), "parent")
    assert isinstance(parent, Thing)
    assert isinstance(parent.get("text"), Unknown)


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("read_text", (), ["read a/b"]),
        ("exists", (), ["read a/b"]),
        ("write_bytes", (b"",), ["write a/b"]),
        ("unlink", (), ["write a/b"]),
        ("rename", ("c",), ["write a/b", "write c"]),
        ("iterdir", (), ["read a/b/{}"]),
        ("glob", ("*.csv",), ["read a/b/{}.csv"]),
    ],
)
def test_methods_of_paths(name: str, given: tuple[object, ...], expected: list[str]) -> None:
    assert touched(method(PATHS, path("a/b"), name, *given)[0]) == expected


def test_what_a_folder_holds_are_paths() -> None:
    _, found = method(PATHS, path("a"), "glob", "*.csv")
    assert isinstance(found, Items)
    assert shown(found.item) == "a/{}.csv"


def test_a_path_that_only_an_annotation_tells_is_unproven() -> None:
    (fact,) = method(PATHS, Thing("pathlib.Path"), "read_text")[0]
    assert isinstance(fact, FileAccess)
    assert fact.path == Unproven("the path is not known here")


@pytest.mark.parametrize(
    ("function", "given", "expected"),
    [
        ("os.remove", ("a",), ["write a"]),
        ("os.replace", ("a", "b"), ["write a", "write b"]),
        ("os.listdir", ("a",), ["read a/{}"]),
        ("os.listdir", (), ["read {}"]),
        ("os.path.exists", ("a",), ["read a"]),
        ("shutil.copy", ("a", "b"), ["read a", "write b"]),
        ("shutil.rmtree", ("a",), ["write a/{}"]),
        ("glob.glob", ("a/*/b.[ch]",), ["read a/{}/b.{}"]),
        ("zipfile.ZipFile", ("a.zip", "w"), ["write a.zip"]),
        ("logging.FileHandler", ("a.log",), ["write a.log"]),
        ("os.open", ("a", Plain("int")), ["read a", "write a"]),
        ("pkgutil.get_data", ("services.feed", "x.json"), ["read services/feed/x.json"]),
    ],
)
def test_functions_on_files(function: str, given: tuple[object, ...], expected: list[str]) -> None:
    assert touched(called(FILES, function, *given)[0]) == expected


def test_functions_on_path_texts() -> None:
    assert called(FILES, "os.path.join", "a", "b")[1] == text("a/b")
    assert called(FILES, "os.path.dirname", "a/b")[1] == text("a")
    assert called(FILES, "os.path.basename", "a/b")[1] == text("b")
    assert called(FILES, "os.fspath", path("a"))[1] == text("a")
    assert called(FILES, "os.path.join", of("a"), Unknown())[1] == text("a/", Hole())


def test_a_temporary_file_is_nobody_else_s() -> None:
    facts, folder = called(FILES, "tempfile.mkdtemp")
    assert facts == ()
    assert called(FILES, "builtins.open", folder, "w")[0] == ()
    assert method(PATHS, path(folder, "x.csv"), "write_text", "")[0] == ()


def test_a_temporary_file_in_a_named_folder_is_written_there() -> None:
    facts, folder = called(FILES, "tempfile.TemporaryDirectory", dir="data")
    assert touched(facts) == ["write data/{}"]
    assert folder == text("data/", Hole())
    assert touched(called(FILES, "tempfile.NamedTemporaryFile", "w", dir="data")[0]) == [
        "write data/{}"
    ]


def test_the_data_of_a_package_are_files_in_its_folder() -> None:
    _, folder = called(FILES, "importlib.resources.files", "services.feed")
    assert shown(folder) == "services/feed"
    _, own = called(FILES, "importlib.resources.files")
    assert isinstance(own, Thing)
    assert method(PATHS, own, "read_text")[0] == ()


def test_more_choices_than_are_followed_are_unknown() -> None:
    many = Union(tuple(text(f"a{n}") for n in range(20)))
    assert isinstance(called(FILES, "os.path.join", many, "b")[1], Unknown)
    assert called(FILES, "os.path.join", ANY_TEXT, "b")[1] == text(Hole(), "/b")


def test_a_file_knows_its_name() -> None:
    handle = made(called(FILES, "builtins.open", "a.csv"))
    assert attribute(FILES, handle, "name") == text("a.csv")
    temporary = made(called(FILES, "tempfile.NamedTemporaryFile"))
    assert called(FILES, "os.remove", attribute(FILES, temporary, "name"))[0] == ()


def test_what_is_walked_stands_below_the_top() -> None:
    _, walked = called(FILES, "os.walk", "a")
    assert isinstance(walked, Items)
    assert isinstance(walked.item, Tuple)
    assert walked.item.items[0] == Union((text("a"), text("a/", Hole())))


@pytest.mark.parametrize(
    ("function", "given", "expected"),
    [
        ("pandas.read_csv", ("a.csv",), ["read a.csv"]),
        ("polars.scan_parquet", ("a.pq",), ["read a.pq"]),
        ("numpy.save", ("a.npy", Unknown()), ["write a.npy"]),
        ("pyarrow.parquet.write_table", (Unknown(), "a.pq"), ["write a.pq"]),
    ],
)
def test_tables_in_files(function: str, given: tuple[object, ...], expected: list[str]) -> None:
    assert touched(called(DATA, function, *given)[0]) == expected


def test_a_table_is_written_and_one_behind_a_url_is_a_connection() -> None:
    table = made(called(DATA, "pandas.DataFrame"))
    assert touched(method(DATA, table, "to_csv", "a.csv")[0]) == ["write a.csv"]
    assert method(DATA, table, "to_csv")[0] == ()
    facts, _ = called(DATA, "pandas.read_csv", "https://a.example/x.csv")
    assert destinations(facts) == ["https://a.example/x.csv"]
