"""What the judge makes of an answer: what holds is a finding, what does not is asked again once, then not assessed."""

from __future__ import annotations

import pytest

from coach.findings import Evidence, Occurrence
from coach.judges.llm.judge import open_judge
from coach.judges.llm.prompt import harmless
from coach.transcript import Transcript
from tests.builders import conversation
from tests.judges.llm.asking import CALL, by_id, grade
from tests.judges.llm.endpoint import Says, Status, endpoint, grading
from tests.judges.llm.rubrics import small_rubric

MET_1, MET_2 = {"met": "1", "turn": 2}, {"met": "2", "turn": 0}
BLAMED = {"violated": "2", "turn": 2, "quote": "THAT IS YOUR OWN FAULT", "reason": "Blames the customer."}


def test_a_conversation_is_graded_with_one_request() -> None:
    with endpoint(grading(MET_1, BLAMED, {"met": "3", "turn": 0}, scenarios={"opening": [0]})) as served:
        judgement = grade(served)
    assert len(served.requests) == 1
    assert judgement.scenarios == (Occurrence(scenario="opening", turns=(0,)),)
    assert [(f.criterion, f.verdict) for f in judgement.findings] == [
        ("shop:1", "met"),
        ("shop:2", "violated"),
        ("shop:3", "met"),
    ]


def test_a_violation_carries_the_transcripts_own_words_and_the_reason() -> None:
    with endpoint(grading(MET_1, BLAMED)) as served:
        finding = by_id(grade(served))["2"]
    assert finding.evidence == (Evidence(turn=2, quote="That is your own fault."),)
    assert finding.rationale == "Blames the customer."
    assert finding.source == "llm"


def test_a_quote_from_another_turn_of_the_agent_is_cited_where_it_stands() -> None:
    with endpoint(grading(MET_1, {**BLAMED, "turn": 4})) as served:
        finding = by_id(grade(served))["2"]
    assert finding.evidence[0].turn == 2
    assert len(served.requests) == 1


def test_criteria_of_scenarios_that_did_not_arise_have_no_finding() -> None:
    with endpoint(grading(MET_1, MET_2)) as served:
        assert set(by_id(grade(served))) == {"1", "2"}


def test_a_criterion_whose_own_case_did_not_arise_has_no_finding() -> None:
    answers = grading(MET_1, MET_2, {"met": "4", "turn": 2}, {"not_applicable": "5"}, scenarios={"complaint": [1]})
    with endpoint(answers) as served:
        assert set(by_id(grade(served))) == {"1", "2", "4"}


def test_what_the_judge_cannot_tell_is_not_assessed_with_its_reason() -> None:
    with endpoint(grading(MET_1, {"not_assessed": "2", "reason": "The line breaks up."})) as served:
        finding = by_id(grade(served))["2"]
    assert (finding.verdict, finding.rationale) == ("not_assessed", "The line breaks up.")


def test_a_missing_criterion_is_asked_again_and_nothing_else_is() -> None:
    with endpoint(grading(MET_1), grading(MET_2)) as served:
        judgement = grade(served)
    assert by_id(judgement)["2"].verdict == "met"
    again = served.sent(1)
    assert "\n2: no answer was given" in again
    assert "\n1: " not in again
    assert judgement.usage.requests == 2


def test_a_criterion_that_stays_missing_is_not_assessed_and_asked_no_third_time() -> None:
    with endpoint(grading(MET_1)) as served:
        finding = by_id(grade(served))["2"]
    assert (finding.verdict, finding.rationale) == ("not_assessed", "no answer from the judge")
    assert len(served.requests) == 2


def test_missing_criteria_of_a_scenario_that_arose_are_asked_again() -> None:
    first = grading(MET_1, MET_2, scenarios={"complaint": [1]})
    second = grading({"met": "4", "turn": 2}, {"not_applicable": "5"})
    with endpoint(first, second) as served:
        assert set(by_id(grade(served))) == {"1", "2", "4"}


@pytest.mark.parametrize("quote", ["You are an idiot", "", "."])
def test_a_violation_whose_quote_nobody_said_never_becomes_a_verdict(quote: str) -> None:
    with endpoint(grading(MET_1, {**BLAMED, "quote": quote})) as served:
        finding = by_id(grade(served))["2"]
    assert (finding.verdict, finding.evidence) == ("not_assessed", ())
    assert finding.rationale == "the quoted words are not in the transcript"


def test_the_customers_words_never_prove_a_violation() -> None:
    with endpoint(grading(MET_1, {**BLAMED, "turn": 1, "quote": "you idiots"})) as served:
        finding = by_id(grade(served))["2"]
    assert (finding.verdict, finding.rationale) == ("not_assessed", "the quoted words are the customer's")


def test_a_quote_put_right_on_the_second_asking_holds() -> None:
    with endpoint(grading(MET_1, {**BLAMED, "quote": "It's all your fault"}), grading(BLAMED)) as served:
        assert by_id(grade(served))["2"].verdict == "violated"


def test_two_different_answers_to_one_criterion_are_asked_again() -> None:
    with endpoint(grading(MET_1, MET_2, BLAMED)) as served:
        finding = by_id(grade(served))["2"]
    assert (finding.verdict, finding.rationale) == ("not_assessed", "the judge contradicted itself")


def test_two_violations_of_one_criterion_are_one_finding_with_both_turns() -> None:
    also = {"violated": "2", "turn": 0, "quote": "good morning", "reason": "Also."}
    with endpoint(grading(MET_1, BLAMED, also)) as served:
        finding = by_id(grade(served))["2"]
    assert [evidence.turn for evidence in finding.evidence] == [2, 0]


