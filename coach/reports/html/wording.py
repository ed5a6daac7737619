"""The words and numbers of the report in the language of its readers: one file per language in the folder `labels`.

Promise: every label is there in every language with the same places to fill, and what is filled in is escaped by the
template, never here.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import ClassVar

from coach.errors import ConfigError
from coach.findings import Usage
from coach.interval import Share
from coach.reports.html.estimates import Mean
from coach.reports.labels import Labels, languages_of

__all__ = ["LANGUAGES", "Wording"]

_FOLDER = Path(__file__).parent / "labels"
LANGUAGES = languages_of(_FOLDER)


class Wording(Labels):
    """Labels and numbers in one language. Raises `ConfigError` for a language that there is no file of."""

    folder: ClassVar[Path] = _FOLDER

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ConfigError(f"--lang {language!r}: choose one of {', '.join(LANGUAGES)}")
        super().__init__(language)

    def script_labels(self) -> dict[str, str]:
        """What the page's script says: labels that begin with `js_`, and the names that figures and lists share."""
        shared = ("critical", "major", "minor", "customer", "business", "compliance", "met", "violated", "not_assessed")
        names = [name for name in self._labels if name.startswith("js_")]
        return {name: self._labels[name] for name in (*names, *shared, "no_agent", "always")}

    def number(self, value: float, digits: int = 0) -> str:
        """`value` with the separators of the language."""
        text = f"{value:,.{digits}f}"
        marks = {",": self._labels["thousands"], ".": self._labels["decimal"]}
        return "".join(marks.get(character, character) for character in text)

    def percent(self, share: float) -> str:
        """A share (0 to 1) in whole per cent; only none and all are 0 and 100."""
        whole = round(100 * share)
        digits = 1 if whole in (0, 100) and share not in (0, 1) else 0
        return _unbroken(self("percent", value=self.number(100 * share, digits)))

    def share(self, share: Share) -> str:
        """A share with its interval, or that there is none."""
        if not share.of:
            return self("no_data")
        return f"{self.percent(share.value)} {self.interval(share)}"

    def interval(self, figure: Share | Mean | None) -> str:
        """The 95% interval of a figure."""
        if isinstance(figure, Share):
            return self.between(self.percent(figure.low), self.percent(figure.high)) if figure.of else ""
        if figure is None or figure.low is None or figure.high is None:
            return self("no_interval") if figure else ""
        return self.between(self.number(figure.low, 1), self.number(figure.high, 1))

    def between(self, low: str, high: str) -> str:
        """An interval, from its bounds."""
        return _unbroken(self("interval", low=low, high=high))

    def score(self, mean: Mean | None) -> str:
        """A mean score, without its interval."""
        return self.number(mean.value, 1) if mean else self("no_data")

    def day(self, moment: date | datetime) -> str:
        """A date, as year, month and day: the same in every language."""
        return f"{moment:%Y-%m-%d}"

    def cost(self, usage: Usage, unpriced: int) -> str:
        """What the grading cost, in US dollars; where no price is known, that."""
        if usage.requests == 0:
            return self("no_cost")
        if usage.cost_usd is None:
            return self("no_price")
        known = self("dollars", value=self.number(usage.cost_usd, 2))
        return self("part_priced", cost=known, count=self.number(unpriced)) if unpriced else known


def _unbroken(text: str) -> str:
    """`text` that no line break parts: after a dash even a no-break space would allow one."""
    return text.replace("–", "–\u2060").replace(" ", "\u00a0")
