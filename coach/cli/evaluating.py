"""What the `coach eval` commands share once their flags are parsed: which judge grades, and what it found.

Promise: a judge that cannot be reached or fails is a `JudgeError` (exit code 3), never to be taken for broken input (2).
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from coach.config import Settings
from coach.errors import ConfigError, JudgeError
from coach.judges.choice import JudgeChoice, JudgeKind

if TYPE_CHECKING:
    from coach.evals.golden import Case
    from coach.evals.recording import Recorder, Replay
    from coach.evals.rendering import Check, Section
    from coach.evals.results import CaseResult, EvalRun
    from coach.judges.llm.judge import Redactor

__all__ = ["FORMATS", "JudgeFlags", "Output", "need_libraries", "note"]

FORMATS = ("table", "md", "json", "junit")
_REPLAY_ADDRESS = "http://recorded.invalid/v1"
"""Nothing is sent there; the judge wants an address to be configured."""


def need_libraries() -> None:
    """Raise `ConfigError` where the statistics libraries are not installed."""
    missing = [name for name in ("numpy", "scipy", "statsmodels") if find_spec(name) is None]
    if missing:
        raise ConfigError(f"coach eval needs {', '.join(missing)}: pip install 'coach[eval]'")


def note(message: str) -> None:
    """Say something to the person who waits, on standard error."""
    print(f"coach: {message}", file=sys.stderr)


@dataclass(frozen=True)
class JudgeFlags:
    """The flags that say which judge grades, and whether its answers are recorded or replayed.

    `redact`: mask personal data in what is sent; None: as `coach audit` does, wherever it leaves this machine, so that the
    judge is the one that audits.
    """

    judge: str = "auto"
    model: str | None = None
    base_url: str | None = None
    concurrency: int | None = None
    record: Path | None = None
    replay: Path | None = None
    group_size: int | None = None
    samples: int | None = None
    redact: bool | None = None

    @classmethod
    def named(cls, spec: str, like: JudgeFlags) -> JudgeFlags:
        """A judge by name: `embedded`, `llm`, `llm:MODEL` or `replay:FOLDER`. Raises `ConfigError`."""
        kind, _, rest = spec.partition(":")
        if kind == "replay" and rest:
            return replace(like, judge="llm", replay=Path(rest), record=None)
        if kind in ("embedded", "llm") and not (kind == "embedded" and rest):
            return replace(like, judge=kind, model=rest or like.model, record=None, replay=None)
        raise ConfigError(f"--judges {spec!r}: write embedded, llm, llm:MODEL or replay:FOLDER")

    def settings(self) -> Settings:
        """The settings for the endpoint; in a replay none is asked. Raises `ConfigError`."""
        address = _REPLAY_ADDRESS if self.replay else self.base_url
        return Settings.read(
            model=self.model,
            base_url=address,
            concurrency=self.concurrency,
            group_size=self.group_size,
            samples=self.samples,
        )

    def choice(self) -> tuple[JudgeChoice, Replay | Recorder | None]:
        """The judge, and what stands between it and the network, if anything does. Raises `ConfigError`, `InputError`."""
        if self.judge not in get_args(JudgeKind):
            raise ConfigError(f"--judge {self.judge!r}: choose one of {', '.join(get_args(JudgeKind))}")
        if self.record and self.replay:
            raise ConfigError("--record asks the endpoint and --replay does not: choose one")
        kind = "llm" if self.replay and self.judge == "auto" else self.judge
        settings = self.settings()
        masked = not settings.local if self.redact is None else self.redact
        if self.replay is None and self.record is None:
            return JudgeChoice(cast(JudgeKind, kind), settings, redactor=_redactor(masked, settings)), None
        from coach.evals.recording import Recorder, Replay

        transport = Replay(self.replay) if self.replay else Recorder(cast(Path, self.record), masked=masked)
        masked = transport.masked if isinstance(transport, Replay) else masked
        redactor = _redactor(masked, settings)
        judges = JudgeChoice(cast(JudgeKind, kind), settings, redactor=redactor, transport=transport)
        if judges.kind == "embedded":
            raise ConfigError("the embedded judge asks no endpoint: there is nothing to record or replay")
        return judges, transport

    def grade(
        self, cases: Sequence[Case], *, runs: int = 1, done: Callable[[CaseResult], None] = lambda _: None
    ) -> list[EvalRun]:
        """Grade `cases` `runs` times. Raises `JudgeError` where the judge cannot be reached at all."""
        from coach.evals.runner import grade

        judges, transport = self.choice()
        repeatable = judges.kind == "embedded" or (transport is not None and runs == 1)
        try:
            found = asyncio.run(grade(cases, judges, repeatable=repeatable, runs=runs, done=done))
        except ConfigError as error:
            if _of_endpoint(error):
                raise JudgeError(str(error)) from error
            raise
        finally:
            for line in getattr(transport, "notes", list)():
                note(line)
        return found


def _redactor(masked: bool, settings: Settings) -> Redactor | None:
    if not masked or not settings.endpoint_configured:
        return None
    from coach.privacy import PersonalDataRedactor

    return PersonalDataRedactor()


def _of_endpoint(error: ConfigError) -> bool:
    """Whether an endpoint was asked and let us down, as opposed to a flag that cannot work."""
    import openai

    from coach.judges.llm.faults import Fault

    return isinstance(error.__context__ or error.__cause__, openai.OpenAIError | TimeoutError | Fault)


@dataclass(frozen=True)
class Output:
    """Where results go and in which format. Checked before anything is graded."""

    format: str
    path: Path | None

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise ConfigError(f"--format {self.format!r}: choose one of {', '.join(FORMATS)}")

    def write(
        self,
        sections: Callable[[], list[Section]],
        data: Callable[[], Any],
        checks: Callable[[], list[Check]],
        *,
        name: str,
        properties: dict[str, str] | None = None,
    ) -> None:
        """Write one result; only what its format needs is made."""
        from coach.evals.rendering import as_junit, as_markdown, as_table

        if self.format == "json":
            text = json.dumps(data(), ensure_ascii=False, indent=2, default=str) + "\n"
        elif self.format == "junit":
            text = as_junit(name, checks(), properties or {})
        elif self.format == "md":
            text = as_markdown(sections())
        else:
            terminal = self.path is None and sys.stdout.isatty()
            text = as_table(sections(), width=_columns() if terminal else None, color=terminal)
        if self.path is None:
            sys.stdout.write(text)
            return
        try:
            self.path.write_text(text, "utf-8")
        except OSError as error:
            raise ConfigError(f"--output {self.path}: cannot be written: {error}") from error


def _columns() -> int:
    from shutil import get_terminal_size

    return get_terminal_size((140, 24)).columns
