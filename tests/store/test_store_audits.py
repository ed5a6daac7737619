"""What was saved is found again, equal, and only for the same question."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.errors import StoreError
from coach.findings import Audit, Evidence, Finding, JudgeInfo, Occurrence, Rewrite, Usage
from coach.rubric import Rubric
from coach.store.database import Store
from coach.store.records import Failure
from tests.store.parcels import JUDGE, make_audit, make_rubric, make_transcript

counts = st.integers(0, 2**40)
texts = st.text(max_size=30)
shares = st.floats(0, 1)
rewrites = st.builds(Rewrite, turn=counts, place=st.sampled_from(["replace", "before", "after"]), text=texts)
findings = st.builds(
    Finding,
    criterion=texts,
    verdict=st.sampled_from(["met", "violated", "not_applicable", "not_assessed"]),
    scenario=texts,
    severity=st.sampled_from(["critical", "major", "minor"]),
    source=st.sampled_from(["llm", "embedded", "check", "human"]),
    confidence=st.none() | shares,
    evidence=st.lists(st.builds(Evidence, turn=counts, quote=texts), max_size=3).map(tuple),
    rationale=texts,
    rewrite=st.none() | rewrites,
    withheld=st.none() | texts,
)
usages = st.builds(
    Usage,
    requests=counts,
    input_tokens=counts,
    cached_tokens=counts,
    output_tokens=counts,
    cost_usd=st.none() | st.floats(0, 1e6),
)
audits = st.builds(
    Audit,
    transcript=texts,
    agent=st.none() | texts,
    rubric=texts,
    rubric_version=texts,
    judge=st.builds(JudgeInfo, kind=st.sampled_from(["llm", "embedded"]), model=texts, prompt_hash=texts),
    scenarios=st.lists(
        st.builds(Occurrence, scenario=texts, turns=st.lists(counts, max_size=3).map(tuple)), max_size=3
    ).map(tuple),
    findings=st.lists(findings, max_size=4).map(tuple),
    score=st.none() | st.floats(0, 100),
    passed=st.none() | st.booleans(),
    critical_failures=st.lists(texts, max_size=2).map(tuple),
    assessed=shares,
    usage=usages,
    seconds=st.floats(0, 1e6),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(audit=audits)
def test_any_audit_reads_back_equal(audit: Audit, tmp_path: Path) -> None:
    with Store.open(tmp_path / "any.db") as store:
        run = store.start_run("x", make_rubric(), JUDGE)
        saved = store.save(run, make_transcript(), make_rubric(), audit)
        read = {stored.id: stored.audit for stored in store.audits(history=True)}
    assert read[saved] == audit


def test_a_graded_conversation_is_answered_from_a_reopened_file(database: Path, rubric: Rubric) -> None:
    transcript = make_transcript()
    with Store.open(database) as store:
        store.save(store.start_run("calls/", rubric, JUDGE), transcript, rubric, make_audit(transcript))
    with Store.open(database) as store:
        assert store.find(transcript, rubric, JUDGE) == make_audit(transcript)


@pytest.mark.parametrize(
    ("transcript", "rubric", "judge"),
    [
        (make_transcript("c-2"), make_rubric(), JUDGE),
        (make_transcript(reply="Con gusto."), make_rubric(), JUDGE),
        (make_transcript(agent="A-2"), make_rubric(), JUDGE),
        (make_transcript(), make_rubric(version="1.0.1"), JUDGE),
        (make_transcript(), make_rubric(quote="Other words"), JUDGE),
        (make_transcript(), make_rubric(), JUDGE.model_copy(update={"model": "small-2"})),
        (make_transcript(), make_rubric(), JUDGE.model_copy(update={"prompt_hash": "p2"})),
        (make_transcript(), make_rubric(), JUDGE.model_copy(update={"kind": "embedded"})),
    ],
    ids=["id", "words", "agent", "rubric version", "rubric content", "model", "prompt", "kind of judge"],
)
def test_another_question_is_not_answered_from_the_store(
    database: Path, transcript: object, rubric: Rubric, judge: JudgeInfo
) -> None:
    graded = make_transcript()
    with Store.open(database) as store:
        store.save(store.start_run("calls/", make_rubric(), JUDGE), graded, make_rubric(), make_audit(graded))
        assert store.find(transcript, rubric, judge) is None  # type: ignore[arg-type]


def test_metadata_does_not_make_a_conversation_another_one(database: Path, rubric: Rubric) -> None:
    transcript = make_transcript()
    with Store.open(database) as store:
        store.save(store.start_run("calls/", rubric, JUDGE), transcript, rubric, make_audit(transcript))
        assert store.find(transcript.model_copy(update={"metadata": {}}), rubric, JUDGE) is not None


def test_grading_again_keeps_the_earlier_audit_and_the_newest_answers(database: Path, rubric: Rubric) -> None:
    transcript = make_transcript()
    with Store.open(database) as store:
        run = store.start_run("calls/", rubric, JUDGE)
        for score in (10.0, 90.0):
            store.save(run, transcript, rubric, make_audit(transcript, score=score))
        newest = store.find(transcript, rubric, JUDGE)
        assert newest is not None
        assert newest.score == 90.0
        assert [stored.audit.score for stored in store.audits()] == [90.0]
        assert [stored.audit.score for stored in store.audits(history=True)] == [10.0, 90.0]


def test_audits_are_filtered_by_agent_rubric_run_and_time(database: Path, rubric: Rubric) -> None:
    with Store.open(database) as store:
        for day, agent in ((1, "A-1"), (2, "A-2"), (3, "A-1")):
            transcript = make_transcript(f"c-{day}", agent=agent)
            moment = datetime(2026, 3, day, 12, tzinfo=UTC)
            run = store.start_run("calls/", rubric, JUDGE)
            store.save(run, transcript, rubric, make_audit(transcript), created=moment)

        def names(**filters: object) -> list[str]:
            return [stored.audit.transcript for stored in store.audits(**filters)]  # type: ignore[arg-type]

        assert names(agent="A-1") == ["c-1", "c-3"]
        assert names(rubric="parcels", since=datetime(2026, 3, 2, tzinfo=UTC)) == ["c-2", "c-3"]
        assert names(until=datetime(2026, 3, 3, 12, tzinfo=UTC)) == ["c-1", "c-2"]
        assert names(run_id=2) == ["c-2"]
        assert names(rubric="other") == []


def test_more_audits_than_a_page_come_once_each_in_order(database: Path, rubric: Rubric) -> None:
    with Store.open(database) as store:
        run = store.start_run("calls/", rubric, JUDGE)
        for number in range(810):
            transcript = make_transcript(f"c-{number}")
            store.save(run, transcript, rubric, make_audit(transcript))
        assert [stored.audit.transcript for stored in store.audits()] == [f"c-{number}" for number in range(810)]


def test_the_conversation_of_an_audit_reads_back_equal(database: Path, rubric: Rubric) -> None:
    transcript = make_transcript()
    with Store.open(database) as store:
        store.save(store.start_run("calls/", rubric, JUDGE), transcript, rubric, make_audit(transcript))
        stored = next(store.audits())
        assert store.transcript(stored.transcript_id) == transcript


def test_a_conversation_that_is_not_there_is_a_clear_error(database: Path) -> None:
    with Store.open(database) as store, pytest.raises(StoreError, match="no conversation in row 7"):
        store.transcript(7)


def test_a_run_counts_what_it_graded_knew_and_could_not_grade(database: Path, rubric: Rubric) -> None:
    with Store.open(database) as store:
        run = store.start_run("calls/*.jsonl", rubric, JUDGE)
        for number in range(2):
            transcript = make_transcript(f"c-{number}")
            store.save(run, transcript, rubric, make_audit(transcript))
        store.record_failure(run, "c-9", "the endpoint did not answer", agent="A-1")
        assert store.runs()[0].state == "running"
        store.finish_run(run, known=5)
        finished = store.runs()[0]
        assert (finished.graded, finished.known, finished.failed, finished.state) == (2, 5, 1, "finished")
        assert finished.usage == Usage(
            requests=2, input_tokens=3000, cached_tokens=2400, output_tokens=180, cost_usd=0.0042
        )
        assert store.failures(run) == [Failure("c-9", "the endpoint did not answer", "A-1")]


def test_what_failed_conversations_cost_can_be_added_to_a_run(database: Path, rubric: Rubric) -> None:
    with Store.open(database) as store:
        run = store.start_run("calls/", rubric, JUDGE)
        store.finish_run(run, state="interrupted", usage=Usage(requests=3, input_tokens=10))
        assert store.runs()[0].usage == Usage(requests=3, input_tokens=10)
        assert store.runs()[0].state == "interrupted"


@pytest.mark.parametrize(
    ("metadata", "held"),
    [
        ({"date": "2025-12-31T23:30:00-02:00"}, datetime(2026, 1, 1, 1, 30, tzinfo=UTC)),
        ({"date": "2026-02-03"}, datetime(2026, 2, 3, tzinfo=UTC)),
        ({"date": "last Friday", "origin": 1_767_225_600.0}, datetime(2026, 1, 1, tzinfo=UTC)),
        ({"origin": 12.5}, datetime(2026, 5, 5, tzinfo=UTC)),
        ({}, datetime(2026, 5, 5, tzinfo=UTC)),
    ],
)
def test_an_audit_says_when_its_conversation_was_held(
    database: Path, rubric: Rubric, metadata: dict[str, object], held: datetime
) -> None:
    transcript = make_transcript().model_copy(update={"metadata": metadata})
    with Store.open(database) as store:
        run = store.start_run("calls/", rubric, JUDGE)
        store.save(run, transcript, rubric, make_audit(transcript), created=datetime(2026, 5, 5, tzinfo=UTC))
        stored = next(store.audits())
    assert stored.metadata == metadata
    assert stored.held == held
