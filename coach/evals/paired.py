"""Exact tests of one run against earlier runs on the same conversations, and their correction for being many.

Promise: no test assumes that verdicts of one conversation are independent. The conversation is the block: where nothing
has changed, the current run and the runs of the baseline could have come in any order, separately in each conversation.
All tests here compare with every such order (exact, no simulation, no seed). With one run in the baseline and yes/no
values that is McNemar's exact test (McNemar 1947, Psychometrika 12); with counts it is the sign-flip permutation test
(Fisher 1935, The Design of Experiments, section 21); more runs in the baseline give it more power.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.stats import permutation_test  # type: ignore[import-untyped]
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]

__all__ = ["Outcome", "corrected", "mean_slide", "shift"]

Counts = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """`before` is the mean sum of a baseline run, `now` the current sum. `p` is two-sided, `attainable` the smallest p that
    these data could have given at all; `adjusted` is p after correction, 1 for tests that could not have found anything."""

    before: float
    now: float
    p: float
    attainable: float
    adjusted: float = 1.0

    @property
    def change(self) -> float:
        """How much more the current run has."""
        return self.now - self.before


def shift(current: Counts, baseline: Counts) -> Outcome:
    """Has the sum of `current` (conversations) moved against `baseline` (conversations x runs)? Whole numbers only.

    p is twice the smaller tail, at most 1. Exact: the distribution of the sum over all orders is a convolution of one
    small distribution per conversation.
    """
    blocks = np.column_stack([current, baseline]).astype(np.int64)
    before, now = float(baseline.sum() / max(1, baseline.shape[1])), float(current.sum())
    blocks = blocks[(blocks != blocks[:, :1]).any(axis=1)]
    if not len(blocks):
        return Outcome(before, now, 1.0, 1.0)
    lowest = blocks.min(axis=1)
    chances = np.ones(1)
    for block in blocks - lowest[:, None]:
        chances = np.convolve(chances, np.bincount(block) / len(block))
    seen = int((blocks[:, 0] - lowest).sum())
    tails = float(chances[: seen + 1].sum()), float(chances[seen:].sum())
    attainable = 2 * min(float(chances[0]), float(chances[-1]))
    return Outcome(before, now, min(1.0, 2 * min(tails)), min(1.0, attainable))


def corrected(outcomes: Sequence[Outcome], alpha: float) -> list[Outcome]:
    """`outcomes` with `adjusted` so that with probability 1 - `alpha` none of them is below `alpha` by chance alone.

    Tarone's method (Tarone 1990, Biometrics 46) leaves out the tests that could not have come below the limit whatever
    the verdicts, because too few of them changed; Holm's (Holm 1979, Scandinavian Journal of Statistics 6) corrects the
    others. Of hundreds of criteria only a few have changed verdicts at all, so this loses far less power than Holm alone.
    """
    limits = np.array([outcome.attainable for outcome in outcomes])
    number = next((k for k in range(1, len(outcomes) + 1) if (limits <= alpha / k).sum() <= k), 0)
    chosen = np.flatnonzero(limits <= alpha / number) if number else np.array([], dtype=int)
    result = list(outcomes)
    if len(chosen):
        adjusted = multipletests([outcomes[i].p for i in chosen], alpha=alpha, method="holm")[1]
        for place, value in zip(chosen, adjusted, strict=True):
            result[place] = replace(outcomes[place], adjusted=float(value))
    return result


def mean_slide(current: Values, baseline: Values, *, resamples: int = 1999) -> Outcome:
    """Has the mean of `current` (conversations) moved against that of `baseline` (conversations x runs)? By permutation
    within conversations; `before` and `now` are means. nan marks conversations without a value; they are left out."""
    values = np.column_stack([current, baseline])
    values = values[~np.isnan(values).any(axis=1)]
    if not len(values) or bool((values == values[:, :1]).all()):
        mean = float(values.mean()) if len(values) else float("nan")
        return Outcome(mean, mean, 1.0, 1.0)

    def difference(*samples: Values, axis: int = -1) -> Values:
        return np.asarray(samples[0].mean(axis=axis) - np.mean(samples[1:], axis=0).mean(axis=axis))

    found = permutation_test(
        tuple(values.T), difference, permutation_type="samples", n_resamples=resamples, vectorized=True, rng=7
    )
    p = float(found.pvalue)
    return Outcome(float(values[:, 1:].mean()), float(values[:, 0].mean()), p, 0.0, adjusted=p)
