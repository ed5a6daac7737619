"""What many audits add up to, by hand."""

from __future__ import annotations

from coach.reports.summary import OTHER_REASONS, Summary
from tests.reports.graded import make_audit, make_rubric, verdict, violated

MET = verdict("parcels:2", "met", "critical")
BROKEN = violated("parcels:2", "critical", "Es culpa suya")


def summed(*conversations: tuple[object, ...]) -> Summary:
    summary = Summary({"parcels": make_rubric()})
    for number, findings in enumerate(conversations):
        summary.add(make_audit(f"c-{number}", findings, None, None))  # type: ignore[arg-type]
    return summary


def test_nothing_adds_up_to_no_figure() -> None:
    empty = summed()
    assert (empty.mean_score, empty.assessed, empty.usage.cost_usd) == (None, None, None)


def test_critical_error_accuracy_counts_conversations_and_not_findings() -> None:
    critical = summed((BROKEN, BROKEN), (MET,), (MET, BROKEN), (MET, MET)).critical["compliance"]
    assert (critical.conversations, critical.without_error, critical.accuracy) == (4, 2, 0.5)


def test_what_was_not_assessed_is_no_critical_error_and_no_absence_of_one() -> None:
    assert summed((verdict("parcels:2", "not_assessed", "critical", "why"),)).critical == {}


def test_what_did_not_apply_leaves_the_share_assessed_alone() -> None:
    findings = (
        MET,
        verdict("parcels:1", "not_applicable", "major"),
        verdict("parcels:3", "not_assessed", "minor", "w"),
    )
    assert summed(findings).assessed == 0.5


def test_a_mean_score_leaves_out_conversations_without_one() -> None:
    summary = Summary({"parcels": make_rubric()})
    for score in (100.0, 50.0, None):
        summary.add(make_audit("c", (), score, None if score is None else True))
    assert (summary.mean_score, summary.scored, summary.conversations) == (75.0, 2, 3)


def test_endless_reasons_are_counted_together_in_the_end() -> None:
    summary = summed(*((verdict("parcels:3", "not_assessed", "minor", f"reason {n}"),) for n in range(600)))
    assert len(summary.reasons) == 501
    assert summary.reasons[OTHER_REASONS] == 100
    assert sum(summary.reasons.values()) == 600
