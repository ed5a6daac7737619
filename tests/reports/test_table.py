"""The table that a QA lead reads: what it says, in which language, at which width, and that it is only text."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.cells import cell_len

from coach.reports.formats import write
from tests.reports.graded import FAILURE, NASTY_LINE, make_audit, make_audits, make_rubric, verdict, violated

LONG = "喂，你说怎么办？这个不归我们管，你去找快递公司，我们这边已经发出去了。" * 5


def drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, columns: int = 80, language: str | None = None) -> str:
    monkeypatch.setenv("COLUMNS", str(columns))
    output = tmp_path / "table.txt"
    write("table", make_audits(), make_rubric(), [FAILURE], output, language=language)
    return output.read_text(encoding="utf-8")


def test_a_broken_clause_is_shown_with_the_manual_the_quote_the_reason_and_the_rewrite(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shown = drawn(monkeypatch, tmp_path, columns=120)
    first = shown.split("c-2")[0]
    for expected in (
        "SUSPENSO DIRECTO",
        "se dio: Apertura [0, 2]",
        "✗ grave",
        "Saludar  parcels:1",
        "1 (Saludo): “Hola, ¿qué puedo hacer?”",
        NASTY_LINE[:40],
        "(añadir antes del turno 0) Buenos días, ¿en qué puedo ayudarle?",
        "✗ crítico",
        "“Es culpa suya”",
        "sin mejora",
        "1 no evaluados (1× no times)",
    ):
        assert expected in first


def test_the_summary_counts_scores_errors_and_names_the_judge(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    summary = drawn(monkeypatch, tmp_path, columns=120, language="en").split("Summary")[1]
    lines = [line.split(maxsplit=1) for line in summary.splitlines() if line.strip()]
    text = "\n".join(" ".join(" ".join(parts).split()) for parts in lines)
    for expected in (
        "Conversations graded: 3, not graded: 1",
        "Score mean 50.0, auto-fails: 1",
        "Free of critical errors compliance 50% (1/2)",
        "Assessed 67% of the criteria that applied",
        "Not assessed 2× no times",
        "1× Greet parcels:1",
        "Judge llm small-1, prompt abcdef01",
        "tokens in: 3 000 (cached: 2 400), tokens out: 150, 0.0030 USD",
        "c-9 the endpoint did not answer | *twice*",
    ):
        assert expected in text


@pytest.mark.parametrize(("language", "title"), [("en", "Greet"), ("es", "Saludar"), ("zh", "问候客户")])
def test_titles_and_labels_are_in_the_language_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str, title: str
) -> None:
    assert title in drawn(monkeypatch, tmp_path, language=language)


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal_even_in_chinese(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    output = tmp_path / "table.txt"
    audit = make_audit("客服录音" * 12, (violated("parcels:1", "major", LONG),), 0.0, True)
    write("table", [audit], make_rubric(language="zh"), [], output)
    assert max(cell_len(line) for line in output.read_text(encoding="utf-8").splitlines()) <= columns


def test_nothing_said_reaches_the_terminal_as_a_control_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown = drawn(monkeypatch, tmp_path)
    assert not {character for character in shown if character < " " and character != "\n"}
    assert "\u202e" not in shown


def test_brackets_are_shown_and_not_read_as_markup(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    output = tmp_path / "table.txt"
    audit = make_audit("c", (violated("parcels:1", "major", "[bold]hola[/bold] :smile: [/x]"),), 0.0, True)
    write("table", [audit], make_rubric(), [], output)
    assert "[bold]hola[/bold] :smile: [/x]" in output.read_text(encoding="utf-8")


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colour_is_for_terminals_that_want_it(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], coloured: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    write("table", make_audits(), make_rubric())
    assert ("\x1b[1;31m" in terminal.getvalue() or "\x1b[31m" in terminal.getvalue()) == coloured


def test_a_conversation_in_which_nothing_could_be_assessed_has_no_score(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    output = tmp_path / "table.txt"
    audit = make_audit("c", (verdict("parcels:3", "not_assessed", "minor", "no times"),), None, None)
    write("table", [audit], make_rubric(), [], output, language="en")
    assert "nothing could be assessed" in output.read_text(encoding="utf-8").splitlines()[0]
