"""JUnit XML: what fails, what is skipped, what passed, and that it parses whatever is found."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from tests.unit.report.findings import ERROR, FOUND, RULES
from torq_gen.report.junit import render


def test_the_document() -> None:
    assert (
        render(FOUND, rules=RULES, base="shop")
        == """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="torq-gen" tests="4" failures="2" errors="0" skipped="1">
  <testsuite name="spec" tests="1" failures="0" errors="0" skipped="1">
    <testcase classname="torq-gen.spec" name="TQ146 unheard-publication: Quote is published \ufffd \
and &lt;nobody&gt; listens" file="shop/system.yaml" line="2">
      <skipped message="shop/system.yaml:2:3: Quote is published \ufffd and &lt;nobody&gt; \
listens"/>
    </testcase>
  </testsuite>
  <testsuite name="flow" tests="3" failures="2" errors="0" skipped="0">
    <testcase classname="torq-gen.flow" name="TQ202 undeclared-subscribe"/>
    <testcase classname="torq-gen.flow" name="TQ201 undeclared-publish: several lines" \
file="shop/a.py" line="3">
      <failure message="shop/a.py:3:9: several lines" type="undeclared-publish">shop/a.py:3:9: \
TQ201 undeclared-publish: several lines</failure>
    </testcase>
    <testcase classname="torq-gen.flow" name="TQ201 undeclared-publish: trader publishes Order: \
100%,&#10;now" file="shop/services/a b/ü.py" line="41">
      <failure message="shop/services/a b/ü.py:41:28: trader publishes Order: 100%,&#10;now" \
type="undeclared-publish">shop/services/a b/ü.py:41:28: TQ201 undeclared-publish: trader publishes \
Order: 100%,&#10;now&#10;help: declare it</failure>
    </testcase>
  </testsuite>
</testsuites>
"""
    )


def test_every_character_gives_a_document_that_parses_back() -> None:
    odd = "".join(map(chr, range(0x0, 0x100))) + "\ud800\ufffe\uffff😀]]>"
    found = replace(ERROR, message=odd)
    root = ElementTree.fromstring(render([found]).encode("utf-8"))
    (failure,) = root.iter("failure")
    text = failure.attrib["message"].partition(": ")[2]
    assert len(text) == len(odd)
    assert text[9] == "\t"
    assert text[10] == "\n"
    assert text[13] == "\r"
    assert text.endswith("😀]]>")
    assert text[0] == text[-6] == "\ufffd"


def test_nothing_found_is_a_pass_for_each_rule() -> None:
    root = ElementTree.fromstring(render([], rules=RULES))
    assert root.attrib["failures"] == "0"
    assert [case.attrib["name"].split()[0] for case in root.iter("testcase")] == [
        "TQ146",
        "TQ201",
        "TQ202",
    ]
