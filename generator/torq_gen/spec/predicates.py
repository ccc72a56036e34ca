"""Whether the modules of predicates exist; looked for, never imported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.model.system import System
    from torq_gen.spec.cache import Target

_DEPTH = 2  # folders below the root that may stand on the path: generated/python, services/x


def targets_of(system: System) -> tuple[Target, ...]:
    """What the predicates of a system name, and where it is said."""
    from torq_gen.model.messages import Predicate

    validated = (f.validate for m in system.messages.values() for f in m.fields)
    return tuple((v.target, v.span) for v in validated if isinstance(v, Predicate))


def check_predicates(root: Path, found: Iterable[Target]) -> list[Diagnostic]:
    """A warning for each predicate whose module is neither in the project nor installed.

    A module that a service will bring may be written later, so this is no error.
    """
    from torq_gen.spec import rules  # 60 rules with their samples: only where one may be broken
    from torq_gen.spec.findings import Findings

    findings = Findings()
    folders = list(_folders(root, _DEPTH))
    for target, span in found:
        module = target.partition(":")[0]
        if span is None or _in(folders, module) or _installed(module):
            continue
        findings.add(
            rules.UNKNOWN_PREDICATE,
            span,
            f"expected a module of the project or an installed one, found no '{module}'",
            help=f"write {module.replace('.', '/')}.py in a folder of the project, or correct the "
            "name",
        )
    return findings.all


def _folders(root: Path, depth: int) -> Iterator[Path]:
    yield root
    if depth:
        try:
            inner = sorted(p for p in root.iterdir() if p.is_dir() and p.name.isidentifier())
        except OSError:
            return
        for folder in inner:
            yield from _folders(folder, depth - 1)


def _in(folders: Iterable[Path], module: str) -> bool:
    from importlib.machinery import all_suffixes

    parent, _, name = module.replace(".", "/").rpartition("/")
    names = [*(f"{name}{suffix}" for suffix in all_suffixes()), f"{name}/__init__.py"]
    return any((folder / parent / name).is_file() for folder in folders for name in names)


def _installed(module: str) -> bool:
    """Whether an installed package has the module; finding the top package imports nothing."""
    from importlib.util import find_spec

    top, _, rest = module.partition(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return False
    if spec is None or not rest:
        return spec is not None
    folders = spec.submodule_search_locations
    # A module without folders may still have attributes that are modules, as os has os.path.
    return folders is None or _in([Path(f) for f in folders], rest)
