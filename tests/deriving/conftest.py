"""Waiting times are cut short: what is tested is what happens, not how long it takes."""

from __future__ import annotations

import pytest
from tenacity import wait_none

from coach.judges.llm import client


@pytest.fixture(autouse=True)
def _no_waiting_between_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_BACKOFF", wait_none())
    monkeypatch.setattr(client, "_THROTTLE_BACKOFF", wait_none())
