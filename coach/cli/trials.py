"""What `coach eval qualify`, `robustness` and `add` do once their flags are parsed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from coach.cli.evaluating import JudgeFlags, Output, note
from coach.errors import ConfigError, InputError
from coach.evals import qualification, robustness
from coach.evals.case_stub import read_audits, stub
from coach.evals.golden import Case, read_cases
from coach.evals.perturbations import PERTURBATIONS, read_injections
from coach.evals.report import judge_names
from coach.findings import Audit
from coach.readers import BadRecord, read
from coach.resources import golden_folder
from coach.rubric_file import rubric_names
from coach.store.database import Store
from coach.store.qualifications import Qualification, export_text, stamp
from coach.transcript import Transcript

__all__ = ["StubSource", "add", "qualify", "try_robustness"]


def qualify(
    golden: Sequence[Path],
    flags: JudgeFlags,
    output: Output,
    *,
    number: int,
    rubrics: Sequence[str],
    floor_f1: float,
    db: Path | None,
    dry_run: bool,
    export: Path | None = None,
) -> int:
    """Grade a short set and keep the outcome. Returns the exit code."""
    if output.format == "junit":
        raise ConfigError("--format junit: a qualification is one outcome; choose table, md or json")
    judges, _ = flags.choice()
    if export is not None and judges.kind != "embedded":
        raise ConfigError("--export: only the qualification of the embedded judge travels with coach")
    if judges.kind == "llm":
        cases = _about(read_cases(golden or [golden_folder()]), rubrics)
        chosen = qualification.choose(cases, number)
    else:
        chosen = _kept_apart(_about(read_cases(golden or [_test_folder()]), rubrics))
    announce(chosen, flags)
    if dry_run:
        return 0
    settings = flags.settings()
    # Opened first: a database that cannot be written to is found out before anything is paid for.
    path = db or settings.db
    store = Store.open(path) if path else None
    try:
        (run,) = flags.grade(chosen)
        endpoint = None if flags.replay else settings.endpoint
        outcomes = qualification.qualify(run, floor_f1=floor_f1, endpoint=endpoint)
        if len(run.failed) < len(chosen):
            for outcome in outcomes:
                if store is not None:
                    store.save_qualification(outcome)
    finally:
        if store is not None:
            store.close()
    output.write(
        lambda: qualification.section(outcomes, run), lambda: [_data(each) for each in outcomes], list, name="qualify"
    )
    if export is not None:
        _export(outcomes, export)
    if path is None and export is None:
        note("the outcome was not kept: name a database with --db or COACH_DB, so that audits can say it")
    for name, reason in run.failed.items():
        note(f"not graded: {name}: {reason}")
    if len(run.failed) == len(chosen):
        return 3
    return 0 if all(outcome.qualified for outcome in outcomes) else 1


def _about(cases: Sequence[Case], rubrics: Sequence[str]) -> list[Case]:
    found = [case for case in cases if not rubrics or case.rubric.id in rubrics]
    if not found:
        raise InputError(f"there is no labelled conversation for {', '.join(rubrics)}")
    return found


def _test_folder() -> Path:
    """The split that nothing was tuned on: in a checkout of coach, beside the other one."""
    folder = golden_folder().with_name("test")
    if not folder.is_dir():
        hint = "coach doctor says how it did on those of coach itself"
        raise ConfigError(f"--golden: name labelled conversations that the checks were not written from; {hint}")
    return folder


def _kept_apart(cases: Sequence[Case]) -> list[Case]:
    """The cases without those that the embedded judge's checks were tuned on: it has seen the answers."""
    folder = golden_folder()
    seen = {case.transcript.content_hash() for case in read_cases([folder])} if folder.is_dir() else set()
    apart = [case for case in cases if case.transcript.content_hash() not in seen]
    if not apart:
        raise ConfigError("--golden: the checks of the embedded judge were tuned on these conversations; name others")
    if len(apart) < len(cases):
        note(f"{len(cases) - len(apart)} conversations left out: the embedded judge's checks were tuned on them")
    return apart


def _export(outcomes: Sequence[Qualification], path: Path) -> None:
    try:
        path.write_text(export_text(list(outcomes), "coach eval qualify --judge embedded --export"), "utf-8")
    except OSError as error:
        raise ConfigError(f"--export {path}: cannot be written: {error}") from error
    qualified = sum(outcome.qualified for outcome in outcomes)
    note(f"{path}: {len(outcomes)} manuals, qualified for {qualified} of them")


def _data(outcome: Qualification) -> dict[str, object]:
    plain = {**asdict(outcome), "judge": outcome.judge.model_dump(), "usage": outcome.usage.model_dump()}
    return {"qualified": outcome.qualified, "stamp": stamp(outcome.judge, outcome), **plain}


