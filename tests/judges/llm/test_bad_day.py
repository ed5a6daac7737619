"""A run against an endpoint that fails in every way, killed half way and started again: the benchmark, made small."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[3] / "evals" / "benchmarks" / "llm_faults.py"


@pytest.mark.slow
def test_every_conversation_of_a_bad_day_is_graded_or_listed_nothing_is_wrong_and_little_is_paid_for_twice() -> None:
    flags = ["--conversations", "40", "--latency", "0.02", "--timeout", "1", "--concurrency", "4"]
    ended = subprocess.run(
        [sys.executable, str(BENCHMARK), *flags], capture_output=True, text=True, timeout=300, check=False
    )
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["graded"] + found["listed as not graded"] == 40
    assert sum(found["faults"].values()) > 0
    assert 0 < found["saved when killed"] < 40
    assert found["verdicts"] > 0
    assert (found["wrong"], found["lost"]) == (0, 0)
    assert found["paid for twice"] <= 2 * 4
