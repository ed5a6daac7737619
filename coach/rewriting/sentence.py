"""A sentence that stands alone: what would it break, if the situation of a rule had arisen?

A lone sentence has no conversation that could show a situation, so only prohibitions can be held against it: the `forbid`
checks of all scenarios, or of one. Promise: what is missing is never reported, for nobody can know what comes next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from coach.checks import Forbid
from coach.errors import ConfigError
from coach.judges.embedded.judge import EmbeddedJudge
from coach.patterns import parse_pattern
from coach.rewriting.draft import Draft, Wording, sentences
from coach.rewriting.facts import FactCheck, Facts, facts_of
from coach.rewriting.manual_scripts import alike, likeness, manual_scripts
from coach.rewriting.names import Address, addressed
from coach.rewriting.pruning import Pruner
from coach.rewriting.scripts import Scripts, plain_examples, swapped
from coach.rewriting.tone import tone_of
from coach.rubric import ALWAYS, Criterion, Rubric
from coach.transcript import Transcript, Turn

__all__ = ["BrokenClause", "SentenceCoach", "SentenceVerdict"]

_SUGGESTIONS = 2
_TRIED = 4
"""Clauses, and sentences of each, from which a rewrite is tried: somebody is waiting."""

_NEAR = 0.5
"""From here on a sentence is near enough to what a clause speaks of for the words of that clause's situation."""

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
        self._judge = EmbeddedJudge(_as_if_arisen(rubric, scenario), calibrated=False)
        self._taboos = manual_scripts(rubric.id)
        self._tone = tone_of(rubric)

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
            BrokenClause(criterion, quote, tuple(plain_examples(criterion)[:_SUGGESTIONS]))
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

    def _drafts(self, clause: BrokenClause, draft: Draft, places: list[int], pruner: Pruner) -> Iterator[Draft]:
        """The sentence repaired for one clause: with the rubric's wordings in the place of what offends, and without it."""
        criterion = clause.criterion
        left = pruner.without_harsh(pruner.reduced(draft, places))
        scripts = Scripts(self.rubric, pruner.address, draft.turn.text)
        fits = (
            self._scenario is not None
            or criterion.scenario == ALWAYS
            or self._rank(criterion, draft.turn.text) >= _NEAR
        )
        offending = [draft.body[place] for place in places]
        wordings = scripts.wordings(criterion, said=True, sentences=offending) if fits else []
        if criterion.scripts is None and fits:
            wordings = [Wording(criterion.id, line, "instead") for line in plain_examples(criterion)]
        worded = [left.with_words(replace(wording, place="instead")) for wording in wordings[:_TRIED]]
        if pruner.says_enough(left):
            yield left
        yield from worded
        if not left.empty:
            yield left

    def _rewritten(self, text: str, clauses: Sequence[BrokenClause]) -> tuple[str | None, str | None]:
        """The first draft with which nothing is broken, nothing sounds harsh and no fact is lost; else why there is none."""
        draft = Draft.of(Turn(index=0, speaker="agent", text=text))
        alone = _alone(text, self.rubric.language)
        address = addressed(alone) if alone is not None else Address(None)
        pruner = Pruner(draft, FactCheck(self.rubric.language), self._tone, self.rubric.language, address)
        places = sorted({place for clause in clauses for place in draft.offending(clause.quote)})
        reason = "no wording of the rubric fits"
        changed = draft
        for clause in clauses:
            body = tuple(swapped(clause.criterion, sentence) for sentence in changed.body)
            changed = replace(changed, body=body)
        if changed.rewrite is not None and self._objection(changed, clauses[0], text) is None:
            return changed.rewrite.text, None
        for clause in clauses[:_TRIED]:
            for made in self._drafts(clause, draft, places, pruner):
                objection = self._objection(made, clause, text)
                if objection is None:
                    assert made.rewrite is not None
                    return made.rewrite.text, None
                reason = objection
        return None, reason

    def _objection(self, made: Draft, clause: BrokenClause, text: str) -> str | None:
        rewrite = made.rewrite
        if rewrite is None:
            return "nothing would be left to say"
        # An offer that the rubric's own wording makes (to ask, to call back) may come in; refunds and the like not.
        offered = facts_of(" ".join(one.text for one in made.added), self.rubric.language).promises
        check = FactCheck(self.rubric.language, manual=Facts({}, {}, {}, {}, offered))
        drops = {kind for one in made.added for kind in one.drops}
        found = [d for d in check.compare(text, rewrite.text) if d.change == "added" or d.kind not in drops]
        if found:
            return str(found[0])
        harsh = next((words for sentence in made.body if (words := self._tone.harsh(sentence))), None)
        if harsh:
            return f"what would stay sounds harsh: {harsh}"
        again = {name for name in self._broken(rewrite.text) if self._holds_in(name, clause.criterion)}
        return f"the wording would break {', '.join(sorted(again))}" if again else None


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
