"""What a rubric sounds like: which turns say so, what is learned from them, and that nobody is heard by rules learned from it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coach.cli import main
from coach.errors import InputError
from coach.evals.golden import read_cases
from coach.judges.embedded.rules import arises, breaks, decode_rules, keeps
from coach.rubric import Rubric
from coach.rubric_file import load_rubric
from coach.training.command import train_rubrics
from coach.training.crossing import CrossReaders
from coach.training.rule_exemplars import TaggedTurn, labels_of, read_tagged_turns
from coach.training.rules import train_rules
from tests.builders import conversation, criterion, rubric

THANKED, UPSET = arises("thanked"), arises("upset")
LABELS = [THANKED, UPSET, breaks("demo:1"), keeps("demo:1"), breaks("demo:2"), keeps("demo:2")]


@pytest.fixture
def demo(tmp_path: Path) -> Rubric:
    """The rubric of the file `demo.yaml`: two scenarios; a criterion that forbids words, and one that asks for them."""
    signals = {
        "demo-rude": {"phrases": ["hurry up"], "speaker": "agent"},
        "demo-kind": {"phrases": ["gladly"], "speaker": "agent"},
        "demo-thanks": {"phrases": ["thank*"], "speaker": "customer"},
    }
    detect = {"any": [{"by": "customer", "says": ["demo-thanks"]}]}
    made = rubric(
        criterion("1", checks=[{"check": "forbid", "says": ["demo-rude"]}]),
        criterion("2", checks=[{"check": "require", "says": ["demo-kind"]}]),
        signals=signals,
        scenarios=[{"id": name, "title": name, "description": name, "detect": detect} for name in ("thanked", "upset")],
    )
    path = tmp_path / "demo.yaml"
    path.write_text(made.model_dump_json(), "utf-8")  # JSON is YAML
    return load_rubric(path)


Written = Callable[..., list[TaggedTurn]]


@pytest.fixture
def written(demo: Rubric, tmp_path: Path) -> Written:
    """Writes lines into the files of the exemplars' folder `demo` and reads all turns with those of `golden`."""

    def read(golden: list[dict[str, Any]] | None = None, **files: list[dict[str, Any]]) -> list[TaggedTurn]:
        for name, lines in files.items():
            write(tmp_path / "rules" / "demo" / f"{name}.jsonl", lines)
        write(tmp_path / "golden.jsonl", golden or [labelled(tmp_path, "nobody", "A: Hello.")])
        return read_tagged_turns(tmp_path / "rules" / "demo", [tmp_path / "golden.jsonl"], demo)

    return read


def write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def labelled(
    folder: Path, name: str, *lines: str, scenarios: tuple[str, ...] = (), **verdicts: tuple[str, int]
) -> dict[str, Any]:
    """A line of labelled conversations; `verdicts`: by criterion, as `c1=("met", 0)`."""
    labels = [
        {"clause": f"demo:{key[1:]}", "verdict": verdict, "turn": turn} for key, (verdict, turn) in verdicts.items()
    ]
    spoken = conversation(*lines, id=name).model_dump(mode="json")
    return {**spoken, "manual": str(folder / "demo.yaml"), "scenarios": list(scenarios), "labels": labels}


def signs(turn: TaggedTurn) -> dict[str, str]:
    """What the turn is to each of `LABELS`: `+` an example, `-` a counterexample, `?` open."""
    return {label: "+" if turn.counts(label) > 0 else "-" if turn.counts(label) < 0 else "?" for label in LABELS}


def line(kind: str, speaker: str = "agent", text: str = "Some words.", **about: str) -> dict[str, Any]:
    return {"id": f"{kind}-{speaker}", "kind": kind, "speaker": speaker, "text": text, **about}


@pytest.mark.parametrize(
    ("exemplar", "expected"),
    [
        (line("arises", "customer", scenario="thanked"), "+-????"),
        (line("arises", "agent", scenario="thanked"), "+-----"),
        (line("unlike", "customer", scenario="thanked"), "--????"),
        (line("breaks", criterion="demo:1"), "--+-?-"),
        (line("keeps", criterion="demo:1"), "---+--"),
        (line("near", criterion="demo:1"), "------"),
    ],
    ids=["arises by a customer", "arises by an agent", "unlike", "breaks", "keeps", "near"],
)
def test_a_written_turn_says_what_it_is_and_is_not(written: Written, exemplar: dict[str, Any], expected: str) -> None:
    """Words that break one rule may well break another, and a customer breaks and keeps none: that is left open."""
    (turn,) = written(turns=[exemplar])
    assert "".join(signs(turn).values()) == expected


