"""What an endpoint understands of chat.completions, learnt from its refusals.

Promise: a refusal of a parameter weakens the request by one step and is remembered for the process, so it costs one
request, not one a conversation. The last step, plain text, asks nothing that any chat endpoint could refuse; the
answers are validated just the same at every step.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from coach.judges.llm.schema import AnswerFormat

__all__ = ["Dialect", "Form"]

Form = Literal["json_schema", "json_schema_unbounded", "json_object", "text"]

_WEAKER: dict[Form, Form] = {
    "json_schema": "json_schema_unbounded",
    "json_schema_unbounded": "json_object",
    "json_object": "text",
}
_FORMAT_WORDS = ("response_format", "json_schema", "json_object", "schema", "grammar", "structured output", "guided")
_LENGTH_WORDS = ("maxlength", "maxitems", "minitems", "max_length", "max_items")
_OPTIONAL = ("temperature", "seed", "top_logprobs", "logprobs")


@dataclass(frozen=True)
class Dialect:
    """How to ask: the form of the answer, the name of the token limit, and parameters that must stay away."""

    form: Form = "json_schema"
    token_limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    without: frozenset[str] = field(default_factory=frozenset)

    def body(
        self, *, model: str, messages: list[dict[str, str]], format: AnswerFormat, limit: int, extra: dict[str, Any]
    ) -> dict[str, Any]:
        """The JSON body of a request."""
        body: dict[str, Any] = {"model": model, "messages": messages, self.token_limit: limit}
        body.update({name: value for name, value in extra.items() if name not in self.without})
        if self.form == "json_object":
            body["response_format"] = {"type": "json_object"}
        elif self.form != "text":
            schema = format.strict if self.form == "json_schema" else format.unbounded
            wrapped = {"name": "grading", "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": wrapped}
        return body

    def after_refusal(self, parameter: str | None, message: str) -> Dialect | None:
        """The dialect to try after a 400 or 422 about `parameter` with `message`; None where it was about something else."""
        said = f"{parameter or ''} {message}".lower()
        if self.token_limit == "max_tokens" and "max_completion_tokens" in said:
            return replace(self, token_limit="max_completion_tokens")
        if self.token_limit == "max_completion_tokens" and "max_completion_tokens" in said:
            return replace(self, token_limit="max_tokens")
        for name in _OPTIONAL:
            if name in said and name not in self.without:
                gone = {"logprobs", "top_logprobs"} if "logprobs" in name else {name}
                return replace(self, without=self.without | gone)
        if self.form in _WEAKER and any(word in said for word in (*_FORMAT_WORDS, *_LENGTH_WORDS)):
            return replace(self, form=_WEAKER[self.form])
        return None
