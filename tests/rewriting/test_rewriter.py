"""A rewrite is shown only after it has been graded again; what fails is withheld with the reason."""

from __future__ import annotations

import asyncio

from coach.auditor import audit
from coach.findings import Audit, Finding
from coach.judges.embedded.judge import EmbeddedJudge
from coach.rewriting.draft import all_in_place
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
    done = rewritten(spoken, rubric)
    shown = [one for one in done.audit.violated() if one.rewrite is not None]
    assert shown
    for one in shown:
        made = [one.rewrite, *done.companions.get(one.criterion, ())]
        again = asyncio.run(audit(all_in_place(spoken, made), EmbeddedJudge(rubric)))
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


def test_a_rule_that_two_turns_break_is_mended_in_both() -> None:
    spoken = conversation("A: Hello. Hurry up. What is it about?", "C: Oh", "A: Whatever. It costs 8 yuan in all.")
    done = rewritten(spoken)
    shown = finding(done, "2").rewrite
    assert shown is not None
    assert [(one.turn, "Whatever" in one.text) for one in done.companions["demo:2"]] == [(2, False)]


def test_a_script_of_the_rubric_goes_before_its_examples() -> None:
    rubric = manual(scripts=[{"say": "I am sorry about that, {address}.", "mends": "said"}])
    shown = finding(rewritten(conversation("A: Hello", "C: Oh", "A: Hurry up."), rubric), "2").rewrite
    assert shown is not None
    assert shown.text == "I am sorry about that."


def test_a_script_calls_the_customer_as_the_conversation_does() -> None:
    rubric = manual(scripts=["I am sorry about that, {address}."])
    spoken = conversation("A: Hello, Ms. Qiu.", "C: Oh", "A: Hurry up.")
    shown = finding(rewritten(spoken, rubric), "2").rewrite
    assert shown is not None
    assert shown.text == "I am sorry about that, Ms. Qiu."


def test_a_name_that_is_only_said_later_is_not_used_before() -> None:
    rubric = manual(scripts=["I am sorry about that, {address}."])
    spoken = conversation("A: Hello", "C: Oh", "A: Hurry up.", "C: It is Qiu.", "A: I see, Ms. Qiu.")
    shown = finding(rewritten(spoken, rubric), "2").rewrite
    assert shown is not None
    assert "Qiu" not in shown.text


def test_an_order_is_put_as_a_request() -> None:
    rubric = manual(scripts=["Would you please {said}?"])
    shown = finding(rewritten(conversation("A: Hello", "C: Oh", "A: Hurry up."), rubric), "2")
    assert shown.withheld == "still breaks demo:2: the agent says what the rule forbids (d-rude)"


def test_words_can_be_changed_for_others_in_place() -> None:
    rubric = manual(scripts=[{"swap": {"hurry up": "take your time"}}])
    shown = finding(rewritten(conversation("A: Hello, hurry up, it costs 8 yuan.", "C: Oh"), rubric), "2").rewrite
    assert shown is not None
    assert shown.text == "Hello, take your time, it costs 8 yuan."


def test_an_empty_list_of_scripts_lets_words_go_but_puts_none_in() -> None:
    rubric = manual(scripts=[])
    done = finding(rewritten(conversation("A: Hello", "C: Oh", "A: Hurry up."), rubric), "2")
    assert done.rewrite is None
