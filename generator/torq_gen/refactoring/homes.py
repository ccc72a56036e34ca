"""Which schema file a new message goes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from torq_gen.model.names import snake_case
from torq_gen.refactoring.errors import AddError

if TYPE_CHECKING:
    from torq_gen.model import System

SYSTEM_FILE = "system.yaml"


def schema_of(
    system: System, texts: Mapping[str, str], domain: str, patterns: Sequence[str]
) -> str:
    """The file that new messages of the domain go to; a new one where it has none yet.

    ``texts`` are the spec's files by path from the root, ``patterns`` those of its schemas.

    Raises:
        AddError: several files are the domain's and hold messages of it, or no pattern takes a new
            file.
    """
    files = [path for path in texts if path != SYSTEM_FILE]
    homes = [path for path in files if _domain_of(texts[path]) == domain]
    if len(homes) > 1:
        used = {m.span.file for m in system.messages_of(domain) if m.span is not None}
        homes = [path for path in homes if path in used] or homes[:1]
    if len(homes) > 1:
        raise AddError(
            f"{domain} has several schemas: {', '.join(homes)}", "say which one: --file FILE"
        )
    return homes[0] if homes else _new_file(domain, files, patterns)


def _new_file(domain: str, files: Sequence[str], patterns: Sequence[str]) -> str:
    """Beside the other schemas, or else where the first pattern would find it."""
    name = f"{snake_case(domain)}.yaml"
    folders = [PurePosixPath(path).parent for path in files[:1]]
    folders += [_folder(pattern) for pattern in patterns]
    places = [str(folder / name) for folder in folders]
    for place in places:
        if place not in files and any(_takes(pattern, place) for pattern in patterns):
            return place
    raise AddError(
        f"{domain} has no schema, and {places[0] if places else name} would not be read: "
        f"{SYSTEM_FILE} takes {', '.join(patterns) or 'no schemas'}",
        f"add a pattern to system.schemas in {SYSTEM_FILE}",
    )


def _folder(pattern: str) -> PurePosixPath:
    """The folder in which a pattern begins to be one."""
    parents = PurePosixPath(pattern).parent.parts
    plain = next((n for n, part in enumerate(parents) if set(part) & set("*?[")), len(parents))
    return PurePosixPath(*parents[:plain])


def _takes(pattern: str, path: str) -> bool:
    """Whether a pattern of the spec finds a file there."""
    return _matches(PurePosixPath(pattern).parts, PurePosixPath(path).parts)


def _matches(pattern: Sequence[str], parts: Sequence[str]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_matches(pattern[1:], parts[n:]) for n in range(len(parts)))
    if not parts:
        return False
    return fnmatchcase(parts[0], pattern[0]) and _matches(pattern[1:], parts[1:])


def _domain_of(text: str) -> str:
    import yaml

    root = yaml.safe_load(text)
    return str(root.get("domain", "")) if isinstance(root, dict) else ""
