"""The program as its users start it: a process with arguments, input and a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

RUBRIC = """\
id: demo
title: Demo
language: en
channels: [phone, chat]
version: 1.0.0
manual: {title: Demo manual}
signals:
  demo-hello: {phrases: [hello, hi], speaker: agent}
  demo-rude: {phrases: ["hurry up"], speaker: agent}
scenarios:
  - {id: opening, title: Opening, description: The agent answers., detect: {always: true, confidence: 1}}
criteria:
  - id: demo:1
    clause: "1"
    quote: Say hello.
    title: Greet
    requirement: The agent's first turn greets.
    scenario: opening
    severity: minor
    error_class: customer
    assess: text
    checks:
      - {check: require, says: [demo-hello], where: opening}
  - id: demo:2
    clause: "2"
    quote: Never hurry the customer.
    title: Never hurry the customer
    requirement: The agent never tells the customer to hurry.
    scenario: always
    severity: critical
    error_class: customer
    assess: text
    checks:
      - {check: forbid, says: [demo-rude]}
  - id: demo:3
    clause: "3"
    quote: Mean it.
    title: Mean it
    requirement: The agent means it.
    scenario: always
    severity: minor
    error_class: customer
    assess: text
    unchecked: words do not show it
"""


@dataclass(frozen=True)
class Ended:
    """How a call of the program ended."""

    code: int
    out: str
    err: str


Coach = Callable[..., Ended]


@pytest.fixture
def coach(tmp_path: Path) -> Coach:
    """Call `coach` with these arguments in `tmp_path`; `stdin` is text or bytes, `env` adds to the environment."""

    def call(*arguments: str | Path, stdin: str | bytes = b"", env: dict[str, str] | None = None) -> Ended:
        ended = subprocess.run(
            [sys.executable, "-m", "coach", *map(str, arguments)],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, **(env or {})},
            timeout=120,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())

    return call


@pytest.fixture
def rubric(tmp_path: Path) -> Path:
    """A rubric file of three criteria: greet (minor), never hurry (critical), one that the embedded judge leaves open."""
    path = tmp_path / "demo.yaml"
    path.write_text(RUBRIC, "utf-8")
    return path
