"""Small projects for end-to-end tests: the real notebooks, clients and data made here."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from forked import run_command

ROOT = Path(__file__).parents[2]
AS_OF = "2024-12-31"


def purchases(customers: int = 300, seed: int = 5) -> pd.DataFrame:
    """Simulate purchases of customers who buy at their own pace and stop at some time."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        first = int(random.integers(0, 180))
        pace, stays = random.gamma(0.8, 0.06), random.exponential(500)
        days = first + np.cumsum(random.exponential(1 / (pace + 1e-3), size=60))
        days = np.concatenate([[first], days[(days < 730) & (days < first + stays)]])
        level = random.lognormal(3, 0.5)
        rows += [
            (f"c{number:04d}", int(day), round(float(level * random.lognormal(0, 0.4)), 2)) for day in days
        ]
    frame = pd.DataFrame(rows, columns=["customer", "day", "money"])
    start = pd.Timestamp("2023-01-01")
    frame["day"] = (start + pd.to_timedelta(frame["day"], unit="D")).dt.strftime("%Y-%m-%d")
    return frame


def make_folders(folder: Path) -> Path:
    """Lay out a project without notebooks."""
    for name in ("params", "data", "notebooks"):
        (folder / name).mkdir(parents=True)
    return folder


def make_project(folder: Path, *questions: str) -> Path:
    """Lay out a project with some of the real notebooks, the one about value where none is named."""
    make_folders(folder)
    for question in questions or ("20_value",):
        shutil.copy(ROOT / "notebooks" / f"{question}.ipynb", folder / "notebooks")
    return folder


def add_client(
    project: Path, name: str, data: object = None, *, without_tables: bool = False, **changes: object
) -> Path:
    """Write a client's params, and its data where a frame, text or bytes are given."""
    file = project / "data" / f"{name}.csv"
    if isinstance(data, pd.DataFrame):
        data.to_csv(file, index=False)
    elif isinstance(data, bytes):
        file.write_bytes(data)
    elif isinstance(data, str):
        file.write_text(data, encoding="utf-8")
    table = {
        "from": f"data/{name}.csv",
        "columns": {"customer_id": "customer", "date": "day", "amount": "money"},
    }
    params = {
        "client": name,
        "lang": "en",
        "currency": "EUR",
        "as_of": AS_OF,
        "data": {"transactions": table | changes.pop("table", {})},  # type: ignore[operator]
        "holdout_weeks": 26,
        "bootstrap": 100,
    } | changes
    if without_tables:
        params["data"] = {}
    return write_params(project, params)


def add_tables(
    project: Path, name: str, tables: dict[str, pd.DataFrame], scale: tuple[int, int], **changes: object
) -> Path:
    """Write a client with a survey and other tables of its own, and its params."""
    data = {}
    for table, frame in tables.items():
        frame.to_csv(project / "data" / f"{name}_{table}.csv", index=False)
        scaled = {"scale": {"value": [*scale]}} if table in ("survey", "outcomes") else {}
        data[table] = {"from": f"data/{name}_{table}.csv", **scaled}
    values = {"client": name, "lang": "en", "currency": "EUR", "as_of": AS_OF, "data": data, "bootstrap": 100}
    return write_params(project, values | changes)


def write_params(project: Path, values: dict[str, Any]) -> Path:
    """Write a client's params."""
    path = project / "params" / f"{values['client']}.yml"
    path.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def environment() -> dict[str, str]:
    """Give a clean environment: nothing of an outer run reaches the one under test."""
    return {key: value for key, value in os.environ.items() if not key.startswith("CERM_")} | {
        "COLUMNS": "250"
    }


def cerm(project: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command line in a project."""
    return run_command([*map(str, arguments)], project, environment(), timeout=300)


def files(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