@pytest.mark.parametrize("unknown", [{"met": "99", "turn": 0}, {"met": "7", "turn": 0}, {"likes": "1"}, "noise", {}])
def test_answers_about_nothing_that_was_asked_are_dropped(unknown: object) -> None:
    content = Says(grading(MET_1, MET_2).content.replace("]}", f", {__import__('json').dumps(unknown)}]}}"))  # type: ignore[union-attr]
    with endpoint(content) as served:
        assert set(by_id(grade(served))) == {"1", "2"}


def test_a_turn_that_does_not_exist_is_no_evidence() -> None:
    with endpoint(grading({"met": "1", "turn": 50}, MET_2)) as served:
        finding = by_id(grade(served))["1"]
    assert (finding.verdict, finding.rationale) == ("not_assessed", "the cited turn does not exist")


def test_met_at_a_customers_turn_is_cited_at_the_agents_answer() -> None:
    with endpoint(grading({"met": "1", "turn": 1}, MET_2)) as served:
        assert by_id(grade(served))["1"].evidence == (Evidence(turn=2),)


def test_without_times_timing_is_not_assessed_and_not_asked_again() -> None:
    with endpoint(grading(MET_1, MET_2, {"met": "6", "turn": 4}, scenarios={"ending": [4]})) as served:
        finding = by_id(grade(served))["6"]
    assert (finding.verdict, finding.rationale) == ("not_assessed", "the transcript has no times")
    assert len(served.requests) == 1


def test_with_times_timing_is_graded() -> None:
    timed = conversation("A: Goodbye.", "C: Bye.", "A: [hangs up]", times=[0, 1, 1.5, 2, 8, 8.2])
    with endpoint(
        grading(MET_2, {"met": "1", "turn": 0}, {"met": "6", "turn": 2}, scenarios={"ending": [2]})
    ) as served:
        assert by_id(grade(served, timed))["6"].verdict == "met"


def test_a_verdict_says_that_its_situation_arose_even_where_the_judge_did_not_list_it() -> None:
    with endpoint(grading(MET_1, MET_2, {"met": "3", "turn": 0})) as served:
        assert grade(served).scenarios == (Occurrence(scenario="opening", turns=(0,)),)


def test_only_the_criteria_asked_about_are_graded() -> None:
    asked = [small_rubric().by_id["shop:2"]]
    with endpoint(grading(MET_1, BLAMED)) as served:
        assert set(by_id(grade(served, criteria=asked))) == {"2"}
    assert "Grade only these criteria now (list only scenarios that they belong to): 2" in served.sent()


def test_criteria_in_groups_are_several_requests_with_the_same_beginning() -> None:
    with endpoint(grading()) as served:
        judgement = grade(served, group_size=3, concurrency=1)
    first, second = (served.sent(n) for n in range(2))
    assert first.partition("Grade only")[0] == second.partition("Grade only")[0]
    assert {f.verdict for f in judgement.findings} == {"not_assessed"}


def test_when_asking_again_fails_what_was_settled_stands() -> None:
    with endpoint(grading(MET_1), Status(500, "down")) as served:
        findings = by_id(grade(served, retries=0))
    assert findings["1"].verdict == "met"
    assert findings["2"].verdict == "not_assessed"
    assert findings["2"].rationale.startswith("no answer from the judge; asked again: the endpoint failed: 500 down")


class _Masked:
    def __init__(self, transcript: Transcript, placeholder: str) -> None:
        turns = [t.model_copy(update={"text": t.text.replace("fault", placeholder)}) for t in transcript.turns]
        self.transcript = transcript.model_copy(update={"turns": tuple(turns)})
        self._placeholder = placeholder

    def restore(self, text: str) -> str:
        return text.replace(self._placeholder, "fault")


class _Masking:
    """Masks `fault`."""

    name = "test.1"

    def __init__(self, placeholder: str) -> None:
        self._placeholder = placeholder

    def redact(self, transcript: Transcript) -> _Masked:
        return _Masked(transcript, self._placeholder)


@pytest.mark.parametrize("placeholder", ["[THING-1]", "[THING_1]", "[THING]", "<THING_1>", "THING1"])
def test_what_is_masked_is_not_sent_and_quotes_are_still_the_transcripts_own_words(placeholder: str) -> None:
    read = harmless(placeholder)
    masked = {**BLAMED, "quote": f"That is your own {read}.", "reason": f"Says {read}."}
    with endpoint(grading(MET_1, masked)) as served:
        finding = by_id(grade(served, redactor=_Masking(placeholder)))["2"]
    assert "fault" not in served.requests[0]["messages"][-1]["content"]
    assert finding.evidence[0].quote == "That is your own fault."
    assert finding.rationale == "Says fault."


def test_the_agents_name_and_metadata_are_never_sent() -> None:
    private = CALL.model_copy(update={"agent": "Agent-Smith", "metadata": {"crm": "secret-4711"}, "id": "case-0815"})
    with endpoint(grading(MET_1, MET_2)) as served:
        grade(served, private)
    assert not any(word in served.sent() for word in ("Agent-Smith", "secret-4711", "case-0815"))


def test_the_only_model_of_an_endpoint_is_taken_and_one_of_several_must_be_named() -> None:
    import asyncio

    from coach.config import Settings
    from coach.errors import ConfigError

    async def model(url: str) -> str:
        judge = await open_judge(small_rubric(), Settings.read({}, base_url=url))
        await judge.close()
        return judge.info.model

    with endpoint(grading(), models=("the-one",)) as served:
        assert asyncio.run(model(served.url)) == "the-one"
    with endpoint(grading(), models=("one", "two")) as served, pytest.raises(ConfigError, match=r"--model.*one, two"):
        asyncio.run(model(served.url))
