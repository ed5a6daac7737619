"""Calibrating on labelled conversations: what is learned, and that every prediction is by fits without its conversation."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from coach.cli import main
from coach.errors import InputError
from coach.evals.golden import Case, Label
from coach.findings import Verdict
from coach.judges.embedded.calibration import Sighting, weighted
from coach.judges.embedded.linear import LinearModel
from coach.judges.embedded.reading import Reader
from coach.judges.embedded.rules import arises, breaks
from coach.judges.embedded.signals import SignalFinder
from coach.rubric import Rubric
from coach.training.calibration import Calibration, Decision, calibrate
from tests.builders import conversation, criterion, rubric

MANNERS = rubric(
    criterion("1", checks=[{"check": "forbid", "says": ["demo-rude"]}]),
    criterion("2", scenario="thanked", checks=[{"check": "respond_to", "says": ["demo-welcome"]}]),
    signals={
        "demo-rude": {"phrases": ["hurry up"], "speaker": "agent"},
        "demo-welcome": {"phrases": ["you are welcome"], "speaker": "agent"},
        "demo-thanks": {"phrases": ["thank*"], "speaker": "customer"},
    },
    scenarios=[
        {
            "id": "thanked",
            "title": "Thanks",
            "description": "The customer says thanks.",
            "detect": {"any": [{"by": "customer", "says": ["demo-thanks"]}]},
        }
    ],
)
"""One rule for every conversation, and one for those in which the customer says thanks."""

RULES = LinearModel(
    [arises("thanked"), breaks("demo:1")],
    [1.0, 1.0],
    [-1.0, -1.0],
    {" lot ": bytes([200, 128]), " needed ": bytes([64, 128]), " whatever ": bytes([128, 200])},
    whole=True,
)
"""Hears thanks in `a lot` and none in `none needed`; hears a breach that the check does not know."""

COUNT = 60
"""So many conversations that every fold has all verdicts."""


def case(number: int, manual: Rubric = MANNERS) -> Case:
    """A conversation whose number says what happens: the agent is rude in one of three words that differ, and every other
    customer says thanks, or that none are needed."""
    manner, thanked, meant, answered = number % 3, number % 2 == 0, number % 5 != 0, number % 4 == 0
    lines = [
        "A: Good morning.",
        "C: Where is my parcel?",
        f"A: {('It comes today.', 'Hurry up and wait.', 'Whatever, it comes.')[manner]}",
        f"C: {('Thanks a lot.' if meant else 'No thanks are needed.') if thanked else 'I see.'}",
        f"A: {'You are welcome.' if answered else 'Next, please.'}",
    ]
    labels = {"demo:1": Label(clause="demo:1", verdict="violated" if manner else "met", turn=2)}
    if thanked and meant:
        labels["demo:2"] = Label(clause="demo:2", verdict="met" if answered else "violated", turn=4)
    scenarios = frozenset({"thanked"} if thanked and meant else ())
    return Case(conversation(*lines, id=f"g-{number}"), manual, scenarios, labels, (), "", False)


CASES = [case(number) for number in range(COUNT)]
READER = Reader(MANNERS, SignalFinder(MANNERS.signals), RULES)
TURNED = 1
LABELLED_VIOLATED = sum(label.verdict == "violated" for one in CASES for label in one.labels.values())


def reader_of(_: Case) -> Reader:
    return READER


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    """What is learned from `CASES`."""
    return calibrate(CASES, reader_of)


@pytest.fixture(scope="module")
def turned() -> Calibration:
    """What is learned where the rudeness of the conversation `TURNED` is labelled as none."""
    label = CASES[TURNED].labels["demo:1"].model_copy(update={"verdict": "met"})
    changed = replace(CASES[TURNED], labels={**CASES[TURNED].labels, "demo:1": label})
    return calibrate([*CASES[:TURNED], changed, *CASES[TURNED + 1 :]], reader_of)


def of(calibration: Calibration, number: int) -> list[Decision]:
    return [decision for decision, _ in calibration.predicted if decision.conversation == f"g-{number}"]


def odds_of(calibration: Calibration, number: int) -> list[dict[Verdict, float]]:
    return [odds for decision, odds in calibration.predicted if decision.conversation == f"g-{number}"]


def test_the_probabilities_of_a_decision_add_up_to_one(calibration: Calibration) -> None:
    for _, odds in calibration.predicted:
        assert set(odds) == {"met", "violated", "not_applicable"}
        assert sum(odds.values()) == pytest.approx(1)


def test_a_decision_has_the_label_that_a_person_gave(calibration: Calibration) -> None:
    """Thanks that are meant, and a word of thanks that is none: the check speaks of both, the person only of the first."""
    assert [decision.label for decision in of(calibration, 2)] == ["violated", "violated"]
    assert [decision.label for decision in of(calibration, 10)] == ["violated", "not_applicable"]


def test_a_breach_that_is_heard_is_likelier_than_where_none_is(calibration: Calibration) -> None:
    by_label: dict[Verdict, list[float]] = {"met": [], "violated": []}
    for decision, odds in calibration.predicted:
        if decision.features["always"]:
            by_label[decision.label].append(odds["violated"])
    assert max(by_label["met"]) < min(by_label["violated"])


def test_a_situation_is_likelier_where_it_is_heard_louder(calibration: Calibration) -> None:
    situations = json.loads(calibration.text)["situations"]
    loud, faint = (weighted(situations, Sighting(True, odds, odds).features) for odds in (3.0, -3.0))
    assert loud > 0 > faint


def test_what_is_learned_names_its_rubrics(calibration: Calibration) -> None:
    assert json.loads(calibration.text)["rubrics"] == ["demo"]


def test_the_same_cases_give_the_same_text(calibration: Calibration) -> None:
    assert calibrate(CASES, reader_of).text == calibration.text


def test_a_prediction_is_by_fits_without_the_conversation(calibration: Calibration, turned: Calibration) -> None:
    """A label that is turned round changes what is learned, and not what is predicted for its own conversation."""
    assert turned.text != calibration.text
    assert odds_of(turned, TURNED) == odds_of(calibration, TURNED)


def test_a_prediction_is_by_fits_on_the_other_conversations(calibration: Calibration, turned: Calibration) -> None:
    others = [number for number in range(COUNT) if number != TURNED]
    assert [odds_of(turned, number) for number in others] != [odds_of(calibration, number) for number in others]


def test_every_case_is_read_by_its_own_reader() -> None:
    deaf = Reader(MANNERS, READER.finder)
    found = calibrate(CASES, lambda one: deaf if one is CASES[TURNED] else READER)
    first = {number: of(found, number)[0].features["breach-unknown"] for number in range(COUNT)}
    assert [number for number, unknown in first.items() if unknown] == [TURNED]


def without(*verdicts: Verdict) -> list[Case]:
    """The cases, but for the labels with these verdicts and the conversations that have them."""
    return [one for one in CASES if not any(label.verdict in verdicts for label in one.labels.values())]


def arisen(found: bool) -> list[Case]:
    """The cases in which the scenario arose, or all others."""
    return [one for one in CASES if bool(one.scenarios) == found]


@pytest.mark.parametrize(
    ("cases", "missing"),
    [
        ([], "there are no labelled conversations"),
        (CASES[:1], "no scenario is heard in a conversation in which it arose"),
        (arisen(found=True), "no scenario is heard in a conversation in which it did not arise"),
        (arisen(found=False), "no scenario is heard in a conversation in which it arose"),
        (without("violated"), "no criterion is labelled violated"),
        (without("met"), "no criterion is labelled met"),
    ],
    ids=["none", "one", "a scenario always", "a scenario never", "nothing violated", "nothing met"],
)
def test_conversations_that_show_one_side_alone_are_refused_with_what_is_missing(
    cases: list[Case], missing: str
) -> None:
    with pytest.raises(InputError, match=f"cannot calibrate: .*{missing}"):
        calibrate(cases, reader_of)


def test_a_rubric_whose_every_rule_applies_is_refused(calibration: Calibration) -> None:
    """Otherwise a probability that a rule does not apply would be missing."""
    data = MANNERS.model_dump(mode="json")
    manual = Rubric.model_validate({**data, "criteria": data["criteria"][:1]})
    with pytest.raises(InputError, match="cannot calibrate: no criterion did not apply"):
        calibrate([replace(one, rubric=manual) for one in CASES], lambda _: Reader(manual, READER.finder, RULES))
    assert {verdict for odds in calibration.predicted for verdict in odds[1]} >= {"not_applicable"}


def test_a_verdict_of_a_single_fold_is_refused() -> None:
    """Its fold is predicted by a fit without it, which would know of no such verdict."""
    alone = [one for one in CASES if one is CASES[1] or one in without("violated")]
    with pytest.raises(InputError, match="without g-1, which is held out as one, no criterion is labelled violated"):
        calibrate(alone, reader_of)


def test_rules_that_hear_no_scenario_are_refused() -> None:
    deaf = Reader(MANNERS, READER.finder)
    with pytest.raises(InputError, match=f"no scenario is heard in any of the {COUNT} .*--exemplars"):
        calibrate(CASES, lambda _: deaf)


def test_a_conversation_in_whose_fold_no_scenario_is_heard_is_predicted_all_the_same() -> None:
    deaf = Reader(MANNERS, READER.finder)
    fold = {f"g-{number}" for number in range(COUNT) if crc32(f"g-{number}".encode()) % 10 == 0}
    found = calibrate(CASES, lambda one: deaf if one.transcript.id in fold else READER)
    assert fold <= {decision.conversation for decision, _ in found.predicted}


@pytest.fixture
def train(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """`coach train calibration` on the cases as files, written to `calibration.json`; gives the exit code."""
    (tmp_path / "demo.yaml").write_text(MANNERS.model_dump_json(), "utf-8")  # JSON is YAML
    lines = [
        {
            **one.transcript.model_dump(mode="json"),
            "manual": str(tmp_path / "demo.yaml"),
            "scenarios": sorted(one.scenarios),
            "labels": [label.model_dump() for label in one.labels.values()],
        }
        for one in CASES
    ]
    write(tmp_path / "golden.jsonl", lines)
    said = {
        "thanked": ["thanks a lot", "ta, a lot", "a lot of thanks", "cheers, a lot", "a lot, really", "well, a lot"]
    }
    said["unlike"] = ["none needed", "not needed", "is it needed", "needed by now", "needed today", "who needed it"]
    exemplars = [
        {
            "id": f"{kind}-{number}",
            "scenario": "thanked",
            "kind": "unlike" if kind == "unlike" else "arises",
            "speaker": "customer",
            "text": text,
        }
        for kind, texts in said.items()
        for number, text in enumerate(texts)
    ]
    write(tmp_path / "rules" / "demo" / "turns.jsonl", exemplars)

    def call(*more: str) -> int:
        where = ["--exemplars", tmp_path / "rules", "--output", tmp_path / "calibration.json"]
        given = ["coach", "train", "calibration", tmp_path / "golden.jsonl", *where, *more]
        monkeypatch.setattr(sys, "argv", list(map(str, given)))
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0)

    return call


def write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def test_check_says_by_its_exit_code_whether_the_calibration_is_what_training_gives(
    train: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "calibration.json"
    assert train("--check") == 1
    assert not path.exists()
    assert train() == 0
    assert json.loads(path.read_text("utf-8"))["rubrics"] == ["demo"]
    assert train("--check") == 0
    path.write_text("{}", "utf-8")
    capsys.readouterr()
    assert train("--check") == 1
    assert f"{path} is not what training gives" in capsys.readouterr().out
    assert path.read_text("utf-8") == "{}"


def test_the_table_says_how_often_findings_of_a_confidence_were_right(
    train: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert train() == 0
    rows = [line.split("|")[1:-1] for line in capsys.readouterr().out.splitlines() if line.startswith("| violated")]
    for _, span, _, predicted, _ in rows:
        low, high = map(float, span.split("-"))
        assert low - 0.005 <= float(predicted) <= high + 0.005
    assert sum(int(decisions) for _, _, decisions, _, _ in rows) >= COUNT
    found = sum(int(decisions) * float(right) for _, _, decisions, _, right in rows)
    assert found == pytest.approx(LABELLED_VIOLATED, abs=0.5)


def learn_from_conversations_alone(folder: Path) -> None:
    """Leave nothing but the labelled conversations to learn rules from."""
    (folder / "rules" / "demo" / "turns.jsonl").unlink()
    moments = [{"id": one.transcript.id, "arises": {"thanked": [3]} if one.scenarios else {}} for one in CASES]
    write(folder / "rules" / "demo" / "moments.jsonl", moments)


def test_rules_are_learned_from_the_conversations_that_are_calibrated_on(
    train: Callable[..., int], tmp_path: Path
) -> None:
    learn_from_conversations_alone(tmp_path)
    assert train() == 0
    assert json.loads((tmp_path / "calibration.json").read_text("utf-8"))["rubrics"] == ["demo"]


def test_a_file_that_is_named_twice_is_calibrated_on_once(
    train: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert train() == 0
    once = (tmp_path / "calibration.json").read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    assert train("golden.jsonl") == 0
    assert (tmp_path / "calibration.json").read_text("utf-8") == once


def test_a_conversation_may_have_the_id_of_one_of_another_rubric(
    train: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one of those that come with coach: what is learned of the rubric has nothing of them."""
    shipped = json.loads((tmp_path / "golden.jsonl").read_text("utf-8").splitlines()[0])
    other = MANNERS.model_copy(update={"id": "other"})
    (tmp_path / "other.yaml").write_text(other.model_dump_json(), "utf-8")
    write(tmp_path / "shipped" / "other.jsonl", [{**shipped, "manual": str(tmp_path / "other.yaml")}])
    monkeypatch.setattr("coach.training.command.golden_folder", lambda: tmp_path / "shipped")
    assert train() == 0


def test_calibrating_on_too_little_ends_with_what_is_missing(
    train: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (tmp_path / "golden.jsonl").read_text("utf-8").splitlines()
    (tmp_path / "golden.jsonl").write_text(lines[2] + "\n", "utf-8")
    assert train() == 2
    assert "coach: cannot calibrate: " in capsys.readouterr().err
    assert not (tmp_path / "calibration.json").exists()
