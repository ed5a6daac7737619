"""What a run with an endpoint costs: compared with the prediction, kept, and held within `--budget`."""

from __future__ import annotations

import json
import re
from pathlib import Path

from coach.store.database import Store
from tests.cli.conftest import Coach
from tests.cli.test_audit import audits, line
from tests.judges.llm.endpoint import Says, endpoint

ANSWER = json.dumps(
    {
        "scenarios": [{"scenario": "opening", "turns": [0]}],
        "answers": [{"met": "1", "turn": 0}, {"met": "2", "turn": 0}, {"met": "3", "turn": 0}],
    }
)
GRADED = Says(ANSWER, prompt_tokens=900, completion_tokens=100)
PRICES = "models:\n  small-model: {input: 100, output: 100}\n"
"""A graded conversation costs 0.1 USD."""


def _calls(count: int) -> str:
    return "".join(line(f"c-{number}", "A: Hello.", "C: Hi.", f"A: Number {number}.") for number in range(count))


def test_the_run_is_compared_with_what_was_predicted_for_its_conversations(
    coach: Coach, rubric: Path, tmp_path: Path
) -> None:
    (tmp_path / "prices.yaml").write_text(PRICES, "utf-8")
    arguments = ("audit", "-", "--rubric", rubric, "--prices", "prices.yaml", "--model", "small-model", "--db", "a.db")
    with endpoint(GRADED) as served:
        predicted = coach(*arguments, "--base-url", served.url, "--dry-run", "--no-rewrites", stdin=_calls(4))
        ended = coach(*arguments, "--base-url", served.url, "--no-rewrites", stdin=_calls(4))
    tokens = re.search(r"about (\d+) requests, (\d+) tokens in", predicted.out)
    assert tokens is not None
    off = 100 * (3600 / int(tokens[2]) - 1)
    assert "coach: grading 4 conversations took 4 requests (predicted 4, +0%), " in ended.err
    assert f"3600 tokens in (predicted {tokens[2]}, {off:+.0f}%)" in ended.err
    assert "0.4000 USD (predicted 0." in ended.err
    with Store.open(tmp_path / "a.db", create=False) as store:
        (run,) = store.runs()
    assert run.predicted is not None
    assert run.grading is not None
    assert (run.predicted.requests, run.predicted.input_tokens) == (4, int(tokens[2]))
    assert (run.grading.requests, run.grading.input_tokens, run.grading.output_tokens) == (4, 3600, 400)


def test_conversations_answered_from_the_database_are_not_in_the_comparison(coach: Coach, rubric: Path) -> None:
    arguments = ("audit", "-", "--rubric", rubric, "--db", "a.db", "--no-rewrites")
    with endpoint(GRADED) as served:
        coach(*arguments, "--base-url", served.url, stdin=_calls(3))
        ended = coach(*arguments, "--base-url", served.url, stdin=_calls(5))
        again = coach(*arguments, "--base-url", served.url, stdin=_calls(5))
    assert "grading 2 conversations took 2 requests" in ended.err
    assert "took" not in again.err


def test_a_budget_stops_the_run_in_time_and_the_next_one_goes_on(coach: Coach, rubric: Path, tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text(PRICES, "utf-8")
    arguments = ("audit", "-", "--rubric", rubric, "--prices", "prices.yaml", "--db", "a.db", "--no-rewrites")
    arguments += ("--format", "jsonl", "--concurrency", "4")
    with endpoint(GRADED, delay=0.02) as served:
        first = coach(*arguments, "--base-url", served.url, "--budget", "1.05", stdin=_calls(40))
        paid = len(served.requests)
        second = coach(*arguments, "--base-url", served.url, stdin=_calls(40))
    assert first.code == 3
    assert paid == len(audits(first.out)) == 10
    assert "not graded: c-10: not begun: the budget of 1.05 USD has no room for it (1.0000 USD spent" in first.err
    assert "and 10 more" in first.err
    assert (second.code, len(audits(second.out)), len(served.requests)) == (0, 40, 40)


def test_conversations_dearer_than_predicted_pass_the_budget_by_no_more_than_was_in_flight(
    coach: Coach, rubric: Path, tmp_path: Path
) -> None:
    (tmp_path / "prices.yaml").write_text(PRICES, "utf-8")
    dear = Says(ANSWER, prompt_tokens=9_900, completion_tokens=100)
    arguments = ("audit", "-", "--rubric", rubric, "--prices", "prices.yaml", "--no-rewrites", "--concurrency", "2")
    with endpoint(dear, delay=0.05) as served:
        ended = coach(*arguments, "--base-url", served.url, "--budget", "1.5", stdin=_calls(40))
    assert ended.code == 3
    # One dollar each where some cents were predicted: one fits, and twice the requests in flight were under way.
    assert 1 <= len(served.requests) <= 1 + 4


def test_a_budget_for_a_model_without_a_price_is_refused_before_anything_is_sent(coach: Coach, rubric: Path) -> None:
    with endpoint(GRADED) as served:
        ended = coach("audit", "-", "--rubric", rubric, "--base-url", served.url, "--budget", "1", stdin=_calls(1))
        assert served.requests == []
    assert ended.code == 2
    assert "no price is known for small-model" in ended.err
