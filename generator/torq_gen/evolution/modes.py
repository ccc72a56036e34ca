"""The compatibility that a domain promises."""

from __future__ import annotations

from typing import NamedTuple

from torq_gen.evolution.breaks import Broken
from torq_gen.model import Domain

_TRANSITIVE = "_transitive"
_NEEDS = {
    "none": Broken.NOTHING,
    "backward": Broken.NEW_READERS,
    "forward": Broken.OLD_READERS,
    "full": Broken.BOTH,
}
MODES = tuple(
    f"{name}{end}" for end in ("", _TRANSITIVE) for name in _NEEDS if name != "none" or not end
)


class Mode(NamedTuple):
    """Which readers must cope (``needs``), and whether with every older version or the latest."""

    needs: Broken
    transitive: bool

    @classmethod
    def of(cls, domain: Domain) -> Mode:
        """The mode of a domain."""
        return cls.named(domain.compatibility)

    @classmethod
    def named(cls, name: str) -> Mode:
        """The mode of a name of ``MODES``."""
        return cls(_NEEDS[name.removesuffix(_TRANSITIVE)], name.endswith(_TRANSITIVE))
