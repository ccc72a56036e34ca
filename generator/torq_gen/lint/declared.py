"""What a run of the linter has to know of a spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from torq_gen.model import System


class Home(Protocol):
    """Where a service's code stands, and whether it has to be there: a service, or less."""

    @property
    def name(self) -> str:
        """The service's name."""

    @property
    def path(self) -> str:
        """Its folder, relative to the root."""

    @property
    def active(self) -> bool:
        """Whether it has code."""


class Declared(Protocol):
    """A spec that can be used; its system is only asked for where something changed."""

    @property
    def homes(self) -> Mapping[str, Home] | None:
        """The services by name."""

    @property
    def system(self) -> System | None:
        """All that the spec says."""
