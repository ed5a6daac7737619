"""The base of every vendor's layout: what of an export is read, as Pydantic models.

Promise: a field that is read and has changed is an error with its path; a field that is not read may be anything.
"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from coach.readers.conversation import Place

__all__ = ["Layout", "has_list", "parse"]

Model = TypeVar("Model", bound=BaseModel)


class Layout(BaseModel):
    """Part of an export. Numbers are taken as text where a vendor's ids are numbers."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, populate_by_name=True)


def parse(layout: type[Model], document: Any, place: Place, what: str) -> Model:
    """The document as that layout. Raises `TranscriptError` with the path of what is missing or of another type."""
    try:
        return layout.model_validate(document)
    except ValidationError as error:
        raise place.invalid(error, what) from None


def has_list(document: Any, key: str, *inside: str) -> bool:
    """True if `document[key]` is a list whose first object has all keys of `inside` (an empty list: True)."""
    items = document.get(key) if isinstance(document, dict) else None
    if not isinstance(items, list):
        return False
    first = next((item for item in items if isinstance(item, dict)), None)
    return not items or (first is not None and all(name in first for name in inside))
