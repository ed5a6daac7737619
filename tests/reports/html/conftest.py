"""A database of golden conversations, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reports.html.golden_store import graded, spread


@pytest.fixture(scope="session")
def golden_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 audits of three manuals (en, es, zh), twelve agents, ten weeks."""
    results = graded(["sto-express", "tea-city", "yingsheng"], each=6)
    return spread(tmp_path_factory.mktemp("golden") / "golden.db", results, 400)
