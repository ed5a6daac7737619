from __future__ import annotations

from pathlib import Path

import pytest

from coach.rubric import Rubric
from tests.store.parcels import make_rubric


@pytest.fixture
def rubric() -> Rubric:
    return make_rubric()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "coach.db"
