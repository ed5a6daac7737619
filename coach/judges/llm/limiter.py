"""How many requests may be in flight: as many as asked for, fewer while the endpoint says that it is too much.

Promise: never more than `maximum` at once, never fewer than one. A 429 halves the limit, once per round of requests (those
that left before the cut tell nothing new); answers let it grow back, quickly to nine tenths of where it was cut, then by one
a round. (Additive increase, multiplicative decrease: Chiu and Jain 1989, as in TCP's congestion control, RFC 5681.)
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

__all__ = ["InFlightLimiter"]

_RECOVERY = 0.9
"""Share of the limit at the last cut up to which it grows back by one with every answer."""


class InFlightLimiter:
    """A first-come, first-served gate for one event loop."""

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._limit = float(maximum)
        self._threshold = 0.0
        self._last_cut = float("-inf")
        self._in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def limit(self) -> int:
        """How many requests may be in flight now."""
        return max(1, int(self._limit))

    @property
    def in_flight(self) -> int:
        """How many are."""
        return self._in_flight

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a place and hold it. Whoever waits out a Retry-After keeps the place: that is the back-pressure."""
        await self._enter()
        try:
            yield
        finally:
            self._in_flight -= 1
            self._wake()

    async def _enter(self) -> None:
        if self._in_flight < self.limit and not self._waiting:
            self._in_flight += 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._in_flight -= 1
                self._wake()
            raise

    def _wake(self) -> None:
        while self._waiting and self._in_flight < self.limit:
            place = self._waiting.popleft()
            if not place.done():
                self._in_flight += 1
                place.set_result(None)

    def answered(self) -> None:
        """A request was answered: grow."""
        step = 1.0 if self._limit < self._threshold else 1.0 / self._limit
        self._limit = min(float(self._maximum), self._limit + step)
        self._wake()

    def throttled(self, sent: float) -> None:
        """A request that left at `sent` (`time.monotonic()`) was refused as too many: shrink."""
        if sent < self._last_cut:
            return
        self._last_cut = time.monotonic()
        self._threshold = _RECOVERY * self._limit
        self._limit = max(1.0, self._limit / 2)
