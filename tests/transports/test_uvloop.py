from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from tests.transports.test_tcp import TestTcp as _Tcp
from tests.transports.test_tls import TestTls as _Tls
from tests.transports.test_unix import TestUnix as _Unix

uvloop = pytest.importorskip("uvloop", reason="needs: python -m pip install uvloop")


class _OnUvloop:
    """The same on the faster event loop."""

    @pytest.fixture(autouse=True)
    def _loop(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def run(work: Coroutine[Any, Any, None]) -> None:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(work)

        monkeypatch.setattr(asyncio, "run", run)


class TestUnixOnUvloop(_OnUvloop, _Unix):
    pass


class TestTcpOnUvloop(_OnUvloop, _Tcp):
    pass


class TestTlsOnUvloop(_OnUvloop, _Tls):
    pass
