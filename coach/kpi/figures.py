"""Figures from records: value, numerator, denominator, limit, pass or fail.

Promise: a ratio with nothing under it is "no data", never 0 or 100; what a record does not say is not made up, but counted
as `unknown`; whether a limit is kept is decided on the counts, not on a rounded percentage.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from coach.kpi.definitions import KpiSet, Metric, Population
from coach.kpi.records import Record

__all__ = ["Figure", "figures", "months"]


@dataclass(frozen=True)
class Figure:
    """One metric in one month. `value` is a percentage and None where there is `no_data`, which then says why.

    `unknown` records of the denominator do not say what the numerator asks; they are not counted in it. `passed` is None
    without data or without a limit.
    """

    metric: Metric
    month: str
    numerator: int
    denominator: int
    unknown: int
    value: float | None
    passed: bool | None
    no_data: str | None = None


def months(records: Iterable[Record]) -> list[str]:
    """The months in which records came in, oldest first."""
    return sorted({record.month for record in records})


def figures(kpis: KpiSet, records: Iterable[Record], month: str) -> list[Figure]:
    """Every metric of `kpis` over the records that came in during `month` (`2026-03`)."""
    of_month = [record for record in records if record.month == month]
    return [_figure(kpis, metric, of_month, month) for metric in kpis.metrics]


def _figure(kpis: KpiSet, metric: Metric, records: list[Record], month: str) -> Figure:
    below = [record for record in records if _belongs(kpis, record, metric.denominator) is True]
    above = [_belongs(kpis, record, metric.numerator) for record in records if record.kind == metric.numerator.kind]
    asked = [_belongs(kpis, record, metric.numerator) for record in below]
    numerator, unknown = above.count(True), asked.count(None)
    no_data = None
    if not below:
        undecided = any(_belongs(kpis, record, metric.denominator) is None for record in records)
        no_data = "the records do not say which count" if undecided else "no such records"
    elif unknown == len(below):
        no_data = "no record says"
    if no_data is not None:
        return Figure(metric, month, numerator, len(below), unknown, None, None, no_data)
    ratio = Fraction(100 * numerator, len(below))
    return Figure(metric, month, numerator, len(below), unknown, round(float(ratio), 2), _passed(metric, ratio))


def _passed(metric: Metric, ratio: Fraction) -> bool | None:
    target = metric.target
    if target is None:
        return None
    if target.at_least is not None:
        return ratio >= Fraction(str(target.at_least))
    return ratio <= Fraction(str(target.at_most))


def _belongs(kpis: KpiSet, record: Record, population: Population) -> bool | None:
    if record.kind != population.kind:
        return False
    answers = [_holds(kpis, record, fact, wanted) for fact, wanted in population.where.items()]
    if False in answers:
        return False
    return None if None in answers else True


def _holds(kpis: KpiSet, record: Record, fact: str, wanted: bool | str) -> bool | None:
    value = _timely(kpis, record) if fact == "timely" else getattr(record, fact)
    return None if value is None else bool(value == wanted)


def _timely(kpis: KpiSet, record: Record) -> bool | None:
    """Whether it was answered by the agreed time (`due`), else within the manual's hours; None where that cannot be told."""
    if record.answered is not True:
        return record.answered
    if record.answered_at is None:
        return None
    if record.due is not None:
        return record.answered_at <= record.due
    hours = kpis.hours(record.kind, record.category)
    return None if hours is None else (record.answered_at - record.time).total_seconds() <= hours * 3600
