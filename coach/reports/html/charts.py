"""The charts of a report: Altair's, drawn as SVG that stands in the page.

Promise: drawing asks no network, the same figures give the same bytes, and the page's colours (light, dark, print) apply,
because the drawing names the few colours of `INK` that the style sheet replaces. A chart is a picture with a title and a
description; what it shows is in the table beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from unicodedata import east_asian_width

from markupsafe import Markup, escape

__all__ = ["INK", "Point", "rows_chart", "trend_chart"]

INK = {"axis": "#5b6472", "grid": "#d8dee9", "mark": "#0b5cad", "rule": "#8a94a6"}
"""The colours in the drawings; `templates/report.css` gives each its value on a light and on a dark page."""

_WIDTH, _LABELS = 300, 160
_LETTERS = 20
"""What of a label fits beside a chart, in letters of Latin script; Chinese ones count double."""

_LOCALES: dict[str, Literal["en-US", "es-ES", "zh-CN"]] = {"en": "en-US", "es": "es-ES", "zh": "zh-CN"}
_FONT = "system-ui, sans-serif"


@dataclass(frozen=True)
class Point:
    """A figure with its interval, None where there is none; `name` is a label or a Monday."""

    name: str | date
    value: float
    low: float | None
    high: float | None


def rows_chart(
    points: Sequence[Point], *, title: str, describe: str, top: float, language: str, line: float | None = None
) -> Markup:
    """One row per point: the figure as a dot, its interval as a line, from 0 to `top`. `line` marks a value across rows."""
    import altair as alt

    data = alt.InlineData(
        values=[
            {"name": f"{n:03}{_fitting(str(p.name))}", "value": p.value, "low": p.low, "high": p.high}
            for n, p in enumerate(points)
        ]
    )
    label = "slice(datum.label, 3)"
    y = alt.Y(
        "name:N",
        title=None,
        sort=None,
        axis=alt.Axis(labelExpr=label, labelLimit=0, minExtent=_LABELS, maxExtent=_LABELS),
    )
    base = alt.Chart(data).encode(y=y)
    layers = _marks(base, alt, "x", top)
    if line is not None:
        layers.insert(
            0,
            alt.Chart(alt.InlineData(values=[{"line": line}]))
            .mark_rule(color=INK["rule"], strokeDash=[4, 3])
            .encode(x="line:Q"),
        )
    chart = alt.layer(*layers).properties(width=_WIDTH, height=max(2, len(points)) * 26)
    return _svg(chart, title, describe, language)


def trend_chart(points: Sequence[Point], *, title: str, describe: str, top: float, language: str) -> Markup:
    """One point per week, with its interval; weeks without a figure stay empty."""
    import altair as alt

    rows = [{"day": str(p.name), "value": p.value, "low": p.low, "high": p.high} for p in points]
    few = [str(p.name) for p in points][:: max(1, -(-len(points) // 6))]
    axis = alt.Axis(format="%d %b" if language == "en" else "%d/%m", labelOverlap=True, values=few, grid=False)
    x = alt.X("utcyearmonthdate(day):T", title=None, axis=axis, scale=alt.Scale(padding=12))
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=x)
    line = base.mark_line(color=INK["mark"], strokeWidth=1, opacity=0.5).encode(y="value:Q")
    chart = alt.layer(line, *_marks(base, alt, "y", top)).properties(width=_WIDTH + 100, height=190)
    return _svg(chart, title, describe, language)


def _fitting(label: str) -> str:
    room = float(_LETTERS)
    for place, letter in enumerate(label):
        room -= 2 if east_asian_width(letter) in "WF" else 1
        if room < 0:
            return label[: max(1, place - 1)].rstrip() + "…"
    return label


def _marks(base: Any, alt: Any, channel: str, top: float) -> list[Any]:
    kind = {"x": alt.X, "y": alt.Y}[channel]
    axis = alt.Axis(title=None, tickCount=5, format="%" if top == 1 else "d")
    scale = alt.Scale(domain=[0, top])
    interval = base.transform_filter("datum.low !== null").mark_rule(color=INK["mark"], strokeWidth=2)
    low = {channel: kind("low:Q", scale=scale, axis=axis), f"{channel}2": "high:Q"}
    dots = base.mark_point(color=INK["mark"], fill=INK["mark"], filled=True, size=60, opacity=1)
    return [interval.encode(**low), dots.encode(**{channel: kind("value:Q", scale=scale, axis=axis)})]


def _svg(chart: Any, title: str, describe: str, language: str) -> Markup:
    import vl_convert

    axis = {"labelColor": INK["axis"], "domainColor": INK["axis"], "tickColor": INK["axis"], "gridColor": INK["grid"]}
    chart = chart.configure(background="transparent", font=_FONT).configure_view(stroke=None)
    chart = chart.configure_axis(labelFontSize=13, labelFont=_FONT, **axis)
    locale = _LOCALES.get(language, "en-US")
    svg = vl_convert.vegalite_to_svg(chart.to_dict(), format_locale=locale, time_format_locale=locale)
    return _as_picture(svg, title, describe)


def _as_picture(svg: str, title: str, describe: str) -> Markup:
    """One picture for a screen reader: the parts' own roles and labels go, a title and a description come."""
    head, _, body = svg.partition(">")
    box = re.search(r'viewBox="[^"]*"', head)
    body = re.sub(r' (?:role|aria-[a-z]+|style)="[^"]*"', "", body)
    body = re.sub(r"<title>.*?</title>", "", body)
    # The picture's name is its title: no ids, which would have to be unique in the page.
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {box[0] if box else ""} aria-label="{escape(title)}">'
    )
    return Markup(f"{opening}<title>{escape(title)}</title><desc>{escape(describe)}</desc>{body}")
