"""Code as text: what a spec says can be any text, and never becomes code."""

from __future__ import annotations

import ast
import textwrap

from hypothesis import given
from hypothesis import strategies as st

from torq_gen.targets._shared.pretty import (
    WIDTH,
    Block,
    Call,
    Entry,
    docstring,
    render,
    text,
    tuple_of,
    union,
)

anything = st.one_of(
    st.text(), st.text(alphabet="\"'\\ \n{}%abc"), st.sampled_from(['"""', "\\", '\\"""', "a\\"])
)


@given(anything)
def test_a_literal_evaluates_to_its_text(value: str) -> None:
    assert ast.literal_eval(text(value)) == value


@given(anything.filter(lambda t: "".join(t.split()).isprintable() and t.strip()))
def test_a_docstring_is_one_string_with_the_same_words(value: str) -> None:
    code = f"def f():\n{docstring(value, value, [Entry('Names:', ''), Entry('x', value)])}"
    function = ast.parse(code).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert len(function.body) == 1
    words = " ".join((ast.get_docstring(function) or "").split())
    assert words == " ".join(f"{value} {value} Names: x: {value}".split())


@given(
    st.lists(st.text("ab-é", min_size=1, max_size=100), min_size=1),
    st.integers(min_value=0, max_value=4),
)
def test_a_docstring_is_wrapped_as_textwrap_does(words: list[str], depth: int) -> None:
    prose, indent = " ".join(words), "    " * depth
    expected = textwrap.wrap(
        prose, WIDTH - len(indent), break_long_words=False, break_on_hyphens=False
    )
    found = docstring("Summary.", prose, depth=depth).split("\n")
    assert found == [f'{indent}"""Summary.', "", *(indent + e for e in expected), f'{indent}"""']


def test_what_fits_stands_on_one_line() -> None:
    assert render((Call("f(", ("a", "b")),)) == "f(a, b)"
    assert render((tuple_of("(", ("a",), ") = x"),)) == "(a,) = x"


def test_what_does_not_fit_stands_one_item_a_line() -> None:
    long = "x" * WIDTH
    assert render((Call("f(", (long, "b")),)) == f"f(\n    {long},\n    b,\n)"
    inner = Call("g(", (long,))
    assert render((Call("f(", (inner,)),)) == f"f(\n    g(\n        {long},\n    ),\n)"


def test_the_depth_counts_towards_the_width() -> None:
    call = Call("f(", ("x" * (WIDTH - 10), "y"))
    assert "\n" not in render((call,))
    assert "\n" in render((Block("if a:", (Block("if b:", (call,)),)),)).split("if b:\n")[1]


def test_a_tuple_of_one_that_is_too_long_stays_a_tuple_and_open() -> None:
    code = render((tuple_of("(", (f'"{"x" * WIDTH}"',)),))
    assert ast.literal_eval(code.replace("*(),", "")) == ("x" * WIDTH,)
    assert code.endswith("    *(),\n)")


def test_a_union_is_written_with_bars_where_it_fits() -> None:
    long = [f"{'X' * 40}{i}" for i in range(3)]
    assert render((union(("int", "None")),)) == "int | None"
    assert render((union(long),)).startswith("Union[\n")
