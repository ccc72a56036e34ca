"""No change to real code makes the analysis fail."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from torq_gen.lint.facts.collecting import collect
from torq_gen.lint.facts.files import FilesInMemory
from torq_gen.model import System
from torq_gen.spec import load

ROOT = Path(__file__).parents[4]
FILES = tuple(
    path.relative_to(ROOT).as_posix()
    for path in sorted((ROOT / "services").rglob("*.py"))
    if "tests" not in path.parts
)


@cache
def _system() -> System:
    system = load(ROOT).system
    assert system is not None
    return system


@cache
def _contents() -> dict[str, bytes]:
    return {path: (ROOT / path).read_bytes() for path in FILES}


def _blocks(tree: ast.Module) -> list[list[ast.stmt]]:
    bodies = (getattr(node, name, None) for node in ast.walk(tree) for name in ("body", "orelse"))
    return [b for b in bodies if isinstance(b, list) and b and isinstance(b[0], ast.stmt)]


def _expressions(tree: ast.Module) -> list[tuple[ast.AST, str, int | None]]:
    """Where an expression stands: its owner, the owner's field, its place in a list."""
    found: list[tuple[ast.AST, str, int | None]] = []
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr) and isinstance(
                getattr(value, "ctx", ast.Load()), ast.Load
            ):
                found.append((node, name, None))
            elif isinstance(value, list):
                found += [(node, name, i) for i, v in enumerate(value) if isinstance(v, ast.expr)]
    return found


def _get(place: tuple[ast.AST, str, int | None]) -> ast.expr:
    owner, name, index = place
    value = getattr(owner, name)
    found: ast.expr = value if index is None else value[index]
    return found


def _set(place: tuple[ast.AST, str, int | None], value: ast.expr) -> None:
    owner, name, index = place
    if index is None:
        setattr(owner, name, value)
    else:
        getattr(owner, name)[index] = value


def _mutate(tree: ast.Module, draw: st.DrawFn) -> None:
    kind = draw(st.sampled_from(["delete", "twice", "swap", "move", "replace", "exchange"]))
    blocks, places = _blocks(tree), _expressions(tree)
    if kind in ("replace", "exchange") and len(places) > 1:
        one, other = (draw(st.sampled_from(places)) for _ in range(2))
        left, right = _get(one), _get(other)
        _set(one, right)
        if kind == "exchange":
            _set(other, left)
        return
    block = draw(st.sampled_from(blocks))
    place = draw(st.integers(0, len(block) - 1))
    match kind:
        case "delete" if len(block) > 1:
            del block[place]
        case "twice":
            block.insert(place, block[place])
        case "swap":
            other_place = draw(st.integers(0, len(block) - 1))
            block[place], block[other_place] = block[other_place], block[place]
        case _:
            draw(st.sampled_from(blocks)).append(block[place])


@st.composite
def mutants(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file of the services with a few changes, as long as it is still valid."""
    path = draw(st.sampled_from(FILES))
    source = _contents()[path]
    for _ in range(draw(st.integers(1, 5))):
        tree = ast.parse(source)
        if not tree.body:
            break
        try:
            _mutate(tree, draw)
            changed = ast.unparse(ast.fix_missing_locations(tree)).encode()
            ast.parse(changed)
        except (SyntaxError, ValueError, TypeError, AttributeError, RecursionError):
            continue
        source = changed
    return path, source


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutants())
def test_a_changed_service_is_analysed(mutant: tuple[str, bytes]) -> None:
    path, source = mutant
    system = _system()
    service = system.services[path.split("/")[1]] if path.count("/") > 1 else None
    for one in (service,) if service is not None else system.active_services()[:1]:
        found = collect(one, system, FilesInMemory({**_contents(), path: source}))
        assert found.service == one.name
        assert path in found.files or service is None
