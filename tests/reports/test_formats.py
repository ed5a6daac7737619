"""Each output format says what the audits say, to the parser that will read it, whatever was said in a conversation."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from openpyxl import load_workbook

from coach.errors import ConfigError
from coach.findings import Audit
from coach.reports.formats import FORMATS, open_writer, write
from coach.rubric import Rubric
from tests.reports.graded import FAILURE, NASTY, NASTY_LINE, make_audit, make_audits, make_rubric, violated

said = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def rubric() -> Rubric:
    return make_rubric()


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "out"


def written(format: str, output: Path, *, language: str | None = None) -> str:
    write(format, make_audits(), make_rubric(), [FAILURE], output, language=language)
    return output.read_text(encoding="utf-8")


def test_every_line_of_jsonl_is_an_audit(output: Path) -> None:
    lines = written("jsonl", output).splitlines()
    assert [Audit.model_validate_json(line) for line in lines] == make_audits()


def test_jsonl_is_on_its_way_before_the_next_conversation_is_graded(
    rubric: Rubric, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[str] = []

    def graded() -> Iterator[Audit]:
        for audit in make_audits():
            yield audit
            seen.append(capsys.readouterr().out)

    write("jsonl", graded(), rubric)
    assert [json.loads(text)["transcript"] for text in seen] == ["c-1", "c-2", "c-3"]


def test_json_holds_audits_failures_and_the_summary(output: Path) -> None:
    document = json.loads(written("json", output))
    assert [Audit.model_validate(audit) for audit in document["audits"]] == make_audits()
    assert document["failures"] == [{"transcript": FAILURE.transcript, "reason": FAILURE.reason}]
    assert document["summary"]["mean_score"] == 50.0
    assert document["summary"]["failed"] == 1


@pytest.mark.parametrize("format", ["json", "jsonl", "csv", "md", "junit", "table", "xlsx"])
def test_a_run_without_conversations_can_be_written(format: str, rubric: Rubric, output: Path) -> None:
    write(format, [], rubric, [], output)
    assert output.exists()


def test_json_without_conversations_is_valid(rubric: Rubric, output: Path) -> None:
    write("json", [], rubric, [], output)
    assert json.loads(output.read_text())["audits"] == []


def test_csv_has_a_row_per_finding_and_one_per_ungraded_conversation(output: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(written("csv", output))))
    assert [(row["transcript"], row["criterion"], row["verdict"]) for row in rows] == [
        ("c-1", "parcels:1", "violated"),
        ("c-1", "parcels:2", "violated"),
        ("c-1", "parcels:3", "not_assessed"),
        ("c-2", "parcels:1", "met"),
        ("c-2", "parcels:2", "met"),
        ("c-3", "parcels:3", "not_assessed"),
        ("c-9", "", ""),
    ]
    assert rows[0]["title"] == "Saludar"
    assert rows[0]["manual_quote"] == "Hola, ¿qué puedo hacer?"
    assert (rows[1]["turn"], rows[1]["quote"]) == ("4", "Es culpa suya")
    assert (rows[1]["score"], rows[1]["passed"]) == ("0.0", "false")
    assert rows[-1]["error"] == FAILURE.reason


def test_csv_has_a_row_for_a_conversation_without_findings(rubric: Rubric, output: Path) -> None:
    write("csv", [make_audit("quiet", (), None, None)], rubric, [], output)
    assert [row["transcript"] for row in csv.DictReader(io.StringIO(output.read_text()))] == ["quiet"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r", "＝", " ="])
def test_no_csv_cell_is_a_formula(rubric: Rubric, output: Path, start: str) -> None:
    quote = f"{start}HYPERLINK(1)"
    write("csv", [make_audit("c", (violated("parcels:1", "major", quote),), 0.0, True)], rubric, [], output)
    with output.open(newline="", encoding="utf-8") as file:
        row = next(csv.DictReader(file))
    assert row["quote"] == f"'{quote}"


@SLOW
@given(quote=said)
def test_csv_keeps_what_was_said(quote: str, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    write("csv", [make_audit("c", (violated("parcels:1", "major", quote),), 0.0, True)], make_rubric(), [], output)
    with output.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["quote"].removeprefix("'") for row in rows] == [quote.removeprefix("'")]


def test_junit_counts_failures_skips_and_errors(output: Path) -> None:
    suite = ET.fromstring(written("junit", output))[0]
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "4", "failures": "1", "errors": "1", "skipped": "1"}
    outcomes = {case.get("name"): [part.tag for part in case if part.tag != "properties"] for case in suite[1:]}
    assert outcomes == {"c-1": ["failure"], "c-2": [], "c-3": ["skipped"], "c-9": ["error"]}


def test_a_junit_failure_has_clause_quote_and_manual_words(output: Path) -> None:
    failure = ET.fromstring(written("junit", output)).find(".//failure")
    assert failure is not None
    assert failure.get("type") == "critical"
    assert failure.get("message") == "parcels:1, parcels:2"
    assert failure.text is not None
    assert "turn 4: Es culpa suya" in failure.text
    assert "manual (1 (Saludo)): Hola, ¿qué puedo hacer?" in failure.text
    assert NASTY_LINE in failure.text


def test_junit_says_what_was_not_assessed(output: Path) -> None:
    properties = ET.fromstring(written("junit", output)).findall(".//testcase[@name='c-1']/properties/property")
    assert ("not_assessed:parcels:3", "no times") in [(each.get("name"), each.get("value")) for each in properties]


@SLOW
@given(text=said)
def test_junit_is_well_formed_whatever_was_said(text: str, tmp_path: Path) -> None:
    output = tmp_path / "out.xml"
    audit = make_audit(text, (violated("parcels:1", "major", text),), 0.0, True)
    write("junit", [audit], make_rubric(), [], output)
    assert ET.parse(output).getroot()[0].get("failures") == "1"


def markdown_text(document: str) -> list[str]:
    """What a reader sees: the text of every inline token, and the kind of anything that is not text."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(document)
    children = [child for token in tokens if token.type == "inline" for child in token.children or []]
    return [child.content if child.type in ("text", "text_special") else child.type for child in children]


