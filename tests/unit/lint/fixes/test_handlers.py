"""A missing handler is put in as a person of that project would write it, or not at all."""

from __future__ import annotations

import ast

import pytest

from torq_gen.lint.fixes import Handler, NotFixableError, with_handler

HEAD = """\
from __future__ import annotations

from shop_contracts.messages import Order, Quote
from shop_contracts.services import TraderBase


"""
BODY = '''\
class Trader(TraderBase):
    """Buys."""

    async def on_quote(self, message: Quote) -> None:
        """Answers."""
        await self.publish(Order(id=1))
'''
METHOD = '''
    async def on_fill(self, message: Fill) -> None:
        """Handle each Fill."""
        raise NotImplementedError
'''


def fill(text: str) -> str:
    return with_handler(text, Handler("Fill", "Trader", "shop_contracts"))


def imported(head: str) -> str:
    """The import lines after a handler was put into a file with these."""
    changed = fill(f"{head}\n\n{BODY}")
    return changed[: changed.index("\n\n\nclass")] + "\n"


def test_it_stands_at_the_end_of_the_class_and_its_message_is_imported() -> None:
    after = "\n\nrun = Trader()\n"
    expected = HEAD.replace("import Order", "import Fill, Order") + BODY + METHOD + after
    assert fill(HEAD + BODY + after) == expected


def test_comments_after_the_last_statement_stay_behind_it() -> None:
    changed = fill(f"{HEAD}{BODY.rstrip()}  # done\n    # more to come\n\nx = 1\n")
    assert f"  # done\n{METHOD}    # more to come\n\nx = 1\n" in changed


def test_the_files_own_style_is_kept() -> None:
    text = (HEAD + BODY).replace("    ", "\t").replace("\n", "\r\n")
    assert fill("\ufeff" + text).endswith(METHOD.replace("    ", "\t").replace("\n", "\r\n"))
    assert fill("\ufeff" + text).startswith("\ufefffrom __future__")
    assert fill("\ufeff" + text).count("\n") == fill("\ufeff" + text).count("\r\n")


def test_handlers_of_the_class_are_the_model() -> None:
    plain = BODY.replace("message: Quote", "message: Quote, /").replace(
        '        """Answers."""\n', ""
    )
    assert fill(HEAD + plain).endswith(
        "    async def on_fill(self, message: Fill, /) -> None:\n"
        "        raise NotImplementedError\n"
    )


def test_a_file_without_a_last_line_break_gets_one() -> None:
    assert fill((HEAD + BODY).rstrip("\n")).endswith(METHOD)


@pytest.mark.parametrize(
    "body",
    [
        "class Trader(TraderBase):\n    pass\n",
        "class Trader(TraderBase): ...\n",
        "class Trader(\n    TraderBase\n):\n    ...\n",
    ],
)
def test_what_only_kept_the_class_from_being_empty_goes(body: str) -> None:
    changed = fill(HEAD + body)
    assert changed.endswith(":\n" + METHOD.removeprefix("\n"))
    assert "..." not in changed
    assert "pass" not in changed


@pytest.mark.parametrize(
    "last", ["a = 1; b = 2\n", "a = 1; b = 2;\n", "a = 1; b = (\n        2)\n"]
)
def test_statements_that_share_a_line_stay_where_they_are(last: str) -> None:
    body = f"class Trader(TraderBase):\n    {last}"
    head = HEAD.replace("import Order", "import Fill, Order")
    assert fill(HEAD + body) == head + body + METHOD


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("class Trader(TraderBase): a = 1", "the body of Trader stands on the line of its head"),
        ("class Trader(TraderBase): a = 1; pass",
         "the body of Trader stands on the line of its head"),
        ("class Trader(TraderBase):\n    a = 1; pass",
         "the last line of Trader holds several statements; put each on its own"),
    ],
)  # fmt: skip
def test_where_a_handler_has_no_place_is_said(body: str, reason: str) -> None:
    with pytest.raises(NotFixableError) as caught:
        fill(f"{HEAD}{body}\n")
    assert str(caught.value) == reason


def test_a_docstring_stays_apart_from_what_replaces_a_pass() -> None:
    assert fill(HEAD + 'class Trader(TraderBase):\n    """Buys."""\n    pass\n').endswith(
        '    """Buys."""\n' + METHOD
    )


