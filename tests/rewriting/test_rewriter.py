"""A rewrite is shown only after it has been graded again; what fails is withheld with the reason."""

from __future__ import annotations

import asyncio

from coach.auditor import audit
from coach.findings import Audit, Finding
from coach.judges.embedded.judge import EmbeddedJudge
from coach.rewriting.draft import in_place
from coach.rewriting.rewriter import Rewriter, Rewritten
from coach.rubric import Rubric
from coach.transcript import Transcript
from tests.builders import conversation
from tests.rewriting.manual import manual


def rewritten(transcript: Transcript, rubric: Rubric | None = None) -> Rewritten:
    judge = EmbeddedJudge(rubric or manual())

    async def both() -> Rewritten:
        return await Rewriter(judge).rewrite(transcript, await audit(transcript, judge))

    return asyncio.run(both())


def finding(done: Rewritten | Audit, name: str) -> Finding:
    found = done.audit if isinstance(done, Rewritten) else done
    return next(f for f in found.findings if f.criterion == f"demo:{name}")


def test_the_offending_sentence_goes_and_the_rest_stays_with_its_facts() -> None:
    spoken = conversation("A: Hello! Hurry up! The price is 8 yuan.", "C: Oh")
    shown = finding(rewritten(spoken), "2").rewrite
    assert shown is not None
    assert (shown.place, shown.text) == ("replace", "Hello! The price is 8 yuan.")


def test_missing_words_go_where_they_belong() -> None:
    spoken = conversation("A: Hello", "C: Thank you", "A: Is it the red box, number 12?")
    shown = finding(rewritten(spoken), "3").rewrite
    assert shown is not None
    assert (shown.turn, shown.place, shown.text) == (2, "before", "You are welcome.")


def test_what_is_shown_passes_the_same_judge_again() -> None:
    rubric = manual()
    spoken = conversation("A: Yes, hurry up and tell me what it is.", "C: Thanks", "A: Whatever.")
    for one in rewritten(spoken, rubric).audit.violated():
        if one.rewrite is not None:
            again = asyncio.run(audit(in_place(spoken, one.rewrite), EmbeddedJudge(rubric)))
            assert finding(again, one.criterion.removeprefix("demo:")).verdict == "met"


def test_an_amount_that_would_be_lost_withholds_the_rewrite() -> None:
    done = finding(rewritten(conversation("A: Hello. Hurry up with the 80 yuan.", "C: Oh")), "2")
    assert done.rewrite is None
    assert done.withheld == "number lost: 80 yuan"


def test_a_sentence_that_breaks_another_rule_is_not_shown() -> None:
    rubric = manual(examples={"compliant": ["Okey-dokey, take all the time you need."], "violating": []})
    done = finding(rewritten(conversation("A: Hello", "C: Okey-dokey, I need the time", "A: Hurry up."), rubric), "2")
    assert done.rewrite is None
    assert "demo:4" in (done.withheld or "")


def test_an_example_for_another_customer_is_said_without_her_name() -> None:
    rubric = manual(examples={"compliant": ["Please take your time, Ms. Gong."], "violating": []})
    shown = finding(rewritten(conversation("A: Hello. Hurry up.", "C: Oh, take your time please"), rubric), "2").rewrite
    assert shown is not None
    assert "Gong" not in shown.text


def test_an_example_with_an_unfilled_slot_is_never_shown() -> None:
    rubric = manual(examples={"compliant": ["Take your time, XX."], "violating": []})
    assert finding(rewritten(conversation("A: Hello. Hurry up.", "C: Oh"), rubric), "2").rewrite is None


def test_verdicts_quotes_and_score_stay_as_they_were() -> None:
    spoken = conversation("A: Hurry up.", "C: Thanks", "A: Bye.")
    before = asyncio.run(audit(spoken, EmbeddedJudge(manual())))
    after = rewritten(spoken).audit
    bare = [f.model_copy(update={"rewrite": None, "withheld": None}) for f in after.findings]
    assert (bare, after.score, after.passed) == (list(before.findings), before.score, before.passed)


def test_every_violated_finding_has_a_rewrite_or_a_reason() -> None:
    done = rewritten(conversation("A: Hurry up.", "C: Thanks", "A: Whatever.")).audit.violated()
    assert done
    assert all((f.rewrite is None) != (f.withheld is None) for f in done)


def test_everything_tried_is_on_the_trail_with_the_reasons() -> None:
    done = rewritten(conversation("A: Hello. Hurry up with the 80 yuan.", "C: Oh"))
    assert done.attempts
    assert all(attempt.reasons and not attempt.shown for attempt in done.attempts)


def test_a_conversation_without_violations_is_left_alone() -> None:
    done = rewritten(conversation("A: Hello", "C: Hi", "A: Bye"))
    assert done.attempts == ()
