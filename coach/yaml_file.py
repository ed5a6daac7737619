"""YAML that a person edits: read strictly, with the line of every node at hand for error messages.

Promise: plain scalars mean what they look like. Only `true`, `false`, `null` and numbers are not text (YAML 1.2's core
schema), so the Spanish word `No` stays a word; a key given twice is an error, not a silent overwrite.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from coach.errors import RubricError

__all__ = ["describe_validation_error", "line_of", "read_yaml"]

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """SafeLoader (in C where available) with YAML 1.2's core scalars."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+0123456789."),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def read_yaml(path: Path) -> tuple[Any, yaml.Node]:
    """The data of a YAML file and its node tree (for `line_of`). Raises `RubricError` with the line of what is wrong."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise RubricError("there is no such file", source=path) from None
    except (OSError, UnicodeDecodeError) as error:
        raise RubricError(f"cannot be read: {error}", source=path, hint="save it as UTF-8") from error
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise RubricError("the file is empty", source=path)
        _refuse_repeated_keys(node, path)
        return loader.construct_document(node), node
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(filter(None, (error.context, error.problem)))
        raise RubricError(f"not valid YAML: {problem}", source=path, line=mark.line + 1 if mark else None) from error
    except yaml.YAMLError as error:
        raise RubricError(f"not valid YAML: {error}", source=path) from error
    finally:
        loader.dispose()


def _refuse_repeated_keys(node: yaml.Node, path: Path) -> None:
    stack, visited = [node], set[int]()
    while stack:
        current = stack.pop()
        if id(current) in visited:
            continue
        visited.add(id(current))
        if isinstance(current, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in current.value:
                if key.value in seen:
                    line = key.start_mark.line + 1
                    raise RubricError(f"key {key.value!r} is given twice", source=path, line=line)
                seen.add(key.value)
                stack.append(value)
        elif isinstance(current, yaml.SequenceNode):
            stack.extend(current.value)


def line_of(node: yaml.Node, path: tuple[int | str, ...]) -> int:
    """The line (from 1) of the deepest node on `path`, a Pydantic error location; steps that are not in the file are passed over."""
    line = node.start_mark.line + 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            entry = next(((k, v) for k, v in node.value if k.value == str(step)), None)
            if entry is None:
                continue
            line, node = entry[0].start_mark.line + 1, entry[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def describe_validation_error(error: ValidationError, path: Path, node: yaml.Node) -> RubricError:
    """The first problem of `error` with its line, and how many more there are."""
    problems = error.errors(include_url=False)
    first = problems[0]
    location = tuple(first["loc"]) + tuple(first.get("ctx", {}).get("path", ()))
    place = ".".join(str(step) for step in location)
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        message = f"unknown key {str(first['loc'][-1])!r}"
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return RubricError(f"{place + ': ' if place else ''}{message}{more}", source=path, line=line_of(node, location))