def test_what_a_turn_was_written_for_counts_most(written: Written) -> None:
    (turn,) = written(turns=[line("breaks", criterion="demo:1")])
    weights = {label: abs(turn.counts(label)) for label in LABELS}
    own = {breaks("demo:1"), keeps("demo:1")}
    assert min(weights[label] for label in own) > max(weights[label] for label in LABELS if label not in own)


def test_in_a_dialogue_nothing_happens_that_is_not_tagged(written: Written) -> None:
    said = [
        {"speaker": "customer", "text": "Cheers.", "arises": ["thanked"]},
        {"speaker": "customer", "text": "Right."},
        {"speaker": "agent", "text": "Whatever.", "breaks": ["demo:1", "demo:2"]},
        {"speaker": "agent", "text": "Here."},
    ]
    turns = written(dialogues=[{"id": "d-1", "turns": said}])
    assert ["".join(signs(turn).values()) for turn in turns] == ["+-????", "--????", "--+-+-", "------"]


def test_a_labelled_conversation_is_learned_from_only_where_its_moments_are_told(
    written: Written, tmp_path: Path
) -> None:
    golden = [labelled(tmp_path, name, "A: Hello.", "C: Hi.") for name in ("g-1", "g-2")]
    turns = written(golden, turns=[line("near", criterion="demo:1")], moments=[{"id": "g-2", "arises": {}}])
    assert [(turn.group, turn.golden) for turn in turns] == [("near-agent", False), ("g-2", True), ("g-2", True)]


def of_case(written: Written, folder: Path, moments: dict[str, list[int]], **labels: Any) -> list[dict[str, str]]:
    spoken = labelled(folder, "g-1", "A: Hello.", "C: Cheers.", "A: Right.", "C: [hangs up]", **labels)
    return [signs(turn) for turn in written([spoken], moments=[{"id": "g-1", "arises": moments}])]


def test_a_scenario_of_a_conversation_arises_where_its_moment_is_and_is_open_elsewhere(
    written: Written, tmp_path: Path
) -> None:
    turns = of_case(written, tmp_path, {"thanked": [1]}, scenarios=("thanked",))
    assert [turn[THANKED] for turn in turns] == ["?", "+", "?"]
    assert [turn[UPSET] for turn in turns] == ["-", "-", "-"]


@pytest.mark.parametrize(("clause", "cited"), [("c1", "+"), ("c2", "?")], ids=["forbidden words", "missing words"])
def test_the_turn_cited_shows_a_breach_only_where_words_are_forbidden(
    written: Written, tmp_path: Path, clause: str, cited: str
) -> None:
    turns = of_case(written, tmp_path, {}, **{clause: ("violated", 2)})
    label, other = (breaks(f"demo:{number}") for number in (clause[1:], 3 - int(clause[1:])))
    assert [turn[label] for turn in turns] == ["?", "?", cited]
    assert [turn[other] for turn in turns] == ["-", "?", "-"]


@pytest.mark.parametrize(("clause", "cited"), [("c1", "?"), ("c2", "+")], ids=["forbidden words", "missing words"])
def test_the_turn_cited_shows_a_good_answer_only_where_words_are_asked_for(
    written: Written, tmp_path: Path, clause: str, cited: str
) -> None:
    turns = of_case(written, tmp_path, {}, **{clause: ("met", 2)})
    assert [turn[keeps(f"demo:{clause[1:]}")] for turn in turns] == ["?", "?", cited]
    assert [turn[breaks(f"demo:{clause[1:]}")] for turn in turns] == ["-", "?", "-"]


def dialogue(**turn: Any) -> dict[str, Any]:
    return {"id": "d", "turns": [{"speaker": "agent", "text": "a", **turn}]}


