"""A sentence that stands alone: what would it break, if the situation of a rule had arisen?

A lone sentence has no conversation that could show a situation, so only prohibitions can be held against it: the `forbid`
checks of all scenarios, or of one. Promise: what is missing is never reported, for nobody can know what comes next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coach.checks import Forbid
from coach.errors import ConfigError
from coach.judges.embedded.judge import EmbeddedJudge
from coach.patterns import parse_pattern
from coach.rewriting.draft import Draft, sentences
from coach.rewriting.facts import FactCheck, Facts, facts_of
from coach.rewriting.manual_scripts import alike, likeness, manual_scripts
from coach.rewriting.names import Address
from coach.rewriting.scripts import Scripts
from coach.rubric import ALWAYS, Criterion, Rubric
from coach.transcript import Transcript, Turn

__all__ = ["BrokenClause", "SentenceCoach", "SentenceVerdict"]

_SUGGESTIONS = 2
_TRIED = 4
"""Clauses, and sentences of each, from which a rewrite is tried: somebody is waiting."""

_SAME = 0.85
"""From here on a sentence counts as the one that the manual forbids, but for a word or its punctuation."""


@dataclass(frozen=True)
class BrokenClause:
    """A clause that a sentence breaks: the criterion, the words that break it, and the manual's examples of saying it well."""

    criterion: Criterion
    quote: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class SentenceVerdict:
    """`text` is what was said. `rewrite` has passed the re-audit; where there is none, `withheld` says why."""

    text: str
    broken: tuple[BrokenClause, ...]
    rewrite: str | None = None
    withheld: str | None = None


