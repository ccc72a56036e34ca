"""The service listener."""

from __future__ import annotations

from names_contracts.messages import (
    AMessageWithANameThatIsExactlyFortyEightLetters1,
    Prose,
    Shadows,
)
from names_contracts.services import ListenerBase


class Listener(ListenerBase):
    """Write the service's logic here; this file is yours and never generated again."""

    async def on_shadows(self, message: Shadows, /) -> None:
        raise NotImplementedError

    async def on_a_message_with_a_name_that_is_exactly_forty_eight_letters1(
        self,
        message: AMessageWithANameThatIsExactlyFortyEightLetters1,
        /,
    ) -> None:
        raise NotImplementedError

    async def on_prose(self, message: Prose, /) -> None:
        raise NotImplementedError
