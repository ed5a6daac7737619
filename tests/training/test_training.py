"""Training on a small language of its own: what is learned, what is left out, and that it comes out the same twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.errors import InputError
from coach.judges.embedded.acts import FAULT
from coach.judges.embedded.linear import decode, encode
from coach.training.acts import train
from coach.training.command import train_acts
from coach.training.exemplars import Act, Sample, read_acts, read_exemplars, read_samples

SORRY = [
    "I am so sorry",
    "my apologies",
    "sorry about the parcel",
    "we apologise for it",
    "please forgive us",
    "so sorry sir",
]
RUDE = ["not my problem", "ask someone else", "that is your problem", "someone else does that", "no idea, not my job"]
PLAIN = ["it costs ten", "the parcel comes today", "your card is here", "the shop opens at nine", "ten pounds please"]
ACTS = {
    "apology": Act(speaker="agent", means="says sorry"),
    "brush-off": Act(speaker="agent", means="sends away", fault=True),
    "threat": Act(speaker="agent", means="threatens", fault=True),
}


def sample(text: str, number: int, *acts: str, unsure: tuple[str, ...] = ()) -> Sample:
    return Sample(f"{text} {'abcdefgh'[number % 8]}", frozenset(acts), frozenset(unsure), f"g{number}", written=True)


@pytest.fixture
def samples() -> list[Sample]:
    made = [sample(text, n, "apology") for n, text in enumerate(SORRY * 3)]
    made += [sample(text, 50 + n, "brush-off") for n, text in enumerate(RUDE * 3)]
    return made + [sample(text, 100 + n) for n, text in enumerate(PLAIN * 3)]


def test_what_is_learned_tells_the_acts_apart(samples: list[Sample]) -> None:
    trained = train(samples, ACTS)
    model = decode(encode({"agent": trained.model}, {"agent": trained.weights}))["agent"]

    def surest(text: str) -> str:
        scores = dict(zip(model.labels, model.scores(text), strict=True))
        return max(("apology", "brush-off"), key=scores.__getitem__)

    assert [surest("oh I am sorry"), surest("that is not my job")] == ["apology", "brush-off"]


def test_an_act_with_hardly_any_exemplars_is_not_learned(samples: list[Sample]) -> None:
    assert train([*samples, sample("or else", 200, "threat")], ACTS).model["labels"] == ["apology", "brush-off", FAULT]


def test_training_twice_gives_the_same_bytes(samples: list[Sample]) -> None:
    one, other = train(samples, ACTS), train(samples, ACTS)
    assert encode({"agent": one.model}, {"agent": one.weights}) == encode(
        {"agent": other.model}, {"agent": other.weights}
    )


def test_what_is_left_open_is_no_counterexample(samples: list[Sample]) -> None:
    """The same sentences, denied or left open: only the first keeps the act away from them."""
    words = [f"awfully sorry {PLAIN[n % 5]}" for n in range(12)]
    denied = train([*samples, *(sample(text, 300 + n) for n, text in enumerate(words))], ACTS)
    left_open = train([*samples, *(sample(t, 300 + n, unsure=("apology",)) for n, t in enumerate(words))], ACTS)
    scores = [
        decode(encode({"agent": t.model}, {"agent": t.weights}))["agent"].scores("awfully sorry")[0]
        for t in (denied, left_open)
    ]
    assert scores[0] < scores[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "en").mkdir()
    (tmp_path / "acts.yaml").write_text("acts:\n  apology: {speaker: agent, means: says sorry}\n")
    lines = [
        {"id": f"en-apology-{n}", "acts": ["apology"] if n % 2 else [], "text": f"{SORRY[n % 6] if n % 2 else PLAIN[n % 5]}",
         "speaker": "agent", "lang": "en", "group": f"g{n}", "kind": "exemplar" if n % 2 else "hard_negative"}
        for n in range(40)
    ]  # fmt: skip
    (tmp_path / "en" / "apology.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (tmp_path / "en.patterns.jsonl").write_text(
        '{"id":"en-apology-2","open":["apology"]}\n'
        '{"id":"c:0:0","text":"Sorry, sorry.","speaker":"agent","acts":["apology"],"group":"c"}\n'
    )
    return tmp_path


def test_samples_carry_what_people_and_patterns_said(folder: Path) -> None:
    samples = read_samples(folder, "en", "agent", read_acts(folder))
    assert len(samples) == 41
    assert samples[2].open == {"apology"}
    assert (samples[-1].acts, samples[-1].written) == ({"apology"}, False)


def test_an_act_that_is_not_on_the_list_is_an_error_with_its_line(folder: Path) -> None:
    with pytest.raises(InputError, match=r"apology\.jsonl:2: no such act: apology"):
        read_exemplars(folder, "en", {})


def test_a_folder_that_only_holds_folders_is_no_language(folder: Path, tmp_path: Path) -> None:
    (folder / "rules" / "demo").mkdir(parents=True)
    (folder / "rules" / "demo" / "turns.jsonl").write_text("")
    assert not train_acts(folder, [], tmp_path / "out", False, False, lambda _: None)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["en.json"]


def test_check_says_whether_the_file_is_what_training_gives(folder: Path, tmp_path: Path) -> None:
    said: list[str] = []
    run: Callable[[bool], bool] = lambda check: train_acts(folder, ["en"], tmp_path / "out", False, check, said.append)  # noqa: E731
    assert run(True)
    assert not run(False)
    assert not run(True)
    (tmp_path / "out" / "en.json").write_text("{}")
    assert run(True)
