from __future__ import annotations

from typing import Any

import pytest

from coach.checks import Signal
from coach.errors import RubricError
from coach.judges.embedded.scene import sentence_around
from coach.judges.embedded.signals import SignalFinder
from coach.transcript import Speaker, Turn


def carried(text: str, speaker: Speaker = "agent", **signals: dict[str, Any]) -> set[str]:
    named = {name.replace("_", "-"): Signal.model_validate(data) for name, data in signals.items()}
    return set(SignalFinder(named).find(Turn(index=0, speaker=speaker, text=text)))


def test_a_signal_of_the_agent_is_not_heard_from_the_customer() -> None:
    assert carried("That is the rule", "customer", rule={"phrases": ["the rule"], "speaker": "agent"}) == set()


def test_a_signal_is_cancelled_by_its_exception_in_the_same_sentence() -> None:
    unsure = {"phrases": ["don't know"], "unless": ["find out"]}
    assert carried("I don't know, but I will find out.", unsure=unsure) == set()
    assert carried("I don't know. Find out yourself.", unsure=unsure) == {"unsure"}


def test_a_union_is_there_when_a_member_is() -> None:
    signals = {
        "sorry": {"phrases": ["sorry"]},
        "thanks": {"phrases": ["thank you"]},
        "polite": {"any": ["sorry", "thanks"]},
    }
    assert carried("Thank you!", **signals) == {"thanks", "polite"}


def test_length_alone_can_be_a_signal() -> None:
    assert carried("Yes.", curt={"max_characters": 5}) == {"curt"}
    assert carried("Yes, with pleasure.", curt={"max_characters": 5}) == set()


def test_words_in_quotation_marks_are_marked_as_quoted() -> None:
    finder = SignalFinder({"rude": Signal(phrases=["shut up"])})
    assert finder.find(Turn(index=0, speaker="agent", text='He told you "shut up", I understand.'))["rude"].quoted
    assert not finder.find(Turn(index=0, speaker="agent", text="Shut up."))["rude"].quoted


def test_the_earliest_place_counts() -> None:
    finder = SignalFinder({"sorry": Signal(phrases=["apologise", "sorry"])})
    text = "So sorry, we apologise"
    spot = finder.find(Turn(index=0, speaker="agent", text=text))["sorry"]
    assert text[spot.start : spot.end] == "sorry"


def test_signals_that_refer_to_each_other_in_a_circle_are_refused() -> None:
    with pytest.raises(RubricError, match="in a circle"):
        SignalFinder({"a": Signal(any=["b"]), "b": Signal(any=["a"])})


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("Good day. That's the rule! Bye.", "rule", "That's the rule!"),
        ("Well... it costs 3.50, you know. Bye.", "costs", "Well... it costs 3.50, you know."),
        ("Listen, Ms. Ray. No.", "Listen", "Listen, Ms. Ray."),
        ("您好。这是规定，没办法！再见。", "规定", "这是规定，没办法！"),
        ("喂！嗯。", "嗯", "喂！嗯。"),
    ],
)
def test_a_quote_is_the_sentence_around_the_words(text: str, words: str, sentence: str) -> None:
    start = text.index(words)
    assert sentence_around(text, start, start + len(words)) == sentence
