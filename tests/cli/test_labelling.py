"""The labelling passes that come with the golden conversations: what was said of them can be computed again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Coach

EVALS = Path(__file__).parents[2] / "evals"
SPLITS = ("dev", "test")


@pytest.mark.parametrize("split", SPLITS)
def test_the_two_passes_can_be_compared_over_the_conversations(coach: Coach, split: str) -> None:
    passes = [EVALS / "labelling" / name / split for name in ("first-pass", "second-pass")]
    ended = coach("eval", "agreement", *passes, "--cases", EVALS / "golden" / split, "--format", "json")
    assert ended.code == 0
    assert json.loads(ended.out)["agreement"]["all"]["conversations"] == 65


def test_every_difference_that_was_decided_is_of_a_conversation_that_both_passes_labelled() -> None:
    lines = (EVALS / "labelling" / "adjudicated.jsonl").read_text("utf-8").splitlines()
    decided = {json.loads(line)["id"] for line in lines}
    passes = [
        {
            json.loads(line)["id"]
            for split in SPLITS
            for file in (EVALS / "labelling" / name / split).iterdir()
            for line in file.read_text("utf-8").splitlines()
        }
        for name in ("first-pass", "second-pass")
    ]
    assert len(decided) > 0
    assert decided <= passes[0] & passes[1]