@pytest.mark.parametrize(
    ("file", "bad", "problem"),
    [
        ("turns", line("breaks", criterion="demo:9"), "demo has no criterion 'demo:9'"),
        ("turns", line("breaks", criterion="thanked"), "demo has no criterion 'thanked'"),
        ("turns", line("arises", scenario="greeted"), "demo has no scenario 'greeted'"),
        ("turns", line("arises", scenario="demo:1"), "demo has no scenario 'demo:1'"),
        ("turns", line("hears", criterion="demo:1"), "kind: Input should be"),
        ("turns", line("near"), "a turn is written for .*: name exactly one"),
        ("turns", line("near", scenario="thanked", criterion="demo:1"), "a turn is written for .*: name exactly one"),
        ("turns", line("breaks", scenario="thanked"), "kind 'breaks' does not fit a scenario: it is one of arises"),
        ("turns", line("unlike", criterion="demo:1"), "kind 'unlike' does not fit a criterion: it is one of breaks"),
        ("dialogues", dialogue(keeps=["demo:9"]), "demo has no criterion 'demo:9'"),
        ("dialogues", dialogue(breaks=["thanked"]), "demo has no criterion 'thanked'"),
        ("dialogues", dialogue(arises=["demo:1"]), "demo has no scenario 'demo:1'"),
        ("dialogues", dialogue(speaker="nobody"), r"turns\.0\.speaker: Input should be"),
        ("moments", {"id": "nobody", "arises": {"greeted": [0]}}, "demo has no scenario 'greeted'"),
        ("moments", {"id": "nobody", "arises": {"demo:1": [0]}}, "demo has no scenario 'demo:1'"),
        ("moments", {"id": "nobody", "arises": {"thanked": [-1]}}, r"arises\.thanked\.0: Input should be"),
        (
            "moments",
            {"id": "nobody", "arises": {"thanked": [0, 1]}},
            "thanked arises at turn 1, but nobody has 1 turns",
        ),
        ("moments", {"id": "somebody", "arises": {}}, "no labelled conversation of this rubric has the id 'somebody'"),
    ],
)
def test_a_line_that_is_wrong_is_named_with_its_file_and_number(
    written: Written, file: str, bad: dict[str, Any], problem: str
) -> None:
    right: dict[str, dict[str, Any]] = {
        "turns": line("near", criterion="demo:1"),
        "dialogues": {"id": "d-0", "turns": []},
        "moments": {"id": "nobody", "arises": {"thanked": [0]}},
    }
    with pytest.raises(InputError, match=rf"{file}\.jsonl:2: {problem}"):
        written(**{file: [right[file], bad]})


@pytest.mark.parametrize(
    ("second", "problem"), [(b'{"id": "\xff"}', "is not UTF-8"), (b"{", "Invalid JSON")], ids=["no UTF-8", "no JSON"]
)
def test_a_line_that_cannot_be_read_is_named_with_its_file_and_number(
    written: Written, tmp_path: Path, second: bytes, problem: str
) -> None:
    first = json.dumps(line("near", criterion="demo:1")).encode()
    folder = tmp_path / "rules" / "demo"
    folder.mkdir(parents=True)
    (folder / "turns.jsonl").write_bytes(first + b"\n" + second + b"\n")
    with pytest.raises(InputError, match=rf"turns\.jsonl:2: {problem}"):
        written()


def test_blank_lines_are_skipped_and_counted(written: Written, tmp_path: Path) -> None:
    right = json.dumps(line("near", criterion="demo:1"))
    folder = tmp_path / "rules" / "demo"
    folder.mkdir(parents=True)
    (folder / "turns.jsonl").write_text(f"\n{right}\n  \n", "utf-8")
    assert len(written()) == 1
    (folder / "turns.jsonl").write_text(f"\n{right}\n  \nbad\n", "utf-8")
    with pytest.raises(InputError, match=r"turns\.jsonl:4: "):
        written()


def test_moments_are_not_missed_where_no_conversation_of_the_rubric_is_given(demo: Rubric, tmp_path: Path) -> None:
    """Whoever trains on turns alone may leave out the conversations altogether."""
    other = demo.model_copy(update={"id": "other"})
    write(tmp_path / "rules" / "moments.jsonl", [{"id": "somebody", "arises": {"thanked": [9]}}])
    write(tmp_path / "rules" / "turns.jsonl", [line("near", criterion="demo:1")])
    write(tmp_path / "golden.jsonl", [labelled(tmp_path, "nobody", "A: Hello.")])
    assert len(read_tagged_turns(tmp_path / "rules", [tmp_path / "golden.jsonl"], other)) == 1


