"""The coaching sheet of one agent over a period: strengths first, then the few habits that cost most, then an exercise.

Promise: every count, quote and rewrite on it comes from audits in the store; quotes are the agent's own words, and no more
is concluded than the number of conversations bears.
"""

from __future__ import annotations

import html
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from coach.coaching.exercises import exercises_of
from coach.coaching.habits import ENOUGH, Habit, Picture, Seen, picture_of
from coach.coaching.words import Words
from coach.errors import ConfigError
from coach.reports.formats.destination import destination_stream
from coach.reports.plain_text import one_line
from coach.rewriting.scripts import agent_lines
from coach.rubric import Rubric, in_language
from coach.rubric_file import load_rubric
from coach.store.database import Store
from coach.store.records import StoredAudit

__all__ = ["Block", "agent_audits", "render", "sheet_blocks", "write_sheet"]

_QUOTES = 2


@dataclass(frozen=True)
class Block:
    """One piece of the sheet: a heading, a paragraph, an item of a list, or a quotation."""

    kind: Literal["title", "heading", "subheading", "text", "item", "quote"]
    text: str


def agent_audits(
    store: Store, agent: str, *, since: datetime | None = None, until: datetime | None = None, rubric: str | None = None
) -> tuple[list[StoredAudit], str | None]:
    """The newest audits of an agent's conversations held in the period, by one rubric (the one with most, unless named)."""
    found = [
        stored
        for stored in store.audits(agent=agent, rubric=rubric)
        if (since is None or stored.held >= _zoned(since)) and (until is None or stored.held < _zoned(until))
    ]
    if not found:
        return [], rubric
    most = rubric or Counter(stored.audit.rubric for stored in found).most_common(1)[0][0]
    return [stored for stored in found if stored.audit.rubric == most], most


def write_sheet(
    store: Store,
    agent: str,
    since: datetime | None = None,
    until: datetime | None = None,
    language: str | None = None,
    rubric: Rubric | None = None,
    destination: Path | None = None,
) -> None:
    """Write the sheet as Markdown, or as HTML to a name ending in .html. Raises `ConfigError`, `RubricError`.

    `language` is that of the words around the quotes (default: the rubric's); times without a zone are UTC.
    """
    blocks = sheet_blocks(store, agent, since=since, until=until, language=language, rubric=rubric)
    as_html = destination is not None and destination.suffix.lower() in (".html", ".htm")
    with destination_stream(destination) as stream:
        stream.write(render(blocks, as_html=as_html, language=language))


def sheet_blocks(
    store: Store,
    agent: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    language: str | None = None,
    rubric: Rubric | None = None,
) -> list[Block]:
    """The sheet, piece by piece. Raises `ConfigError` where the store has never heard of the agent."""
    audits, name = agent_audits(store, agent, since=since, until=until, rubric=rubric.id if rubric else None)
    if not audits or name is None:
        if next(store.audits(agent=agent), None) is None:
            raise ConfigError(f"{store.path}: no conversation of agent {agent!r} has been graded")
        words = Words(language or (rubric.language if rubric else None))
        return [Block("title", words("title", agent=agent)), Block("text", words("none", agent=agent))]
    rubric = rubric or load_rubric(name)
    return _Sheet(store, agent, rubric, Words(language or rubric.language)).blocks(audits)


