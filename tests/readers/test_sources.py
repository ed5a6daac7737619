"""Files, folders, globs, standard input and compressed files."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import zstandard

from coach.errors import TranscriptError
from coach.readers import ReadOptions, read
from tests.readers.inputs import read_all, read_one, the_error

DIALOGUE = "Agent: Hello\nCustomer: Hi\n"
NATIVE = b'{"id": "n", "turns": [{"speaker": "agent", "text": "Hello"}]}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b/two.txt", "a/two.txt", "one.txt", ".hidden/x.txt", "a/.hidden.txt", "a/two.wav"):
        path = tmp_path / "calls" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(DIALOGUE)
    return tmp_path / "calls"


def test_a_folder_is_read_in_order_and_its_paths_are_the_ids(folder: Path) -> None:
    good, bad = read_all(folder)
    assert [item.id for item in good] == ["one", "a/two", "b/two"]
    assert bad == []


def test_a_glob_is_sorted_and_what_it_leaves_open_is_the_id(folder: Path) -> None:
    good, _ = read_all(f"{folder}/**/two.txt")
    assert [item.id for item in good] == ["a/two", "b/two"]


def test_a_file_whose_name_looks_like_a_glob_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "call[1].txt"
    path.write_text(DIALOGUE)
    assert read_one(path).id == "call[1]"


@pytest.mark.parametrize("name", ["missing.jsonl", "missing/*.txt"])
def test_an_input_that_names_nothing_is_refused_before_anything_is_read(tmp_path: Path, name: str) -> None:
    good = tmp_path / "good.txt"
    good.write_text(DIALOGUE)
    with pytest.raises(TranscriptError, match="missing"):
        read([str(good), str(tmp_path / name)], ReadOptions())


def test_an_empty_folder_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match="empty folder"):
        read([str(tmp_path)])


def test_an_empty_file_is_an_error_with_its_name_and_the_others_are_read(folder: Path) -> None:
    empty = folder / "a" / "empty.txt"
    empty.write_text(" \n\n")
    good, bad = read_all(folder)
    assert len(good) == 3
    assert [str(error) for error in bad] == [f"{empty}: the file is empty"]


def test_binary_data_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(bytes(range(256)) * 10)
    assert "not text" in the_error(path).message


def test_text_without_any_speaker_is_of_no_known_format(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("just some words\nand others\n")
    assert "no known format" in the_error(path).message


@pytest.mark.parametrize("data", [NATIVE, DIALOGUE.encode()], ids=["jsonl", "text"])
def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    good, bad = read_all("-")
    assert len(good) == 1
    assert bad == []


def test_an_error_on_standard_input_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(NATIVE + b"{\n")))
    assert str(read_all("-")[1][0]).startswith("<stdin>:2: ")


@pytest.mark.parametrize(
    ("suffix", "compress"),
    [(".gz", gzip.compress), (".zst", zstandard.ZstdCompressor().compress)],
    ids=["gzip", "zstd"],
)
class TestCompressed:
    def test_a_compressed_file_is_read(self, tmp_path: Path, suffix: str, compress) -> None:  # type: ignore[no-untyped-def]
        path = tmp_path / f"call.txt{suffix}"
        path.write_bytes(compress(DIALOGUE.encode()))
        assert read_one(path).id == "call"

    def test_two_compressed_parts_after_each_other_are_read(self, tmp_path: Path, suffix: str, compress) -> None:  # type: ignore[no-untyped-def]
        path = tmp_path / f"call.jsonl{suffix}"
        path.write_bytes(compress(NATIVE) + compress(NATIVE.replace(b'"n"', b'"m"')))
        assert [item.id for item in read_all(path)[0]] == ["n", "m"]

    def test_a_compressed_file_that_is_cut_off_is_an_error(self, tmp_path: Path, suffix: str, compress) -> None:  # type: ignore[no-untyped-def]
        path = tmp_path / f"call.txt{suffix}"
        path.write_bytes(compress(DIALOGUE.encode())[:-6])
        error = the_error(path)
        assert "cannot be read" in error.message
        assert error.source == str(path)


def test_a_large_file_of_zeros_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(200):
            file.write(b"{" + b" " * 1_000_000)
    assert "bytes long; the limit" in the_error(path).message


def test_a_folder_with_unreadable_files_is_read_to_the_end(folder: Path) -> None:
    (folder / "a" / "broken.json").write_text('{"id": ')
    (folder / "zz.txt").write_text("Pedro: hola\n")
    good, bad = read_all(folder)
    assert len(good) == 3
    assert sorted(Path(str(error.source)).name for error in bad) == ["broken.json", "zz.txt"]


@pytest.mark.parametrize("content", ["[]", "{}", "[{}]", "[[1]]", "123", '"text"', "null", "[1, 2]"])
def test_json_that_holds_no_conversation_is_an_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    assert the_error(path).source == str(path)