def test_labels_are_the_scenarios_and_the_criteria_that_a_transcript_settles(demo: Rubric) -> None:
    heard_only = criterion("3", assess="audio", needs="the recording")
    assert labels_of(demo) == LABELS
    assert labels_of(rubric(criterion(), heard_only)) == [breaks("demo:1"), keeps("demo:1")]


CHEERS = ["cheers mate", "cheers for that", "oh cheers", "cheers then", "well cheers", "cheers a lot", "right cheers"]
ANGRY = [
    "this is awful",
    "awful service",
    "how awful",
    "awful again",
    "simply awful",
    "an awful lot",
    "what awful cheek",
]
PLAIN = ["it is ten", "the red one", "on monday", "two of them", "the second door", "by post", "no idea"]


def tagged() -> list[TaggedTurn]:
    """Seven turns of each of two scenarios, and seven of neither."""
    told = [(CHEERS, {THANKED: 1.0}), (ANGRY, {UPSET: 1.0}), (PLAIN, {})]
    return [
        TaggedTurn(text, f"{text}-{number}", tags, {"arises": -0.5})
        for texts, tags in told
        for number, text in enumerate(texts)
    ]


def test_what_is_learned_tells_labels_apart_in_words_around_them_that_are_new() -> None:
    model = decode_rules(train_rules(tagged(), LABELS).text)

    def surest(text: str) -> str:
        return max(zip(model.scores(text), model.labels, strict=True))[1]

    assert [surest("Cheers, that helps."), surest("My trip was awful, really.")] == [THANKED, UPSET]


def test_the_same_turns_give_the_same_text() -> None:
    assert train_rules(tagged(), LABELS).text == train_rules(tagged(), LABELS).text


def test_a_label_with_too_few_examples_is_not_learned() -> None:
    few = [turn for turn in tagged() if turn.text not in ANGRY[:2]]
    assert decode_rules(train_rules(tagged(), LABELS).text).labels == [THANKED, UPSET]
    assert decode_rules(train_rules(few, LABELS).text).labels == [THANKED]


def test_a_label_without_counterexamples_is_not_learned() -> None:
    sure = [TaggedTurn(text, text, {THANKED: 1.0}) for text in CHEERS]
    left_open = [TaggedTurn(text, text, {}) for text in PLAIN]
    assert decode_rules(train_rules([*sure, *left_open], LABELS).text).labels == []


def test_what_is_measured_was_held_out() -> None:
    """Turns that share their words with their own group alone are told on sight when trained on, and not when held out."""
    own = [
        TaggedTurn(f"{word} {plain}", word, {THANKED: sign})
        for word, sign in zip(("quux", "blorp", "zyzzy", "fnord", "grault", "plugh"), (1.0, -1.0) * 3, strict=True)
        for plain in PLAIN[:6]
    ]
    (report,) = train_rules([*own, *tagged()], [THANKED], measure=True).report
    (shared,) = train_rules(tagged() * 2, [THANKED], measure=True).report
    assert report.examples == 3 * 6 + 7
    assert report.area < shared.area


def test_nothing_is_reported_unless_it_is_asked_for() -> None:
    assert train_rules(tagged(), LABELS).report == []


@pytest.fixture
def exemplars(demo: Rubric, tmp_path: Path) -> Path:
    """A folder of exemplars for `demo`, enough to learn two scenarios from."""
    texts = [("thanked", text) for text in CHEERS * 2] + [("upset", text) for text in ANGRY * 2]
    lines = [line("arises", "customer", text, scenario=name) for name, text in texts]
    write(tmp_path / "rules" / demo.id / "turns.jsonl", [{**one, "id": f"e-{n}"} for n, one in enumerate(lines)])
    return tmp_path / "rules"


def test_no_conversation_is_read_by_rules_learned_from_it(exemplars: Path, tmp_path: Path) -> None:
    """All of a conversation's own words are unheard of without it; whoever is read by rules learned from it knows them."""
    strange = labelled(tmp_path, "strange", "A: Hello.", *["C: Zyzzyva."] * 9, scenarios=("thanked",))
    others = [labelled(tmp_path, f"other-{number}", "A: Hello.", "C: Ten.") for number in range(12)]
    write(tmp_path / "golden.jsonl", [strange, *others])
    moments = [{"id": "strange", "arises": {"thanked": list(range(1, 10))}}]
    write(exemplars / "demo" / "moments.jsonl", moments)
    readers = CrossReaders(exemplars, [tmp_path / "golden.jsonl"])
    odds = {}
    for case in read_cases([tmp_path / "golden.jsonl"]):
        rules = readers.reader_of(case).rules
        assert rules is not None
        number = rules.number(THANKED)
        assert number is not None
        odds[case.transcript.id] = rules.scores("Zyzzyva.")[number], rules.scores("Qwfpgj.")[number]
    known, unheard_of = odds.pop("strange")
    assert known == unheard_of
    assert any(known > unheard_of for known, unheard_of in odds.values())


