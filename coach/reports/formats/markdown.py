"""`--format md`: a document for a pull request or a wiki (GitHub flavoured Markdown): the summary, then each conversation.

Promise: no text from a conversation, a judge or a manual becomes markup, a link, a mention or a table cell of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import IO

from coach.findings import Audit, Finding
from coach.reports.formats.registry import Ungraded
from coach.reports.formats.spool import Spool
from coach.reports.labels import Labels
from coach.reports.plain_text import one_line, shortened
from coach.reports.reasons import reason_in
from coach.reports.standing import standing_line
from coach.reports.summary import Summary
from coach.rubric import Criterion, Rubric, in_language

__all__ = ["MarkdownWriter", "escaped"]

_MARKUP = re.compile(r"([\\`*_{}\[\]<>&|~$#])")
_REFERENCE = re.compile(r"@(?=\w)|#(?=\w)|:(?=//)|:(?=[\w+-]+:)|(?i:\bwww)(?=\.)")
_WORD_JOINER = "\u2060"
_SHOWN = 10


def escaped(text: str) -> str:
    """`text` on one line with every character escaped that could start markup in the middle of a line.

    A word joiner, which is invisible, keeps `@name`, `#12`, `:smile:` and addresses from turning into something else.
    """
    literal = _MARKUP.sub(r"\\\1", one_line(text))
    return _REFERENCE.sub(lambda match: match[0] + _WORD_JOINER, literal)


class MarkdownWriter:
    """Conversations wait in a spool until the summary above them is known."""

    def __init__(self, stream: IO[str], rubrics: Mapping[str, Rubric], language: str | None) -> None:
        self._stream, self._rubrics, self._language = stream, rubrics, language
        self._summary = Summary(rubrics)
        self._conversations = Spool()
        self._failures: list[Ungraded] = []

    def add(self, audit: Audit) -> None:
        """Write its section to the spool."""
        self._summary.add(audit)
        rubric = self._rubrics[audit.rubric]
        labels = Labels(self._language or rubric.language)
        self._conversations.write(_section(audit, rubric, labels))

    def fail(self, failure: Ungraded) -> None:
        """Remember it for the end."""
        self._summary.fail()
        self._failures.append(failure)

    def finish(self) -> None:
        """Write summary, conversations and failures."""
        languages = {rubric.language for rubric in self._rubrics.values()}
        labels = Labels(self._language or (languages.pop() if len(languages) == 1 else "en"))
        self._stream.write(_summary_section(self._summary, self._rubrics, labels))
        self._conversations.copy_to(self._stream)
        if self._failures:
            rows = [(escaped(failure.transcript), escaped(failure.reason)) for failure in self._failures]
            heading = f"\n## {labels('ungraded')}\n\n"
            self._stream.write(heading + _table((labels("conversations"), labels("why")), rows))


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells that are Markdown already, their pipes escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cell or ' ' for cell in line)} |\n" for line in lines)


def _section(audit: Audit, rubric: Rubric, labels: Labels) -> str:
    parts = [f"\n## {escaped(audit.transcript)}\n\n{_outcome(audit, labels)}\n"]
    if audit.scenarios:
        parts.append(f"\n{labels('scenarios')}: {_arose(audit, rubric, labels)}\n")
    for finding in audit.violated():
        parts.append(_broken(finding, rubric.by_id[finding.criterion], labels))
    verdicts = Counter(finding.verdict for finding in audit.findings)
    counts = ", ".join(f"{labels(verdict)}: {verdicts[verdict]}" for verdict in ("met", "violated", "not_assessed"))
    reasons = Counter(finding.rationale for finding in audit.findings if finding.verdict == "not_assessed")
    why = "".join(
        f"\n- {count}× {escaped(shortened(reason_in(reason, labels.language), 200)) or '–'}"
        for reason, count in reasons.most_common(3)
    )
    parts.append(f"\n{counts}\n" + (f"\n{labels('why_not')}:\n{why}\n" if why else ""))
    return "".join(parts)


def _outcome(audit: Audit, labels: Labels) -> str:
    who = f"{labels('agent')} {escaped(audit.agent)}, " if audit.agent else ""
    if audit.score is None:
        return f"{who}{labels('nothing_assessed')}"
    outcome = f"{who}{labels('score')} **{audit.score:.1f}**, **{labels('passed' if audit.passed else 'auto_fail')}**"
    unqualified = audit.qualification is not None and audit.qualification.status == "unqualified"
    return f"{outcome} ({labels('stamped')})" if unqualified else outcome


def _arose(audit: Audit, rubric: Rubric, labels: Labels) -> str:
    arose = []
    for occurrence in audit.scenarios:
        scenario = rubric.scenario_by_id.get(occurrence.scenario)
        title = in_language(scenario.title, labels.language) if scenario else occurrence.scenario
        turns = ", ".join(str(turn) for turn in occurrence.turns)
        arose.append(escaped(title) + (f" ({turns})" if turns else ""))
    return ", ".join(arose)


def _broken(finding: Finding, criterion: Criterion, labels: Labels) -> str:
    title = escaped(in_language(criterion.title, labels.language))
    lines = [
        f"\n### {labels(finding.severity)}: {title}\n",
        f"- {labels('clause')} {escaped(criterion.id)}, {escaped(criterion.clause)}: “{escaped(criterion.quote)}”",
    ]
    for evidence in finding.evidence:
        lines.append(f"- {labels('turn', turn=evidence.turn)}: “{escaped(evidence.quote)}”")
    if finding.rationale:
        lines.append(f"- {labels('why')}: {escaped(reason_in(finding.rationale, labels.language))}")
    if finding.withheld:
        lines.append(f"- {labels('withheld')}: {escaped(reason_in(finding.withheld, labels.language))}")
    elif finding.rewrite:
        place = finding.rewrite.place
        where = "" if place == "replace" else f" ({labels(f'insert_{place}', turn=finding.rewrite.turn)})"
        lines.append(f"- {labels('instead')}{where}: “{escaped(finding.rewrite.text)}”")
    return "\n".join(lines) + "\n"


def _summary_section(summary: Summary, rubrics: Mapping[str, Rubric], labels: Labels) -> str:
    rows = [
        (labels("conversations"), f"{labels('graded')}: {summary.conversations}, {labels('failed')}: {summary.failed}")
    ]
    if summary.mean_score is not None:
        score = f"{labels('mean')} {summary.mean_score:.1f}, {labels('auto_fails')}: {summary.auto_fails}"
        rows.append((labels("score"), score))
    for name, errors in sorted(summary.critical.items()):
        if errors.accuracy is not None:
            share = f"{100 * errors.accuracy:.0f}% ({errors.without_error}/{errors.conversations})"
            rows.append((f"{labels('critical_accuracy')}: {labels(name)}", share))
    if summary.assessed is not None:
        rows.append((labels("assessed"), f"{100 * summary.assessed:.0f}% {labels('of_applicable')}"))
    if summary.rewritten or summary.withheld:
        counts = labels("rewrites_counted", shown=summary.rewritten, withheld=summary.withheld)
        rows.append((labels("rewrites"), counts))
    rows.append((labels("rubric"), ", ".join(escaped(f"{name} {version}") for name, version in summary.versions)))
    for judge in summary.judges:
        rows.append((labels("judge"), escaped(f"{judge.kind} {judge.model}, prompt {judge.prompt_hash[:8]}")))
        rows.append((labels("qualification"), escaped(standing_line(summary.standings[judge], labels))))
    if summary.usage.requests:
        cost = summary.usage.cost_usd
        price = labels("no_price") if cost is None else f"{cost:.4f} USD"
        rows.append((labels("cost"), f"{labels('requests')}: {summary.usage.requests}, {price}"))
    text = f"# {labels('summary')}\n\n" + _table((" ", " "), rows)
    return text + _broken_most(summary, rubrics, labels)


def _broken_most(summary: Summary, rubrics: Mapping[str, Rubric], labels: Labels) -> str:
    criteria = {criterion.id: criterion for rubric in rubrics.values() for criterion in rubric.criteria}
    rows = [
        (
            str(count),
            labels(criteria[name].severity),
            escaped(in_language(criteria[name].title, labels.language)),
            escaped(f"{name}, {criteria[name].clause}"),
        )
        for name, count in summary.violations.most_common(_SHOWN)
    ]
    if not rows:
        return ""
    return f"\n{labels('broken_most')}:\n\n" + _table(("×", " ", " ", labels("clause")), rows)
