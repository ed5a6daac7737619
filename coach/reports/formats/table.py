"""`--format table`: what a QA lead reads on a terminal.

Each conversation is drawn as it comes: score and outcome, what arose, then every broken clause with the manual's words,
the words of the agent and the reason; the summary comes last. Without a terminal, or with NO_COLOR, it is plain text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import IO

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from coach.findings import Audit, Finding
from coach.reports.formats.registry import Ungraded
from coach.reports.labels import Labels
from coach.reports.plain_text import one_line, shortened
from coach.reports.reasons import reason_in
from coach.reports.standing import standing_line
from coach.reports.summary import Summary
from coach.rubric import Criterion, Rubric, in_language

__all__ = ["TableWriter"]

_SEVERITY_STYLE = {"critical": "bold red", "major": "red", "minor": "yellow"}
_WIDEST = 120
"""Lines longer than this are hard to read, however wide the terminal is."""
_LONGEST_QUOTE = 400
_LONGEST_REASON = 70
_LONGEST_NAME = 40
_SHOWN = 5

Line = tuple[str | Text, Text]


class TableWriter:
    """Draws with rich; nothing from a conversation is read as markup or reaches the terminal as a control code."""

    def __init__(self, stream: IO[str], rubrics: Mapping[str, Rubric], language: str | None) -> None:
        self._stream = stream
        self._console = Console(file=stream, highlight=False, markup=False, emoji=False)
        self._console.width = min(self._console.width, _WIDEST)
        self._rubrics, self._language = rubrics, language
        self._summary = Summary(rubrics)
        self._failures: list[Ungraded] = []

    def add(self, audit: Audit) -> None:
        """Draw the conversation."""
        self._summary.add(audit)
        rubric = self._rubrics[audit.rubric]
        labels = Labels(self._language or rubric.language)
        parts: list[RenderableType] = [_heading(audit, labels)]
        if audit.scenarios:
            parts.append(_indented(_arose(audit, rubric, labels)))
        broken = [
            line for finding in audit.violated() for line in _broken(finding, rubric.by_id[finding.criterion], labels)
        ]
        if broken:
            parts.append(_grid(broken, indent=2))
        self._draw(*parts, _indented(_counts(audit, labels)), Text())

    def fail(self, failure: Ungraded) -> None:
        """Remember it for the end."""
        self._summary.fail()
        self._failures.append(failure)

    def finish(self) -> None:
        """Draw the summary."""
        languages = {rubric.language for rubric in self._rubrics.values()}
        labels = Labels(self._language or (languages.pop() if len(languages) == 1 else "en"))
        parts: list[RenderableType] = [
            Rule(Text(labels("summary"), style="bold"), align="left", style="dim"),
            _grid(_summary_lines(self._summary, self._rubrics, labels)),
        ]
        if self._failures:
            lines: list[Line] = [
                (shortened(failure.transcript, _LONGEST_NAME), Text(one_line(failure.reason)))
                for failure in self._failures
            ]
            parts += [Text(labels("ungraded"), style="bold red"), _grid(lines, indent=2)]
        self._draw(*parts)

    def _draw(self, *parts: RenderableType) -> None:
        # Rich fills lines with spaces to their full width, which nobody wants in a file or a message.
        with self._console.capture() as drawn:
            for part in parts:
                self._console.print(part)
        self._stream.write("".join(f"{line.rstrip()}\n" for line in drawn.get().removesuffix("\n").split("\n")))
        self._stream.flush()


def _heading(audit: Audit, labels: Labels) -> RenderableType:
    row = Table.grid(padding=(0, 2), expand=True)
    row.add_column(ratio=1)
    row.add_column(justify="right", no_wrap=True)
    name = Text(one_line(audit.transcript), style="bold", overflow="fold")
    if audit.agent:
        name.append(f"  {labels('agent')} {one_line(audit.agent)}", style="not bold dim")
    row.add_row(name, _outcome(audit, labels))
    return row


def _outcome(audit: Audit, labels: Labels) -> Text:
    if audit.score is None:
        return Text(labels("nothing_assessed"), style="yellow")
    outcome = (labels("passed"), "green") if audit.passed else (labels("auto_fail"), "bold red")
    text = Text.assemble((f"{audit.score:.1f}", "bold"), "  ", outcome)
    if audit.qualification is not None and audit.qualification.status == "unqualified":
        text.append(f"  {labels('stamped')}", style="yellow")
    return text


def _arose(audit: Audit, rubric: Rubric, labels: Labels) -> Text:
    text = Text(f"{labels('scenarios')}: ", style="dim")
    for position, occurrence in enumerate(audit.scenarios):
        scenario = rubric.scenario_by_id.get(occurrence.scenario)
        title = in_language(scenario.title, labels.language) if scenario else occurrence.scenario
        text.append(" · " if position else "")
        text.append(one_line(title), style="not dim")
        if occurrence.turns:
            text.append(f" [{_turn_list(occurrence.turns)}]")
    return text


def _turn_list(turns: tuple[int, ...]) -> str:
    shown = [str(turn) for turn in turns[:4]]
    return ", ".join(shown) + (", …" if len(turns) > len(shown) else "")


def _broken(finding: Finding, criterion: Criterion, labels: Labels) -> list[Line]:
    title = one_line(in_language(criterion.title, labels.language))
    manual = f"{one_line(criterion.clause)}: “{shortened(criterion.quote, _LONGEST_QUOTE)}”"
    lines: list[Line] = [
        (
            Text(f"✗ {labels(finding.severity)}", style=f"not dim {_SEVERITY_STYLE[finding.severity]}"),
            Text.assemble((title, "bold"), (f"  {criterion.id}", "dim")),
        ),
        (f"  {labels('manual')}", Text(manual)),
    ]
    for evidence in finding.evidence:
        quoted = f"“{shortened(evidence.quote, _LONGEST_QUOTE)}”" if evidence.quote else "–"
        lines.append((f"  {labels('turn', turn=evidence.turn)}", Text(quoted, style="red")))
    if finding.rationale:
        lines.append((f"  {labels('why')}", Text(one_line(reason_in(finding.rationale, labels.language)))))
    return lines + _rewrite_lines(finding, labels)


def _rewrite_lines(finding: Finding, labels: Labels) -> list[Line]:
    if finding.withheld:
        return [(f"  {labels('withheld')}", Text(one_line(reason_in(finding.withheld, labels.language)), style="dim"))]
    if finding.rewrite is None:
        return []
    text = Text(one_line(finding.rewrite.text), style="green")
    if finding.rewrite.place != "replace":
        where = labels(f"insert_{finding.rewrite.place}", turn=finding.rewrite.turn)
        text = Text.assemble((f"({where}) ", "dim"), text)
    return [(f"  {labels('instead')}", text)]


def _counts(audit: Audit, labels: Labels) -> Text:
    verdicts = Counter(finding.verdict for finding in audit.findings)
    text = Text(f"✓ {verdicts['met']} {labels('met')}", style="dim")
    text.append(f" · ✗ {verdicts['violated']} {labels('violated')}")
    text.append(f" · ? {verdicts['not_assessed']} {labels('not_assessed')}")
    reasons = Counter(finding.rationale for finding in audit.findings if finding.verdict == "not_assessed")
    if reasons:
        text.append(f" ({_reason_list(reasons, 2, labels)})")
    return text


def _reason_list(reasons: Counter[str], shown: int, labels: Labels) -> str:
    parts = [
        f"{count}× {shortened(reason_in(reason, labels.language), _LONGEST_REASON) or '–'}"
        for reason, count in reasons.most_common(shown)
    ]
    rest = sum(reasons.values()) - sum(count for _, count in reasons.most_common(shown))
    return "; ".join([*parts, labels("others", count=rest)] if rest else parts)


def _grid(lines: Iterable[Line], indent: int = 0) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(ratio=1, overflow="fold")
    for label, content in lines:
        grid.add_row(Text.assemble(" " * indent, label), content)
    return grid


def _indented(part: RenderableType) -> Padding:
    return Padding(part, (0, 0, 0, 2))


def _summary_lines(summary: Summary, rubrics: Mapping[str, Rubric], labels: Labels) -> list[Line]:
    counted = f"{labels('graded')}: {summary.conversations}"
    if summary.failed:
        counted += f", {labels('failed')}: {summary.failed}"
    lines: list[Line] = [(labels("conversations"), Text(counted))]
    if not summary.conversations:
        return lines
    if summary.mean_score is not None:
        score = f"{labels('mean')} {summary.mean_score:.1f}"
        lines.append((labels("score"), Text(f"{score}, {labels('auto_fails')}: {summary.auto_fails}")))
    critical = [
        f"{labels(name)} {100 * errors.accuracy:.0f}% ({errors.without_error}/{errors.conversations})"
        for name, errors in sorted(summary.critical.items())
        if errors.accuracy is not None
    ]
    if critical:
        lines.append((labels("critical_accuracy"), Text(", ".join(critical))))
    if summary.assessed is not None:
        lines.append((labels("assessed"), Text(f"{100 * summary.assessed:.0f}% {labels('of_applicable')}")))
    if summary.reasons:
        lines.append((labels("why_not"), Text(_reason_list(summary.reasons, _SHOWN, labels))))
    if summary.rewritten or summary.withheld:
        counts = labels("rewrites_counted", shown=summary.rewritten, withheld=summary.withheld)
        lines.append((labels("rewrites"), Text(counts)))
    lines += _broken_most(summary, rubrics, labels)
    lines += [(labels("rubric"), Text(", ".join(f"{name} {version}" for name, version in summary.versions)))]
    for judge in summary.judges:
        named = f"{judge.kind} {judge.model}, {labels('prompt')} {judge.prompt_hash[:8]}"
        lines.append((labels("judge"), Text(named)))
        standing = summary.standings[judge]
        style = "" if standing is not None and standing.status == "qualified" else "yellow"
        lines.append((labels("qualification"), Text(standing_line(standing, labels), style=style)))
    if summary.usage.requests:
        lines.append((labels("cost"), Text(_cost(summary, labels))))
    return lines


def _broken_most(summary: Summary, rubrics: Mapping[str, Rubric], labels: Labels) -> list[Line]:
    criteria = {criterion.id: criterion for rubric in rubrics.values() for criterion in rubric.criteria}
    lines: list[Line] = []
    for position, (name, count) in enumerate(summary.violations.most_common(_SHOWN)):
        criterion = criteria[name]
        title = one_line(in_language(criterion.title, labels.language))
        text = Text.assemble(f"{count}× ", (title, _SEVERITY_STYLE[criterion.severity]), (f"  {name}", "dim"))
        lines.append((labels("broken_most") if position == 0 else "", text))
    return lines


def _cost(summary: Summary, labels: Labels) -> str:
    usage = summary.usage
    price = labels("no_price") if usage.cost_usd is None else f"{usage.cost_usd:.4f} USD"
    counts = [
        f"{labels('requests')}: {_grouped(usage.requests)}",
        f"{labels('tokens_in')}: {_grouped(usage.input_tokens)} ({labels('cached')}: {_grouped(usage.cached_tokens)})",
        f"{labels('tokens_out')}: {_grouped(usage.output_tokens)}",
    ]
    return ", ".join([*counts, price])


def _grouped(number: int) -> str:
    # Neither comma nor point: one of them is the decimal mark of some reader.
    return f"{number:,}".replace(",", "\u00a0")
