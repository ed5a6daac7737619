"""What is only heard as a breach, with no check that finds it, counts as said: its words go, and nothing like them is shown."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from coach.auditor import audit
from coach.findings import Finding
from coach.judges.embedded.judge import EmbeddedJudge
from coach.judges.embedded.linear import encode
from coach.judges.embedded.rules import breaks
from coach.rewriting.offences import said_wrong, still_heard, suspected
from coach.rewriting.rewriter import Rewriter, Rewritten
from coach.transcript import Transcript
from tests.builders import conversation
from tests.rewriting.manual import manual

HURRY = "demo:2"
"""Never hurry a customer. The check knows `hurry up` and `whatever`; what follows was learned."""

SURELY, MAYBE, HARDLY = "Chop chop!", "Make it snappy!", "Be brisk!"
"""Heard as a breach: so that the judge reports it; so that it is not sure; so that it says met all the same."""

GREET, YO = "demo:1", "Yo, yo!"
"""Greet: its check asks for words; `yo` is heard as a breach of it, so that the judge reports it."""

WEIGHTS = {
    " chop ": bytes([211, 128]),
    " snappy ": bytes([250, 128]),
    " brisk ": bytes([209, 128]),
    " yo ": bytes([128, 255]),
}
VERDICTS = {
    "met": {"base": 0.0, "met": 2.0},
    "violated": {"base": 0.0, "violated": 8.0, "breach": 1.0},
    "not_applicable": {"base": 0.7},
}


@pytest.fixture(autouse=True)
def _something_was_learned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = {"labels": [breaks(HURRY), breaks(GREET)], "scales": [0.3, 0.3], "biases": [-4.0, -4.0]}
    (tmp_path / "rules-demo.json").write_text(encode({"turns": rules}, {"turns": WEIGHTS}))
    learned = {"rubrics": ["demo"], "situations": {"base": 0.0, "found": 4.0}, "verdicts": VERDICTS}
    (tmp_path / "calibration.json").write_text(json.dumps(learned))
    monkeypatch.setenv("COACH_LEARNED", str(tmp_path))


def said(*words: str) -> Transcript:
    """The agent says `words`, each as a sentence, then goes on after the customer."""
    return conversation(f"A: Hello. {' '.join(words)} I am looking for the file.", "C: Oh", "A: It is here.")


def verdict(transcript: Transcript) -> str:
    return next(f.verdict for f in EmbeddedJudge(manual()).judge(transcript).findings if f.criterion == HURRY)


def wrong(transcript: Transcript, *criteria: str) -> frozenset[str] | None:
    judge = EmbeddedJudge(manual())
    return said_wrong(transcript, judge, judge.judge(transcript).findings, criteria or [HURRY])


def rewritten(transcript: Transcript, **changes: Any) -> Rewritten:
    judge = EmbeddedJudge(manual(**changes))

    async def both() -> Rewritten:
        return await Rewriter(judge).rewrite(transcript, await audit(transcript, judge))

    return asyncio.run(both())


def hurried(done: Rewritten) -> Finding:
    return next(finding for finding in done.audit.findings if finding.criterion == HURRY)


@pytest.mark.parametrize(
    ("words", "expected"),
    [(SURELY, "violated"), (MAYBE, "not_assessed"), (HARDLY, "met"), ("", "met")],
)
def test_the_judge_of_these_tests_hears_what_they_are_about(words: str, expected: str) -> None:
    assert verdict(said(words)) == expected


def test_what_is_only_heard_counts_as_said() -> None:
    assert wrong(said(SURELY)) == {HURRY}


def test_what_a_check_finds_counts_as_said() -> None:
    assert wrong(said("Hurry up!")) == {HURRY}


def test_what_is_missing_does_not_count_as_said() -> None:
    silent = conversation("A: Hello.", "C: Thanks", f"A: {SURELY} It is here.")
    assert wrong(silent, HURRY, "demo:3") == {HURRY}


def test_words_that_the_judge_does_not_report_do_not_count_as_said() -> None:
    assert wrong(said(MAYBE)) == frozenset()


def test_a_breach_that_is_heard_and_likelier_than_not_is_suspected_with_its_words() -> None:
    found = suspected(said(MAYBE), EmbeddedJudge(manual()), [HURRY])
    assert [finding.evidence[0].quote for finding in found] == [MAYBE]


def test_a_breach_that_is_heard_but_unlikely_is_not_suspected() -> None:
    assert suspected(said(HARDLY), EmbeddedJudge(manual()), [HURRY]) == ()


def test_a_breach_is_still_heard_in_the_turns_asked_about_only() -> None:
    judge = EmbeddedJudge(manual())
    asked = [[f.criterion for f in still_heard(said(HARDLY), judge, [HURRY], [turn])] for turn in (0, 2)]
    assert asked == [[HURRY], []]


def test_the_words_that_are_only_heard_go_and_the_rest_stays() -> None:
    shown = hurried(rewritten(said(SURELY))).rewrite
    assert shown is not None
    assert shown.text == "Hello. I am looking for the file."


def test_no_rewrite_is_shown_that_still_sounds_like_the_breach() -> None:
    shown = hurried(rewritten(said(SURELY, HARDLY))).rewrite
    assert shown is not None
    assert shown.text == "Hello. I am looking for the file."


def test_a_breach_that_a_check_finds_does_not_leave_behind_what_sounds_like_it() -> None:
    shown = hurried(rewritten(said("Hurry up!", HARDLY))).rewrite
    assert shown is not None
    assert shown.text == "Hello. I am looking for the file."


def test_a_wording_that_sounds_like_the_breach_is_passed_over() -> None:
    spoken = conversation("A: Hello", "C: Oh", f"A: {SURELY}")
    shown = hurried(rewritten(spoken, scripts=[HARDLY, "I am sorry about that."])).rewrite
    assert shown is not None
    assert shown.text == "I am sorry about that."


def test_words_that_would_take_a_fact_with_them_withhold_the_rewrite() -> None:
    done = hurried(rewritten(conversation("A: Hello. Chop chop with the 80 yuan!", "C: Oh")))
    assert (done.verdict, done.rewrite, done.withheld) == ("violated", None, "number lost: 80 yuan")


def test_where_two_turns_are_only_heard_to_break_a_rule_both_are_rewritten() -> None:
    spoken = conversation(f"A: Hello. {SURELY} What is it about?", "C: Oh", f"A: {SURELY} It costs 8 yuan in all.")
    done = rewritten(spoken)
    shown = hurried(done).rewrite
    assert shown is not None
    made = {one.turn: "Chop" in one.text for one in (shown, *done.companions[HURRY])}
    assert made == {0: False, 2: False}


def test_what_still_sounds_like_the_breach_in_a_second_turn_withholds_the_rewrite_of_the_first() -> None:
    first = "A: Hello. Hurry up! Okey-dokey. What is it?"
    second = f"A: Okey-dokey. {SURELY} Brisk, brisk, it costs 8 yuan in all now."
    done = rewritten(conversation(first, "C: Oh", second))
    shown = {f.criterion: f.rewrite is not None for f in done.audit.violated()}
    assert shown == {HURRY: False, "demo:4": True}


def test_another_rule_that_is_heard_to_be_broken_in_another_turn_withholds_nothing() -> None:
    spoken = conversation("A: Hurry up! I am looking for the file.", "C: Oh", f"A: {YO} It costs 8 yuan.")
    done = rewritten(spoken)
    greeting = next(finding for finding in done.audit.findings if finding.criterion == GREET)
    assert (greeting.verdict, greeting.rewrite) == ("violated", None)
    assert hurried(done).rewrite is not None
