"""How a judge qualified: the agreement of one model and prompt with labelled conversations, kept beside its audits.

Promise: a judge is known by kind, model and prompt hash; what another model or prompt has achieved says nothing about it.
A judge that was never put to the test has no qualification, which is not the same as having failed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from coach.findings import JudgeInfo, Usage

if TYPE_CHECKING:
    from coach.store.database import Store

__all__ = ["Qualification", "qualification_from_row", "qualification_of", "qualification_row", "stamp"]

_FIGURES = ("kappa", "kappa_low", "kappa_high", "f1", "f1_low", "f1_high", "precision", "recall")


@dataclass(frozen=True)
class Qualification:
    """Kappa (three classes) and F1 of violations with 95% intervals, None where there is no data.

    `floor_f1` and `floor_kappa` are what was asked for (the kappa of the better judge that knows nothing); `reasons` say why
    the judge did not qualify, and are empty where it did. `created` is in UTC, `endpoint` None for the embedded judge.
    """

    created: datetime
    judge: JudgeInfo
    endpoint: str | None
    rubrics: tuple[str, ...]
    conversations: int
    ungraded: int
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    f1: float | None
    f1_low: float | None
    f1_high: float | None
    precision: float | None
    recall: float | None
    floor_f1: float
    floor_kappa: float
    reasons: tuple[str, ...]
    usage: Usage = field(default_factory=Usage)

    @property
    def qualified(self) -> bool:
        """True where nothing spoke against it."""
        return not self.reasons


def qualification_of(judge: JudgeInfo, store: Store | None) -> Qualification | None:
    """How `judge` qualified last, as far as `store` knows; None where it never did or there is no store."""
    return store.qualification(judge) if store is not None else None


def stamp(judge: JudgeInfo, qualification: Qualification | None) -> str:
    """One line that says how far to trust `judge`, for audits, reports and `coach doctor`."""
    if qualification is None:
        return f"the judge {judge.model} has not qualified (coach eval qualify)"
    found = qualification
    figures = (
        f"violation F1 {_interval(found.f1, found.f1_low, found.f1_high)}, kappa "
        f"{_interval(found.kappa, found.kappa_low, found.kappa_high)} on {found.conversations} labelled conversations"
    )
    if found.qualified:
        return f"the judge {judge.model} qualified on {found.created:%Y-%m-%d}: {figures}"
    return f"the judge {judge.model} is unqualified: {'; '.join(found.reasons)} ({figures})"


def _interval(value: float | None, low: float | None, high: float | None) -> str:
    return "no data" if value is None or low is None or high is None else f"{value:.2f} [{low:.2f}, {high:.2f}]"


def qualification_row(found: Qualification) -> dict[str, Any]:
    """The row of `qualifications`, but for its key."""
    return {
        "created": found.created.isoformat(timespec="milliseconds"),
        "judge_kind": found.judge.kind,
        "judge_model": found.judge.model,
        "prompt_hash": found.judge.prompt_hash,
        "endpoint": found.endpoint,
        "rubrics": json.dumps(found.rubrics),
        "conversations": found.conversations,
        "ungraded": found.ungraded,
        **{name: getattr(found, name) for name in _FIGURES},
        "floor_f1": found.floor_f1,
        "floor_kappa": found.floor_kappa,
        "qualified": found.qualified,
        "reasons": json.dumps(found.reasons, ensure_ascii=False),
        **found.usage.model_dump(),
    }


def qualification_from_row(row: dict[str, Any]) -> Qualification:
    """The inverse of `qualification_row`."""
    return Qualification(
        created=datetime.fromisoformat(row["created"]),
        judge=JudgeInfo(kind=row["judge_kind"], model=row["judge_model"], prompt_hash=row["prompt_hash"]),
        endpoint=row["endpoint"],
        rubrics=tuple(json.loads(row["rubrics"])),
        conversations=row["conversations"],
        ungraded=row["ungraded"],
        **{name: row[name] for name in _FIGURES},
        floor_f1=row["floor_f1"],
        floor_kappa=row["floor_kappa"],
        reasons=tuple(json.loads(row["reasons"])),
        usage=Usage(**{name: row[name] for name in Usage.model_fields}),
    )
