"""The manual's figures, worked out by hand beside the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.errors import ConfigError, InputError, RubricError
from coach.kpi.definitions import load_kpi_set
from coach.kpi.figures import Figure, figures, months
from coach.kpi.records import BadRow, load_column_map, read_records

HEADER = "kind,time,connected,needs_agent,answered,answered_at,due,repeat,satisfied,category\n"

# March 2026.
# 7 calls: 6 connected; 5 need a person, 4 of them got one.
# 4 consultations: 3 answered, one of those late (49 h), one late for its agreed time, 2 satisfied, 1 does not say.
# 6 complaints: 1 repeated (so 5 first ones); answered after 48 h sharp, 48 h 1 min, 1 h, 1 h, never, 2 h.
# Inter-provincial: 3, of which 2 satisfied. Major customers: 2, of which 2 satisfied.
# One consultation of April that counts in no figure of March.
WORKED = HEADER + (
    "call,2026-03-01 09:00,yes,yes,yes,,,,,\n"
    "call,2026-03-01 09:05,yes,yes,yes,,,,,\n"
    "call,2026-03-01 09:10,yes,yes,yes,,,,,\n"
    "call,2026-03-01 09:15,yes,yes,yes,,,,,\n"
    "call,2026-03-01 09:20,yes,yes,no,,,,,\n"
    "call,2026-03-01 09:25,yes,no,no,,,,,\n"
    "call,2026-03-31 23:59,no,no,no,,,,,\n"
    "consultation,2026-03-02 10:00,,,,2026-03-02 10:05,,,yes,\n"
    "consultation,2026-03-02 11:00,,,,2026-03-04 12:00,,,yes,\n"
    "consultation,2026-03-02 12:00,,,,2026-03-02 14:00,2026-03-02 13:00,,no,\n"
    "consultation,2026-03-02 13:00,,,,,,,,\n"
    "complaint,2026-03-05 08:00,,,,2026-03-07 08:00,,no,yes,inter-provincial\n"
    "complaint,2026-03-05 09:00,,,,2026-03-07 09:01,,no,no,inter-provincial\n"
    "complaint,2026-03-05 10:00,,,,2026-03-05 11:00,,no,yes,inter-provincial\n"
    "complaint,2026-03-05 11:00,,,,2026-03-05 12:00,,no,yes,major-customer\n"
    "complaint,2026-03-05 12:00,,,,,,no,no,\n"
    "complaint,2026-03-06 12:00,,,,2026-03-06 14:00,,yes,yes,major-customer\n"
    "consultation,2026-04-01 00:00,,,,2026-04-01 00:05,,,yes,\n"
)

BY_HAND = {
    "tea-city:7.4": (6, 7, 85.71, True),
    "tea-city:7.5": (4, 5, 80.0, False),
    "tea-city:8.5": (3, 4, 75.0, False),
    "tea-city:8.6a": (1, 4, 25.0, False),
    "tea-city:8.6b": (4, 6, 66.67, False),
    "tea-city:8.7": (1, 5, 20.0, False),
    "tea-city:8.8a": (2, 4, 50.0, False),
    "tea-city:8.8b": (2, 3, 66.67, False),
    "tea-city:8.8c": (2, 2, 100.0, True),
}


def worked_out(tmp_path: Path, text: str, *, month: str = "2026-03", manual: str = "tea-city") -> dict[str, Figure]:
    file = tmp_path / "records.csv"
    file.write_text(text, encoding="utf-8")
    records, bad = read_records(file)
    assert bad == []
    return {figure.metric.clause: figure for figure in figures(load_kpi_set(manual), records, month)}


def test_the_worked_example_equals_the_calculation_by_hand(tmp_path: Path) -> None:
    found = worked_out(tmp_path, WORKED)
    assert {
        clause: (figure.numerator, figure.denominator, figure.value, figure.passed) for clause, figure in found.items()
    } == BY_HAND


def test_records_that_do_not_say_are_counted_as_unknown(tmp_path: Path) -> None:
    assert worked_out(tmp_path, WORKED)["tea-city:8.8a"].unknown == 1


def test_every_month_of_the_file_is_found(tmp_path: Path) -> None:
    file = tmp_path / "records.csv"
    file.write_text(WORKED, encoding="utf-8")
    assert months(read_records(file)[0]) == ["2026-03", "2026-04"]


def test_without_records_there_is_no_data(tmp_path: Path) -> None:
    found = worked_out(tmp_path, HEADER)
    assert {(figure.value, figure.passed, figure.no_data) for figure in found.values()} == {
        (None, None, "no such records")
    }


def test_where_no_record_says_there_is_no_data(tmp_path: Path) -> None:
    found = worked_out(tmp_path, "kind,time\nconsultation,2026-03-01\ncomplaint,2026-03-01\n")
    assert (found["tea-city:8.8a"].value, found["tea-city:8.8a"].no_data) == (None, "no record says")
    assert (found["tea-city:8.7"].value, found["tea-city:8.7"].no_data) == (None, "the records do not say which count")


@pytest.mark.parametrize(("repeated", "first", "passed"), [(1, 100, True), (2, 199, False)])
def test_a_limit_is_decided_on_the_counts_and_not_on_a_rounded_rate(
    tmp_path: Path, repeated: int, first: int, passed: bool
) -> None:
    rows = ["complaint,2026-03-01,yes\n"] * repeated + ["complaint,2026-03-01,no\n"] * first
    assert worked_out(tmp_path, "kind,time,repeat\n" + "".join(rows))["tea-city:8.7"].passed is passed


def test_complaints_have_the_hours_of_their_category(tmp_path: Path) -> None:
    text = (
        "kind,time,answered_at,category\n"
        "complaint,2026-03-01 08:00,2026-03-01 10:00,simple\n"
        "complaint,2026-03-01 08:00,2026-03-01 10:01,simple\n"
        "complaint,2026-03-01 08:00,2026-03-02 08:00,complex\n"
    )
    file = tmp_path / "records.csv"
    file.write_text(text, encoding="utf-8")
    kpis = load_kpi_set("shenzhou-tianhai")
    found = figures(kpis, read_records(file)[0], "2026-03")
    assert [(figure.numerator, figure.denominator, figure.passed) for figure in found] == [(1, 2, None), (1, 1, None)]


BAD_ROWS = [
    ("fax,2026-03-01,,,,,,,,", "kind is 'fax', not call, consultation, complaint"),
    ("call,,,,,,,,,", "time is empty"),
    ("call,yesterday,,,,,,,,", "time is 'yesterday', not a time like 2026-03-01 14:30"),
    ("call,2026-03-01,perhaps,,,,,,,", "connected is 'perhaps', not yes or no"),
    ("complaint,2026-03-02,,,,2026-03-01,,,,", "answered_at is before time"),
    ("complaint,2026-03-02,,,no,2026-03-03,,,,", "says that it was not answered, and when it was"),
    ("call,2026-03-01,,,,,,,,,extra", "has more cells than the header"),
]


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS)
def test_a_bad_row_is_listed_with_its_line_and_the_others_count(tmp_path: Path, row: str, reason: str) -> None:
    file = tmp_path / "records.csv"
    good = 'call,2026-03-01,yes,,,,,,,"two\nlines"\n'
    file.write_text(f"{HEADER}{good}{row}\n{good}", encoding="utf-8")
    records, bad = read_records(file)
    assert bad == [BadRow(4, reason)]
    assert [record.line for record in records] == [2, 5]


def test_columns_and_words_of_the_file_are_mapped(tmp_path: Path) -> None:
    file, mapping = tmp_path / "records.csv", tmp_path / "columns.yaml"
    file.write_text("\ufeff类型,来电时间,是否接通\n电话,2026/03/01 09:00,是\n", encoding="utf-8")
    mapping.write_text(
        "columns: {kind: 类型, time: 来电时间, connected: 是否接通}\nvalues: {kind: {电话: call}}\n", encoding="utf-8"
    )
    [record] = read_records(file, load_column_map(mapping))[0]
    assert (record.kind, record.month, record.connected) == ("call", "2026-03", True)


def test_a_map_with_an_unknown_name_is_refused_with_its_line(tmp_path: Path) -> None:
    mapping = tmp_path / "columns.yaml"
    mapping.write_text("columns:\n  kind: a\n  happy: b\n", encoding="utf-8")
    with pytest.raises(RubricError, match=r"columns\.yaml:3"):
        load_column_map(mapping)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no column 'kind'"),
        (b"time\n2026-03-01\n", "no column 'kind'; there are: time"),
        (b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_a_file_without_the_columns_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "records.csv"
    file.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_records(file)


def test_an_unknown_manual_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match="there are shenzhou-tianhai, tea-city"):
        load_kpi_set("tea")
