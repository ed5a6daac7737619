"""What `coach audit` does once its flags are parsed."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from coach.cli.progress import expected_conversations, with_progress
from coach.config import Settings
from coach.engines.audit_run import AuditRun, Counts
from coach.engines.local import Graded, Ungraded
from coach.errors import ConfigError, TranscriptError
from coach.findings import Audit, JudgeInfo, Standing
from coach.judges.choice import JudgeChoice, JudgeKind
from coach.readers import BadRecord, ReadOptions, parse_columns, parse_roles, read
from coach.reports.formats import FORMATS, open_writer
from coach.rubric_choice import RubricChoice
from coach.store.qualifications import stamp
from coach.transcript import Channel, Transcript

if TYPE_CHECKING:
    from coach.judges.llm.judge import Redactor

__all__ = ["AuditCommand", "InputFlags"]

_LISTED_FAILURES = 20
_SPOOL = str(Path(tempfile.gettempdir()) / "coach-stdin-")


@dataclass(frozen=True)
class InputFlags:
    """The flags that say how to read the input."""

    roles: str | None = None
    columns: str | None = None
    input_format: str | None = None
    language: str | None = None
    channel: str | None = None
    agent: str | None = None
    encoding: str | None = None
    repair: bool = False
    merge_fragments: bool | None = None

    def read_options(self) -> ReadOptions:
        """The options for the readers. Raises `ConfigError`."""
        if self.channel is not None and self.channel not in get_args(Channel):
            raise ConfigError(f"--channel {self.channel!r}: choose one of {', '.join(get_args(Channel))}")
        return ReadOptions(
            roles=parse_roles(self.roles),
            columns=parse_columns(self.columns),
            format=self.input_format,
            language=self.language,
            channel=cast("Channel | None", self.channel),
            agent=self.agent,
            encoding=self.encoding,
            repair=self.repair,
            merge_fragments=self.merge_fragments,
        )


@dataclass(frozen=True)
class AuditCommand:
    """One call of `coach audit`; `run` gives the exit code."""

    inputs: list[str]
    read_options: ReadOptions
    rubric: str
    judge: str
    model: str | None
    base_url: str | None
    db: Path | None
    format: str
    output: Path | None
    endpoint_flags: dict[str, Any]
    limit: int | None
    force: bool
    fail_under: float | None
    accept_unqualified: bool
    budget: float | None
    dry_run: bool
    rewrites: bool
    redact: bool | None
    strict: bool
    lang: str | None
    quiet: bool

    def run(self) -> int:
        """Grade everything and write the results. Raises `CoachError`."""
        if self.format not in FORMATS:
            raise ConfigError(f"--format {self.format!r}: choose one of {', '.join(FORMATS)}")
        if self.judge not in get_args(JudgeKind):
            raise ConfigError(f"--judge {self.judge!r}: choose one of {', '.join(get_args(JudgeKind))}")
        settings = Settings.read(model=self.model, base_url=self.base_url, db=self.db, **self.endpoint_flags)
        judges = JudgeChoice(cast(JudgeKind, self.judge), settings, redactor=self._redactor(settings))
        rubrics = RubricChoice(self.rubric)
        with ExitStack() as resources:
            command = replace(self, inputs=[resources.enter_context(_rereadable(i, self.strict)) for i in self.inputs])
            if self.strict:
                command._refuse_bad_input()
            if self.dry_run:
                return command._predict(rubrics, judges, settings)
            store = None
            if settings.db is not None:
                from coach.store.database import Store

                store = resources.enter_context(Store.open(settings.db))
            run = AuditRun(
                rubrics,
                judges,
                store=store,
                force=self.force,
                budget_usd=self.budget,
                source=" ".join(self.inputs),
                rewrites=self.rewrites,
            )
            self._note(_judge_note(judges, settings))
            return command._grade(run)

    def _redactor(self, settings: Settings) -> Redactor | None:
        """What masks personal data on its way to the endpoint: by default wherever it leaves this machine."""
        wanted = not settings.local if self.redact is None else self.redact
        if not wanted or not settings.endpoint_configured:
            return None
        from coach.privacy import PersonalDataRedactor

        return PersonalDataRedactor()

    def _records(self) -> Iterator[Transcript | BadRecord]:
        records = read(self.inputs, self.read_options, on_notice=self._note)
        return islice(records, self.limit) if self.limit else records

    def _refuse_bad_input(self) -> None:
        for record in self._records():
            if isinstance(record, BadRecord):
                error = record.error
                spooled = str(error.source) in self.inputs and str(error.source).startswith(_SPOOL)
                source = "<stdin>" if spooled else error.source
                raise TranscriptError(error.message, source=source, line=error.line, hint=error.hint)

    def _predict(self, rubrics: RubricChoice, judges: JudgeChoice, settings: Settings) -> int:
        """Print what a run would take; conversations that the database already has are not looked up."""
        from coach.engines.prediction import predict

        readable = (record for record in self._records() if not isinstance(record, BadRecord))
        for line in predict(readable, rubrics, judges.kind, settings, masked=judges.masked, rewrites=self.rewrites):
            print(line)
        return 0

    def _grade(self, run: AuditRun) -> int:
        failures: list[Ungraded] = []
        fell_short = False
        standings: dict[tuple[str, JudgeInfo], Standing | None] = {}
        total = expected_conversations(self.inputs) if sys.stderr.isatty() else None
        total = min(total, self.limit) if total and self.limit else total or self.limit
        results: Iterable[Graded | Ungraded] = with_progress(run.results(self._records()), total, quiet=self.quiet)
        with open_writer(self.format, run.rubrics, self.output, language=self.lang) as writer:
            for result in results:
                if isinstance(result, Ungraded):
                    failures.append(result)
                    continue
                writer.add(result.audit)
                fell_short = fell_short or self._falls_short(result.audit)
                standings[result.audit.rubric, result.audit.judge] = result.audit.qualification
            if not run.counts.graded + run.counts.from_store:
                self._refuse_empty_run(failures)
            for failure in failures:
                writer.fail(failure)
        self._report(failures, run.counts)
        self._compare(run)
        refused = self.fail_under is not None and self._refuses(standings)
        return 3 if failures else 1 if fell_short or refused else 0

    def _refuses(self, standings: dict[tuple[str, JudgeInfo], Standing | None]) -> bool:
        """Whether --fail-under cannot pass because a judge was put to the test and did not qualify; says why."""
        refused = False
        for (rubric, judge), standing in standings.items():
            said = f"{rubric}: {stamp(judge, standing)}"
            if standing is not None and standing.status == "unqualified":
                refused = not self.accept_unqualified
                what = "--fail-under does not pass" if refused else "--fail-under passes all the same"
                hint = "; let a judge grade that qualifies, or say --accept-unqualified" if refused else ""
                print(f"coach: {what}: {said}{hint}", file=sys.stderr)
            elif standing is None or standing.status == "untested":
                self._note(f"nothing shows what --fail-under is worth: {said}")
        return refused

    def _falls_short(self, audit: Audit) -> bool:
        if self.fail_under is None:
            return False
        return audit.passed is not True or (audit.score or 0.0) < self.fail_under

    def _refuse_empty_run(self, failures: list[Ungraded]) -> None:
        """Nothing was graded: where the input is to blame that is an error of its own, and nothing is written."""
        if not failures:
            raise TranscriptError("there is no conversation in the input", source=", ".join(self.inputs))
        if all(failure.kind == "input" for failure in failures):
            for failure in failures[1:_LISTED_FAILURES]:
                print(f"coach: {failure.reason}", file=sys.stderr)
            raise TranscriptError(failures[0].reason)

    def _report(self, failures: list[Ungraded], counts: Counts) -> None:
        for failure in failures[:_LISTED_FAILURES]:
            name = f"{failure.transcript}: " if failure.kind == "judge" else ""
            print(f"coach: not graded: {name}{failure.reason}", file=sys.stderr)
        if len(failures) > _LISTED_FAILURES:
            print(f"coach: ... and {len(failures) - _LISTED_FAILURES} more", file=sys.stderr)
        if counts.rewritten or counts.withheld:
            self._note(f"rewrites: {counts.rewritten} shown, {counts.withheld} withheld (each is audited again first)")
        if counts.from_store:
            again = "; --force grades them again"
            self._note(f"{counts.from_store} of {counts.total} conversations were graded before{again}")

    def _compare(self, run: AuditRun) -> None:
        """What the endpoint took beside what --dry-run would have said of these very conversations."""
        for comparison in run.comparisons:
            self._note(str(comparison))
        besides = run.besides
        if besides.requests:
            cost = "" if besides.cost_usd is None else f", {besides.cost_usd:.4f} USD"
            self._note(f"besides: {besides.requests} requests{cost} (rewrites, and what could not be graded)")

    def _note(self, message: str) -> None:
        if message and not self.quiet:
            print(f"coach: {message}", file=sys.stderr)


def _judge_note(judges: JudgeChoice, settings: Settings) -> str:
    if judges.kind == "llm":
        where = "on this machine" if settings.local else "conversations are sent there"
        where += ", personal data masked" if judges.masked else "" if settings.local else ", personal data NOT masked"
        return f"graded by {settings.model or 'the model'} at {settings.endpoint} ({where})"
    if settings.endpoint_configured:
        return ""
    return "no endpoint is configured: graded by the embedded judge, on this machine (see coach doctor)"


class _rereadable:
    """Standard input as a file where it has to be read twice; any other input as it is."""

    def __init__(self, name: str, needed: bool) -> None:
        self._name, self._needed = name, needed
        self._file: Any = None

    def __enter__(self) -> str:
        if self._name != "-" or not self._needed:
            return self._name
        self._file = tempfile.NamedTemporaryFile(prefix="coach-stdin-")
        for block in iter(lambda: sys.stdin.buffer.read(1 << 20), b""):
            self._file.write(block)
        self._file.flush()
        return str(self._file.name)

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
