"""Scorecards: each agent's month out of 100, with every deduction and the words that caused it.

`shenzhou-tianhai` (part 1) scores each person out of 100 a month. A month's score is the mean of the scores of its
conversations, each counting once, so it is the figure that other reports show. Promise: 100 minus the points of the listed
deductions is the score. What was not assessed costs nothing, and nobody is ranked.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coach.findings import Audit, Finding
from coach.reports.formats.destination import destination_stream
from coach.reports.formats.workbook import append_cells, new_workbook
from coach.reports.plain_text import one_line, spreadsheet_cell
from coach.rubric import Rubric, in_language
from coach.store.records import StoredAudit

__all__ = ["Deduction", "Scorecard", "make_scorecards", "write_scorecards"]

UNNAMED = "(no agent named)"

_CARD = ("agent", "month", "rubric", "conversations", "scored", "score", "auto_fails", "assessed", "deductions")
_DEDUCTION = (
    "agent",
    "month",
    "rubric",
    "points",
    "criterion",
    "title",
    "severity",
    "transcript",
    "turn",
    "quote",
    "why",
)


@dataclass(frozen=True)
class Deduction:
    """Points (of 100) that a broken clause in one conversation took from the month's score."""

    points: float
    criterion: str
    title: str
    severity: str
    transcript: str
    turn: int | None
    quote: str
    why: str


@dataclass(frozen=True)
class Scorecard:
    """One agent's month by one rubric. `month` is `2026-03`; `score` is 0 to 100, None where nothing could be assessed.

    `scored` of `conversations` have a score. `assessed` is the share of applicable criteria that got a verdict. Deductions
    come largest first.
    """

    agent: str
    month: str
    rubric: str
    conversations: int
    scored: int
    score: float | None
    auto_fails: int
    assessed: float | None
    deductions: tuple[Deduction, ...]


@dataclass
class _Month:
    conversations: int = 0
    scored: int = 0
    auto_fails: int = 0
    settled: int = 0
    applicable: int = 0
    losses: list[tuple[float, Audit, Finding]] = field(default_factory=list)


def make_scorecards(
    audits: Iterable[StoredAudit], rubrics: Mapping[str, Rubric], *, language: str | None = None
) -> list[Scorecard]:
    """Scorecards in order of agent, month and rubric. Weights are those of `rubrics` (by id). Raises KeyError without it."""
    months: dict[tuple[str, str, str], _Month] = {}
    for stored in audits:
        audit = stored.audit
        key = (audit.agent or UNNAMED, f"{stored.held:%Y-%m}", audit.rubric)
        _add(months.setdefault(key, _Month()), audit, rubrics[audit.rubric])
    return [_card(key, month, rubrics[key[2]], language) for key, month in sorted(months.items())]


def _add(month: _Month, audit: Audit, rubric: Rubric) -> None:
    month.conversations += 1
    month.auto_fails += audit.passed is False
    settled = [finding for finding in audit.findings if finding.verdict in ("met", "violated")]
    month.settled += len(settled)
    month.applicable += len(settled) + sum(finding.verdict == "not_assessed" for finding in audit.findings)
    possible = sum(_weight(finding, rubric) for finding in settled)
    if not possible:
        return
    month.scored += 1
    month.losses += [(100 * _weight(finding, rubric) / possible, audit, finding) for finding in audit.violated()]


def _weight(finding: Finding, rubric: Rubric) -> float:
    criterion = rubric.by_id.get(finding.criterion)
    # An earlier version of the rubric may have had criteria that this one has not: they weigh what their severity does.
    return rubric.weight(criterion) if criterion else float(getattr(rubric.weights, finding.severity))


def _card(key: tuple[str, str, str], month: _Month, rubric: Rubric, language: str | None) -> Scorecard:
    agent, name, rubric_id = key
    losses = sorted(month.losses, key=lambda loss: -loss[0])
    lost = sum(loss for loss, _, _ in losses)
    return Scorecard(
        agent=agent,
        month=name,
        rubric=rubric_id,
        conversations=month.conversations,
        scored=month.scored,
        score=round(100 - lost / month.scored, 2) if month.scored else None,
        auto_fails=month.auto_fails,
        assessed=round(month.settled / month.applicable, 4) if month.applicable else None,
        deductions=tuple(
            _deduction(loss / month.scored, audit, finding, rubric, language) for loss, audit, finding in losses
        ),
    )


def _deduction(points: float, audit: Audit, finding: Finding, rubric: Rubric, language: str | None) -> Deduction:
    criterion = rubric.by_id.get(finding.criterion)
    first = finding.evidence[0] if finding.evidence else None
    return Deduction(
        points=points,
        criterion=finding.criterion,
        title=in_language(criterion.title, language or rubric.language) if criterion else "",
        severity=finding.severity,
        transcript=audit.transcript,
        turn=first.turn if first else None,
        quote=first.quote if first else "",
        why=finding.rationale,
    )


def write_scorecards(cards: Sequence[Scorecard], destination: Path | None) -> None:
    """Write CSV (one row per card, its deductions in one cell), or, to a name ending in .xlsx, a workbook with a row per
    card in one sheet and a row per deduction in another. Raises `ConfigError`.
    """
    if destination is not None and destination.suffix.lower() == ".xlsx":
        _write_workbook(cards, destination)
        return
    with destination_stream(destination) as stream:
        rows = csv.writer(stream, lineterminator="\r\n")
        rows.writerow(_CARD)
        for card in cards:
            listed = " | ".join(_described(deduction) for deduction in card.deductions)
            rows.writerow(
                [spreadsheet_cell(cell) if isinstance(cell, str) else cell for cell in (*_cells(card), listed)]
            )


def _write_workbook(cards: Sequence[Scorecard], destination: Path) -> None:
    book = new_workbook()
    totals, details = book.create_sheet("Scorecards"), book.create_sheet("Deductions")
    append_cells(totals, _CARD)
    append_cells(details, _DEDUCTION)
    for card in cards:
        append_cells(totals, (*_cells(card), len(card.deductions)))
        for deduction in card.deductions:
            what = (round(deduction.points, 2), deduction.criterion, deduction.title, deduction.severity)
            where = (deduction.transcript, deduction.turn, deduction.quote, deduction.why)
            append_cells(details, (card.agent, card.month, card.rubric, *what, *where))
    with destination_stream(destination, binary=True) as stream:
        book.save(stream)


def _cells(card: Scorecard) -> tuple[str | int | float | None, ...]:
    who = (card.agent, card.month, card.rubric)
    return (*who, card.conversations, card.scored, card.score, card.auto_fails, card.assessed)


def _described(deduction: Deduction) -> str:
    where = deduction.transcript if deduction.turn is None else f"{deduction.transcript}, turn {deduction.turn}"
    quote = f": “{one_line(deduction.quote)}”" if deduction.quote else ""
    return f"{deduction.points:.2f} {deduction.criterion} {deduction.title} ({where}{quote})"
