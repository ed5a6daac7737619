"""`--budget`: how much a run may spend, asked before each conversation is begun.

Promise: a conversation is begun only where what is spent, what those under way will probably cost and what it will probably
cost itself stay within the budget. So the budget is passed by no more than the requests in flight can be dearer than
expected. Whoever does not fit while others are under way waits for them: they may turn out cheaper.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

__all__ = ["Budget"]


class Budget:
    """For one run and event loop. `spent` tells what has been paid so far, failed conversations included; US dollars."""

    def __init__(self, usd: float, spent: Callable[[], float]) -> None:
        self._usd, self._spent = usd, spent
        self._under_way = self._settled = 0
        self._cost = 0.0
        self._changed = asyncio.Event()

    async def admit(self, expected: float) -> str | None:
        """None where another conversation may begin, else the reason why not. `expected` is its cost as long as nothing
        is known from experience.
        """
        while True:
            each = self._cost / self._settled if self._settled else expected
            spent = self._spent()
            if spent + each * (self._under_way + 1) <= self._usd:
                self._under_way += 1
                return None
            if not self._under_way:
                costs = f"{spent:.4f} USD spent, a conversation costs about {each:.4f}"
                return f"not begun: the budget of {self._usd:g} USD has no room for it ({costs})"
            await self._changed.wait()

    def settle(self, cost: float | None) -> None:
        """A conversation that was admitted has come to its end; `cost` is None where it could not be graded."""
        self._under_way -= 1
        if cost is not None:
            self._settled += 1
            self._cost += cost
        self._changed.set()
        self._changed = asyncio.Event()