def test_conversations_that_share_nothing_with_the_rules_share_a_reader(exemplars: Path, tmp_path: Path) -> None:
    others = [labelled(tmp_path, f"other-{number}", "A: Hello.", "C: Ten.") for number in range(12)]
    write(tmp_path / "golden.jsonl", others)
    readers = CrossReaders(exemplars, [tmp_path / "golden.jsonl"])
    cases = read_cases([tmp_path / "golden.jsonl"])
    assert len({id(readers.reader_of(case)) for case in cases}) < len(cases)


def test_conversations_that_are_named_and_not_given_are_not_learned_from(exemplars: Path, tmp_path: Path) -> None:
    """Calibration may be on a part of them: only those on which no check was tuned."""
    write(tmp_path / "golden.jsonl", [labelled(tmp_path, "given", "A: Hello.")])
    write(exemplars / "demo" / "moments.jsonl", [{"id": "elsewhere", "arises": {}}])
    (case,) = read_cases([tmp_path / "golden.jsonl"])
    rules = CrossReaders(exemplars, [tmp_path / "golden.jsonl"]).reader_of(case).rules
    assert rules is not None
    assert rules.labels == [THANKED, UPSET]


@pytest.fixture
def train(exemplars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """`coach train rules` on the folder, written to `out`; gives the exit code."""
    write(tmp_path / "golden.jsonl", [labelled(tmp_path, "g-1", "A: Hello.")])

    def call(*more: str) -> int:
        where = ["--exemplars", exemplars, "--golden", tmp_path / "golden.jsonl", "--output", tmp_path / "out"]
        given = ["coach", "train", "rules", "--rubric", tmp_path / "demo.yaml", *where, *more]
        monkeypatch.setattr(sys, "argv", list(map(str, given)))
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0)

    return call


def test_check_says_by_its_exit_code_whether_the_rules_are_what_training_gives(
    train: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "out" / "rules-demo.json"
    assert train("--check") == 1
    assert not path.exists()
    assert train() == 0
    assert set(decode_rules(path.read_text("utf-8")).labels) == {THANKED, UPSET}
    assert train("--check") == 0
    path.write_text("{}", "utf-8")
    capsys.readouterr()
    assert train("--check") == 1
    assert f"{path} is not what training gives" in capsys.readouterr().out
    assert path.read_text("utf-8") == "{}"


def test_measuring_prints_how_well_each_kind_is_told(
    train: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("--measure") == 0
    assert "demo: 28 turns\n  arises: 2 labels, mean area " in capsys.readouterr().out


def test_measuring_says_where_there_is_nothing_to_measure(
    train: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("--measure") == 0
    assert "\n  breaks: nothing to measure\n  keeps: nothing to measure\n" in capsys.readouterr().out


def test_a_file_of_conversations_that_is_named_twice_is_one(train: Callable[..., int], tmp_path: Path) -> None:
    assert train("--golden", str(tmp_path / "out" / ".." / "golden.jsonl")) == 0


def test_a_rubric_without_exemplars_is_an_error_with_the_folder_that_it_takes(
    train: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("--exemplars", str(tmp_path / "elsewhere")) == 2
    assert f"{tmp_path / 'elsewhere' / 'demo'}: nothing to learn demo from" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_of_exemplars_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="elsewhere: is no folder"):
        train_rubrics(tmp_path / "elsewhere", [], [], None, check=True, measure=False, echo=print)


def test_an_exemplar_that_is_wrong_ends_the_training_with_its_place(
    train: Callable[..., int], exemplars: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(exemplars / "demo" / "turns.jsonl", [line("arises", scenario="greeted")])
    assert train() == 2
    assert "turns.jsonl:1: demo has no scenario 'greeted'" in capsys.readouterr().err
