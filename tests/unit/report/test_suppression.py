"""Suppressions: where they work, what they must say, and when they are findings themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from torq_gen.diagnostics import Diagnostic, Severity, Span
from torq_gen.report.rules import RULES as OWN
from torq_gen.report.suppression import apply, mentions, without_unused
from torq_gen.rule import Rule

WARNING = Severity.WARNING
RULES = {
    rule.code: rule
    for rule in (
        Rule("TQ106", "unknown-key", "s."),
        Rule("TQ146", "unheard-publication", "s.", WARNING),
        Rule("TQ201", "undeclared-publish", "s."),
        Rule("TQ501", "true-division-of-money", "s."),
        Rule("TQ610", "unparsable-file", "s."),
        *OWN,
    )
}


def found(code: str, line: int, file: str = "a.py", column: int = 1) -> Diagnostic:
    return RULES[code].at(Span(file, line, column, line, column + 1), "m")


def applied(
    text: str, *diagnostics: Diagnostic, file: str = "a.py", skipped: tuple[str, ...] = ()
) -> list[str]:
    """What is left, each as code, place and message; the message of what was given is left out."""
    left = apply(diagnostics, {file: text}, rules=RULES, skipped=skipped)
    return [
        d.code
        + f" {d.span.line}:{d.span.column}-{d.span.end_column}"
        + (f" {d.message}" if d.message != "m" else "")
        for d in left
    ]


CODE = """\
async def on_quote(self, message):
    await self.publish(
        Order(
            amount=message.size / 2,
        )
    )
"""


def with_comment(line: int, comment: str = "# torq: ignore[TQ201] agreed with risk") -> str:
    lines = CODE.splitlines()
    lines[line - 1] += f"  {comment}"
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("line", [2, 3, 4, 5, 6])
def test_it_silences_from_any_line_of_the_statement(line: int) -> None:
    assert applied(with_comment(line), found("TQ201", 3)) == []


def test_it_does_not_silence_what_stands_in_another_statement() -> None:
    assert applied(with_comment(1), found("TQ201", 3)) == [
        "TQ902 1:37-75 the suppression of TQ201 silences nothing here",
        "TQ201 3:1-2",
    ]


def test_it_silences_alone_above_the_statement_with_other_comments_between() -> None:
    lines = CODE.splitlines()
    lines[1:1] = ["    # torq: ignore[TQ201] agreed", "    # with risk, until release 2"]
    assert applied("\n".join(lines), found("TQ201", 5)) == []


@pytest.mark.parametrize("family", ["flow", "Flow", "TQ2", "tq20"])
def test_a_family_silences_nothing_and_the_rule_is_named(family: str) -> None:
    text = f"a  # torq: ignore[{family}] agreed\nb  # torq: ignore[{family}] agreed\n"
    left = apply([found("TQ201", 1)], {"a.py": text}, rules=RULES)
    message = f"{family} is no rule but several: a suppression names each"
    assert [(d.code, d.span.line, d.message, d.help) for d in left] == [
        ("TQ201", 1, "m", None),
        ("TQ902", 1, message, "name TQ201"),
        ("TQ902", 2, message, "name each rule by its code"),
    ]


def test_a_blank_line_parts_a_comment_from_the_statement() -> None:
    lines = CODE.splitlines()
    lines[1:1] = ["    # torq: ignore[TQ201] agreed", ""]
    assert [f[:9] for f in applied("\n".join(lines), found("TQ201", 5))] == [
        "TQ902 2:5",
        "TQ201 5:1",
    ]


def test_only_comments_count() -> None:
    text = 'x = "# torq: ignore[TQ201] a text"\n"""\n# torq: ignore[TQ201] a docstring\n"""\n'
    assert applied(text, found("TQ201", 1), found("TQ201", 3)) == ["TQ201 1:1-2", "TQ201 3:1-2"]


def test_several_rules_by_code_or_name_in_any_case() -> None:
    text = "x()  # torq: ignore[tq201, true-division-of-money] shown to people only\n"
    assert applied(text, found("TQ201", 1), found("TQ501", 1, column=3)) == []


def test_a_comment_can_hold_what_other_tools_read() -> None:
    text = "x()  # noqa: E501 # torq: ignore[TQ201] agreed # type: ignore[x]\n"
    assert applied(text, found("TQ201", 1)) == []
    assert applied(text) == ["TQ902 1:19-47 the suppression of TQ201 silences nothing here"]


def test_one_comment_can_hold_two_with_their_own_reasons() -> None:
    text = "x()  # torq: ignore[TQ201] agreed # torq: ignore[TQ501] shown only\n"
    assert applied(text, found("TQ201", 1), found("TQ501", 1)) == []
    assert applied(text, found("TQ501", 1)) == [
        "TQ902 1:6-34 the suppression of TQ201 silences nothing here"
    ]


