"""Reads conversations: one file per input format, behind one registry.

Promise: `read` gives well-formed transcripts and, for what cannot be read, records that say what is wrong and where. It
streams, so neither a file of 2 GB nor a folder of 100,000 files has to fit into memory.
"""

from coach.readers.conversation import BadRecord
from coach.readers.options import ReadOptions, Role, parse_columns, parse_roles
from coach.readers.reading import read
from coach.readers.registry import format_names

__all__ = ["BadRecord", "ReadOptions", "Role", "format_names", "parse_columns", "parse_roles", "read"]
