"""Returns every ball."""

from __future__ import annotations

from ping_pong_contracts.messages import Return, Serve
from ping_pong_contracts.services import PongBase


class Pong(PongBase):
    """Knows nothing of where the ball comes from."""

    async def on_serve(self, message: Serve) -> None:
        """Returns it."""
        await self.publish(Return(number=message.number))