def announce(cases: Sequence[Case], flags: JudgeFlags) -> None:
    """Say what grading `cases` will take, before anything is sent."""
    judges, _ = flags.choice()
    if judges.kind == "embedded" or flags.replay:
        note(f"{len(cases)} conversations to grade, on this machine: no requests, no cost")
        return
    from coach.judges.llm.forecast import forecast

    settings = flags.settings()
    rubrics = {case.rubric.id: case.rubric for case in cases}
    parts = [
        forecast((c.transcript for c in cases if c.rubric.id == name), rubric, settings)
        for name, rubric in rubrics.items()
    ]
    requests, tokens_in, tokens_out = (
        sum(getattr(part, name) for part in parts) for name in ("requests", "input_tokens", "output_tokens")
    )
    costs = [part.cost_usd_at_most for part in parts if part.cost_usd_at_most is not None]
    cost = f"at most {sum(costs):.2f} USD" if costs else "cost not known for this model"
    note(
        f"{len(cases)} conversations to grade at {settings.endpoint}: about {requests} requests, {tokens_in} tokens in, "
        f"{tokens_out} out, {cost}"
    )


def try_robustness(
    golden: Sequence[Path],
    flags: JudgeFlags,
    output: Output,
    *,
    only: str | None,
    injections: Path | None,
    each: int,
    limit: int | None,
    examples: int,
) -> int:
    """Grade perturbed conversations and print flip rates. Returns the exit code."""
    if output.format == "junit":
        raise ConfigError("--format junit: flip rates are figures, not tests; choose table, md or json")
    names = [name.strip() for name in only.split(",")] if only else [*PERTURBATIONS, "injections"]
    unknown = sorted(set(names) - {*PERTURBATIONS, "injections"})
    if unknown:
        raise ConfigError(f"--only {', '.join(unknown)}: choose of {', '.join([*PERTURBATIONS, 'injections'])}")
    cases = read_cases(golden)
    if limit:
        cases = qualification.choose(cases, limit)
    attacks = read_injections(injections) if injections and "injections" in names else []
    if "injections" in names and not attacks:
        note("no injections: name a file with --injections (evals/adversarial/injections.jsonl in the repository)")
    tried = robustness.variants(cases, [name for name in names if name in PERTURBATIONS], attacks, each=each)
    announce([*cases, *(variant.case for variant in tried)], flags)
    (run,) = flags.grade([*cases, *(variant.case for variant in tried)])
    base, rest = run.results[: len(cases)], run.results[len(cases) :]
    rates = robustness.flip_rates(base, list(zip(tried, rest, strict=True)))
    output.write(
        lambda: robustness.sections(rates, judge=judge_names(list(run.judges.values())), examples=examples),
        lambda: [asdict(rate) for rate in rates],
        list,
        name="robustness",
    )
    for name, reason in list(run.failed.items())[:20]:
        note(f"not graded: {name}: {reason}")
    return 3 if run.failed else 0


@dataclass(frozen=True)
class StubSource:
    """Where audits and conversations come from: files of both, or a database. `wanted` are ids, empty for all."""

    audits: Path | None
    transcripts: tuple[str, ...]
    db: Path | None
    wanted: tuple[str, ...]

    def pairs(self) -> list[tuple[Audit, Transcript]]:
        """Audits with their conversations. Raises `ConfigError`, `InputError`, `StoreError`."""
        if (self.audits is None) == (self.db is None):
            raise ConfigError("name a file of audits (with --transcript), or a database with --db")
        pairs = self._from_store() if self.db is not None else self._from_files()
        missing = set(self.wanted) - {audit.transcript for audit, _ in pairs}
        if missing:
            raise InputError(f"there is no audit of {', '.join(sorted(missing))}", source=self.audits or self.db)
        return pairs

    def _from_store(self) -> list[tuple[Audit, Transcript]]:
        assert self.db is not None
        with Store.open(self.db, create=False) as store:
            kept = [s for s in store.audits() if not self.wanted or s.audit.transcript in self.wanted]
            return [(stored.audit, store.transcript(stored.transcript_id)) for stored in kept]

    def _from_files(self) -> list[tuple[Audit, Transcript]]:
        assert self.audits is not None
        if not self.transcripts:
            raise ConfigError("--transcript: name the files with the conversations; an audit does not hold their words")
        conversations: dict[str, Transcript] = {}
        for record in read(self.transcripts):
            if isinstance(record, BadRecord):
                raise record.error
            conversations[record.id] = record
        pairs: list[tuple[Audit, Transcript]] = []
        for audit in read_audits(self.audits):
            if self.wanted and audit.transcript not in self.wanted:
                continue
            if audit.transcript not in conversations:
                message = f"conversation {audit.transcript!r} is not among the transcripts"
                raise InputError(message, source=self.audits, hint="name its file with --transcript")
            pairs.append((audit, conversations[audit.transcript]))
        return pairs


def add(source: StubSource, output: Path, *, rubric: str | None) -> int:
    """Append labelled cases to be confirmed. Returns the exit code."""
    pairs = source.pairs()
    for audit, _ in pairs:
        if rubric is None and audit.rubric not in rubric_names():
            raise ConfigError(f"the audit is by rubric {audit.rubric!r}, which is not one of coach's: --rubric FILE")
    known = _known(output)
    lines = [stub(a, t, manual=rubric or a.rubric) for a, t in pairs if f'"id": "{t.id}"' not in known]
    try:
        with output.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise ConfigError(f"--output {output}: cannot be written: {error}") from error
    note(f'{output}: {len(lines)} conversations added; check each label, then delete its "confirm"')
    if len(lines) < len(pairs):
        note(f"{len(pairs) - len(lines)} were there already and were left alone")
    return 0


def _known(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""
