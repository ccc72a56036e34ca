"""Text as far as it can be told from code: topics, keys, addresses, paths."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torq_gen.immutable import immutable

if TYPE_CHECKING:
    from torq_gen.lint.facts.values import Container


@immutable
class Hole:
    """A part of a text that only the running program knows.

    ``setting`` is the name of the setting or environment variable that fills it, if that is known;
    ``money`` the amount of money that it shows, ``data`` the collection that it is the JSON of.
    """

    setting: str = ""
    money: str = ""
    data: Container | None = None

    def __hash__(self) -> int:
        """Of a part only: most holes have no name."""
        return hash(self.setting)


_UNNAMED = Hole()


@immutable
class Text:
    """Literal parts and holes in their order; no two literals stand side by side, none is empty."""

    parts: tuple[str | Hole, ...] = ()

    @classmethod
    def of(cls, parts: Iterable[str | Hole]) -> Text:
        """The text of the parts, neighbouring literals and neighbouring unnamed holes joined."""
        joined: list[str | Hole] = []
        last: str | Hole | None = None
        for part in parts:
            if part.__class__ is str:
                if part == "":
                    continue
                if last.__class__ is str:
                    last = joined[-1] = last + part
                    continue
            elif last.__class__ is Hole and part == _UNNAMED == last:
                continue
            joined.append(part)
            last = part
        return cls(tuple(joined))

    @property
    def exact(self) -> str | None:
        """The whole text, when it has no hole."""
        if not self.parts:
            return ""
        first = self.parts[0]
        return first if len(self.parts) == 1 and isinstance(first, str) else None

    @property
    def setting(self) -> str | None:
        """The setting that is the whole text."""
        first = self.parts[0] if len(self.parts) == 1 else None
        return first.setting if isinstance(first, Hole) and first.setting else None

    @property
    def anchored(self) -> bool:
        """Whether any literal part is known."""
        return not self.parts or any(isinstance(part, str) for part in self.parts)

    @property
    def prefix(self) -> str:
        """The literal that the text begins with; empty when it begins with a hole."""
        first = self.parts[0] if self.parts else ""
        return first if isinstance(first, str) else ""

    @property
    def template(self) -> str:
        """As a spec has it: a name in braces for a hole, its setting's or ``{id}``, ``{id2}``."""
        shown, unnamed = "", 0
        for part in self.parts:
            if isinstance(part, str):
                shown += part
            elif part.setting:
                shown += f"{{{part.setting}}}"
            else:
                unnamed += 1
                shown += f"{{id{unnamed if unnamed > 1 else ''}}}"
        return shown

    def __str__(self) -> str:
        return "".join(p if isinstance(p, str) else f"{{{p.setting}}}" for p in self.parts)

    def __add__(self, other: Text) -> Text:
        return Text.of((*self.parts, *other.parts))
