"""The recogniser of acts: sums that can be checked by hand, evidence that is verbatim, weights that came with the package."""

from __future__ import annotations

import math

import pytest

from coach.checks import Signal
from coach.judges.embedded.acts import act_models
from coach.judges.embedded.features import features_of, sentences_of
from coach.judges.embedded.linear import LinearModel, decode, encode
from coach.judges.embedded.signals import SignalFinder
from coach.resources import rubrics_folder
from coach.rubric_check import check
from coach.rubric_file import load_rubric, rubric_names
from coach.training.exemplars import read_acts
from coach.transcript import Turn
from tests.builders import criterion, rubric

WEIGHTS = {
    " sorry ": bytes([168, 88]),
    "sorr": bytes([138, 128]),
    "< thanks": bytes([128, 255]),
    "抱歉": bytes([200, 100]),
}
EXEMPLARS = rubrics_folder().parent / "evals" / "exemplars"


@pytest.fixture
def model() -> LinearModel:
    return LinearModel(["apology", "thanks"], [0.5, 0.25], [-1.0, 0.5], WEIGHTS)


@pytest.mark.parametrize(
    "text", ["So sorry, sorry about that!", "Thanks.", "", "真的很抱歉,抱歉", "nothing known", "ok?"]
)
def test_a_score_is_the_mean_weight_of_what_occurs(model: LinearModel, text: str) -> None:
    features = features_of(text)
    for number, (scale, bias) in enumerate(((0.5, -1.0), (0.25, 0.5))):
        total = sum(WEIGHTS[feature][number] - 128 for feature in features if feature in WEIGHTS)
        assert model.scores(text)[number] == pytest.approx(total * scale / math.sqrt(len(features) or 1) + bias)


def test_an_act_is_pinned_to_the_sentence_that_shows_it_best(model: LinearModel) -> None:
    text = "It is 300 yuan. I am so sorry about it. Anything more?"
    heard = model.hear(text).get("apology")
    assert heard is not None
    assert text[heard.start : heard.end].strip() == "I am so sorry about it."


def test_weights_survive_being_written(model: LinearModel) -> None:
    described = {"agent": {"labels": model.labels, "scales": [0.5, 0.25], "biases": [-1.0, 0.5]}}
    again = decode(encode(described, {"agent": WEIGHTS}))["agent"]
    assert again.scores("So sorry, 抱歉") == model.scores("So sorry, 抱歉")


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("您好。请问有什么可以帮您？", ["您好。请问有什么可以帮您？"]),
        ("Right. I will look. Wait, please!", ["Right.", " I will look.", " Wait, please!"]),
        ("Oh. Yes", ["Oh. Yes"]),
    ],
)
def test_a_very_short_sentence_goes_with_the_next(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in sentences_of(text)] == sentences


def test_an_act_carries_a_signal_from_its_threshold_on(model: LinearModel) -> None:
    turn = Turn(index=0, speaker="agent", text="All of this is as it should be; nobody here is sorry that it is.")
    heard = model.hear(turn.text).get("apology")
    assert heard is not None
    probability = heard.probability

    def found(threshold: float | None) -> bool:
        signals = {"regret": Signal(act="apology", threshold=threshold)}
        return "regret" in SignalFinder(signals, models={"agent": model}).find(turn)

    assert [found(probability - 0.01), found(probability + 0.01), found(None)] == [True, False, False]


def test_quoted_words_are_no_act_of_the_speaker(model: LinearModel) -> None:
    signals = {"regret": Signal(act="apology", threshold=0.5)}
    finder = SignalFinder(signals, models={"agent": model})
    assert "regret" in finder.find(Turn(index=0, speaker="agent", text="Sorry sorry sorry."))
    assert "regret" not in finder.find(Turn(index=0, speaker="agent", text='You said "sorry sorry sorry".'))


@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_every_act_of_the_list_was_learned_in_every_language(language: str) -> None:
    learned = {act for model in act_models(language).values() for act in model.labels}
    assert learned - {"fault"} == set(read_acts(EXEMPLARS))


@pytest.mark.parametrize("name", rubric_names())
def test_every_act_that_a_rubric_names_was_learned(name: str) -> None:
    rubric = load_rubric(name)
    learned = {act for model in act_models(rubric.language).values() for act in model.labels}
    assert {signal.act for signal in rubric.signals.values() if signal.act} <= learned


def test_an_act_that_nobody_learned_is_remarked() -> None:
    demo = rubric(criterion(), signals={"regret": {"act": "apologie"}, "sorry": {"act": "apology", "speaker": "agent"}})
    remarks = [remark for remark in check(demo) if remark.kind == "unknown-act"]
    assert [remark.place for remark in remarks] == ["regret"]
