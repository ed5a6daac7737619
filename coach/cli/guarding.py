"""What `coach eval run`, `baseline` and `compare` do once their flags are parsed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from coach.cli.evaluating import JudgeFlags, Output, note
from coach.errors import ConfigError, JudgeError
from coach.evals import drift_report, head_to_head, report
from coach.evals.baseline import make_baseline, read_baseline, write_baseline
from coach.evals.drift import compare_with_baseline
from coach.evals.golden import read_cases
from coach.evals.results import EvalRun

__all__ = ["compare", "compare_judges", "freeze", "run"]


def run(
    golden: Sequence[Path], flags: JudgeFlags, output: Output, *, by: str | None, rows: Path | None, errors: bool
) -> int:
    """Grade and report. Returns the exit code."""
    if by not in (None, "criterion"):
        raise ConfigError(
            f"--by {by!r}: manuals, severities and kinds are always shown; criterion adds a table of criteria"
        )
    (found,) = flags.grade(read_cases(golden))
    made = report.make_report(found, by_criterion=by is not None)
    output.write(
        lambda: report.sections(made),
        lambda: report.as_json(made),
        lambda: report.checks(found),
        name="coach eval run",
        properties=_properties(made),
    )
    if rows is not None:
        _write_rows(found, rows)
    if errors:
        for row in report.differences(found.results):
            print(report.difference(row))
    return 3 if found.failed else 0


def _properties(made: report.EvalReport) -> dict[str, str]:
    figures = {name: getattr(made.overall, name).value for name in ("kappa", "ac1", "f1", "scenario_f1", "generosity")}
    return {"judge": report.judge_names(made.judges), **{name: str(value) for name, value in figures.items()}}


def _write_rows(found: EvalRun, path: Path) -> None:
    """JSON Lines, one case and criterion a line."""
    lines = [row.model_dump_json() for result in found.results for row in result.rows]
    try:
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    except OSError as error:
        raise ConfigError(f"--rows {path}: cannot be written: {error}") from error


def freeze(golden: Sequence[Path], flags: JudgeFlags, path: Path, *, runs: int, force: bool) -> int:
    """Write a baseline. Returns the exit code."""
    if path.exists() and not force:
        raise ConfigError(
            f"{path} is there already; nothing replaces a baseline by itself: --force, and review the change"
        )
    graded = flags.grade(read_cases(golden), runs=runs)
    failed = {name: reason for each in graded for name, reason in each.failed.items()}
    if failed:
        name, reason = next(iter(failed.items()))
        raise JudgeError(f"no baseline: {len(failed)} conversations could not be graded; {name}: {reason}")
    baseline = make_baseline(graded)
    write_baseline(baseline, path, force=force)
    verdicts = sum(len(case.criteria) for case in baseline.cases.values())
    note(f"{path}: {len(baseline.cases)} conversations, {verdicts} verdicts or labels, {baseline.runs} runs")
    return 0


def compare(path: Path, golden: Sequence[Path], flags: JudgeFlags, output: Output) -> int:
    """Compare a run with a baseline. Returns the exit code."""
    baseline = read_baseline(path)
    (found,) = flags.grade(read_cases(golden))
    compared = compare_with_baseline(baseline, found)
    output.write(
        lambda: drift_report.sections(compared),
        lambda: drift_report.as_json(compared),
        lambda: drift_report.checks(compared),
        name="coach eval compare",
        properties={"baseline": str(path), "judge": report.judge_names(list(found.judges.values()))},
    )
    return compared.exit_code


def compare_judges(names: str, golden: Sequence[Path], flags: JudgeFlags, output: Output) -> int:
    """Judge against judge. Returns the exit code."""
    specs = [name.strip() for name in names.split(",")]
    if len(specs) != 2:
        raise ConfigError(f"--judges {names!r}: name two, for example embedded,llm:gpt-4.1-mini")
    if output.format == "junit":
        raise ConfigError("--judges compares two judges, neither of which can fail: choose table, md or json")
    both = [JudgeFlags.named(spec, flags) for spec in specs]
    cases = read_cases(golden)
    first, second = (each.grade(cases)[0] for each in both)
    found = head_to_head.head_to_head(first, second)
    output.write(lambda: head_to_head.sections(found), lambda: asdict(found), list, name="coach eval compare --judges")
    return 3 if found.failed else 0