@pytest.mark.parametrize("reason", ["", " ", " -- ", "  # noqa"])
def test_without_a_reason_it_silences_nothing(reason: str) -> None:
    text = f"x()  # torq: ignore[TQ201]{reason}\n"
    assert applied(text, found("TQ201", 1)) == [
        "TQ201 1:1-2",
        f"TQ901 1:6-{30 if '--' in reason else 27} "
        "the suppression of TQ201 gives no reason, so it silences nothing",
    ]


def test_of_several_codes_the_unused_ones_are_named() -> None:
    text = "x()  # torq: ignore[TQ201, TQ501] agreed\n"
    assert applied(text, found("TQ201", 1)) == [
        "TQ902 1:28-33 the suppression of TQ501 silences nothing here",
    ]
    assert applied(text) == ["TQ902 1:6-41 the suppression of TQ201, TQ501 silences nothing here"]


def test_a_rule_that_did_not_run_makes_nothing_unused() -> None:
    text = "x()  # torq: ignore[TQ201, TQ501] agreed\n"
    assert applied(text, skipped=("TQ201", "TQ501")) == []
    assert applied(text, skipped=("TQ201",)) == [
        "TQ902 1:28-33 the suppression of TQ501 silences nothing here",
    ]
    assert applied(text, skipped=("TQ902",)) == []
    assert applied("x()  # torq: ignore[TQ201]\n", found("TQ201", 1), skipped=("TQ901",)) == [
        "TQ201 1:1-2"
    ]


def test_what_was_not_checked_makes_nothing_unused() -> None:
    text = "x()  # torq: ignore[TQ201] agreed\n"
    sources = {"a.py": text, "b.py": text}
    left = apply([found("TQ610", 9)], sources, rules=RULES)
    assert [(d.code, d.span.file) for d in left] == [("TQ610", "a.py"), ("TQ902", "b.py")]
    left = apply([found("TQ106", 1, "system.yaml")], sources, rules=RULES)
    assert [d.code for d in left] == ["TQ106"]


def test_in_a_service_that_was_not_checked_nothing_is_unused() -> None:
    text = "x()  # torq: ignore[TQ201] agreed\n"
    sources = {"shop/a.py": text, "shop/deep/b.py": text, "shopping.py": text}
    failed = replace(found("TQ610", 9, "shop/a.py"), subject="shop/")
    left = apply([failed], sources, rules=RULES)
    assert [(d.code, d.span.file) for d in left] == [
        ("TQ610", "shop/a.py"),
        ("TQ902", "shopping.py"),
    ]


def test_an_unknown_rule_gets_its_near_name() -> None:
    (left,) = apply([], {"a.py": "x()  # torq: ignore[undeclared-publsh] agreed\n"}, rules=RULES)
    assert (left.code, left.message) == ("TQ902", "there is no rule undeclared-publsh")
    assert left.help == "did you mean undeclared-publish?"
    (left,) = apply([], {"a.py": "x()  # torq: ignore[zzzzz] agreed\n"}, rules=RULES)
    assert left.help == "torq-gen rules lists them"


def test_an_unknown_rule_beside_one_in_use_is_named_alone() -> None:
    text = "x()  # torq: ignore[TQ201, nothing-like-it] agreed\n"
    assert applied(text, found("TQ201", 1)) == ["TQ902 1:28-43 there is no rule nothing-like-it"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("TQ106", "with an error in the spec nothing else can be checked"),
        ("unused-suppression", "it guards the suppressions"),
        ("TQ610", "what it finds was not checked, whatever it does"),
    ],
)
def test_what_cannot_be_suppressed_says_so(name: str, why: str) -> None:
    text = f"a: 1  # torq: ignore[{name}] agreed\n"
    assert applied(text, found("TQ106", 1, "s.yaml"), file="s.yaml") == [
        "TQ106 1:1-2",
        f"TQ902 1:7-{len(text)} {name} cannot be suppressed: {why}",
    ]


def test_code_that_was_not_checked_is_shown_whatever_a_comment_says() -> None:
    text = "x()  # torq: ignore[TQ610] it is the vendor's\n"
    left = apply([found("TQ610", 1)], {"a.py": text}, rules=RULES)
    assert [(d.code, d.help) for d in left] == [
        ("TQ610", None),
        (
            "TQ902",
            "mend that; what is no code of a service is named under `exclude` in [tool.torq-gen]",
        ),
    ]


@pytest.mark.parametrize(
    "comment",
    ["# torq: ignore", "# torq: ignore TQ201 agreed", "# torq: ignore[] agreed", "# torq:ignored"],
)
def test_what_has_not_the_form_is_said_to_do_nothing(comment: str) -> None:
    assert applied(f"x()  {comment}\n", found("TQ201", 1)) == [
        "TQ201 1:1-2",
        f"TQ902 1:6-{6 + len(comment)} "
        "this is no suppression: expected `# torq: ignore[TQ501] reason`",
    ]


