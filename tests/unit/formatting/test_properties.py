"""Formatting is idempotent, keeps every comment, and changes nothing that a spec says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.unit.formatting.documents import COMMENTS, texts
from tests.unit.targets.random_schemas import specs
from torq_gen.formatting import format_schema, format_system
from torq_gen.formatting.reading import comments_of_text
from torq_gen.model import System
from torq_gen.spec.build import build
from torq_gen.spec.inputs import input_files, read_contents

REPOSITORY = Path(__file__).parents[3]


def loads(folder: Path) -> bool:
    """Whether a spec of the cases is one that commands use."""
    expected = folder / "expected.txt"
    return not expected.is_file() or ": error " not in expected.read_text("utf-8")


FOLDERS = sorted(
    {path.parent for path in REPOSITORY.glob("tests/cases/*/*/system.yaml") if loads(path.parent)}
    | {REPOSITORY, REPOSITORY / "benchmarks", REPOSITORY / "examples/ping_pong"}
)


def system_of(root: Path, contents: Mapping[str, bytes | OSError]) -> System | None:
    return build(root, contents, assign_ids=True).system


def formatted(root: Path, contents: Mapping[str, bytes | OSError]) -> dict[str, str]:
    """The spec's files in canonical form, after the checks that hold for every file."""
    system = system_of(root, contents)
    assert system is not None
    found = {}
    for path, content in contents.items():
        if path == "torq.lock.yaml":
            continue
        assert isinstance(content, bytes)
        text = content.decode()
        made = format_system(text, system) if path == "system.yaml" else format_schema(text)
        again = format_system(made, system) if path == "system.yaml" else format_schema(made)
        assert again == made, path
        assert Counter(comments_of_text(made)) == Counter(comments_of_text(text)), path
        assert [made.count(c) for c in COMMENTS] == [text.count(c) for c in COMMENTS], path
        found[path] = made
    changed = {**contents, **{path: made.encode() for path, made in found.items()}}
    after = system_of(root, changed)
    assert after is not None
    assert after.services == system.services
    assert after == system
    return found


@pytest.mark.parametrize("root", FOLDERS, ids=lambda p: p.relative_to(REPOSITORY).as_posix())
def test_every_spec_of_the_project(root: Path) -> None:
    names = [f.relative_to(root).as_posix() for f in input_files(root)]
    contents = read_contents(root, names)
    formatted(root, contents)


_ORDERINGS = ["per-a sequential, cross-a concurrent", "at-most-once per a", "by luck"]


@st.composite
def older_specs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A spec whose services are written in older shapes, or in the present one."""
    system, schema = draw(specs())
    messages = schema["messages"]
    for message in messages.values():
        message["fields"].insert(0, {"a": "u8"})
    names = sorted(messages)
    entries = draw(st.lists(st.sampled_from(names), unique=True))
    del system["system"]["package"]
    system["services"] = {
        "writer": {"publishes": [_entry(draw, n, messages) for n in names], **_rest(draw)},
        "reader": {"consumes": [_entry(draw, n, messages, "x") for n in entries]},
    }
    system["services"]["reader"]["consumes"] += draw(
        st.lists(st.sampled_from(["Ghost", {"source": "ws", "events": ["e (1)"]}]), max_size=2)
    )
    service = system["services"]["writer"]
    if draw(st.booleans()):
        service["produces"] = service.pop("publishes")
    service["invariants"] = draw(_invariants(names))
    return system, schema


def _entry(draw: st.DrawFn, name: str, messages: dict[str, Any], only: str = "") -> Any:
    ordering = {"ordering": draw(st.sampled_from(_ORDERINGS))} if draw(st.booleans()) else {}
    number = messages[name]["type"]
    shapes: list[Any] = [
        name,
        {name: ordering if not only else {"on_full": "fail"}},
        {"type": name, "type_id": number, "topic": "random", **ordering},
        {"tlv_type": number, "domain": "Random", **ordering},
    ]
    return draw(st.sampled_from(shapes))


def _rest(draw: st.DrawFn) -> dict[str, Any]:
    access = {"keys": ["k:{a}"], "authority": "read_write"}
    found: dict[str, Any] = draw(
        st.sampled_from(
            [
                {},
                {"dependencies": ["a database", "Redis: (4x)"], "authority": ["all of it"]},
                {"dependencies": {"rpc": ["https://a.example/", "b"], "redis": access}},
                {"dependencies": {"nobody": []}, "libraries": ["httpx"]},
            ]
        )
    )
    restart: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
        [{}, {"restart_policy": "systemd one-for-one", "max_restarts": 2}, {"max_restarts": 9}]
    )
    return {
        **found,
        **draw(restart),
        "description": draw(st.sampled_from(["", "A: b.", "x " * 99])),
    }


def _invariants(names: list[str]) -> st.SearchStrategy[list[Any]]:
    sentences = [f"{a} emitted before first {b} for any a" for a in names for b in names]
    sentences += [f"no {names[0]} after {names[-1]} for the same a", "All is well: mostly."]
    known = st.sampled_from([*sentences, {"id": "mine", "text": " It holds.\n"}])
    return st.lists(known, max_size=3, unique_by=str)


# A document is drawn in a thousand small choices: shrinking one takes longer than reading it.
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


@given(st.data())
@settings(max_examples=50, deadline=None, phases=_PHASES, suppress_health_check=list(HealthCheck))
def test_generated_documents(data: st.DataObject) -> None:
    system, schema = data.draw(older_specs())
    contents = {
        "system.yaml": data.draw(texts(system)).encode(),
        "schemas/random.yaml": data.draw(texts(schema)).encode(),
    }
    built = build(REPOSITORY, contents, assign_ids=True)
    assert built.system is not None, [str(d) for d in built.findings]
    formatted(REPOSITORY, contents)


@given(st.data())
@settings(max_examples=25, deadline=None, phases=_PHASES, suppress_health_check=list(HealthCheck))
def test_one_meaning_has_one_layout(data: st.DataObject) -> None:
    """Without comments and blank lines, the layout follows from what a file says."""
    _, schema = data.draw(older_specs())
    one, other = (_bare(data.draw(texts(schema))) for _ in range(2))
    assert format_schema(one) == format_schema(other)


def _bare(text: str) -> str:
    """The text without comments, as far as lines of their own and blank lines go."""
    import json

    import yaml

    return json.dumps(yaml.safe_load(text)) if "#" in text else text.replace("\n\n", "\n")
