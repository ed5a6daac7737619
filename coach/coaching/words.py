"""The words that a coaching sheet, a monthly summary and a practice session say themselves, in English, Spanish and Chinese.

Promise: kind and plain. They speak of what was said, never of what somebody is.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from coach.reports.labels import Labels

__all__ = ["Words"]


class Words(Labels):
    """The words in one language (`es`, `zh-CN`); English for a language that is not there."""

    folder: ClassVar[Path] = Path(__file__).parent / "labels"
