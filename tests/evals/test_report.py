from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from coach.evals.agreement import Interval
from coach.evals.rendering import Check, Section, as_junit, as_markdown, as_table, interval
from coach.evals.report import checks, make_report, sections
from tests.evals.labelled import cases_of, judged


def test_words_from_a_conversation_break_no_table() -> None:
    text = as_markdown([Section(columns=("a", "b"), rows=[("x | y", "two\nlines")])])
    assert "| x \\| y | two lines |" in text


def test_words_from_a_conversation_are_no_markup_in_the_terminal() -> None:
    text = as_table([Section(columns=("a",), rows=[("[red]x[/red]\x1b[31m",)], items=["[bold]y"])])
    assert "[red]x[/red]" in text
    assert "[bold]y" in text
    assert "\x1b" not in text


def test_junit_is_well_formed_whatever_was_said() -> None:
    text = as_junit("n", [Check("s", "<a>\x00", failure="x & y", output=["]]>"])], {"p": "<"})
    case = ET.fromstring(text).find("./testsuite/testcase")
    assert case is not None
    assert case.find("failure").text == "x & y"  # type: ignore[union-attr]


def test_junit_counts_failures_and_errors() -> None:
    suite = ET.fromstring(
        as_junit("n", [Check("s", "a", failure="f"), Check("s", "b", error="e"), Check("s", "c")], {})
    )[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")


def test_an_interval_is_short_in_a_table_and_whole_in_markdown() -> None:
    figure = interval(Interval(0.971, 0.9, 1.0))
    assert figure == "0.97 [0.90, 1.00]"
    assert ".97 [.90 1.00]" in as_table([Section(columns=("",), rows=[(figure,)])])


def test_the_share_of_verbatim_quotes_is_of_the_verdicts_violated(tmp_path: Path) -> None:
    run = judged(cases_of(tmp_path))
    results = []
    for result in run.results:
        rows = [
            row.model_copy(update={"verbatim": row.case == "c-2"}) if row.verdict == "violated" else row
            for row in result.rows
        ]
        results.append(result.model_copy(update={"rows": rows}))
    report = make_report(type(run)(run.cases, tuple(results), run.judges, True))
    assert report.overall.verbatim == 0.5


def test_figures_of_a_criterion_are_there_on_request_only(tmp_path: Path) -> None:
    run = judged(cases_of(tmp_path), {("c-5", "3"): "met"})
    assert make_report(run).by_criterion == {}
    found = make_report(run, by_criterion=True).by_criterion["shop:3"]
    assert (found.labels, found.violations, found.recall.value) == (3, 2, 0.5)


def test_figures_by_kind_add_up_to_all_labels(tmp_path: Path) -> None:
    report = make_report(judged(cases_of(tmp_path)))
    assert len(report.by_kind) > 1
    assert sum(part.labels for part in report.by_kind.values()) == report.overall.labels


def test_a_verdict_that_differs_is_output_of_its_conversation_and_no_failure(tmp_path: Path) -> None:
    found = {check.name: check for check in checks(judged(cases_of(tmp_path), {("c-5", "3"): "met"}))}
    assert found["c-5"].failure is None
    assert found["c-5"].output == ["c-5 shop:3: label violated, judge met: "]


def test_what_could_not_be_graded_is_listed_with_the_reason(tmp_path: Path) -> None:
    run = judged(cases_of(tmp_path))
    failed = run.results[0].model_copy(update={"failed": "no answer", "rows": []})
    broken = type(run)(run.cases, (failed, *run.results[1:]), run.judges, True)
    assert "c-1: no answer" in as_markdown(sections(make_report(broken)))
