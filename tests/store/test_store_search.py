"""Words are found where they were said, in any script."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.errors import ConfigError
from coach.store.database import Store
from coach.store.records import Hit
from coach.transcript import Transcript
from tests.store.parcels import JUDGE, make_audit, make_rubric

SAID = {
    "es": "La canción del médico llegará mañana; guía STO-308.",
    "en": "Your parcel can't be delivered today, sir.",
    "zh": "您好，我要投诉快递员，他把我的包裹弄丢了。ＳＴＯ快递3天没到",
}


@pytest.fixture
def store(database: Path) -> Store:
    opened = Store.open(database)
    rubric = make_rubric()
    run = opened.start_run("x", rubric, JUDGE)
    for name, text in SAID.items():
        transcript = Transcript.model_validate(
            {"id": name, "agent": "A-1", "turns": [{"index": 0, "speaker": "customer", "text": text}]}
        )
        opened.save(run, transcript, rubric, make_audit(transcript))
    return opened


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("投诉", ["zh"]),
        ("快递", ["zh"]),
        ("快递员", ["zh"]),
        ("投诉快递员", ["zh"]),
        ("包裹 投诉", ["zh"]),
        ("丢", ["zh"]),
        ("了", ["zh"]),
        ("sto快递3天", ["zh"]),
        ("递快", []),
        ("诉裹", []),
        ("cancion", ["es"]),
        ("MÉDICO", ["es"]),
        ("manana guia", ["es"]),
        ("sto", ["es", "zh"]),
        ("STO-308", ["es"]),
        ("parcel today", ["en"]),
        ('"parcel today"', []),
        ('"parcel can\'t be"', ["en"]),
        ("deliver", []),
        ("deliver*", ["en"]),
        ("parcel AND NOT (", []),
        ('"unbalanced', []),
    ],
)
def test_turns_are_found_by_their_words(store: Store, words: str, found: list[str]) -> None:
    assert sorted(hit.transcript for hit in store.search(words)) == found


def test_a_hit_says_who_said_it_where(store: Store) -> None:
    assert store.search("parcel") == [Hit(transcript="en", agent="A-1", turn=0, speaker="customer", text=SAID["en"])]


def test_the_limit_bounds_the_hits(store: Store) -> None:
    assert len(store.search("sto", limit=1)) == 1


@pytest.mark.parametrize("words", ["", "  ", "?!", '""'])
def test_a_search_for_nothing_is_refused(store: Store, words: str) -> None:
    with pytest.raises(ConfigError, match="no word to search for"):
        store.search(words)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 19), length=st.integers(1, 8))
def test_any_part_of_a_chinese_sentence_is_found(store: Store, start: int, length: int) -> None:
    sentence = SAID["zh"].split("。")[0]
    part = sentence[start : start + length].strip("，")
    if part:
        assert [hit.transcript for hit in store.search(part)] == ["zh"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(max_size=20))
def test_nothing_typed_breaks_the_search(store: Store, words: str) -> None:
    with suppress(ConfigError):
        assert all(hit.transcript in SAID for hit in store.search(words))
