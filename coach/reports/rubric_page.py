"""A rubric as a person would read it: Markdown for the docs and for `coach rubric show`."""

from __future__ import annotations

from collections.abc import Iterator

from coach.rubric import ALWAYS, Criterion, Rubric, Scenario, in_language

__all__ = ["criterion_markdown", "rubric_markdown"]

_ALWAYS_TITLE = {"en": "Throughout every conversation", "es": "En toda conversación", "zh": "整个通话过程"}
_WORDS = {
    "en": {
        "begins": "Begins",
        "ends": "Ends",
        "manual": "Manual",
        "do": "Complies",
        "dont": "Breaks it",
        "needs": "Not assessable from a transcript; needs",
    },
    "es": {
        "begins": "Empieza",
        "ends": "Termina",
        "manual": "Manual",
        "do": "Cumple",
        "dont": "Incumple",
        "needs": "No evaluable con la transcripción; hace falta",
    },
    "zh": {
        "begins": "开始",
        "ends": "结束",
        "manual": "手册",
        "do": "符合",
        "dont": "违反",
        "needs": "仅凭文字记录无法评判，需要",
    },
}


def rubric_markdown(rubric: Rubric, language: str | None = None) -> str:
    """The whole rubric: scenarios in the file's order, each with its criteria. Texts in `language`, else English."""
    language = language if language in _WORDS else "en"
    return "\n".join(_lines(rubric, language)) + "\n"


def criterion_markdown(criterion: Criterion, language: str | None = None) -> str:
    """One criterion."""
    return "\n".join(_criterion(criterion, language if language in _WORDS else "en")) + "\n"


def _lines(rubric: Rubric, language: str) -> Iterator[str]:
    assessable = len(rubric.assessable)
    yield f"# {in_language(rubric.title, language)}"
    yield ""
    yield f"`{rubric.id}` {rubric.version} · {rubric.language} · {', '.join(rubric.channels)} · {rubric.manual.title}"
    yield ""
    yield f"{len(rubric.criteria)} criteria, {assessable} of them assessable from a transcript, in {len(rubric.scenarios)} scenarios."
    if rubric.manual.note:
        yield f"\n{rubric.manual.note}"
    always = [criterion for criterion in rubric.criteria if criterion.scenario == ALWAYS]
    if always:
        yield f"\n## {_ALWAYS_TITLE[language]} (`{ALWAYS}`)"
        for criterion in always:
            yield from _criterion(criterion, language)
    for scenario in rubric.scenarios:
        yield from _scenario(scenario, language)
        for criterion in rubric.criteria:
            if criterion.scenario == scenario.id:
                yield from _criterion(criterion, language)


def _scenario(scenario: Scenario, language: str) -> Iterator[str]:
    words = _WORDS[language]
    yield f"\n## {in_language(scenario.title, language)} (`{scenario.id}`)"
    yield ""
    yield in_language(scenario.description, language)
    for label, text in ((words["begins"], scenario.begins), (words["ends"], scenario.ends)):
        if text is not None:
            yield f"{label}: {in_language(text, language)}"


def _criterion(criterion: Criterion, language: str) -> Iterator[str]:
    words = _WORDS[language]
    yield f"\n### {criterion.id} — {in_language(criterion.title, language)}"
    yield ""
    yield f"*{criterion.severity} · {criterion.error_class} · {criterion.assess}*"
    yield ""
    yield in_language(criterion.requirement, language)
    yield ""
    yield f"> {criterion.quote}"
    yield f"> ({words['manual']} {criterion.clause})"
    if criterion.needs is not None:
        yield f"\n{words['needs']}: {in_language(criterion.needs, language)}"
    for label, examples in ((words["do"], criterion.examples.compliant), (words["dont"], criterion.examples.violating)):
        if examples:
            yield f"\n{label}:"
            yield ""
            yield from (f"- {example}" for example in examples)
