"""A JupyterLab of its own: on loopback, nothing fetched from afar, gone afterwards with its kernels."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
START_SECONDS = 60
QUIET = {"checkForUpdates": False, "fetchNews": "false"}


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its address, its token, the project it serves and where results go."""

    url: str
    token: str
    project: Path
    out: Path

    def address(self, notebook: str) -> str:
        return f"{self.url}lab/tree/notebooks/{notebook}?token={self.token}"


@contextmanager
def lab(folder: Path) -> Iterator[Lab]:
    """Serve a copy of the project from a folder until the block ends, however it ends."""
    project = _copy(folder / "project")
    token, log = secrets.token_hex(16), folder / "server.log"
    environment = _environment(folder, token)
    _settings(folder)
    with log.open("wb") as written:
        server = subprocess.Popen(
            _command(folder, project), env=environment, stdout=written, stderr=subprocess.STDOUT
        )
        try:
            yield Lab(_url(server, folder / "runtime", token, log), token, project, folder / "out")
        finally:
            _end(server)


def _copy(project: Path) -> Path:
    project.mkdir()
    for name in ("notebooks", "params"):
        shutil.copytree(PROJECT / name, project / name, ignore=shutil.ignore_patterns(".*"))
    for notebook in (project / "notebooks").glob("*.ipynb"):
        _strip(notebook)
    (project / "data").symlink_to(PROJECT / "data", target_is_directory=True)
    return project


def _strip(notebook: Path) -> None:
    """Take the committed outputs off, so that whatever is seen afterwards was made by running."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    notebook.write_text(json.dumps(content), encoding="utf-8")


def _environment(folder: Path, token: str) -> dict[str, str]:
    own = {f"JUPYTER_{name.upper()}_DIR": str(folder / name) for name in ("config", "data", "runtime")}
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("CERM_", "JUPYTER"))
    }
    ipython = {"IPYTHONDIR": str(folder / "ipython"), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    return inherited | own | ipython | {"JUPYTER_TOKEN": token, "CERM_OUT": str(folder / "out")}


def _settings(folder: Path) -> None:
    settings = folder / "settings"
    settings.mkdir()
    chosen = {"@jupyterlab/apputils-extension:notification": QUIET}
    (settings / "overrides.json").write_text(json.dumps(chosen), encoding="utf-8")


def _command(folder: Path, project: Path) -> list[str]:
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": "0",
        "ServerApp.open_browser": "False",
        "ServerApp.allow_root": "True",
        "ServerApp.root_dir": str(project),
        "LabApp.app_settings_dir": str(folder / "settings"),
        "LabApp.extension_manager": "readonly",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.news_url": "None",
    }
    return [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())]


def _url(server: subprocess.Popen[bytes], runtime: Path, token: str, log: Path) -> str:
    """Wait until the server has told its port and answers."""
    opener, until = build_opener(ProxyHandler({})), time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < until:
        for told in runtime.glob("jpserver-*.json"):
            try:
                url = str(json.loads(told.read_text(encoding="utf-8"))["url"])
                request = Request(f"{url}api/status", headers={"Authorization": f"token {token}"})
                with opener.open(request, timeout=5):
                    return url
            except (URLError, json.JSONDecodeError):  # not written to its end, or not listening yet
                continue
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')[-4000:]}")


def _end(server: subprocess.Popen[bytes]) -> None:
    """End the server, which ends its kernels; then whatever is left of either."""
    try:
        kernels = psutil.Process(server.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        kernels = []
    server.terminate()
    try:
        server.wait(timeout=15)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    _, alive = psutil.wait_procs(kernels, timeout=5)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive)
