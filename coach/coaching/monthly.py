"""A draft of the monthly summary that `tea-city` 10.a asks of every agent, in its five parts.

What the store knows goes in as counts, quotes and rewrites; what only the agent knows is left as a line to fill in.
Promise: it is marked as a draft, nothing in it is invented, and everything counted can be found again in the audits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median

from coach.coaching.habits import Habit, Picture, picture_of
from coach.coaching.sheet import Block, agent_audits, render
from coach.coaching.words import Words
from coach.errors import ConfigError
from coach.findings import Audit
from coach.interval import Share
from coach.reports.formats.destination import destination_stream
from coach.reports.plain_text import one_line
from coach.rubric import ALWAYS, Criterion, Rubric, in_language
from coach.rubric_file import load_rubric
from coach.store.database import Store
from coach.store.records import StoredAudit
from coach.transcript import Transcript, Turn

__all__ = ["monthly_blocks", "write_monthly"]

_SITUATIONS = 5
_EXAMPLES = 2
_LEARNT = 3
_CLOSING = 0.75
"""From this part of the turns on, what begins belongs to taking leave."""
_COMPARABLE = 3
"""How often a criterion must have applied, before and in the month, to speak of a change."""


def write_monthly(
    store: Store,
    agent: str,
    month: str,
    language: str | None = None,
    rubric: Rubric | None = None,
    destination: Path | None = None,
) -> None:
    """Write the draft for `month` (`2026-10`) as Markdown, or as HTML to a name ending in .html. Raises `ConfigError`."""
    blocks = monthly_blocks(store, agent, month, language=language, rubric=rubric)
    as_html = destination is not None and destination.suffix.lower() in (".html", ".htm")
    with destination_stream(destination) as stream:
        stream.write(render(blocks, as_html=as_html, language=language))


def monthly_blocks(
    store: Store, agent: str, month: str, *, language: str | None = None, rubric: Rubric | None = None
) -> list[Block]:
    """The draft, piece by piece. Raises `ConfigError` for a month that is none, or an agent the store has never heard of."""
    since, until = _bounds(month)
    audits, name = agent_audits(store, agent, since=since, until=until, rubric=rubric.id if rubric else None)
    if not audits or name is None:
        if next(store.audits(agent=agent), None) is None:
            raise ConfigError(f"{store.path}: no conversation of agent {agent!r} has been graded")
        words = Words(language or (rubric.language if rubric else None))
        title = words("monthly_title", agent=agent, month=month)
        return [Block("title", title), Block("text", words("none", agent=agent))]
    rubric = rubric or load_rubric(name)
    words = Words(language or rubric.language)
    before, _ = agent_audits(store, agent, until=since, rubric=rubric.id)
    return _Draft(store, rubric, words).blocks(agent, month, audits, before)


def _bounds(month: str) -> tuple[datetime, datetime]:
    try:
        since = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        raise ConfigError(f"--month {month!r}: write it like 2026-03") from None
    year, number = since.year + since.month // 12, since.month % 12 + 1
    return since, since.replace(year=year, month=number)


class _Draft:
    def __init__(self, store: Store, rubric: Rubric, words: Words) -> None:
        self._store, self._rubric, self._words = store, rubric, words
        self._titles = {each.id: in_language(each.title, words.language) for each in rubric.scenarios}

    def blocks(self, agent: str, month: str, audits: list[StoredAudit], before: list[StoredAudit]) -> list[Block]:
        words, picture = self._words, picture_of(audits, self._rubric)
        title = in_language(self._rubric.title, words.language)
        passed = sum(stored.audit.passed is True for stored in audits)
        settled = sum(stored.audit.passed is not None for stored in audits)
        return [
            Block("title", words("monthly_title", agent=agent, month=month)),
            Block("text", words("monthly_draft")),
            Block("text", words("monthly_count", count=len(audits), passed=passed, settled=settled, rubric=title)),
            *self._solved(audits),
            *self._learnt(audits, before),
            *self._training(picture),
            *self._asked(audits),
            *self._plan(picture, agent),
        ]

    def _situations(self, audits: list[StoredAudit]) -> list[tuple[str, list[tuple[StoredAudit, tuple[int, ...]]]]]:
        """The situations of the month, the most frequent first, each with the conversations and turns where it arose.

        Those that begin with a conversation's first words or in its last quarter are forms of opening and closing, no
        matter that a customer brought; they are left out.
        """
        found: defaultdict[str, list[tuple[StoredAudit, tuple[int, ...]]]] = defaultdict(list)
        for stored in audits:
            for occurrence in stored.audit.scenarios:
                if occurrence.scenario != ALWAYS and occurrence.scenario in self._titles:
                    found[occurrence.scenario].append((stored, occurrence.turns))
        matters = {scenario: seen for scenario, seen in found.items() if not self._formal(seen)}
        return sorted(matters.items(), key=lambda item: (-len(item[1]), item[0]))

    def _formal(self, seen: list[tuple[StoredAudit, tuple[int, ...]]]) -> bool:
        places = [
            min(turns) / max(1, len(self._store.transcript(stored.transcript_id).turns) - 1)
            for stored, turns in seen
            if turns
        ]
        return not places or not 0 < median(places) < _CLOSING

    def _solved(self, audits: list[StoredAudit]) -> list[Block]:
        """Part 1: the situations with rules of their own, how often all these were kept, and how, in the agent's words."""
        words, found = self._words, [Block("heading", self._words("monthly_1"))]
        told: set[str] = set()
        shown = 0
        for scenario, seen in self._situations(audits):
            outcomes = [(stored, turns, _kept(stored.audit, self._of(scenario))) for stored, turns in seen]
            settled = [outcome for outcome in outcomes if outcome[2] is not None]
            if not settled or shown == _SITUATIONS:
                continue
            shown += 1
            kept = [outcome for outcome in settled if outcome[2]]
            title = self._titles[scenario]
            found.append(Block("item", words("monthly_situation", title=title, kept=len(kept), count=len(settled))))
            found += self._exchange(kept, told)
        if not shown:
            found.append(Block("text", words("monthly_nothing")))
        return [*found, Block("text", words("monthly_fill_1"))]

    def _of(self, scenario: str) -> set[str]:
        return {criterion.id for criterion in self._rubric.criteria if criterion.scenario == scenario}

    def _exchange(self, kept: list[tuple[StoredAudit, tuple[int, ...], bool | None]], told: set[str]) -> list[Block]:
        """A customer's words and the answer to them, from a conversation where the rules of the situation were kept."""
        for stored, turns, _ in kept:
            if stored.audit.transcript in told:
                continue
            transcript = self._store.transcript(stored.transcript_id)
            for asked, answer in _exchanges(transcript):
                if asked.index in turns or answer.index in turns:
                    told.add(stored.audit.transcript)
                    where = self._words("turn", transcript=transcript.id, turn=answer.index)
                    return [
                        Block("quote", self._words("customer", line=one_line(asked.text))),
                        Block("quote", self._words("said", where=where, quote=one_line(answer.text))),
                    ]
        return []

    def _learnt(self, audits: list[StoredAudit], before: list[StoredAudit]) -> list[Block]:
        """Part 2: what was kept more often than in the months before; else only the line to fill in."""
        words, found = self._words, [Block("heading", self._words("monthly_2"))]
        now, then = _shares(audits), _shares(before)
        gains: list[tuple[float, Criterion, Share, Share]] = []
        for name, share in now.items():
            past, criterion = then.get(name), self._rubric.by_id.get(name)
            if past is None or criterion is None or criterion.scenario == ALWAYS:
                continue
            if min(past.of, share.of) < _COMPARABLE or share.value <= past.value:
                continue
            gains.append((share.value - past.value, criterion, past, share))
        gains.sort(key=lambda gain: (-gain[0], gain[1].id))
        for _, criterion, past, share in gains[:_LEARNT]:
            title = in_language(criterion.title, words.language)
            text = words("monthly_gain", title=title, before=past.count, of=past.of, now=share.count, count=share.of)
            found.append(Block("item", text))
        if gains:
            found.append(Block("text", words("monthly_chance")))
        else:
            found.append(Block("text", words("monthly_no_gain" if before else "monthly_first")))
        return [*found, Block("text", words("monthly_fill_2"))]

    def _training(self, picture: Picture) -> list[Block]:
        """Part 3: the habits that cost most, with the clause and what can be said instead."""
        words, found = self._words, [Block("heading", self._words("monthly_3"))]
        for habit in picture.habits:
            title = in_language(habit.criterion.title, words.language)
            found.append(
                Block("item", words("monthly_broken", title=title, count=habit.broken.count, of=habit.broken.of))
            )
            quote = one_line(habit.criterion.quote)
            found.append(Block("quote", words("clause", clause=one_line(habit.criterion.clause), quote=quote)))
            found += self._better(habit)
        if not picture.habits:
            found.append(Block("text", words("no_habit" if picture.violations else "nothing_wrong")))
        elif not picture.enough:
            found.append(Block("text", words("monthly_few", count=picture.conversations)))
        return [*found, Block("text", words("monthly_fill_3"))]

    def _better(self, habit: Habit) -> list[Block]:
        for seen in habit.seen:
            if seen.finding.rewrite is not None and seen.finding.evidence:
                first = seen.finding.evidence[0]
                where = self._words("turn", transcript=seen.stored.audit.transcript, turn=first.turn)
                said = self._words("said", where=where, quote=one_line(first.quote))
                better = self._words(seen.finding.rewrite.place, text=one_line(seen.finding.rewrite.text))
                return [Block("quote", said), Block("quote", better)]
        return []

    def _asked(self, audits: list[StoredAudit]) -> list[Block]:
        """Part 4: what customers came with, by situation, in their words. The reasons are the agent's to tell."""
        words, found = self._words, [Block("heading", self._words("monthly_4"))]
        used: set[tuple[str, int]] = set()
        for scenario, seen in self._situations(audits):
            lines = list(self._lines(seen, used))
            if not lines:
                continue
            found.append(Block("item", words("monthly_asked", title=self._titles[scenario], count=len(seen))))
            for transcript, turn in lines:
                used.add((transcript.id, turn.index))
                where = words("turn", transcript=transcript.id, turn=turn.index)
                found.append(Block("quote", words("monthly_line", where=where, quote=one_line(turn.text))))
            if sum(block.kind == "item" for block in found) == _SITUATIONS:
                break
        if len(found) == 1:
            found.append(Block("text", words("monthly_nothing")))
        return [*found, Block("text", words("monthly_fill_4"))]

    def _lines(
        self, seen: list[tuple[StoredAudit, tuple[int, ...]]], used: set[tuple[str, int]]
    ) -> Iterator[tuple[Transcript, Turn]]:
        """Customers' own lines in the turns where the situation arose, each conversation once, none twice in the draft."""
        count = 0
        for stored, turns in seen:
            transcript = self._store.transcript(stored.transcript_id)
            line = next(
                (
                    turn
                    for turn in transcript.turns
                    if turn.index in turns
                    and turn.speaker == "customer"
                    and not turn.is_event
                    and (transcript.id, turn.index) not in used
                ),
                None,
            )
            if line is not None and count < _EXAMPLES:
                count += 1
                yield transcript, line

    def _plan(self, picture: Picture, agent: str) -> list[Block]:
        """Part 5: one line for each habit, to be kept or struck out."""
        words, found = self._words, [Block("heading", self._words("monthly_5"))]
        for habit in picture.habits:
            title = in_language(habit.criterion.title, words.language)
            found.append(Block("item", words("monthly_goal", title=title)))
        if picture.habits:
            found.append(Block("item", words("monthly_practise", agent=agent)))
        return [*found, Block("text", words("monthly_fill_5"))]


def _kept(audit: Audit, criteria: set[str]) -> bool | None:
    """Whether all of `criteria` that got a verdict were met; None where none did."""
    verdicts = {finding.verdict for finding in audit.findings if finding.criterion in criteria}
    if "violated" in verdicts:
        return False
    return True if "met" in verdicts else None


def _exchanges(transcript: Transcript) -> Iterator[tuple[Turn, Turn]]:
    """Each customer's turn with the agent's turn that follows at once."""
    spoken = [turn for turn in transcript.turns if not turn.is_event]
    for asked, answer in pairwise(spoken):
        if asked.speaker == "customer" and answer.speaker == "agent":
            yield asked, answer


def _shares(audits: list[StoredAudit]) -> dict[str, Share]:
    """How often each criterion was kept, of the times that it was settled."""
    met: defaultdict[str, int] = defaultdict(int)
    settled: defaultdict[str, int] = defaultdict(int)
    for stored in audits:
        for finding in stored.audit.findings:
            if finding.verdict in ("met", "violated"):
                settled[finding.criterion] += 1
                met[finding.criterion] += finding.verdict == "met"
    return {name: Share(met[name], count) for name, count in settled.items()}