def test_a_class_inside_another_statement() -> None:
    body = "".join(f"    {line}" if line.strip() else line for line in BODY.splitlines(True))
    changed = fill(f"{HEAD}if True:\n{body}")
    assert changed.endswith("            raise NotImplementedError\n")
    ast.parse(changed)


MESSAGES = "shop_contracts.messages"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"from {MESSAGES} import Quote\n", f"from {MESSAGES} import Fill, Quote\n"),
        (f"from {MESSAGES} import Alert\n", f"from {MESSAGES} import Alert, Fill\n"),
        (f"from {MESSAGES} import Quote, Alert\n", f"from {MESSAGES} import Quote, Alert, Fill\n"),
        (f"from {MESSAGES} import Fill\n", f"from {MESSAGES} import Fill\n"),
        (
            f"from {MESSAGES} import (\n    Alert,\n    Quote,\n)\n",
            f"from {MESSAGES} import (\n    Alert,\n    Fill,\n    Quote,\n)\n",
        ),
        (
            f"from {MESSAGES} import (\n    Alert,  # why\n)\n",
            f"from {MESSAGES} import (\n    Alert,  # why\n    Fill,\n)\n",
        ),
        (
            f"from {MESSAGES} import (\n    Alert\n)\n",
            f"from {MESSAGES} import (\n    Alert,\n    Fill\n)\n",
        ),
        (
            f"from {MESSAGES} import {', '.join('Message' + c for c in 'ABCDE')}\n",
            f"from {MESSAGES} import (\n    Fill,\n"
            + "".join(f"    Message{c},\n" for c in "ABCDE")
            + ")\n",
        ),
        (
            "import os\n\nfrom shop_contracts.services import TraderBase\n",
            f"import os\n\nfrom {MESSAGES} import Fill\n"
            "from shop_contracts.services import TraderBase\n",
        ),
        ("import os\n", f"import os\nfrom {MESSAGES} import Fill\n"),
        (
            "from __future__ import annotations\nfrom typing import TYPE_CHECKING\n"
            f"if TYPE_CHECKING:\n    from {MESSAGES} import Quote\n",
            "from __future__ import annotations\nfrom typing import TYPE_CHECKING\n"
            f"if TYPE_CHECKING:\n    from {MESSAGES} import Fill, Quote\n",
        ),
        (
            "from typing import TYPE_CHECKING\n"
            f"if TYPE_CHECKING:\n    from {MESSAGES} import Fill\nimport os\n",
            None,
        ),
    ],
)
def test_the_import_joins_those_that_are_there(before: str, after: str | None) -> None:
    if after is None:
        with pytest.raises(NotFixableError, match="Fill means something else in the file"):
            imported(before)
    else:
        assert imported(before) == after


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (f"from {MESSAGES} import Fill as F", "F"),
        ("from shop_contracts import messages", "messages.Fill"),
        ("from shop_contracts import messages as m", "m.Fill"),
        (f"import {MESSAGES} as m", "m.Fill"),
        (f"import {MESSAGES}", f"{MESSAGES}.Fill"),
        (f"from {MESSAGES} import *", "Fill"),
    ],
)
def test_the_message_is_named_as_the_file_names_messages(line: str, name: str) -> None:
    changed = fill(f"{line}\n\n\n{BODY}")
    assert changed == f"{line}\n\n\n{BODY}{METHOD.replace(': Fill', f': {name}')}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEAD + BODY.replace("Trader(", "Other("), "no class is named Trader"),
        (HEAD + BODY + BODY, "several classes are named Trader"),
        (HEAD + BODY + METHOD, "Trader has something named on_fill"),
        (HEAD + "Fill = 1\n" + BODY, "Fill means something else in the file"),
        (HEAD + "class Trader(TraderBase): x = 1\n", "the body of Trader stands on the line of"),
        (HEAD + "class Trader(TraderBase): x = 1; pass\n", "the body of Trader stands on the line"),
        (HEAD + BODY + "def (", "the file does not parse"),
        (BODY, "the file has no import to put another beside"),
    ],
)
def test_without_a_safe_way_nothing_is_done(text: str, reason: str) -> None:
    with pytest.raises(NotFixableError, match=reason):
        fill(text)


def test_letters_of_several_bytes_and_odd_line_breaks_move_nothing() -> None:
    changed = fill(f'{HEAD}NAME = "é\u2028ü"; y = 2\n{BODY}')
    assert 'NAME = "é\u2028ü"; y = 2\n' in changed
    assert changed.endswith(METHOD)
