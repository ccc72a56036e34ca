"""The service sink."""

from __future__ import annotations

from every_contracts.messages import (
    Aliases,
    Arrays,
    Flags,
    FlagsIter,
    Lists,
    Nested,
    Optionals,
    Scalars,
    Texts,
    Trees,
)
from every_contracts.services import SinkBase


class Sink(SinkBase):
    """Write the service's logic here; this file is yours and never generated again."""

    async def on_scalars(self, message: Scalars, /) -> None:
        raise NotImplementedError

    async def on_nested(self, message: Nested, /) -> None:
        raise NotImplementedError

    async def on_arrays(self, message: Arrays, /) -> None:
        raise NotImplementedError

    async def on_optionals(self, message: Optionals, /) -> None:
        raise NotImplementedError

    async def on_texts(self, message: Texts, /) -> None:
        raise NotImplementedError

    async def on_lists(self, message: Lists, /) -> None:
        raise NotImplementedError

    async def on_trees(self, message: Trees, /) -> None:
        raise NotImplementedError

    async def on_aliases(self, message: Aliases, /) -> None:
        raise NotImplementedError

    async def on_flags(self, message: Flags, /) -> None:
        raise NotImplementedError

    async def on_flags_iter(self, message: FlagsIter, /) -> None:
        raise NotImplementedError
