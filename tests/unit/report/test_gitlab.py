"""The code quality report of GitLab."""

from __future__ import annotations

import json

from tests.unit.report.findings import ERROR, FOUND
from torq_gen.report.gitlab import render


def test_the_list() -> None:
    several, error, warning = json.loads(render(FOUND, base="shop"))
    assert {**error, "fingerprint": ""} == {
        "description": "TQ201 undeclared-publish: trader publishes Order: 100%,\nnow\n"
        "help: declare it",
        "check_name": "undeclared-publish",
        "fingerprint": "",
        "severity": "major",
        "location": {"path": "shop/services/a b/ü.py", "lines": {"begin": 41, "end": 41}},
    }
    assert several["location"]["lines"] == {"begin": 3, "end": 5}
    assert warning["severity"] == "minor"


def test_fingerprints_differ_also_for_findings_alike() -> None:
    marks = [one["fingerprint"] for one in json.loads(render([ERROR, ERROR, *FOUND]))]
    assert len(set(marks)) == 5


def test_nothing_found_is_an_empty_list() -> None:
    assert render([]) == "[]\n"
