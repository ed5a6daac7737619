"""What was learned of a rubric: where it is heard in a conversation, and what it does to the findings of the checks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.errors import ConfigError
from coach.findings import Finding
from coach.judges.embedded.acts import act_models
from coach.judges.embedded.calibration import is_calibrated
from coach.judges.embedded.judge import EmbeddedJudge
from coach.judges.embedded.linear import LinearModel, encode
from coach.judges.embedded.rules import Echo, Loudest, arises, breaks, keeps, rule_model
from coach.rubric import Rubric
from coach.transcript import Transcript
from tests.builders import conversation, criterion, rubric

BREACH, KEPT, THANKS = breaks("demo:1"), keeps("demo:1"), arises("thanks")
WORDS = {BREACH: ["whatever", "shrug"], KEPT: ["gladly"], THANKS: ["cheers"]}
"""What the labels of these tests sound like: each of its words is as loud as can be, any other says nothing."""
WEIGHTS = {
    f" {word} ": bytes(255 if other == label else 128 for other in WORDS)
    for label, words in WORDS.items()
    for word in words
}
MODEL = {"labels": list(WORDS), "scales": [1.0] * len(WORDS), "biases": [-3.0] * len(WORDS), "whole": True}


def echo(transcript: Transcript) -> Echo:
    return Echo(LinearModel(list(WORDS), [1.0] * len(WORDS), [-3.0] * len(WORDS), WEIGHTS, whole=True), transcript)


def loudest(transcript: Transcript, label: str, **where: object) -> Loudest:
    found = echo(transcript).loudest(label, **where)  # type: ignore[arg-type]
    assert found is not None
    return found


def words_at(transcript: Transcript, place: Loudest) -> str:
    return transcript.turns[place.turn].text[place.start : place.end].strip()


def test_the_loudest_place_is_the_sentence_of_the_turn_that_shows_it() -> None:
    heard = conversation("A: Good morning.", "C: Yes?", "A: It is ten pounds. Whatever you say. Goodbye then.")
    place = loudest(heard, BREACH)
    assert (place.turn, words_at(heard, place)) == (2, "Whatever you say.")
    assert place.odds > 0


def test_what_several_sentences_show_together_is_heard_in_the_whole_turn() -> None:
    heard = conversation("A: Whatever you have. You may shrug now.")
    place = loudest(heard, BREACH)
    alone = [loudest(conversation(f"A: {text}"), BREACH).odds for text in ("Whatever you have.", "You may shrug now.")]
    assert words_at(heard, place) == heard.turns[0].text
    assert place.odds > max(alone)


def test_only_the_agent_breaks_rules() -> None:
    heard = conversation("C: Whatever you say.", "A: It is ten pounds.")
    assert loudest(heard, BREACH).turn == 1
    assert loudest(heard, BREACH).odds < 0


def test_a_scenario_may_arise_with_either_speaker() -> None:
    heard = conversation("A: It is ten pounds.", "C: Cheers for that.")
    assert loudest(heard, THANKS, agent=False).turn == 1


def test_only_the_turns_that_are_asked_about_are_heard() -> None:
    heard = conversation("A: Whatever you say.", "C: Hm.", "A: It is ten pounds.")
    assert loudest(heard, BREACH, turns=[1, 2]).turn == 2
    assert echo(heard).loudest(BREACH, [1]) is None


def test_an_event_is_never_heard() -> None:
    heard = conversation("A: It is ten pounds.", "A: [whatever]")
    assert loudest(heard, BREACH).turn == 0


def test_a_label_that_was_not_learned_is_none() -> None:
    assert echo(conversation("A: Whatever you say.")).loudest(breaks("demo:2")) is None


Learn = Callable[..., None]


@pytest.fixture
def learn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Learn:
    """Puts into a folder of one's own what is learned of the rubric `demo`: rules that hear `WORDS`, and a calibration with
    these coefficients."""

    def write(**verdicts: dict[str, float]) -> None:
        folder = tmp_path / f"learned-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        told = {"rubrics": ["demo"], "situations": {"base": 0.0}, "verdicts": verdicts}
        (folder / "calibration.json").write_text(json.dumps(told), "utf-8")
        (folder / "rules-demo.json").write_text(encode({"turns": MODEL}, {"turns": WEIGHTS}), "utf-8")
        monkeypatch.setenv("COACH_LEARNED", str(folder))

    return write


NEVER = {"base": -20.0}
HEARD = {"violated": {"base": -2.0, "breach": 1.0}, "met": {"base": 0.0}, "not_applicable": NEVER}
"""A calibration by which a rule is broken where that is heard, whatever the checks say."""


def forbidding(confidence: float = 0.8) -> Rubric:
    """One criterion, for all conversations: `hurry up` is not said."""
    check = {"check": "forbid", "says": ["rude"], "confidence": confidence}
    signals = {"rude": {"phrases": ["hurry up"], "speaker": "agent"}}
    return rubric(criterion(checks=[check]), signals=signals)


def requiring() -> Rubric:
    """One criterion, for all conversations: `my pleasure` is said."""
    check = {"check": "require", "says": ["pleased"]}
    return rubric(criterion(checks=[check]), signals={"pleased": {"phrases": ["my pleasure"], "speaker": "agent"}})


def found(by: Rubric, *lines: str, calibrated: bool = True) -> Finding:
    (finding,) = EmbeddedJudge(by, calibrated=calibrated).judge(conversation(*lines)).findings
    return finding


def test_a_breach_that_no_check_finds_is_quoted_from_the_turn_that_sounds_like_it(learn: Learn) -> None:
    learn(**HEARD)
    finding = found(forbidding(), "A: Good morning.", "C: Yes?", "A: It is ten pounds. Whatever you say. Goodbye then.")
    assert finding.verdict == "violated"
    assert [(one.turn, one.quote) for one in finding.evidence] == [(2, "Whatever you say.")]
    assert finding.rationale.startswith(
        "turn 2 sounds like a breach of the rule, though no check found it (none of rude"
    )


def test_words_that_keep_a_rule_are_quoted_where_the_check_misses_its_own(learn: Learn) -> None:
    learn(violated={"base": 0.0}, met={"base": -2.0, "kept": 1.0}, not_applicable=NEVER)
    finding = found(requiring(), "A: Good morning.", "C: Thanks.", "A: That was nothing. Gladly at any time.")
    assert finding.verdict == "met"
    assert [(one.turn, one.quote) for one in finding.evidence] == [(2, "Gladly at any time.")]
    assert finding.rationale.startswith("turn 2 sounds like what the rule asks for, though no check found it (")


def test_what_a_check_finds_keeps_the_evidence_of_the_check(learn: Learn) -> None:
    learn(**HEARD)
    finding = found(forbidding(), "A: Hurry up!", "C: Hm.", "A: Whatever you say.")
    assert [(one.turn, one.quote) for one in finding.evidence] == [(0, "Hurry up!")]
    assert "the agent says what the rule forbids" in finding.rationale


def test_the_confidence_is_how_likely_the_verdict_is(learn: Learn) -> None:
    learn(violated={"base": 0.0}, met={"base": 1.0}, not_applicable={"base": 0.0})
    assert found(forbidding(), "A: Good morning.").confidence == pytest.approx(0.576, abs=0.001)


def test_a_verdict_that_is_too_unlikely_is_not_assessed_and_says_so(learn: Learn) -> None:
    learn(violated={"base": 0.08}, met={"base": 0.0}, not_applicable=NEVER)
    finding = found(forbidding(), "A: Hurry up!")
    assert finding.verdict == "not_assessed"
    assert finding.rationale.startswith("too unsure (0.52) to say violated: the agent says what the rule forbids")
    assert finding.evidence == ()


def test_an_accusation_without_words_to_show_is_not_made(learn: Learn) -> None:
    """Of this criterion no breach was learned, so that none can be cited, however likely one is."""
    learn(violated={"base": 3.0}, met={"base": 0.0}, not_applicable=NEVER)
    by = forbidding()
    unlearned = rubric(
        criterion("2", checks=[check.model_dump() for check in by.criteria[0].checks]), signals=by.signals
    )
    assert found(unlearned, "A: Good morning.").verdict == "not_assessed"
    assert found(unlearned, "A: Hurry up!").verdict == "violated"


def test_what_most_likely_does_not_apply_leaves_no_finding(learn: Learn) -> None:
    learn(violated=NEVER, met=NEVER, not_applicable={"base": 0.0})
    assert EmbeddedJudge(forbidding()).judge(conversation("A: Hurry up!")).findings == ()


@pytest.mark.parametrize(
    ("confidence", "verdict"), [(0.69, "not_assessed"), (0.7, "violated")], ids=["unsure", "sure enough"]
)
def test_a_rubric_of_which_nothing_was_learned_is_graded_as_its_checks_say(confidence: float, verdict: str) -> None:
    finding = found(forbidding(confidence), "A: Hurry up! Whatever you say.")
    assert finding.verdict == verdict
    assert finding.confidence == (confidence if verdict == "violated" else None)


def test_without_acts_of_its_language_the_checks_alone_are_believed(learn: Learn) -> None:
    learn(**HEARD)
    silent = forbidding().model_copy(update={"language": "fr"})
    assert found(silent, "A: Whatever you say.").verdict == "met"
    assert found(forbidding(), "A: Whatever you say.").verdict == "violated"


def test_a_judge_that_is_not_calibrated_hears_nothing(learn: Learn) -> None:
    learn(**HEARD)
    assert found(forbidding(), "A: Whatever you say.", calibrated=False).verdict == "met"
    assert found(forbidding(), "A: Whatever you say.").verdict == "violated"


def test_a_judge_that_has_learned_something_else_is_another_judge(learn: Learn) -> None:
    learn(**HEARD)
    one = EmbeddedJudge(forbidding()).info
    learn(**{**HEARD, "met": {"base": 0.1}})
    assert EmbeddedJudge(forbidding()).info != one


def test_what_a_folder_of_ones_own_lacks_comes_from_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "calibration.json").write_text('{"rubrics": ["demo"], "situations": {"base": 0}, "verdicts": {}}')
    monkeypatch.setenv("COACH_LEARNED", str(tmp_path))
    assert is_calibrated("demo")
    assert is_calibrated("tea-city")
    assert act_models("en")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_LEARNED", str(tmp_path / "gone"))
    with pytest.raises(ConfigError, match=r"COACH_LEARNED.*gone is no folder"):
        rule_model("demo")
