"""How a judge qualified: the agreement of one model and prompt with labelled conversations, kept beside its audits.

Promise: a judge is known by kind, model and prompt hash; what another model or prompt has achieved says nothing about it.
A judge that was never put to the test has no qualification, which is not the same as having failed.

The embedded judge brings its own: how it did per manual on conversations that nothing was tuned on, in a file that
`coach eval qualify --judge embedded --export FILE` writes. Its prompt hash covers rubric, signals and checks, so what the
file says ends with the first change to any of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coach.findings import JudgeInfo, Standing, Usage

if TYPE_CHECKING:
    from coach.store.database import Store

__all__ = [
    "Qualification",
    "export_text",
    "qualification_from_row",
    "qualification_of",
    "qualification_row",
    "shipped",
    "stamp",
    "standing_of",
]

_SHIPPED = Path(__file__).with_name("embedded_qualifications.json")

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

    @property
    def standing(self) -> Standing:
        """As every audit says it."""
        return Standing(
            status="qualified" if self.qualified else "unqualified",
            date=f"{self.created:%Y-%m-%d}",
            conversations=self.conversations,
            rubrics=self.rubrics,
            kappa=_triple(self.kappa, self.kappa_low, self.kappa_high),
            f1=_triple(self.f1, self.f1_low, self.f1_high),
            reasons=self.reasons,
        )


def _triple(value: float | None, low: float | None, high: float | None) -> tuple[float, float, float] | None:
    return None if value is None or low is None or high is None else (value, low, high)


def qualification_of(judge: JudgeInfo, store: Store | None = None) -> Qualification | None:
    """How `judge` qualified last: as `store` knows, else as coach itself brings along; None where it never did."""
    kept = store.qualification(judge) if store is not None else None
    return kept or next((each for each in shipped().values() if each.judge == judge), None)


def standing_of(judge: JudgeInfo, rubric: str, store: Store | None = None) -> Standing:
    """How far to trust what `judge` says by the rubric with the id `rubric`."""
    found = qualification_of(judge, store)
    if found is not None:
        return found.standing
    earlier = shipped().get(rubric) if judge.kind == "embedded" else None
    if earlier is None:
        return Standing(status="untested")
    return Standing(
        status="untested",
        reasons=(f"the rubric or the judge has changed since its test on {earlier.created:%Y-%m-%d}",),
    )


def stamp(judge: JudgeInfo, found: Qualification | Standing | None) -> str:
    """One line that says how far to trust `judge`."""
    standing = found.standing if isinstance(found, Qualification) else found or Standing(status="untested")
    if standing.status == "untested":
        why = "".join(f": {reason}" for reason in standing.reasons)
        return f"the judge {judge.model} has not qualified{why} (coach eval qualify)"
    figures = (
        f"violation F1 {_interval(standing.f1)}, kappa {_interval(standing.kappa)} on {standing.conversations} labelled "
        f"conversations of {', '.join(standing.rubrics)}"
    )
    if standing.status == "qualified":
        return f"the judge {judge.model} qualified on {standing.date}: {figures}"
    return f"the judge {judge.model} is unqualified: {'; '.join(standing.reasons)} ({figures}, {standing.date})"


def _interval(figure: tuple[float, float, float] | None) -> str:
    return "no data" if figure is None else "{:.2f} [{:.2f}, {:.2f}]".format(*figure)


@lru_cache(maxsize=1)
def shipped() -> dict[str, Qualification]:
    """Manual -> how the embedded judge qualified for it when this version of coach was made."""
    if not _SHIPPED.is_file():
        return {}
    rows = json.loads(_SHIPPED.read_text("utf-8"))["qualifications"]
    found = [qualification_from_row({**row, "rubrics": json.dumps(row["rubrics"]), "reasons": json.dumps(row["reasons"])})
             for row in rows]  # fmt: skip
    return {each.rubrics[0]: each for each in found}


def export_text(found: list[Qualification], command: str) -> str:
    """The file that coach brings along: the qualifications by manual, and the command that made it."""
    rows = []
    for each in sorted(found, key=lambda each: each.rubrics):
        rows.append({**qualification_row(each), "rubrics": list(each.rubrics), "reasons": list(each.reasons)})
    return json.dumps({"made_by": command, "qualifications": rows}, ensure_ascii=False, indent=1) + "\n"


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