def test_markdown_shows_what_was_said_and_nothing_of_it_is_markup(output: Path) -> None:
    seen = "".join(markdown_text(written("md", output))).replace("\u2060", "")
    assert f"turno 0: “{NASTY_LINE}”" in seen


@SLOW
@given(text=said)
def test_no_text_becomes_markup_in_markdown(text: str, tmp_path: Path) -> None:
    def kinds(quote: str) -> list[str]:
        output = tmp_path / "out.md"
        audit = make_audit("c", (violated("parcels:1", "major", f"a{quote}"),), 0.0, True)
        write("md", [audit], make_rubric(), [], output)
        tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(output.read_text(encoding="utf-8"))
        inline = [child.type for token in tokens for child in token.children or []]
        return [token.type for token in tokens] + [kind for kind in inline if kind not in ("text", "text_special")]

    assert kinds(text) == kinds("")


def test_markdown_speaks_the_language_of_the_rubric_or_the_one_asked_for(output: Path) -> None:
    assert "### grave: Saludar" in written("md", output)
    assert "### major: Greet" in written("md", output, language="en")
    assert "### 严重: 问候客户" in written("md", output, language="zh")


def test_a_workbook_holds_the_findings_and_no_formula(rubric: Rubric, output: Path) -> None:
    write("xlsx", make_audits(), rubric, [FAILURE], output)
    with output.open("rb") as file:
        book = load_workbook(file)
        assert book.sheetnames == ["Summary", "Conversations", "Findings"]
        rows = list(book["Findings"].iter_rows(values_only=True))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [row[5] for row in rows[1:4]] == ["parcels:1", "parcels:2", "parcels:3"]
    quoted = next(cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith("=cmd"))
    assert quoted.data_type == "s"
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_a_run_with_several_rubrics_is_written_with_the_titles_of_each(output: Path) -> None:
    rubrics = {"parcels": make_rubric(), "tea": make_rubric("tea")}
    audits = [
        make_audit("c-1", (violated("parcels:1", "major", "x"),), 0.0, True),
        make_audit("c-2", (violated("tea:2", "critical", "y"),), 0.0, False, rubric="tea"),
    ]
    write("csv", audits, rubrics, [], output)
    assert [row["title"] for row in csv.DictReader(io.StringIO(output.read_text()))] == ["Saludar", "No culpar"]


@pytest.mark.parametrize("format", list(FORMATS))
def test_a_run_that_breaks_off_leaves_no_file(format: str, rubric: Rubric, output: Path) -> None:
    def broken_off() -> Iterator[Audit]:
        yield make_audits()[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(format, broken_off(), rubric, [], output)
    assert list(output.parent.iterdir()) == []


def test_a_run_that_breaks_off_leaves_the_earlier_file_as_it_was(rubric: Rubric, output: Path) -> None:
    output.write_text("yesterday's")
    with pytest.raises(KeyError), open_writer("json", rubric, output) as writer:
        writer.add(make_audit("c", (), None, None, rubric="unknown"))
    assert output.read_text() == "yesterday's"


@pytest.mark.parametrize("name", ["missing/out.csv", "."])
def test_a_place_where_nothing_can_be_written_is_refused(rubric: Rubric, tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="--output"):
        write("csv", [], rubric, [], tmp_path / name)


def test_an_unknown_format_is_refused_with_those_there_are(rubric: Rubric) -> None:
    with pytest.raises(ConfigError, match="no format 'pdf'; there are table, jsonl"):
        write("pdf", [], rubric)


def test_the_nasty_quote_is_nasty() -> None:
    assert NASTY != NASTY_LINE
