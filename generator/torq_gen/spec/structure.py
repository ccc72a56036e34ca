"""Checks a document's structure against the shipped JSON Schema; says in plain words what is off.

What fails is taken out of the document, definition by definition, so that the checks of meaning see
only well-formed definitions and still see all the others.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torq_gen.spec import rules
from torq_gen.spec.explain import Explainer
from torq_gen.spec.explain import Path as Location
from torq_gen.spec.findings import near
from torq_gen.spec.integers import advise_integer
from torq_gen.spec.reader import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.spec.document import Document, Raw
    from torq_gen.spec.findings import Findings

SECTIONS = frozenset({"types", "messages", "services", "domains", "stores", "externals"})
_FREE_VALUES = frozenset({"default", "examples", "in", "range", "valid", "invalid"})


class Damage:
    """What was taken out: names of single definitions, or ``whole`` when more than that is gone.

    ``sections`` are those that could not be used at all, ``type_ids`` those of messages taken out,
    ``untyped`` the findings about messages that state none.
    """

    def __init__(self) -> None:
        self.names: set[tuple[str, str]] = set()
        self.sections: set[str] = set()
        self.type_ids: set[int] = set()
        self.untyped: list[Diagnostic] = []
        self.whole = False

    def hit(self, section: str, name: str) -> bool:
        """Whether the definition may exist in the file although it is not in the model."""
        return self.whole or section in self.sections or (section, name) in self.names

    def any(self, section: str) -> bool:
        """Whether a definition of the section is missing."""
        return self.whole or section in self.sections or any(s == section for s, _ in self.names)


def check(document: Document, schema: str, findings: Findings, damage: Damage) -> dict[str, Raw]:
    """The document's well-formed part, after a finding for each thing that is not.

    ``schema`` is ``system`` or ``tlv``.
    """
    root = document.root
    if not isinstance(root, dict):
        span, found = document.whole(), describe(root)
        findings.add(rules.WRONG_SHAPE, span, f"expected a mapping, found {found}")
        damage.whole = True
        return {}
    given = SECTIONS.intersection(root)
    if findings.all:
        refused = list(_refused(root, damage))
        for path in refused:
            advise_integer(document, load_schema(schema), path, findings)
        _drop(root, refused, damage)
    validator = _validator(schema)
    if not validator.is_valid(root):
        explainer = Explainer(document, load_schema(schema), findings)
        _drop(root, explainer.explain_all(list(validator.iter_errors(root))), damage)
        damage.untyped += explainer.untyped
        for container, key in explainer.unknown:
            container.pop(key, None)
            if container is root:
                damage.sections.update(s for s in SECTIONS if near(key, [s]))
    if document.has_floats:
        _drop(root, list(_integral_floats(document, findings)), damage)
    damage.sections.update(given.difference(root))
    return root


@cache
def load_schema(name: str) -> dict[str, Any]:
    """One of the shipped JSON Schemas: ``system`` or ``tlv``."""
    text = (Path(__file__).parent / "schemas" / f"{name}.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _validator(name: str) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(load_schema(name))


def _drop(root: dict[str, Raw], paths: Iterator[Location] | list[Location], damage: Damage) -> None:
    for path in list(paths):
        if len(path) >= 2 and path[0] in SECTIONS:
            section, name = str(path[0]), str(path[1])
            damage.names.add((section, name))
            gone = root.get(section, {}).pop(name, None)
            if section == "messages" and isinstance(gone, dict):
                damage.type_ids.update(n for n in (gone.get("type"),) if isinstance(n, int))
        else:
            damage.whole = True
            if path:
                root.pop(str(path[0]), None)
            else:
                root.clear()


def _refused(root: dict[str, Raw], damage: Damage) -> Iterator[Location]:
    """The paths of scalars that the reader refused."""
    if root.get("domain") is REFUSED:
        root["domain"] = ""  # it is stated, nobody knows as what
        damage.whole = True
    for path, value in list(_leaves(root)):
        if value is REFUSED:
            yield path


def _leaves(value: Raw, path: Location = ()) -> Iterator[tuple[Location, Raw]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    else:
        yield path, value


def _integral_floats(document: Document, findings: Findings) -> Iterator[Location]:
    """16.0 is an integer to JSON Schema; where an integer is meant it has to be written as one."""
    for path, value in _leaves(document.root):
        if isinstance(value, float) and not _FREE_VALUES.intersection(path) and path[0] != "x":
            container = document.root
            for step in path[:-1]:
                container = container[step]
            if str(path[0]).startswith("x-"):
                continue
            span = document.value(container, path[-1])
            source = document.source(container, path[-1])
            message = f"expected an integer for '{path[-1]}', found {source}"
            findings.add(rules.WRONG_SHAPE, span, message, help=f"write {value:.0f}")
            yield path


def describe(value: Raw) -> str:
    """What a value is, in the words of a finding."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:60]}…"'
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return str(value)
