"""A rule's page: carets below what is at fault, in the terminal and in Markdown."""

from __future__ import annotations

from dataclasses import replace

from torq_gen.report.pages import SHOWN, as_json, as_markdown, as_text, folder, help_markdown
from torq_gen.rule import Rule, Sample

RULE = Rule(
    "TQ201",
    "undeclared-publish",
    "It publishes what it may not.",
    why="Nobody expects it.\n\nReally.",
    fix="Declare it.",
    bad=(
        Sample(
            "def f():\n    «return call(\n        価«x»,\n    )»\n",
            "a.py",
            "two places",
            {"b.yaml": "\t«y»\udce9\n", "gone.py": None, "empty.py": ""},
            elsewhere=("c.py",),
        ),
    ),
    good=(Sample("pass\n", "a.py", "nothing"),),
)


def test_the_page_in_the_terminal() -> None:
    assert (
        as_text(RULE)
        == """\
TQ201 undeclared-publish (error, flow)

It publishes what it may not.

Why
Nobody expects it.

Really.

How to mend it
Declare it.

Not so: two places
  a.py
    def f():
        return call(
        ^^^^^^^^^^^^
            価x,
            ^^^^
              ^
        )
        ^
  b.yaml
    →y\ufffd
     ^
  `gone.py` is not there
  `empty.py` is empty
  found in `c.py`

But so: nothing
  a.py
    pass
"""
    )


def test_a_terminal_shows_the_first_samples_and_says_where_the_others_are() -> None:
    samples = tuple(Sample(f"x = {n}\n", "a.py", f"number {n}") for n in range(SHOWN + 2))
    rule = replace(RULE, bad=samples, good=samples[:SHOWN])
    more = "2 more: `torq-gen rule TQ201 --format markdown`"
    titles = [f"Not so: number {n}" for n in range(SHOWN)] + [more]
    titles += [f"But so: number {n}" for n in range(SHOWN)]
    lines = as_text(rule).splitlines()
    assert [line for line in lines if "number" in line or "more" in line] == titles
    assert more in help_markdown(rule)
    assert f"**number {SHOWN}**" not in help_markdown(rule)
    assert f"**number {SHOWN + 1}**" in as_markdown(rule)


def test_the_page_in_markdown() -> None:
    assert (
        as_markdown(RULE)
        == """\
# TQ201 undeclared-publish

*error, flow*

It publishes what it may not.

## Why

Nobody expects it.

Really.

## How to mend it

Declare it.

## Not so

**two places**

`a.py`

```text
def f():
    return call(
    ^^^^^^^^^^^^
        価x,
        ^^^^
          ^
    )
    ^
```

`b.yaml`

```text
→y\ufffd
 ^
```

`gone.py` is not there

`empty.py` is empty

found in `c.py`

## But so

**nothing**

`a.py`

```python
pass
```
"""
    )


def test_the_page_as_a_value() -> None:
    found = as_json(RULE)
    assert found["bad"][0]["files"]["gone.py"] is None
    assert found["bad"][0]["findings"][0] == {
        "file": "a.py",
        "line": 2,
        "column": 5,
        "end_line": 4,
        "end_column": 6,
    }
    assert found["family"] == "flow"


def test_the_folder_has_a_table_and_a_page_for_each_rule() -> None:
    other = Rule("TQ501", "true-division-of-money", "Lost cents.")
    files = folder([RULE, other])
    assert list(files) == ["README.md", "TQ201.md", "TQ501.md"]
    assert files["TQ201.md"] == as_markdown(RULE)
    assert files["README.md"].endswith(
        "| code | rule | severity | what it finds |\n"
        "|---|---|---|---|\n"
        "| **TQ2xx** | **flow** | | |\n"
        "| TQ201 | [undeclared-publish](TQ201.md) | error | It publishes what it may not. |\n"
        "| **TQ5xx** | **precision** | | |\n"
        "| TQ501 | [true-division-of-money](TQ501.md) | error | Lost cents. |\n"
    )


def test_colours_in_the_terminal_change_nothing_else() -> None:
    colored = as_text(RULE, color=True)
    red, bold, reset = "\x1b[1;31m", "\x1b[1m", "\x1b[0m"
    assert f"    {red}^^^^^^^^^^^^{reset}\n" in colored
    assert colored.count(red) == 5
    assert colored.startswith(f"{bold}TQ201 undeclared-publish{reset}")
    plain = colored.replace(red, "").replace(bold, "").replace(reset, "")
    assert plain == as_text(RULE)
