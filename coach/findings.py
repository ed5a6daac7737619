"""What a judge says about one conversation: findings with evidence, and the audit that holds them.

Promise: the four verdicts stay apart. `not_applicable` means that the situation did not arise, `not_assessed` that this
judge could not tell; neither counts as a pass or a failure, and a judge's breakdown is never turned into a verdict.
The models are the JSON contract of `coach audit --format jsonl`, field for field.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from coach.rubric import Severity

__all__ = [
    "Audit",
    "Evidence",
    "Finding",
    "JudgeInfo",
    "Occurrence",
    "Place",
    "Rewrite",
    "Source",
    "Standing",
    "Usage",
    "Verdict",
]

Verdict = Literal["met", "violated", "not_applicable", "not_assessed"]
Source = Literal["llm", "embedded", "check", "human"]
Place = Literal["replace", "before", "after"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(_Frozen):
    """Words that prove a verdict. `quote` is verbatim in turn `turn`; a `met` finding may cite a turn without a quote.

    For an omission the turn is where the missing words should have been, and the quote is what stands there instead.
    """

    turn: Annotated[int, Field(ge=0)]
    quote: str = ""


class Rewrite(_Frozen):
    """A compliant wording: instead of turn `turn`, or inserted before or after it."""

    turn: Annotated[int, Field(ge=0)]
    place: Place
    text: str


class Finding(_Frozen):
    """One verdict on one criterion. `confidence` is 0 to 1, or None where the judge gives none.

    A `not_assessed` finding says in `rationale` why it could not be assessed. `withheld` is the reason why a rewrite
    that was attempted is not shown.
    """

    criterion: str
    verdict: Verdict
    scenario: str
    severity: Severity
    source: Source
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    evidence: tuple[Evidence, ...] = ()
    rationale: str = ""
    rewrite: Rewrite | None = None
    withheld: str | None = None


class Occurrence(_Frozen):
    """A scenario of the rubric that arose, and the turns in which it did."""

    scenario: str
    turns: tuple[int, ...] = ()


class JudgeInfo(_Frozen):
    """Which judge graded: `prompt_hash` covers everything that can change its answers besides the model and the rubric."""

    kind: Literal["llm", "embedded"]
    model: str
    prompt_hash: str


class Standing(_Frozen):
    """How far the judge that graded can be trusted: what became of it on labelled conversations (`coach eval qualify`).

    `unqualified` was put to the test and fell short of a floor, `untested` was not put to the test since judge, prompt or
    rubric took their present form; `reasons` say why. `date` is the day (ISO 8601, UTC) of the test, `conversations` and
    `rubrics` say on what; `kappa` (three classes) and `f1` (of violations) are value, lower and upper end of the 95%
    interval, None where there is no data.
    """

    status: Literal["qualified", "unqualified", "untested"]
    date: str | None = None
    conversations: int = 0
    rubrics: tuple[str, ...] = ()
    kappa: tuple[float, float, float] | None = None
    f1: tuple[float, float, float] | None = None
    reasons: tuple[str, ...] = ()


class Usage(_Frozen):
    """What the grading cost. `cost_usd` is None where no price is known for the model; embedded judging costs nothing."""

    requests: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None

    def __add__(self, other: Usage) -> Usage:
        known = [cost for cost in (self.cost_usd, other.cost_usd) if cost is not None]
        return Usage(
            requests=self.requests + other.requests,
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost_usd=sum(known) if known else None,
        )


class Audit(_Frozen):
    """One graded conversation. Closed world: a criterion of the rubric with no finding is `not_applicable`.

    `score` is 0 to 100 and None where nothing could be assessed; `passed` is then None too. `assessed` is the share (0
    to 1) of applicable criteria, by count, that got a verdict of met or violated. `qualification` is how the judge stood
    when it graded; None in audits that were made without asking (by other programs, or before coach said so).
    """

    transcript: str
    agent: str | None
    rubric: str
    rubric_version: str
    judge: JudgeInfo
    scenarios: tuple[Occurrence, ...]
    findings: tuple[Finding, ...]
    score: Annotated[float, Field(ge=0, le=100)] | None
    passed: bool | None
    critical_failures: tuple[str, ...]
    assessed: Annotated[float, Field(ge=0, le=1)]
    usage: Usage = Usage()
    seconds: float = 0.0
    qualification: Standing | None = None

    def violated(self) -> tuple[Finding, ...]:
        """The findings that say `violated`, in the rubric's order."""
        return tuple(finding for finding in self.findings if finding.verdict == "violated")
