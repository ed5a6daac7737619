"""Draws how often the drift guard finds shifts of different size, from what evals/benchmarks/drift.py found.

python evals/benchmarks/drift.py --json evals/benchmarks/drift.json    # half an hour
python docs/images/drift_power.py                                      # needs altair and vl-convert-python
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "evals/benchmarks/drift.json"
PICTURE = ROOT / "docs/images/drift-power.svg"
FONT = "Helvetica, Arial, sans-serif"


def rows(data: dict[str, Any]) -> list[dict[str, Any]]:
    """One row per group, size of the baseline and shift: the share of the plants that were found."""
    found = []
    for line in data["results"]:
        if line["group"]:
            runs = line["baseline_runs"]
            found.append(
                {
                    "group": f"{line['group']} ({data['groups'][line['group']][0]:,})",
                    "verdicts": data["groups"][line["group"]][0],
                    "baseline": f"baseline of {runs} run{'s' * (runs > 1)}",
                    "shift": int(line["plant"].split()[0]),
                    "found": line["found"] / line["of"],
                }
            )
    return found


def chart(data: dict[str, Any]) -> alt.FacetChart:
    """Two panels, one curve for each group of criteria; the largest group is darkest."""
    order = [name for _, name in sorted({(-row["verdicts"], row["group"]) for row in rows(data)})]
    colour = alt.Color(
        "group:N",
        sort=order,
        scale=alt.Scale(domain=order, scheme="viridis"),
        title="group (verdicts)",
        legend=alt.Legend(symbolType="stroke", symbolStrokeWidth=2.5, symbolSize=400),
    )
    dash = alt.StrokeDash("group:N", sort=order, scale=alt.Scale(domain=order), title="group (verdicts)")
    curve = (
        alt.Chart(alt.Data(values=rows(data)))
        .mark_line(point=alt.OverlayMarkDef(size=22), strokeWidth=1.8)
        .encode(
            x=alt.X(
                "shift:Q", title="shift of the pass rate, points (above 0: more lenient)", axis=alt.Axis(values=SHIFTS)
            ),
            y=alt.Y("found:Q", title="found", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
            color=colour,
            strokeDash=dash,
            detail="side:N",
        )
        .transform_calculate(side="datum.shift > 0")
        .properties(width=330, height=250)
    )
    return curve.facet(column=alt.Column("baseline:N", title=None)).configure(font=FONT, background="white")


SHIFTS = [-5, -3, -2, -1, 1, 2, 3, 5]


def main() -> None:
    """Read the results and write the picture."""
    data = json.loads(RESULTS.read_text("utf-8"))
    PICTURE.write_text(vl_convert.vegalite_to_svg(chart(data).to_dict()), "utf-8")


if __name__ == "__main__":
    main()
