"""Which judge grades: the LLM where an endpoint is configured, else the embedded one.

Promise: `auto` never sends anything anywhere unless an endpoint or a key was configured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from coach.config import Settings
from coach.errors import ConfigError
from coach.judges.base import Judge
from coach.rubric import Rubric

if TYPE_CHECKING:
    from httpx2 import AsyncBaseTransport

    from coach.judges.llm.client import ChatClient
    from coach.judges.llm.judge import Redactor
    from coach.rewriting.rewriter import Rewriter

__all__ = ["JudgeChoice", "JudgeKind"]

JudgeKind = Literal["auto", "llm", "embedded"]


class JudgeChoice:
    """Makes judges of one kind, one per rubric; those of the LLM share one client. Call `prepare` before the first."""

    def __init__(
        self,
        kind: JudgeKind,
        settings: Settings,
        *,
        redactor: Redactor | None = None,
        transport: AsyncBaseTransport | None = None,
    ) -> None:
        if kind == "llm" and not settings.endpoint_configured:
            raise ConfigError("--judge llm: no endpoint: set OPENAI_BASE_URL (or --base-url) or OPENAI_API_KEY")
        self.kind: Literal["llm", "embedded"] = (
            "llm" if kind == "llm" or (kind == "auto" and settings.endpoint_configured) else "embedded"
        )
        self.settings = settings
        self._redactor = redactor
        self._transport = transport
        self._client: ChatClient | None = None

    @property
    def masked(self) -> bool:
        """True where personal data is masked in what is sent."""
        return self._redactor is not None

    @property
    def in_flight(self) -> int:
        """How many conversations may be under way at once; requests are bounded by the client."""
        return 2 * self.settings.concurrency if self.kind == "llm" else 1

    @property
    def client(self) -> ChatClient | None:
        """The connection to the endpoint, once prepared; None for the embedded judge."""
        return self._client

    async def prepare(self) -> None:
        """Find out the model where none is named. Raises `ConfigError` where there is no model to use."""
        if self.kind == "llm":
            from coach.judges.llm.judge import connect

            self._client = await connect(self.settings, transport=self._transport)

    def judge(self, rubric: Rubric) -> Judge:
        """A judge for `rubric`."""
        if self._client is not None:
            from coach.judges.checked import CheckedJudge
            from coach.judges.llm.judge import LLMJudge

            return CheckedJudge(LLMJudge(rubric, self._client, redactor=self._redactor))
        from coach.judges.embedded.judge import EmbeddedJudge

        return EmbeddedJudge(rubric)

    def rewriter(self, judge: Judge) -> Rewriter:
        """What rewrites for `judge`: the same LLM, else the manual's scripts."""
        from coach.rewriting.rewriter import Rewriter

        if self._client is None:
            return Rewriter(judge)
        from coach.rewriting.by_llm import LLMProposer

        return Rewriter(judge, proposer=LLMProposer(judge.rubric, self._client, redactor=self._redactor))

    async def close(self) -> None:
        """Close the connection, if there is one."""
        if self._client is not None:
            await self._client.close()
