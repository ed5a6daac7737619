"""A sentence that stands alone: what would it break, if the situation of a rule had arisen?

A lone sentence has no conversation that could show a situation, so only prohibitions can be held against it: the `forbid`
checks of all scenarios, or of one. Promise: what is missing is never reported, for nobody can know what comes next.
"""

from __future__ import annotations

from dataclasses import dataclass

from coach.auditor import audit
from coach.checks import Forbid
from coach.errors import ConfigError
from coach.findings import Audit, Finding
from coach.judges.embedded.judge import EmbeddedJudge
from coach.rewriting.names import Address
from coach.rewriting.rewriter import Rewriter
from coach.rewriting.scripts import Scripts
from coach.rubric import ALWAYS, Criterion, Rubric
from coach.transcript import Channel, Transcript, Turn

__all__ = ["BrokenClause", "SentenceCoach", "SentenceVerdict"]

_SUGGESTIONS = 2


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
        self.rubric = rubric
        self._judge = EmbeddedJudge(_as_if_arisen(rubric, scenario))
        self._rewriter = Rewriter(self._judge)

    async def answer(self, text: str, *, channel: Channel | None = None) -> SentenceVerdict:
        """What `text` breaks, and a sentence that does not."""
        turn = Turn(index=0, speaker="agent", text=text)
        alone = Transcript(id="sentence", language=self.rubric.language, channel=channel, turns=(turn,))
        graded = await audit(alone, self._judge)
        if not graded.violated():
            return SentenceVerdict(text, ())
        rewritten = (await self._rewriter.rewrite(alone, graded)).audit
        return self._verdict(text, rewritten)

    def _verdict(self, text: str, graded: Audit) -> SentenceVerdict:
        # What belongs to a situation says more than what holds always; the most serious first.
        order = {"critical": 0, "major": 1, "minor": 2}
        findings = sorted(graded.violated(), key=lambda f: (self._original(f).scenario == ALWAYS, order[f.severity]))
        broken = tuple(BrokenClause(self._original(f), f.evidence[0].quote, self._examples(f, text)) for f in findings)
        rewrite = next((f.rewrite.text for f in findings if f.rewrite is not None), None)
        withheld = None if rewrite else next((f.withheld for f in findings if f.withheld), "no proposal passed")
        return SentenceVerdict(text, broken, rewrite, withheld)

    def _original(self, finding: Finding) -> Criterion:
        return self.rubric.by_id[finding.criterion]

    def _examples(self, finding: Finding, text: str) -> tuple[str, ...]:
        return tuple(Scripts(self.rubric, Address(None), text).for_criterion(self._original(finding))[:_SUGGESTIONS])


def _as_if_arisen(rubric: Rubric, scenario: str | None) -> Rubric:
    """The rubric's prohibitions alone, each holding everywhere."""
    criteria = [
        criterion.model_copy(update={"scenario": ALWAYS, "checks": prohibitions})
        for criterion in rubric.assessable
        if scenario in (None, criterion.scenario) or criterion.scenario == ALWAYS
        if (prohibitions := [_everywhere(check) for check in criterion.checks if isinstance(check, Forbid)])
    ]
    # Not a copy of the model: that would carry over what the rubric has worked out from all of its criteria.
    fields = {name: getattr(rubric, name) for name in Rubric.model_fields}
    return Rubric.model_construct(**{**fields, "criteria": criteria})


def _everywhere(check: Forbid) -> Forbid:
    return check.model_copy(update={"when": [], "unless": [], "where": "conversation", "within": None, "otherwise": "met"})
