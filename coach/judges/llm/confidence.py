"""How sure a verdict is: agreement between repeated judgements, or the probability of the words that decided it.

Promise: a confidence is a share or a probability that was observed; where nothing was observed there is none (None).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from coach.findings import Finding, Occurrence, Usage
from coach.judges.base import Judgement
from coach.rubric import ALWAYS, Rubric

__all__ = ["majority", "token_confidence"]

_DECISION = re.compile(r'"(met|violated|not_applicable|not_assessed)"\s*:\s*"([^"]{1,60})"')


def majority(samples: Sequence[Judgement], rubric: Rubric) -> Judgement:
    """One judgement out of several of the same conversation: for each criterion the verdict that most samples gave.

    `confidence` is the share of samples that gave it (self-consistency: Wang et al. 2023, arXiv:2203.11171). A criterion
    that most samples leave out is left out; where two verdicts are equally frequent it is `not_assessed`.
    """
    usage = sum((sample.usage for sample in samples), Usage())
    findings: list[Finding] = []
    by_id = [{finding.criterion: finding for finding in sample.findings} for sample in samples]
    for criterion in rubric.assessable:
        given = [found[criterion.id] for found in by_id if criterion.id in found]
        if given:
            voted = _voted(given, len(samples))
            findings.extend([voted] if voted is not None else [])
    return Judgement(_occurrences(samples, findings, rubric), tuple(findings), usage)


def _voted(given: Sequence[Finding], samples: int) -> Finding | None:
    votes = Counter[str](finding.verdict for finding in given)
    if len(given) < samples:
        votes["not_applicable"] += samples - len(given)
    (verdict, count), *others = votes.most_common()
    if others and others[0][1] == count:
        tally = ", ".join(f"{number} {name}" for name, number in sorted(votes.items()))
        update = {"verdict": "not_assessed", "evidence": (), "confidence": None}
        return given[0].model_copy(update={**update, "rationale": f"{samples} judgements disagree: {tally}"})
    if verdict == "not_applicable":
        return None
    chosen = next(finding for finding in given if finding.verdict == verdict)
    return chosen.model_copy(update={"confidence": round(count / samples, 4)})


def _occurrences(samples: Sequence[Judgement], findings: Sequence[Finding], rubric: Rubric) -> tuple[Occurrence, ...]:
    """Scenarios that arose in most samples, or of which a verdict stands, with the turns of the first sample that has them."""
    first: dict[str, Occurrence] = {}
    votes = Counter[str]()
    for sample in samples:
        for occurrence in sample.scenarios:
            first.setdefault(occurrence.scenario, occurrence)
            votes[occurrence.scenario] += 1
    settled = {f.scenario for f in findings if f.verdict in ("met", "violated") and f.scenario != ALWAYS}
    kept = {name for name, count in votes.items() if 2 * count > len(samples)} | settled
    return tuple(first[scenario.id] for scenario in rubric.scenarios if scenario.id in kept and scenario.id in first)


def token_confidence(tokens: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Criterion code -> probability (0 to 1) of the tokens that named its verdict, from (token, log probability) pairs.

    Under a strict schema this is the probability of the verdict among the four that the schema allows there.
    """
    starts: list[int] = []
    length = 0
    for token, _ in tokens:
        starts.append(length)
        length += len(token)
    content = "".join(token for token, _ in tokens)
    confidence: dict[str, float] = {}
    for decision in _DECISION.finditer(content):
        begin, end = decision.span(1)
        total = sum(
            logprob
            for start, (token, logprob) in zip(starts, tokens, strict=True)
            if start < end and start + len(token) > begin
        )
        confidence.setdefault(decision[2], round(min(1.0, math.exp(total)), 4))
    return confidence