def test_yaml_by_line_and_by_bracket() -> None:
    text = (
        "services:\n"
        "  a: {publishes: [Quote]}  # torq: ignore[TQ146] for release 2\n"
        "  b:\n"
        "    # torq: ignore[TQ146] for release 2\n"
        "    publishes: [\n"
        "      Trade,\n"
        "    ]\n"
        "  c: {publishes: [Tick]}\n"
    )
    diagnostics = [found("TQ146", line, "system.yaml") for line in (2, 6, 8)]
    assert applied(text, *diagnostics, file="system.yaml") == ["TQ146 8:1-2"]


def test_files_are_kept_apart() -> None:
    text = "x()  # torq: ignore[TQ201] agreed\n"
    left = apply(
        [found("TQ201", 1, "b.py"), found("TQ201", 1, "a.py")],
        {"a.py": text, "b.py": "x()\n"},
        rules=RULES,
    )
    assert [(d.code, d.span.file) for d in left] == [("TQ201", "b.py")]


def test_findings_without_a_source_stay() -> None:
    assert apply([found("TQ201", 1)], {}, rules=RULES) == (found("TQ201", 1),)


def test_what_is_left_is_in_order() -> None:
    text = "x()\ny()  # torq: ignore[TQ501] agreed\n"
    assert [f[:5] for f in applied(text, found("TQ201", 2), found("TQ201", 1))] == [
        "TQ201",
        "TQ201",
        "TQ902",
    ]


def test_the_prefilter() -> None:
    assert mentions(b"x()  # torq: ignore[TQ201] agreed")
    assert not mentions(b"import torq_gen")


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("x()  # torq: ignore[TQ201] agreed\ny()\n", "x()\ny()\n"),
        ("x()\r\n    # torq: ignore[TQ201] agreed\r\ny()\r\n", "x()\r\ny()\r\n"),
        ("x()  # noqa # torq: ignore[TQ201] agreed\n", "x()  # noqa\n"),
        ("x()  # torq: ignore[TQ201] agreed # noqa\n", "x()  # noqa\n"),
        ("x()  # torq: ignore[TQ501, TQ201] agreed\n", "x()  # torq: ignore[TQ501] agreed\n"),
        (
            "x()  # torq: ignore[zz, TQ201, TQ501] agreed",
            "x()  # torq: ignore[TQ501] agreed",
        ),
        ("\ufeffx()  # torq: ignore[TQ201] agreed\n", "\ufeffx()\n"),
        ("# torq: ignore[TQ201] agreed", ""),
        ("x()  # torq: ignore[zz, TQ201] agreed\n", "x()\n"),
        ("x()  # torq: ignore\n", "x()\n"),
        ("x()  # torq: ignore[TQ201] a # torq: ignore[zz] b\n", "x()\n"),
    ],
)
def test_unused_ones_can_be_taken_out(text: str, fixed: str) -> None:
    used = found("TQ501", 1)
    left = apply([used], {"a.py": text}, rules=RULES)
    assert without_unused(text, left) == fixed
    again = apply([used], {"a.py": fixed}, rules=RULES)
    assert [d.code for d in again if d.code.startswith("TQ9")] == []


def test_what_is_in_use_or_lacks_a_reason_stays_as_it_is() -> None:
    text = "x()  # torq: ignore[TQ201] agreed\ny()  # torq: ignore[TQ501]\n"
    left = apply([found("TQ201", 1)], {"a.py": text}, rules=RULES)
    assert [d.code for d in left] == ["TQ901"]
    assert without_unused(text, left) == text


PIECES = st.sampled_from(
    [
        *("x = 1", "f(", ")", "[", "]", "{", "}", ": ", "- ", "a: ", '"', "'", '"""', "\\", "@d"),
        *("# torq: ignore[TQ201] why", "# torq: ignore[TQ201, zz] why", "# torq: ignore[", "# c"),
        *("  ", "\t", "\n", "\r\n", "\r", "\n    ", "\n# torq: ignore[TQ146]", "é", "価", "|", ">"),
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["a.py", "a.yaml"]))
def test_any_text_is_judged_and_mending_it_leaves_nothing_unused(text: str, file: str) -> None:
    diagnostics = [found("TQ201", line, file) for line in range(1, text.count("\n") + 2)]
    left = apply(diagnostics, {file: text}, rules=RULES)
    unused = [d for d in left if d.code == "TQ902"]
    mended = without_unused(text, unused)
    assert (mended == text) == (not unused)
    if file.endswith(".yaml") and not _is_yaml(text):
        return  # a scalar that a comment ended goes on where the comment is gone
    again = apply(diagnostics, {file: mended}, rules=RULES)
    assert [d for d in again if d.code == "TQ902"] == []


def _is_yaml(text: str) -> bool:
    try:
        return bool(list(yaml.parse(text)))
    except yaml.YAMLError:
        return False


def test_a_comment_of_many_blanks_costs_no_more_than_its_length() -> None:
    text = f"x()  # torq: ignore[TQ201]{' ' * 100_000}agreed\n"
    assert applied(text, found("TQ201", 1)) == []
