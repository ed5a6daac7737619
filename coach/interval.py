"""How sure a share is at a sample size.

Promise: the interval is Wilson's score interval (E. B. Wilson, 1927, JASA 22: 209-212), which stays within 0 and 1 and is
honest for small samples, where the textbook interval claims certainty from two conversations.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

__all__ = ["Share"]

_Z = 1.959963984540054
"""The standard normal quantile for a 95% interval."""


@dataclass(frozen=True)
class Share:
    """`count` of `of`; `low` and `high` are the 95% interval of the share, 0 to 1."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """The share itself, 0 to 1; 0 of nothing is 0."""
        return self.count / self.of if self.of else 0.0

    @cached_property
    def _bounds(self) -> tuple[float, float]:
        if not self.of:
            return 0.0, 1.0
        n, p, z = self.of, self.value, _Z
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)

    @property
    def low(self) -> float:
        """Lower bound of the interval."""
        return self._bounds[0]

    @property
    def high(self) -> float:
        """Upper bound of the interval."""
        return self._bounds[1]
