"""The sections of the report: figures sorted, named and drawn, ready for the template.

Promise: nothing is counted here; every number comes from `Figures`. Whoever has too few conversations is not placed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from coach.findings import JudgeInfo, Standing
from coach.interval import Share
from coach.reports.html.charts import Point, rows_chart, trend_chart
from coach.reports.html.estimates import ENOUGH_TO_PLACE, Mean, places
from coach.reports.html.figures import OTHER_REASONS, ClauseCount, Figures, Tally
from coach.reports.html.wording import Wording
from coach.reports.plain_text import one_line
from coach.rubric import ALWAYS, ErrorClass, Rubric, in_language
from coach.store.records import Failure

__all__ = ["Sections", "SheetBlock"]

_SHOWN_CLAUSES = 6
_SHOWN_REASONS = 15
_SHOWN_OPEN = 15
_SHOWN_FAILURES = 30
_CHART_ROWS = 25
_CLASSES: tuple[ErrorClass, ...] = ("customer", "business", "compliance")
_VERDICTS = ("met", "violated", "not_assessed")
_SHEET_TAGS = {"heading": "h3", "subheading": "h4", "text": "p"}


class SheetBlock(Protocol):
    """One piece of a coaching sheet, as `coach.coaching.sheet` makes them."""

    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True)
class _Clause:
    id: str
    rubric: str
    title: str
    where: str
    quote: str
    language: str
    count: ClauseCount


@dataclass(frozen=True)
class _Agent:
    key: str | None
    name: str
    tally: Tally
    mean: Mean | None
    missing: int
    best: int = 0
    worst: int = 0


@dataclass
class Sections:
    """What the page shows. `standing` says how far a judge can be trusted by a rubric."""

    figures: Figures
    wording: Wording
    failures: Sequence[Failure]
    standing: Callable[[JudgeInfo, str], Standing]
    sheet: Sequence[SheetBlock] = ()

    def context(self) -> dict[str, Any]:
        """Everything that the template names besides the frame of the page."""
        figures, t = self.figures, self.wording
        clauses = sorted(
            self._clauses(), key=lambda clause: (-clause.count.violated, -clause.count.broken.value, clause.id)
        )
        weeks = [(monday, tally, tally.mean()) for monday, tally in sorted(figures.by_week.items())]
        rubrics = [self._rubric(self.figures.rubrics[name]) for name in sorted(figures.by_rubric)]
        critical = [(name, Share(counts[0], sum(counts))) for name, counts in self._critical()]
        reasons = [(text, count) for text, count in figures.reasons.most_common() if text != OTHER_REASONS]
        return {
            "figures": figures,
            "rubrics": rubrics,
            "several": len(rubrics) > 1,
            "agent_count": len({agent for _, agent in figures.by_agent if agent is not None}),
            "total_mean": figures.total.mean(),
            "critical": critical,
            "critical_chart": self._rows(
                "chart_critical", [_rate_point(t(name), share) for name, share in critical], 1
            ),
            "clauses": [clause for clause in clauses if clause.count.violated],
            "shown_clauses": _SHOWN_CLAUSES,
            "weeks": weeks,
            "rate_chart": self._trend(
                "chart_rate", [_rate_point(w, tally.pass_rate) for w, tally, _ in weeks if tally.pass_rate.of], 1
            ),
            "mean_chart": self._trend("chart_mean", [_mean_point(week, mean) for week, _, mean in weeks if mean], 100),
            "agents": {name: self._agents(name) for name in sorted(figures.by_rubric)},
            "enough": ENOUGH_TO_PLACE,
            "reasons": [{"text": text, "count": count} for text, count in reasons[:_SHOWN_REASONS]],
            "other_reasons": figures.reasons[OTHER_REASONS] + sum(count for _, count in reasons[_SHOWN_REASONS:]),
            "open_clauses": sorted(
                (clause for clause in clauses if clause.count.not_assessed),
                key=lambda clause: -clause.count.not_assessed,
            )[:_SHOWN_OPEN],
            "never": list(self._never()),
            "failures": {"count": len(self.failures), "shown": self.failures[:_SHOWN_FAILURES]},
            "gradings": list(self._gradings()),
            "trust": [
                self._trust(*key) for key in dict.fromkeys((judge, rubric) for judge, rubric, _ in figures.gradings)
            ],
            "sheet": list(_grouped(self.sheet)),
            "sections": self._contents(bool(critical)),
        }

    def _contents(self, critical: bool) -> list[tuple[str, str]]:
        names = {
            "sheet": "sheet",
            "glance": "glance",
            "critical": "critical_title",
            "clauses": "clauses_title",
            "trend": "trend_title",
            "heat": "heat_title",
            "agents": "agents_title",
            "open": "open_title",
            "grading": "grading_title",
            "reading": "reading_title",
        }
        there = {"sheet": bool(self.sheet), "critical": critical}
        return [(section, self.wording(label)) for section, label in names.items() if there.get(section, True)]

    def _rubric(self, rubric: Rubric) -> dict[str, Any]:
        rows = []
        order = {ALWAYS: -1, **{scenario.id: n for n, scenario in enumerate(rubric.scenarios)}}
        found = [
            (scenario, counts) for (name, scenario), counts in self.figures.situations.items() if name == rubric.id
        ]
        for scenario, counts in sorted(found, key=lambda each: order.get(each[0], len(order))):
            known = rubric.scenario_by_id.get(scenario)
            title = in_language(known.title, self.wording.language) if known else scenario
            cells = [(verdict, Share(counts[verdict], sum(counts.values()))) for verdict in _VERDICTS]
            rows.append(
                {"id": scenario, "title": self.wording("always") if scenario == ALWAYS else title, "cells": cells}
            )
        return {"id": rubric.id, "name": self._name(rubric), "situations": rows}

    def _name(self, rubric: Rubric) -> str:
        return one_line(in_language(rubric.title, self.wording.language))

    def _critical(self) -> Iterator[tuple[str, list[int]]]:
        known = self.figures.critical
        yield from ((name, known[name]) for name in _CLASSES if name in known)

    def _clauses(self) -> Iterator[_Clause]:
        for (name, criterion_id), count in self.figures.clauses.items():
            rubric = self.figures.rubrics[name]
            criterion = rubric.by_id.get(criterion_id)
            yield _Clause(
                id=criterion_id,
                rubric=self._name(rubric),
                title=in_language(criterion.title, self.wording.language) if criterion else criterion_id,
                where=criterion.clause if criterion else "",
                quote=criterion.quote if criterion else "",
                language=rubric.language,
                count=count,
            )

    def _agents(self, rubric: str) -> dict[str, Any]:
        """The agents of one rubric: those with enough conversations by mean score, the others by name."""
        found = [
            self._agent(agent, tally, tally.mean())
            for (name, agent), tally in self.figures.by_agent.items()
            if name == rubric
        ]
        by_name = sorted(found, key=lambda row: (row.key is None, row.name))
        enough = sorted((row for row in by_name if not row.missing), key=lambda row: -_value(row))
        ranges = places([row.mean for row in enough if row.mean])
        placed = [
            _Agent(row.key, row.name, row.tally, row.mean, 0, best, worst)
            for row, (best, worst) in zip(enough, ranges, strict=True)
        ]
        points = [_mean_point(one_line(row.name), row.mean) for row in placed[:_CHART_ROWS] if row.mean]
        mean = self.figures.by_rubric[rubric].mean()
        chart = self._rows("chart_agents", points, 100, line=mean.value if mean else None) if len(points) > 1 else None
        return {"placed": placed, "waiting": [row for row in by_name if row.missing], "all": by_name, "chart": chart}

    def _agent(self, agent: str | None, tally: Tally, mean: Mean | None) -> _Agent:
        # Without a name there is nobody to place.
        scored = mean.of if mean else 0
        missing = max(0, ENOUGH_TO_PLACE - scored) if agent is not None else ENOUGH_TO_PLACE
        return _Agent(agent, agent if agent is not None else self.wording("no_agent"), tally, mean, missing)

    def _never(self) -> Iterator[dict[str, Any]]:
        language = self.wording.language
        for name in sorted(self.figures.by_rubric):
            rubric = self.figures.rubrics[name]
            clauses = [
                {"id": c.id, "title": in_language(c.title, language), "needs": in_language(c.needs or "", language)}
                for c in rubric.criteria
                if not c.assessable
            ]
            if clauses:
                yield {"name": self._name(rubric), "of": len(rubric.criteria), "clauses": clauses}

    def _gradings(self) -> Iterator[dict[str, Any]]:
        for (judge, name, version), count in self.figures.gradings.items():
            title = self._name(self.figures.rubrics[name])
            yield {"judge": judge, "rubric": title, "rubric_id": name, "version": version, "count": count}

    def _trust(self, judge: JudgeInfo, rubric: str) -> dict[str, Any]:
        found, t = self.standing(judge, rubric), self.wording
        about = {"model": judge.model, "rubric": self._name(self.figures.rubrics[rubric])}
        reasons = "; ".join(found.reasons)
        if found.status == "untested":
            because = t("never_because", reasons=reasons) if reasons else ""
            return {"qualified": False, "text": f"{t('never_qualified', **about)} {because}".strip()}
        text = t(found.status, **about, date=found.date or t("no_data"), reasons=reasons)
        figures = t(
            "qualified_figures",
            count=t.number(found.conversations),
            f1=self._agreement(found.f1),
            kappa=self._agreement(found.kappa),
        )
        return {"qualified": found.status == "qualified", "text": f"{text} {figures}"}

    def _agreement(self, figure: tuple[float, float, float] | None) -> str:
        t = self.wording
        if figure is None:
            return t("no_data")
        value, low, high = (t.number(each, 2) for each in figure)
        return f"{value} {t.between(low, high)}"

    def _rows(self, label: str, points: Sequence[Point], top: float, line: float | None = None) -> Any:
        if not points:
            return None
        t = self.wording
        describe = t("chart_describe", count=len(points))
        return rows_chart(points, title=t(label), describe=describe, top=top, language=t.language, line=line)

    def _trend(self, label: str, points: Sequence[Point], top: float) -> Any:
        if not points:
            return None
        t = self.wording
        return trend_chart(
            points, title=t(label), describe=t("chart_describe", count=len(points)), top=top, language=t.language
        )


def _value(row: _Agent) -> float:
    return row.mean.value if row.mean else 0.0


def _rate_point(name: Any, share: Share) -> Point:
    return Point(name, share.value, share.low, share.high)


def _mean_point(name: Any, mean: Mean) -> Point:
    return Point(name, mean.value, mean.low, mean.high)


def _grouped(blocks: Sequence[SheetBlock]) -> Iterator[dict[str, Any]]:
    """Pieces of the coaching sheet, neighbours of one kind together; the page has a title of its own."""
    group: dict[str, Any] | None = None
    for block in blocks:
        if block.kind == "title":
            continue
        if group is None or group["kind"] != block.kind:
            if group is not None:
                yield group
            group = {"kind": block.kind, "tag": _SHEET_TAGS.get(block.kind, "p"), "texts": []}
        group["texts"].append(block.text)
    if group is not None:
        yield group
