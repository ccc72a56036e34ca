"""Which signs are comments, and which lines each one speaks of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from torq_gen.report import layout
from torq_gen.report.comments import comments

PYTHON = '''\
"""Text with # no comment."""  # 1
x = call(  # 2
    "# no comment",
    # 4
    1,
)
# 7
# 8
@decorated  # 9
# 10
@again
async def handler(  # 12
    self,
) -> None:
    # 15

    if True: y = 1  # 17
    z = f"{y} # no comment" + \\
        "more"  # 19
    # 20
'''
YAML = """\
# 1
a: 1  # 2
b: "# no comment"  # 3
c: '#no' # 4
d: no#comment
e: |
  # no comment
  text  # no comment
# 9
f: [  # 10
  # 11
  1, "# no",
]  # 13
g:
  # 15
  # 16
  h: >-
    folded # no comment

  # 20
  i: plain
    goes on  # 22
  j: x	# 23
"""


def lines_of(file: str, text: str) -> dict[str, tuple[int, int]]:
    """The lines that each comment speaks of, by its text."""
    return {c.text.lstrip("# "): (c.first, c.last) for c in comments(file, text)}


def test_comments_of_python() -> None:
    assert lines_of("a.py", PYTHON) == {
        "1": (1, 1),
        "2": (2, 6),
        "4": (2, 6),
        "7": (9, 14),
        "8": (9, 14),
        "9": (9, 14),
        "10": (9, 14),
        "12": (9, 14),
        "15": (16, 16),  # the line below is blank: it speaks of nothing
        "17": (17, 17),
        "19": (18, 19),
        "20": (21, 21),
    }


def test_comments_of_yaml() -> None:
    assert lines_of("a.yaml", YAML) == {
        "1": (2, 2),
        "2": (2, 2),
        "3": (3, 3),
        "4": (4, 4),
        "9": (10, 13),
        "10": (10, 13),
        "11": (10, 13),
        "13": (10, 13),
        "15": (17, 19),  # the text ends with a blank line
        "16": (17, 19),
        "20": (21, 22),
        "22": (21, 22),
        "23": (23, 23),
    }


def test_what_is_joined_in_a_bracket_that_is_joined_is_one() -> None:
    text = "a: 1\nb: {\n  c: [\n    1 ],  # in both\n  d: 2 }\ne: [\n  1 ]  # after\n"
    assert lines_of("a.yaml", text) == {"in both": (2, 5), "after": (6, 7)}
    text = 'a: ["x\n  y", "z\n  w"]  # two texts\n'
    assert lines_of("a.yaml", text) == {"two texts": (1, 3)}


def test_a_statement_behind_blank_lines_does_not_reach_before_them() -> None:
    text = "# alone\n\nx = (\n    1,  # in it\n)\n"
    assert lines_of("a.py", text) == {"alone": (2, 2), "in it": (3, 5)}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("file", ["a.py", "a.yml"])
def test_lines_count_however_they_end(file: str, end: str) -> None:
    text = end.join(["a: int = 1", "", "b: int = 2  # é", ""])
    (found,) = comments(file, text)
    assert (found.line, found.column, found.text, found.first) == (3, 13, "# é", 3)


def test_columns_count_characters_also_behind_a_byte_order_mark() -> None:
    (found,) = comments("a.py", '\ufeffx = "日本"  # c\n')
    assert (found.line, found.column) == (1, 11)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.py", "x = (  # c\n"),
        ("a.py", "x = '''  # c\n"),
        ("a.yaml", "a: 1  # c\nb: 'x\n"),
        ("a.yaml", "a: \x00  # c\n"),
        ("a.md", "# c\n"),
        ("a.json", "# c\n"),
    ],
)
def test_files_that_do_not_parse_and_other_files_have_none(file: str, text: str) -> None:
    assert comments(file, text) == ()


@pytest.mark.parametrize(
    "text",
    [
        'x = "a""b"  # c\n',
        'x = f"{d["k"]}"  # c\n',
        "x = call('it\\'s # no', r'\\d')  # c\n",
        'x = """a"b""c\n\\""" # no\n"""  # c\n',
        "x = 'a\\\n# no'  # c\n",
        "x = '#' if \"'\" else b'#'  # c\n",
        "x = {'a': [1, (2,)]}  # c\n",
        "def f(): return'#'  # c\n",
        "\x0cclass A: pass  # c\n",
    ],
)
def test_texts_are_told_from_comments(text: str) -> None:
    found = [c for c in comments("a.py", text) if c.text == "# c"]
    assert [(c.first, c.last) for c in found] == [(1, text.count("\n"))]


def test_the_quick_way_agrees_with_the_tokenizer_on_real_code() -> None:
    files = sorted(Path(json.__file__).parents[1].glob("*.py"))[:60]
    texts = [file.read_text("utf-8") for file in files]
    assert [layout._quick(t) or layout._tokenized(t) for t in texts] == [
        layout._tokenized(t) for t in texts
    ]
    assert sum(layout._quick(t) is not None for t in texts) > len(texts) // 2
