"""What came back from the LLM, checked against the conversation and the rubric before it counts.

Promise: a finding that leaves this module names a criterion that was asked about, cites turns that exist and, where it
says `violated`, words of the agent that stand in the cited turn. Everything else is a `Problem`: asked again once, then
reported as `not_assessed`, never guessed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from coach.evidence import find_turn
from coach.findings import Evidence, Finding, Occurrence, Verdict
from coach.judges.llm.schema import Answer, Answers
from coach.rubric import ALWAYS, Criterion
from coach.transcript import Transcript

__all__ = ["Checked", "Problem", "check", "unsettled"]

_MAXIMUM_EVIDENCE = 3
"""Turns cited for one violated criterion."""


_UNTIMED = "the transcript has no times"


@dataclass(frozen=True)
class Problem:
    """Why there is no verdict on `criterion` yet. `request` tells the judge what to put right."""

    criterion: Criterion
    reason: str
    request: str


@dataclass
class Checked:
    """What holds of one response. Criteria in `left_out` were answered `not_applicable`."""

    findings: dict[str, Finding] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    occurrences: tuple[Occurrence, ...] = ()

    def settled(self, criterion: Criterion) -> bool:
        """True where this response settles the criterion."""
        return criterion.id in self.findings or criterion.id in self.left_out


def check(
    answers: Answers,
    criteria: dict[str, Criterion],
    transcript: Transcript,
    *,
    restore: Callable[[str], str],
    only: Sequence[Criterion] | None = None,
) -> Checked:
    """Check `answers`; `criteria` maps the codes that could be answered. `restore` undoes masking in quotes and reasons.

    With `only`, a second round, just these criteria count and each of them needs an answer; else each criterion of
    `always` and of a scenario that the judge says arose does. Timing is `not_assessed` where the transcript has no times,
    whatever the judge says of it.
    """
    checked = Checked(occurrences=_occurrences(answers, transcript))
    given: dict[str, list[Answer]] = {}
    for answer in answers.answers:
        given.setdefault(criteria[answer.code].id, []).append(answer)
    arisen = {ALWAYS, *(occurrence.scenario for occurrence in checked.occurrences)}
    wanted = list(criteria.values()) if only is None else only
    for criterion in wanted:
        if criterion.assess == "timing" and not transcript.timed:
            if criterion.scenario in arisen and "not_applicable" not in {
                a.verdict for a in given.get(criterion.id, [])
            }:
                checked.findings[criterion.id] = _finding(criterion, "not_assessed", rationale=_UNTIMED)
        elif criterion.id in given:
            _settle(checked, criterion, given[criterion.id], transcript, restore)
        elif only is not None or criterion.scenario in arisen:
            request = "no answer was given; answer it (not_applicable is possible)"
            checked.problems.append(Problem(criterion, "no answer from the judge", request))
    return checked


def unsettled(problem: Problem) -> Finding:
    """The finding for a criterion whose answer did not hold the second time either."""
    return _finding(problem.criterion, "not_assessed", rationale=problem.reason)


def _occurrences(answers: Answers, transcript: Transcript) -> tuple[Occurrence, ...]:
    turns: dict[str, set[int]] = {}
    for scenario, listed in answers.scenarios:
        turns.setdefault(scenario, set()).update(turn for turn in listed if turn < len(transcript.turns))
    return tuple(Occurrence(scenario=scenario, turns=tuple(sorted(where))) for scenario, where in turns.items())


def _settle(
    checked: Checked,
    criterion: Criterion,
    answers: list[Answer],
    transcript: Transcript,
    restore: Callable[[str], str],
) -> None:
    """One criterion, answered once or several times, becomes a finding, is left out, or is a problem."""
    verdicts = {answer.verdict for answer in answers}
    first = answers[0]
    if len(verdicts) > 1:
        request = f"it was answered both {' and '.join(sorted(verdicts))}; answer it once"
        checked.problems.append(Problem(criterion, "the judge contradicted itself", request))
    elif first.verdict == "not_applicable":
        checked.left_out.add(criterion.id)
    elif first.verdict == "not_assessed":
        reason = _plain(restore(first.reason)) or "the judge could not tell"
        checked.findings[criterion.id] = _finding(criterion, "not_assessed", rationale=reason)
    elif first.verdict == "met":
        turn = _agent_turn(first.turn, transcript)
        if turn is None:
            request = f"turn {first.turn} does not exist; cite the agent's turn"
            checked.problems.append(Problem(criterion, "the cited turn does not exist", request))
        else:
            checked.findings[criterion.id] = _finding(criterion, "met", (Evidence(turn=turn),))
    else:
        _settle_violated(checked, criterion, answers, transcript, restore)


def _settle_violated(
    checked: Checked,
    criterion: Criterion,
    answers: list[Answer],
    transcript: Transcript,
    restore: Callable[[str], str],
) -> None:
    proofs: list[Evidence] = []
    for answer in answers:
        found = find_turn(restore(answer.quote), transcript, answer.turn or 0, "agent")
        if found is not None:
            proof = Evidence(turn=found[0], quote=found[1])
            if proof not in proofs:
                proofs.append(proof)
    if proofs:
        rationale = _plain(restore(answers[0].reason))
        evidence = tuple(proofs[:_MAXIMUM_EVIDENCE])
        checked.findings[criterion.id] = _finding(criterion, "violated", evidence, rationale)
        return
    first = answers[0]
    if find_turn(restore(first.quote), transcript, first.turn or 0, "customer") is not None:
        reason = "the quoted words are the customer's"
        request = "the quote is the customer's; only the agent's words or omissions can break a criterion"
    else:
        reason = "the quoted words are not in the transcript"
        request = f"the quote does not stand in turn {first.turn}; copy the agent's words exactly, or answer otherwise"
    checked.problems.append(Problem(criterion, reason, request))


def _agent_turn(turn: int | None, transcript: Transcript) -> int | None:
    """`turn` if it is the agent's, else the agent's next one (the answer), else the one before; None if there is no such turn."""
    turns = transcript.turns
    if turn is None or turn >= len(turns):
        return None
    later = (t.index for t in turns[turn:] if t.speaker == "agent")
    before = (t.index for t in reversed(turns[:turn]) if t.speaker == "agent")
    return next(later, next(before, None))


def _finding(
    criterion: Criterion, verdict: Verdict, evidence: tuple[Evidence, ...] = (), rationale: str = ""
) -> Finding:
    return Finding(
        criterion=criterion.id,
        verdict=verdict,
        scenario=criterion.scenario,
        severity=criterion.severity,
        source="llm",
        evidence=evidence,
        rationale=rationale,
    )


def _plain(text: str) -> str:
    """On one line and without control or format characters: it is shown on terminals and in reports."""
    visible = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(visible.split())
