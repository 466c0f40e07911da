"""Connections that cannot be used to keep a class out: so many for each address, and so long for a request to arrive.

uvicorn bounds all connections together and closes those that idle after an answer; a visitor who opens hundreds, or sends a
request a byte at a time, would still take every place.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_IN_ALL = 800
MOST_OF_ONE = 300  # of one address: thirty visitors behind one proxy have some six each
SLOWEST = 15.0  # seconds that a request may take to arrive
ARRIVING = (h11.IDLE, h11.SEND_BODY)


class Connection(H11Protocol):
    """One connection of uvicorn, counted by its address, with a time in which each request has to be there."""

    open_of: ClassVar[Counter[str]] = Counter()
    _late: asyncio.TimerHandle | None = None
    _address: str | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or close it at once if its address has too many."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        if Connection.open_of[address] >= MOST_OF_ONE:
            transport.abort()
            return
        self._address = address
        Connection.open_of[address] += 1
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came; what is not a whole request yet has to be one soon."""
        super().data_received(data)
        if self.conn.their_state in ARRIVING:
            self._wait()
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self._stop_waiting()
        if self._address is not None:
            Connection.open_of[self._address] -= 1
            if Connection.open_of[self._address] <= 0:
                del Connection.open_of[self._address]
            self._address = None
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._late is None:
            self._late = asyncio.get_running_loop().call_later(SLOWEST, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
