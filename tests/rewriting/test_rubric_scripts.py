"""The scripts of the rubrics that come with coach: courtesy that can be said in any conversation."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.checks import Forbid
from coach.judges.embedded.signals import SignalFinder
from coach.rewriting.facts import facts_of
from coach.rewriting.names import Address
from coach.rewriting.promises import load_promises
from coach.rewriting.scripts import addressing
from coach.rubric import ALWAYS, Criterion, Rubric, in_language
from coach.rubric_file import load_rubric, rubric_names
from coach.transcript import Turn
from coach.yaml_file import read_yaml

NAMES = rubric_names()
RUBRICS = Path(__file__).parents[2] / "rubrics"


def sayings(rubric: Rubric) -> list[tuple[Criterion, str]]:
    """Criterion and wording, said to a customer who is called by nothing; frames for the agent's own words are left out."""
    return [
        (criterion, text)
        for criterion in rubric.criteria
        for script in criterion.wordings
        if script.say and "{said}" not in script.say
        if (text := addressing(script.say, Address(None)) or addressing(script.say, Address("Ms. Qiu"))) is not None
    ]


@pytest.mark.parametrize("name", NAMES)
def test_no_script_says_what_its_own_clause_or_one_of_its_situation_forbids(name: str) -> None:
    rubric = load_rubric(name)
    finder = SignalFinder(rubric.signals)
    broken = []
    for criterion, text in sayings(rubric):
        spots = finder.find(Turn(index=0, speaker="agent", text=text))
        for owner in rubric.assessable:
            if owner.scenario not in (ALWAYS, criterion.scenario):
                continue
            for check in owner.checks:
                if not isinstance(check, Forbid) or check.when or check.where in ("opening", "ending", "before"):
                    continue
                if any(n in spots for n in check.says) and not any(n in spots for n in check.unless_also):
                    broken.append((criterion.id, owner.id, text))
    assert broken == []


@pytest.mark.parametrize("name", NAMES)
def test_no_script_states_a_fact_that_the_manual_does_not_state(name: str) -> None:
    rubric = load_rubric(name)
    manual = facts_of(" \n".join(criterion.quote for criterion in rubric.criteria), rubric.language)
    known = {*manual.numbers, *manual.times}
    stated = []
    for criterion, text in sayings(rubric):
        found = facts_of(text.replace("Ms. Qiu", ""), rubric.language)
        company = {one for one in found.names if one.name not in criterion.quote + in_language(rubric.title, "en")}
        new = [*(set(found.numbers) | set(found.times)) - known, *found.codes, *company]
        stated += [(criterion.id, text, fact) for fact in new]
    assert stated == []


@pytest.mark.parametrize("name", NAMES)
def test_no_script_promises_what_no_rewrite_may_bring_in(name: str) -> None:
    rubric = load_rubric(name)
    promises = load_promises(rubric.language)
    made = [
        (criterion.id, text, kind)
        for criterion, text in sayings(rubric)
        for kind in promises.find(text)
        if kind in promises.never_added
    ]
    assert made == []


def test_scripts_change_no_hash_by_which_anything_was_graded() -> None:
    rubric = load_rubric("tea-city")
    criteria = [criterion.model_copy(update={"scripts": None}) for criterion in rubric.criteria]
    fields = {field: getattr(rubric, field) for field in Rubric.model_fields}
    bare = Rubric.model_construct(**{**fields, "criteria": criteria})
    assert (bare.content_hash, bare.checks_hash) == (rubric.content_hash, rubric.checks_hash)


def test_a_script_says_something_or_swaps_something() -> None:
    with pytest.raises(ValueError, match="either `say` or `swap`"):
        Criterion.model_validate({**load_rubric("tea-city").criteria[0].model_dump(), "scripts": [{"place": "after"}]})


@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_the_signals_that_a_tone_names_exist(language: str) -> None:
    tone, _ = read_yaml(RUBRICS / "tone" / f"{language}.yaml")
    shared = read_yaml(RUBRICS / "signals" / f"{language}.yaml")[0]["signals"]
    named = {signal for sound in tone.values() for signal in sound.get("signals", [])}
    assert named - set(shared) == set()
