"""Which scenarios are looked into and which are reported, by what detections find and by what is heard."""

from __future__ import annotations

from typing import Any

import pytest

from coach.judges.embedded.calibration import Sighting
from coach.judges.embedded.linear import LinearModel
from coach.judges.embedded.reading import Reader, Reading
from coach.judges.embedded.rules import arises
from coach.judges.embedded.signals import SignalFinder
from coach.rubric import Rubric
from coach.transcript import Transcript
from tests.builders import conversation, criterion, rubric

SIGNALS = {
    "thanks": {"phrases": ["thank*"], "speaker": "customer"},
    "welcome": {"phrases": ["you are welcome"], "speaker": "agent"},
}
THANKED = {"any": [{"by": "customer", "says": ["thanks"]}]}
RULES = LinearModel(
    [arises("thanked")], [1.0], [-3.0], {" cheers ": bytes([255]), " thanks ": bytes([190])}, whole=True
)
"""Hears thanks, and hears them best in a word that the detection does not know."""

DETECTED = conversation("A: Here it is.", "C: Thanks.", "A: Next, please.")
HEARD = conversation("A: Here it is.", "C: Cheers, mate.", "A: Next, please.")
SILENT = conversation("A: Here it is.", "C: I see.", "A: Next, please.")


def answering(**detection: Any) -> Rubric:
    """Its one criterion: thanks are answered by `you are welcome`."""
    scenario = {"id": "thanked", "title": "Thanks", "description": "Thanks.", "detect": detection}
    return rubric(
        criterion(scenario="thanked", checks=[{"check": "respond_to", "says": ["welcome"]}]),
        signals=SIGNALS,
        scenarios=[scenario],
    )


def read(transcript: Transcript, odds: float | None, by: Rubric | None = None) -> Reading:
    """A reading to which any scenario that may arise does so with these odds."""
    by = by or answering(**THANKED)
    return Reader(by, SignalFinder(by.signals), RULES).read(transcript, lambda _: odds)


def verdict(reading: Reading) -> str:
    return reading.outcome(answering(**THANKED).criteria[0]).verdict


@pytest.mark.parametrize(
    ("odds", "outcome", "arose"),
    [(-2.0, "not_applicable", {}), (-1.0, "violated", {}), (0.0, "violated", {"thanked": [1]})],
    ids=["hardly", "faintly", "even"],
)
def test_a_scenario_that_no_detection_finds_is_looked_into_when_faint_and_reported_from_even_odds_on(
    odds: float, outcome: str, arose: dict[str, list[int]]
) -> None:
    reading = read(HEARD, odds)
    assert (verdict(reading), reading.arose) == (outcome, arose)


def test_what_is_only_heard_is_checked_where_it_is_loudest() -> None:
    answered = conversation("C: Where is it?", "A: Here.", "C: Cheers, mate.", "A: You are welcome.")
    late = conversation("C: Cheers, mate.", "A: Here.", "C: I see.", "A: You are welcome.")
    assert [verdict(read(one, 0.0)) for one in (answered, late)] == ["met", "violated"]


def test_a_scenario_that_was_detected_but_sounds_wrong_is_looked_into_and_not_reported() -> None:
    reading = read(DETECTED, -3.0)
    assert (verdict(reading), reading.arose) == ("violated", {})


def test_where_nothing_was_learned_of_scenarios_the_detection_is_believed() -> None:
    assert read(DETECTED, None).arose == {"thanked": [1]}
    assert read(HEARD, None).arose == {}


def test_without_rules_nothing_is_heard() -> None:
    by = answering(**THANKED)
    reading = Reader(by, SignalFinder(by.signals)).read(HEARD, lambda _: 9.0)
    assert (verdict(reading), reading.sightings) == ("not_applicable", {})


@pytest.mark.parametrize(("channel", "outcome"), [("chat", "not_applicable"), ("phone", "violated")])
def test_a_channel_that_rules_a_scenario_out_rules_out_its_echo(channel: str, outcome: str) -> None:
    by = answering(**THANKED, channels=[channel])
    assert verdict(read(HEARD, 9.0, by)) == outcome


def test_a_conversation_of_an_unknown_channel_may_have_any_scenario() -> None:
    by = answering(**THANKED, channels=["chat"])
    assert verdict(read(HEARD.model_copy(update={"channel": None}), 9.0, by)) == "violated"


def test_a_scenario_of_every_conversation_needs_no_echo() -> None:
    reading = read(SILENT, -9.0, answering(always=True))
    assert reading.sightings == {}
    assert list(reading.arose) == ["thanked"]


def test_a_scenario_that_cannot_be_detected_is_not_assessed_however_loud() -> None:
    by = answering(**THANKED)
    undetected = by.model_copy(update={"scenarios": [by.scenarios[0].model_copy(update={"detect": None})]})
    assert verdict(read(HEARD, 9.0, undetected)) == "not_assessed"


def test_a_sighting_tells_how_loud_a_scenario_is_and_how_loud_where_it_was_detected() -> None:
    both = conversation("A: Here it is.", "C: Thanks.", "A: Anything else?", "C: Cheers, mate.")
    (at_thanks,), (at_cheers,) = RULES.scores("Thanks."), RULES.scores("Cheers, mate.")
    assert read(both, 0.0).sightings == {"thanked": Sighting(True, at_cheers, at_thanks)}
    assert read(HEARD, 0.0).sightings == {"thanked": Sighting(False, at_cheers, None)}


def test_a_verdict_is_told_whether_its_situation_was_seen_or_only_heard() -> None:
    by = answering(**THANKED)
    one = by.criteria[0]
    unseen = [
        reading.circumstances(one, reading.outcome(one)).unseen for reading in (read(DETECTED, 0.0), read(HEARD, 0.0))
    ]
    assert unseen == [False, True]
