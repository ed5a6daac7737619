"""What `coach doctor` finds out, as data first and words second."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pydantic import BaseModel

from coach import __version__
from coach.config import Settings
from coach.errors import CoachError
from coach.findings import JudgeInfo
from coach.rubric import Rubric
from coach.rubric_file import load_rubric, rubric_names
from coach.store.qualifications import stamp, standing_of

if TYPE_CHECKING:
    from coach.store.database import Store

__all__ = ["Diagnosis", "EmbeddedState", "EndpointState", "diagnose"]

_EXTRAS = {
    "formats": "webvtt",
    "language": "lingua",
    "derive": "docx",
    "eval": "numpy",
    "report": "altair",
    "train": "sklearn",
}
"""Extra -> a module that it brings."""


class EmbeddedState(BaseModel):
    """What the embedded judge can do with a rubric: criteria with checks, of those that a transcript can settle."""

    rubric: str
    version: str
    checked: int
    assessable: int
    qualification: str


class EndpointState(BaseModel):
    """What is known of the endpoint. `problem` is None where it answered."""

    endpoint: str
    local: bool
    models: list[str] = []
    model: str | None = None
    form: str | None = None
    strict: bool | None = None
    without: list[str] = []
    reports_usage: bool = False
    seconds: float | None = None
    qualification: str | None = None
    problem: str | None = None


class Diagnosis(BaseModel):
    """Everything that `coach doctor` says. `endpoint` is None where none is configured."""

    version: str
    python: str
    embedded_model: str
    embedded: list[EmbeddedState]
    endpoint: EndpointState | None
    extras: dict[str, bool]
    exit_code: int = 0

    def lines(self) -> Iterator[str]:
        """As a person reads it."""
        yield f"coach {self.version}, Python {self.python}"
        yield f"embedded judge: {self.embedded_model}, on this machine, no network"
        for state in self.embedded:
            yield f"  {state.rubric} {state.version}: checks for {state.checked} of {state.assessable} criteria"
            yield f"    {state.qualification}"
        if self.endpoint is None:
            yield "endpoint: none is configured (OPENAI_BASE_URL or OPENAI_API_KEY); --judge auto is the embedded judge"
        else:
            yield from _endpoint_lines(self.endpoint)
        missing = [name for name, there in self.extras.items() if not there]
        if missing:
            yield f"optional parts not installed: {', '.join(missing)} (pip install 'coach[{','.join(missing)}]')"


def _endpoint_lines(state: EndpointState) -> Iterator[str]:
    yield f"endpoint: {state.endpoint}" + (" (on this machine)" if state.local else " (conversations are sent there)")
    if state.problem is not None:
        yield f"  does not answer: {state.problem}"
        return
    yield f"  model: {state.model}" + (f" (of {', '.join(state.models)})" if len(state.models) > 1 else "")
    kept = {
        True: "honours strict JSON schemas",
        False: "takes a JSON schema but does not keep to it: answers are validated all the same",
        None: f"takes no JSON schema; coach asks for {state.form} and validates the answers",
    }[state.strict]
    yield f"  {kept}"
    if state.without:
        yield f"  does not take: {', '.join(state.without)}"
    if not state.reports_usage:
        yield "  reports no token usage: tokens and cost cannot be counted"
    if state.qualification:
        yield f"  {state.qualification}"
    yield f"  answered in {state.seconds:.1f} s; --judge auto is the LLM"


def diagnose(settings: Settings) -> Diagnosis:
    """Look at the rubrics, and ask the endpoint that `settings` name, if any. Problems of the endpoint are part of the result.

    How the judges qualified is what the database of `settings` knows, if there is one, and what coach brings along.
    """
    from coach.judges.embedded.judge import EmbeddedJudge

    rubrics = [load_rubric(name) for name in rubric_names()]
    with _store(settings) as store:
        states = [_state(rubric, store) for rubric in rubrics]
        endpoint, code = _endpoint(settings, store, rubrics[0]) if settings.endpoint_configured else (None, 0)
    return Diagnosis(
        version=__version__,
        python=platform.python_version(),
        embedded_model=EmbeddedJudge(rubrics[0]).info.model,
        embedded=states,
        endpoint=endpoint,
        extras={name: find_spec(module) is not None for name, module in _EXTRAS.items()},
        exit_code=code,
    )


@contextmanager
def _store(settings: Settings) -> Iterator[Store | None]:
    if settings.db is None or not settings.db.is_file():
        yield None
        return
    from coach.store.database import Store

    with Store.open(settings.db, create=False) as store:
        yield store


def _state(rubric: Rubric, store: Store | None) -> EmbeddedState:
    from coach.judges.embedded.judge import EmbeddedJudge

    judge = EmbeddedJudge(rubric).info
    return EmbeddedState(
        rubric=rubric.id,
        version=rubric.version,
        checked=sum(bool(criterion.checks) for criterion in rubric.assessable),
        assessable=len(rubric.assessable),
        qualification=stamp(judge, standing_of(judge, rubric.id, store)),
    )


async def _judge_of(settings: Settings, model: str, rubric: Rubric) -> JudgeInfo:
    """The judge that `coach audit` would ask with these settings: by default what leaves the machine is masked."""
    from coach.judges.choice import JudgeChoice
    from coach.privacy import PersonalDataRedactor

    named = settings.model_copy(update={"model": model})
    judges = JudgeChoice("llm", named, redactor=None if settings.local else PersonalDataRedactor())
    await judges.prepare()
    try:
        return judges.judge(rubric).info
    finally:
        await judges.close()


def _endpoint(settings: Settings, store: Store | None, rubric: Rubric) -> tuple[EndpointState, int]:
    from coach.judges.llm.probe import probe

    state = EndpointState(endpoint=settings.endpoint, local=settings.local)
    try:
        found = asyncio.run(probe(settings))
    except CoachError as error:
        return state.model_copy(update={"problem": str(error)}), error.exit_code
    judge = asyncio.run(_judge_of(settings, found.model, rubric))
    return (
        EndpointState(
            endpoint=found.endpoint,
            local=settings.local,
            models=list(found.models),
            model=found.model,
            form=found.form,
            strict=found.strict,
            without=list(found.without),
            reports_usage=found.reports_usage,
            seconds=found.seconds,
            qualification=stamp(judge, standing_of(judge, rubric.id, store)),
        ),
        0,
    )
