"""The folders of services."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING

from torq_gen.spec import rules
from torq_gen.spec.inside import outside

if TYPE_CHECKING:
    from torq_gen.spec.document import Document, Raw
    from torq_gen.spec.findings import Findings

_PART = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TAKEN = ("generated", "schemas")  # .torq_cache is no name that Python can import


def is_importable(path: str) -> bool:
    """Whether every folder of a path can be a Python package."""
    return all(_PART.fullmatch(p) and not keyword.iskeyword(p) for p in path.split("/"))


def check_path(name: str, document: Document, raw: dict[str, Raw], findings: Findings) -> str:
    """A service's folder; it is a Python package, so that its parts are identifiers."""
    if "path" not in raw:
        return f"services/{name}"
    path: str = raw["path"].rstrip("/")
    problem = outside(path)
    if problem is None:
        if not is_importable(path):
            problem = f"expected folders that Python can import, found '{raw['path']}'"
        elif path.split("/")[0] in _TAKEN:
            problem = f"expected a folder of the service's own, found one in {path.split('/')[0]}/"
    if problem is not None:
        span = document.value(raw, "path")
        findings.add(rules.WRONG_PATH, span, problem, help=f"for example services/{name}")
    return path
