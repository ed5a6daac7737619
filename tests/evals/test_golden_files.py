from __future__ import annotations

from pathlib import Path

import pytest

from coach.errors import InputError
from coach.evals.golden import Case, read_cases
from coach.rubric_file import rubric_names

FOLDER = Path(__file__).parents[2] / "evals" / "golden"


@pytest.fixture(scope="module")
def cases() -> dict[str, list[Case]]:
    return {split: read_cases([FOLDER / split]) for split in ("dev", "test")}


@pytest.mark.parametrize("name", rubric_names())
def test_every_manual_has_at_least_24_conversations(cases: dict[str, list[Case]], name: str) -> None:
    assert sum(case.rubric.id == name for part in cases.values() for case in part) >= 24


@pytest.mark.parametrize("name", rubric_names())
def test_every_manual_has_at_least_ten_in_each_split(cases: dict[str, list[Case]], name: str) -> None:
    for part in cases.values():
        assert sum(case.rubric.id == name for case in part) >= 10


def test_no_sentence_of_the_test_split_is_in_the_dev_split(cases: dict[str, list[Case]]) -> None:
    said = {
        split: {turn.text for case in part for turn in case.transcript.turns if len(turn.text) > 15}
        for split, part in cases.items()
    }
    assert not said["dev"] & said["test"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"sto-express:1"', '"sto-express:999"', "no criterion 'sto-express:999'"),
        ('"sto-express:1"', '"sto-express:5b"', "cannot be judged from a transcript"),
        ('"scenarios": ["opening"', '"scenarios": ["overture"', "no scenario 'overture'"),
        ('"scenarios": ["opening", ', '"scenarios": [', "its scenario 'opening' is not listed"),
    ],
)
def test_a_wrong_label_is_told_with_file_and_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    lines = (FOLDER / "dev" / "sto-express.jsonl").read_text("utf-8").splitlines()
    path = tmp_path / "cases.jsonl"
    path.write_text(f"{lines[1]}\n{lines[0].replace(old, new, 1)}\n", "utf-8")
    with pytest.raises(InputError) as caught:
        read_cases([path])
    assert str(caught.value).startswith(f"{path}:2: ")
    assert message in str(caught.value)
