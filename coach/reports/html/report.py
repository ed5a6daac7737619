"""`coach report`: what a store holds, written as one HTML file that needs nothing else.

Promise: the file appears whole or not at all, conversations are read one after the other, and what the filters leave out
is nowhere in it. A store without a conversation that fits is an error, not an empty report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from coach.errors import ConfigError, RubricError
from coach.reports.formats.destination import destination_stream
from coach.rubric import Rubric
from coach.rubric_file import load_rubric
from coach.store.database import Store
from coach.store.qualifications import standing_of
from coach.store.records import Failure, StoredAudit

if TYPE_CHECKING:
    from coach.reports.html.sections import SheetBlock

__all__ = ["Selection", "require_extra", "write_report"]


@dataclass(frozen=True)
class Selection:
    """Which audits: of these rubrics (by id; empty: all), a team (`team` of the metadata, whatever its case), an agent,
    conversations held in `since` <= held < `until` (without a zone: UTC).
    """

    rubrics: Mapping[str, Rubric]
    team: str | None = None
    agent: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, stored: StoredAudit) -> bool:
        """True where the audit is of the team and the period; `Store.audits` chooses by rubric and agent."""
        team = str(stored.metadata.get("team", "")).strip().casefold()
        return (self.team is None or team == self.team.strip().casefold()) and self.covers(stored.held)

    def covers(self, moment: datetime) -> bool:
        """True where `moment` is in the period."""
        return (self.since is None or moment >= _zoned(self.since)) and (
            self.until is None or moment < _zoned(self.until)
        )

    def named(self) -> str:
        """What was asked for, for a message."""
        asked = {"rubric": ", ".join(self.rubrics), "team": self.team, "agent": self.agent}
        days = {"since": self.since, "until": self.until}
        flags = [f"--{name} {value}" for name, value in asked.items() if value]
        return " ".join([*flags, *(f"--{name} {day:%Y-%m-%d}" for name, day in days.items() if day)])


def require_extra() -> None:
    """Raises `ConfigError` that names the pip command where the parts that draw and lay out the page are missing."""
    missing = [module for module in ("altair", "jinja2", "numpy", "vl_convert") if find_spec(module) is None]
    if missing:
        raise ConfigError(f"the report needs {', '.join(missing)}: pip install 'coach[report]'")


def write_report(
    store: Store,
    destination: Path | None,
    selection: Selection,
    *,
    language: str | None = None,
    sheet: Callable[[], Sequence[SheetBlock]] | None = None,
    made: datetime | None = None,
) -> None:
    """Write the report to a file (None: standard output). `language` is that of its own words (default: the rubric's where
    there is one, else English), `sheet` makes the agent's coaching sheet, which then comes first.

    Raises `ConfigError` where nothing fits or the extra is missing, `RubricError` where a rubric is not to be had.
    """
    require_extra()
    from coach.reports.html.conversations import ConversationBlocks, packed
    from coach.reports.html.figures import Figures
    from coach.reports.html.page import Scope, page_end, page_start
    from coach.reports.html.sections import Sections
    from coach.reports.html.wording import LANGUAGES, Wording

    rubrics = _rubrics(store, selection)
    own = {rubric.language for rubric in rubrics.values()} & set(LANGUAGES) if len(rubrics) == 1 else set()
    wording = Wording(language or next(iter(own), "en"))
    figures, graded = Figures(rubrics), set[str]()
    with ConversationBlocks(rubrics, wording.language) as blocks:
        for number, stored in enumerate(_chosen(store, selection, graded)):
            transcript = store.transcript(stored.transcript_id)
            figures.add(number, stored, transcript.language)
            blocks.add(stored, transcript)
        if not figures.total.conversations:
            raise ConfigError(_nothing(store, selection))
        sections = Sections(
            figures,
            wording,
            _failures(store, selection, graded),
            partial(standing_of, store=store),
            sheet() if sheet else (),
        )
        scope = Scope(selection.team, selection.agent, selection.since, selection.until)
        start = page_start(sections, scope, wording, packed(blocks.index()), made or datetime.now(UTC))
        with destination_stream(destination) as stream:
            stream.write(start)
            for number, block in enumerate(blocks.blocks()):
                stream.write(f'<script type="application/octet-stream" id="block-{number}">{block}</script>\n')
            stream.write(page_end())


def _rubrics(store: Store, selection: Selection) -> dict[str, Rubric]:
    """The rubrics of the audits asked for, by id."""
    found: dict[str, Rubric] = {}
    for name in store.rubrics():
        if selection.rubrics and name not in selection.rubrics:
            continue
        try:
            found[name] = selection.rubrics.get(name) or load_rubric(name)
        except RubricError as error:
            raise RubricError(
                f"conversations in {store.path} were graded by rubric {name!r}, which does not come with coach",
                hint="give its file: --rubric FILE",
            ) from error
    return found


def _chosen(store: Store, selection: Selection, graded: set[str]) -> Iterator[StoredAudit]:
    """The audits that fit; `graded` gets the names of all that were looked at."""
    only = next(iter(selection.rubrics)) if len(selection.rubrics) == 1 else None
    for stored in store.audits(rubric=only, agent=selection.agent):
        if selection.rubrics and stored.audit.rubric not in selection.rubrics:
            continue
        graded.add(stored.audit.transcript)
        if selection.holds(stored):
            yield stored


def _failures(store: Store, selection: Selection, graded: set[str]) -> list[Failure]:
    """What could not be graded in runs of the period, by the rubrics and of the agent asked for, and has not been since."""
    found: dict[str, Failure] = {}
    for run in store.runs():
        if run.failed and selection.covers(run.started) and (not selection.rubrics or run.rubric in selection.rubrics):
            for failure in store.failures(run.id):
                of_agent = selection.agent is None or failure.agent == selection.agent
                if failure.transcript not in graded and of_agent:
                    found[failure.transcript] = failure
    return list(found.values())


def _nothing(store: Store, selection: Selection) -> str:
    if next(store.audits(), None) is None:
        return f"{store.path}: no conversation has been graded yet; `coach audit INPUT --db {store.path}` grades some"
    return f"{store.path}: no graded conversation fits {selection.named()}; leave a filter out, or choose another"


def _zoned(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
