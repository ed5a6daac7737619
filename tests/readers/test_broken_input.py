"""Cut-off and mutated input of every format ends in transcripts and errors, never in another exception, never in nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.readers.inputs import FIXTURES, ROLES, read_all

NAMES = sorted(path.name for path in FIXTURES.iterdir())
JSON_TOKENS = [b"null", b'"x"', b"-1", b"[]", b"{}", b"1e400", b"true", b"99999999999999999999", b"\xff", b"\\ud800"]


def check(name: str, data: bytes) -> None:
    """Read it with and without roles: something comes out, and each error names the file."""
    path = Path(tempfile.mkdtemp()) / name
    path.write_bytes(data)
    for roles in (ROLES, {}):
        good, bad = read_all(path, roles=roles)
        assert good or bad
        assert all(str(error.source) == str(path) for error in bad)
        assert all(any(not turn.is_event for turn in item.turns) for item in good)


@pytest.mark.parametrize("name", NAMES)
@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_cut_off_input(name: str, data: st.DataObject) -> None:
    content = (FIXTURES / name).read_bytes()
    check(name, content[: data.draw(st.integers(0, len(content)))])


@pytest.mark.parametrize("name", NAMES)
@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_input(name: str, data: st.DataObject) -> None:
    content = bytearray((FIXTURES / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        begin = data.draw(st.integers(0, len(content)))
        end = min(len(content), begin + data.draw(st.integers(0, 40)))
        content[begin:end] = data.draw(st.binary(max_size=4) | st.sampled_from(JSON_TOKENS))
    check(name, bytes(content))


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith((".json", ".jsonl"))])
@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_values_of_another_type(name: str, data: st.DataObject) -> None:
    content = (FIXTURES / name).read_bytes()
    colons = [place for place in range(len(content)) if content[place : place + 2] == b": "]
    begin = data.draw(st.sampled_from(colons)) + 2
    end = min(
        (place for mark in (b", ", b"}", b"]", b",\n") if (place := content.find(mark, begin)) > 0), default=begin
    )
    check(name, content[:begin] + data.draw(st.sampled_from(JSON_TOKENS)) + content[end:])
