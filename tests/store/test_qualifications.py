"""What coach knows of a judge without asking anyone: its own tests of the embedded judge, valid until something changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from coach.rubric_file import rubric_names
from coach.store import qualifications
from coach.store.database import Store
from coach.store.qualifications import export_text, qualification_of, shipped, stamp, standing_of
from tests.store.parcels import JUDGE


def test_every_manual_that_comes_with_coach_has_been_tested_on_conversations_kept_apart() -> None:
    found = shipped()
    assert set(found) == set(rubric_names())
    assert all(each.conversations >= 13 and each.floor_f1 == 0.6 for each in found.values())


def test_the_embedded_judge_stands_as_it_was_tested_without_any_database() -> None:
    for name, found in shipped().items():
        standing = standing_of(found.judge, name)
        assert standing.status == ("unqualified" if found.reasons else "qualified")
        assert standing.rubrics == (name,)


def test_after_any_change_of_rubric_signals_or_checks_it_has_not_qualified() -> None:
    name, found = next(iter(shipped().items()))
    changed = found.judge.model_copy(update={"prompt_hash": "another"})
    standing = standing_of(changed, name)
    assert standing.status == "untested"
    assert f"the rubric or the judge has changed since its test on {standing_date(name)}" in stamp(changed, standing)


def standing_date(name: str) -> str:
    return f"{shipped()[name].created:%Y-%m-%d}"


def test_a_rubric_of_ones_own_is_simply_untested() -> None:
    found = next(iter(shipped().values()))
    changed = found.judge.model_copy(update={"prompt_hash": "another"})
    assert standing_of(changed, "my-own").reasons == ()


def test_what_ones_own_database_knows_comes_first(database: Path) -> None:
    name, found = next(iter(shipped().items()))
    with Store.open(database) as store:
        store.save_qualification(replace(found, conversations=77, reasons=("too few",)))
        assert standing_of(found.judge, name, store).conversations == 77
        assert standing_of(found.judge, name, store).status == "unqualified"


def test_another_judge_knows_nothing_of_it() -> None:
    assert qualification_of(JUDGE) is None


@pytest.fixture
def exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "exported.json"
    path.write_text(export_text(list(shipped().values()), "made so"), "utf-8")
    shipped.cache_clear()
    monkeypatch.setattr(qualifications, "_SHIPPED", path)
    yield path
    shipped.cache_clear()


def test_what_is_exported_is_what_travels_with_coach(exported: Path) -> None:
    data = json.loads(exported.read_text("utf-8"))
    assert data["made_by"] == "made so"
    assert [each["rubrics"] for each in data["qualifications"]] == [[name] for name in sorted(shipped())]
