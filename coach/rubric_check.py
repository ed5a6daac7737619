"""What the schema cannot see in a rubric but makes its grading unstable.

Promise: each remark names the criterion, scenario or signal and says what to do; a rubric without remarks has none of
the faults listed in `check`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from coach.checks import Forbid
from coach.judges.embedded.acts import act_models
from coach.judges.embedded.signals import SignalFinder
from coach.rubric import ALWAYS, Criterion, Rubric, in_language
from coach.transcript import Turn

__all__ = ["Remark", "check"]

_SAME = 0.8
"""Two requirements of one scenario that share this much of their words (Jaccard) say the same."""

_FEWEST_EXAMPLES = 2
_WORD = re.compile(r"[^\W_]+")
_AGENT_PART = re.compile(
    r"(?:agente?|asesora?|客服|坐席)\s*[:：]\s*(.+?)(?=\s*/\s*|\s+(?:customer|cliente?|客户|顾客)\s*[:：]|$)", re.I
)


@dataclass(frozen=True)
class Remark:
    """One fault. `place` is a criterion, scenario or signal id."""

    place: str
    kind: str
    message: str


def check(rubric: Rubric) -> list[Remark]:
    """All remarks on `rubric`: criteria that say the same, unused scenarios and signals, missing examples or languages,
    signals of an act that was not learned, compliant examples that another criterion forbids, weights that add up to
    nothing, criteria that nobody can grade."""
    return [
        *_same(rubric),
        *_unused(rubric),
        *_missing_examples(rubric),
        *_missing_languages(rubric),
        *_unchecked(rubric),
        *_unknown_acts(rubric),
        *_forbidden_examples(rubric),
        *_weights(rubric),
    ]


def _words(criterion: Criterion) -> frozenset[str]:
    return frozenset(_WORD.findall(in_language(criterion.requirement, "en").casefold()))


def _same(rubric: Rubric) -> Iterator[Remark]:
    words = {criterion.id: _words(criterion) for criterion in rubric.criteria}
    for one, other in combinations(rubric.criteria, 2):
        if one.scenario != other.scenario or one.assess != other.assess:
            continue
        shared, either = words[one.id] & words[other.id], words[one.id] | words[other.id]
        if either and len(shared) / len(either) >= _SAME:
            message = f"says nearly the same as {one.id}: two judges cannot keep them apart; say where they differ"
            yield Remark(other.id, "same-as-another", message)


def _unused(rubric: Rubric) -> Iterator[Remark]:
    used = {criterion.scenario for criterion in rubric.criteria}
    for scenario in rubric.scenarios:
        if scenario.id not in used:
            yield Remark(scenario.id, "unused-scenario", "no criterion belongs to it: remove it or say what it asks")


def _missing_examples(rubric: Rubric) -> Iterator[Remark]:
    for criterion in rubric.assessable:
        for kind in ("compliant", "violating"):
            examples = getattr(criterion.examples, kind)
            if len(examples) < _FEWEST_EXAMPLES:
                message = f"has {len(examples)} {kind} examples: give at least {_FEWEST_EXAMPLES}"
                yield Remark(criterion.id, "missing-example", message)
        both = set(criterion.examples.compliant) & set(criterion.examples.violating)
        for example in sorted(both):
            yield Remark(criterion.id, "contradictory-example", f"calls {example!r} both compliant and violating")


def _missing_languages(rubric: Rubric) -> Iterator[Remark]:
    texts = [(scenario.id, text) for scenario in rubric.scenarios for text in (scenario.title, scenario.description)]
    texts += [
        (criterion.id, text) for criterion in rubric.criteria for text in (criterion.title, criterion.requirement)
    ]
    for place, text in texts:
        lacking = [] if isinstance(text, str) else [code for code in {"en", rubric.language} if code not in text]
        if lacking or (isinstance(text, str) and rubric.language != "en"):
            wanted = ", ".join(sorted(lacking or {"en", rubric.language}))
            yield Remark(place, "missing-language", f"a title or text is missing in: {wanted}")


def _unchecked(rubric: Rubric) -> Iterator[Remark]:
    for criterion in rubric.assessable:
        if not criterion.checks and not criterion.unchecked:
            message = "has neither checks nor `unchecked: why the embedded judge cannot assess it`"
            yield Remark(criterion.id, "no-check", message)
    for scenario in rubric.scenarios:
        needs = any(criterion.scenario == scenario.id and criterion.checks for criterion in rubric.criteria)
        if scenario.detect is None and needs:
            yield Remark(scenario.id, "no-detection", "has criteria with checks, but no `detect`: they are never run")


def _unknown_acts(rubric: Rubric) -> Iterator[Remark]:
    models = act_models(rubric.language)
    learned = sorted({act for model in models.values() for act in model.labels})
    for name, signal in rubric.signals.items():
        speakers = [signal.speaker] if signal.speaker else list(models)
        if signal.act is None or any(s in models and signal.act in models[s].labels for s in speakers):
            continue
        there_are = f"there are {', '.join(learned)}" if learned else f"nothing was learned for {rubric.language!r}"
        yield Remark(name, "unknown-act", f"the act {signal.act!r} was not learned for its speaker: {there_are}")


def _forbidden_examples(rubric: Rubric) -> Iterator[Remark]:
    finder = SignalFinder(rubric.signals, models=act_models(rubric.language))
    forbidding = [(owner, check) for owner in rubric.assessable for check in owner.checks if isinstance(check, Forbid)]
    for criterion in rubric.assessable:
        for example in criterion.examples.compliant:
            spots = finder.find(Turn(index=0, speaker="agent", text=_agent_part(example)))
            for owner, forbid in forbidding:
                if owner.scenario not in (ALWAYS, criterion.scenario) or any(n in spots for n in forbid.unless_also):
                    continue
                if owner.scenario == ALWAYS and (forbid.when or forbid.where != "conversation"):
                    continue
                broken = [name for name in forbid.says if name in spots and not spots[name].quoted]
                if broken:
                    message = f"its compliant example {example!r} is forbidden by {owner.id} ({broken[0]})"
                    yield Remark(criterion.id, "forbidden-example", message)


def _agent_part(example: str) -> str:
    """What the agent says in an example that is a short exchange; else the whole example."""
    return " ".join(_AGENT_PART.findall(example)) or example


def _weights(rubric: Rubric) -> Iterator[Remark]:
    if not rubric.assessable:
        yield Remark(rubric.id, "no-weight", "no criterion can be judged from a transcript: every score would be empty")
    possible = {c.scenario for c in rubric.assessable}
    if ALWAYS not in possible and not any(s.detect and s.detect.always for s in rubric.scenarios):
        return
    total = sum(rubric.weight(criterion) for criterion in rubric.assessable)
    heaviest = max(rubric.assessable, key=rubric.weight, default=None)
    if heaviest is not None and len(rubric.assessable) > 1 and rubric.weight(heaviest) > total / 2:
        yield Remark(heaviest.id, "lopsided-weight", "weighs more than all other criteria together")