class _Sheet:
    def __init__(self, store: Store, agent: str, rubric: Rubric, words: Words) -> None:
        self._store, self._agent, self._rubric, self._words = store, agent, rubric, words
        self._quoted: set[str] = set()

    def blocks(self, audits: list[StoredAudit]) -> list[Block]:
        words, picture = self._words, picture_of(audits, self._rubric)
        held = sorted(stored.held for stored in audits)
        period = words(
            "period",
            count=len(audits),
            since=held[0].date().isoformat(),
            until=held[-1].date().isoformat(),
            rubric=in_language(self._rubric.title, words.language),
        )
        found = [Block("title", words("title", agent=self._agent)), Block("text", period)]
        if not picture.enough:
            found.append(Block("text", words("few", count=picture.conversations, enough=ENOUGH)))
        return [*found, *self._strengths(picture), *self._habits(picture), *self._exercise(picture)]

    def _strengths(self, picture: Picture) -> list[Block]:
        found = [Block("heading", self._words("strengths"))]
        for strength in picture.strengths:
            title = in_language(strength.criterion.title, self._words.language)
            kept = self._words("kept", title=title, count=strength.kept.count, of=strength.kept.of)
            found.append(Block("item", kept))
        if not picture.strengths:
            found.append(Block("text", self._words("no_strength")))
        return found

    def _habits(self, picture: Picture) -> list[Block]:
        found = [Block("heading", self._words("habits" if picture.enough else "moments"))]
        if not picture.habits:
            return [*found, Block("text", self._words("no_habit" if picture.violations else "nothing_wrong"))]
        for number, habit in enumerate(picture.habits, 1):
            title = in_language(habit.criterion.title, self._words.language)
            found.append(Block("subheading", f"{number}. {title}"))
            found.append(Block("text", self._share(habit)))
            clause = self._words(
                "clause", clause=one_line(habit.criterion.clause), quote=one_line(habit.criterion.quote)
            )
            found.append(Block("text", clause))
            found += self._quotes(habit)
        return found

    def _share(self, habit: Habit) -> str:
        if habit.broken.of == 1:
            return self._words("share_once", sure=f"{habit.confidence:.0%}")
        return self._words(
            "share",
            count=habit.broken.count,
            of=habit.broken.of,
            low=f"{habit.broken.low:.0%}",
            high=f"{habit.broken.high:.0%}",
            sure=f"{habit.confidence:.0%}",
        )

    def _quotes(self, habit: Habit) -> list[Block]:
        """Two of the agent's own sentences, those with a rewrite first, each with what could be said instead."""
        found: list[Block] = []
        offered = [seen for seen in habit.seen if seen.finding.evidence]
        offered.sort(key=lambda seen: (seen.finding.rewrite is None, _quote(seen) in self._quoted))
        apart = {_quote(seen): seen for seen in reversed(offered)}
        chosen = sorted(offered, key=lambda seen: apart[_quote(seen)] is not seen)[:_QUOTES]
        self._quoted.update(map(_quote, chosen))
        for seen in chosen:
            first = seen.finding.evidence[0]
            where = self._words("turn", transcript=seen.stored.audit.transcript, turn=first.turn)
            found.append(Block("quote", self._words("said", where=where, quote=one_line(first.quote))))
            rewrite = seen.finding.rewrite
            better = self._words(rewrite.place, text=one_line(rewrite.text)) if rewrite else self._words("no_rewrite")
            found.append(Block("quote", better))
        if all(seen.finding.rewrite is None for seen in habit.seen):
            lines = [line for example in habit.criterion.examples.compliant for line in agent_lines(example)]
            found += [Block("text", self._words("example", text=line)) for line in lines[:1]]
        return found

    def _exercise(self, picture: Picture) -> list[Block]:
        exercises = exercises_of(picture.habits, self._store.transcript)
        if not exercises:
            return []
        found = [Block("heading", self._words("exercise"))]
        found.append(Block("text", self._words("answer_these", agent=self._agent)))
        for exercise in exercises:
            line = self._words("customer", line=one_line(exercise.line))
            found.append(Block("item", line))
        return found


def render(blocks: list[Block], *, as_html: bool = False, language: str | None = None) -> str:
    """The sheet as Markdown, or as a page that needs nothing else."""
    return _html(blocks, language) if as_html else _markdown(blocks)


def _markdown(blocks: list[Block]) -> str:
    marks = {"title": "# ", "heading": "## ", "subheading": "### ", "text": "", "item": "- ", "quote": "> "}
    lines: list[str] = []
    for number, block in enumerate(blocks):
        run = block.kind in ("item", "quote") and number > 0 and blocks[number - 1].kind == block.kind
        if run and block.kind == "quote":
            lines.append(">")
        elif not run and lines:
            lines.append("")
        text = block.text if block.kind != "text" else block.text.replace("<", "\\<")
        lines.append(marks[block.kind] + text)
    return "\n".join(lines) + "\n"


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1d2433}"
    "blockquote{margin:.4rem 0;padding:.2rem .9rem;border-left:3px solid #9db4d6;background:#f5f7fb}"
    "h2{margin-top:2rem;border-bottom:1px solid #d8dee9}@media print{body{margin:0}}"
)


def _html(blocks: list[Block], language: str | None) -> str:
    tags = {"title": "h1", "heading": "h2", "subheading": "h3", "text": "p", "item": "li", "quote": "blockquote"}
    body: list[str] = []
    for number, block in enumerate(blocks):
        first = block.kind == "item" and (number == 0 or blocks[number - 1].kind != "item")
        last = block.kind == "item" and (number + 1 == len(blocks) or blocks[number + 1].kind != "item")
        piece = f"<{tags[block.kind]}>{html.escape(block.text)}</{tags[block.kind]}>"
        body.append(f"{'<ul>' if first else ''}{piece}{'</ul>' if last else ''}")
    title = html.escape(blocks[0].text) if blocks else ""
    return (
        f'<!doctype html>\n<html lang="{html.escape(language or "en")}">\n<head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n" + "\n".join(body) + "\n</body>\n</html>\n"
    )


def _quote(seen: Seen) -> str:
    return seen.finding.evidence[0].quote if seen.finding.evidence else ""


def _zoned(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