class SentenceCoach:
    """Judges single sentences by `rubric`, as if `scenario` (None: any) had arisen. Raises `ConfigError` for an unknown one."""

    def __init__(self, rubric: Rubric, scenario: str | None = None) -> None:
        if scenario is not None and scenario != ALWAYS and scenario not in rubric.scenario_by_id:
            known = ", ".join([ALWAYS, *rubric.scenario_by_id])
            raise ConfigError(f"--scenario {scenario!r}: {rubric.id} has {known}")
        self.rubric, self._scenario = rubric, scenario
        self._judge = EmbeddedJudge(_as_if_arisen(rubric, scenario))
        self._taboos = manual_scripts(rubric.id)

    def warm_up(self) -> None:
        """Have everything ready that a sentence would wait for: each pattern of the rubric is compiled, which takes seconds."""
        for signal in self.rubric.signals.values():
            for phrase in (*signal.phrases, *signal.unless):
                next(parse_pattern(phrase).finditer(""), None)

    def answer(self, text: str) -> SentenceVerdict:
        """What `text` breaks, and a sentence that does not."""
        broken = self._broken(text)
        if not broken:
            return SentenceVerdict(text, ())
        ordered = sorted(broken.items(), key=lambda entry: -self._rank(self.rubric.by_id[entry[0]], text))
        clauses = tuple(
            BrokenClause(criterion, quote, tuple(self._sentences(criterion, text)[:_SUGGESTIONS]))
            for criterion, quote in ((self.rubric.by_id[name], quote) for name, quote in ordered)
        )
        rewrite, withheld = self._rewritten(text, clauses)
        return SentenceVerdict(text, clauses, rewrite, withheld)

    def _broken(self, text: str) -> dict[str, str]:
        """Criterion id -> the offending words: what a check forbids, and what the manual itself says not to say."""
        alone = _alone(text, self.rubric.language)
        if alone is None:
            return {}
        found = {f.criterion: f.evidence[0].quote for f in self._judge.judge(alone).findings if f.verdict == "violated"}
        for sentence in sentences(text):
            for name, scripts in self._taboos.items():
                criterion = self.rubric.by_id.get(name)
                if criterion is None or name in found or not self._asked(criterion):
                    continue
                if any(alike(sentence, taboo, _SAME) for taboo in scripts.forbidden):
                    found[name] = sentence
        return found

    def _asked(self, criterion: Criterion) -> bool:
        return criterion.assessable and (self._scenario in (None, criterion.scenario) or criterion.scenario == ALWAYS)

    def _holds_in(self, name: str, criterion: Criterion) -> bool:
        """True where the rule `name` holds in the situation of `criterion`: a script need not fit every other one."""
        return self.rubric.by_id[name].scenario in (ALWAYS, criterion.scenario)

    def _rank(self, criterion: Criterion, text: str) -> float:
        """How near the sentence is to what the clause speaks of: the manual's own don'ts, and violating examples."""
        taboos = self._taboos[criterion.id].forbidden if criterion.id in self._taboos else ()
        near = max((likeness(text, line) for line in (*taboos, criterion.quote)), default=0.0)
        example = max((likeness(text, line) for line in criterion.examples.violating), default=0.0)
        return max(near, 0.9 * example)

    def _sentences(self, criterion: Criterion, text: str) -> list[str]:
        scripts = Scripts(self.rubric, Address(None), text, lenient=True)
        check = FactCheck(self.rubric.language)
        return [
            line
            for line in scripts.for_criterion(criterion)
            if not any(d.change == "added" and d.kind != "promise" for d in check.compare(text, line))
        ]

    def _rewritten(self, text: str, clauses: Sequence[BrokenClause]) -> tuple[str | None, str | None]:
        """The first of the clauses' sentences with which nothing is broken and no fact lost; else why there is none."""
        said = Turn(index=0, speaker="agent", text=text)
        reason = "no sentence of the manual fits"
        for clause in clauses[:_TRIED]:
            draft = Draft.of(said)
            places = sorted({place for other in clauses for place in draft.offending(other.quote)})
            for line in self._sentences(clause.criterion, text)[:_TRIED]:
                rewrite = draft.replaced(places, line).rewrite if places else None
                if rewrite is None:
                    continue
                # An offer that the manual's own sentence makes (to ask, to call back) may come in; refunds and the like not.
                offered = Facts({}, {}, {}, {}, facts_of(line, self.rubric.language).promises)
                lost = FactCheck(self.rubric.language, manual=offered).compare(text, rewrite.text)
                again = {name for name in self._broken(rewrite.text) if self._holds_in(name, clause.criterion)}
                if not lost and not again:
                    return rewrite.text, None
                reason = str(lost[0]) if lost else f"the manual's sentence would break {', '.join(sorted(again))}"
        return None, reason


def _alone(text: str, language: str) -> Transcript | None:
    """A conversation of one turn; None for an event, which says nothing."""
    turn = Turn(index=0, speaker="agent", text=text)
    return None if turn.is_event else Transcript(id="sentence", language=language, turns=(turn,))


def _as_if_arisen(rubric: Rubric, scenario: str | None) -> Rubric:
    """The rubric's prohibitions alone, each holding everywhere."""
    criteria = [
        criterion.model_copy(update={"scenario": ALWAYS, "checks": prohibitions})
        for criterion in rubric.assessable
        if scenario in (None, criterion.scenario) or criterion.scenario == ALWAYS
        if (
            prohibitions := [_everywhere(c) for c in criterion.checks if isinstance(c, Forbid) and _of_words(c, rubric)]
        )
    ]
    # Not a copy of the model: that would carry over what the rubric has worked out from all of its criteria.
    fields = {name: getattr(rubric, name) for name in Rubric.model_fields}
    return Rubric.model_construct(**{**fields, "criteria": criteria})


def _of_words(check: Forbid, rubric: Rubric) -> bool:
    """True where it forbids words. That an answer is too short, or the third of its kind, can only be said of an answer."""
    if any(moment.by == "agent" or moment.times > 1 for moment in check.when):
        return False
    return all(rubric.signals[name].phrases or rubric.signals[name].any for name in check.says)


def _everywhere(check: Forbid) -> Forbid:
    return check.model_copy(
        update={"when": [], "unless": [], "where": "conversation", "within": None, "otherwise": "met"}
    )
