"""The JSON Schema of a rubric file.

An editor that knows YAML schemas (the `# yaml-language-server: $schema=...` line at the head of a rubric) completes keys
and underlines mistakes with it. `rubrics/rubric.schema.json` is this schema, written by `coach rubric schema -o`.
"""

from __future__ import annotations

from typing import Any

from coach.rubric import Rubric

__all__ = ["rubric_schema"]


def rubric_schema() -> dict[str, Any]:
    """A JSON Schema (draft 2020-12) of what a rubric file may say."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Rubric.model_json_schema(),
        "title": "coach rubric",
    }
