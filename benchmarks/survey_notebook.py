"""A survey of 100,000 respondents and 60 attributes through the whole notebook; part of `survey.py`.

Everybody rates us on everything, half of them in an earlier wave; a tenth of the later one also say what is
important and what they expected, rate a competitor and write something. Customers are known, with tiers and
segments published for them. `cerm run` reads the files, answers, draws and writes all tables and the page.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from survey_importance import ratings

ROOT = Path(__file__).parents[1]
AS_OF = "2025-12-31"
PARTS = {"stage": ("before", "at", "after"), "nature": ("rational", "emotional")}
PARTS |= {"dimension": ("product_service", "contact_people", "communication")}
SAID = ("I wish breakfast would open earlier", "the garage spaces are too narrow", "everything was fine")


def long_table(values: np.ndarray, people: pd.DataFrame, brand: str, measure: str) -> pd.DataFrame:
    """Lay ratings of some people, shape (people, attributes), out below each other."""
    size = values.shape[1]
    items = pd.DataFrame({"touchpoint": [f"t{at // 4:02d}" for at in range(size)]})
    items["attribute"] = [f"a{at:02d}" for at in range(size)]
    for name, kinds in PARTS.items():
        items[name] = [kinds[at // 4 % len(kinds)] for at in range(size)]
    table = {name: pd.Categorical.from_codes(*_codes(items[name], len(people))) for name in items}
    for name in ("respondent", "wave"):
        codes, kinds = pd.factorize(people[name])
        table[name] = pd.Categorical.from_codes(np.repeat(codes, size), kinds)
    return pd.DataFrame(table | {"value": values.ravel()}).assign(brand=brand, measure=measure)


def _codes(column: pd.Series, times: int) -> tuple[np.ndarray, pd.Index]:
    codes, kinds = pd.factorize(column)
    return np.tile(codes, times), kinds


def tables(respondents: int, attributes: int) -> dict[str, pd.DataFrame]:
    """Simulate the client tables."""
    drawn = ratings(respondents, attributes).to_numpy()
    values = np.clip(np.rint(4 + drawn), 1, 7)
    people = pd.DataFrame({"respondent": [f"r{at:06d}" for at in range(respondents)]})
    people["wave"] = np.where(np.arange(respondents) % 2, "2025", "2024")
    people["customer_id"] = [f"c{at:06d}" for at in range(respondents)]
    later = np.arange(respondents) % 20 == 1
    some, shift = people[later], np.random.default_rng(2).integers(0, 2, (int(later.sum()), attributes))
    asked = np.clip(values[later, :-1] + shift, 1, 7)
    survey = [long_table(values[:, :-1], people, "us", "experience")]
    survey += [long_table(asked, some, "us", measure) for measure in ("importance", "expectation")]
    survey.append(long_table(asked, some, "them", "experience"))
    outcome = people[["respondent", "wave"]].assign(brand="us", measure="satisfaction", value=values[:, -1])
    theirs = outcome[later].assign(brand="them")
    comments = some[["respondent"]].assign(text=np.resize(SAID, int(later.sum())))
    frames = {"survey": pd.concat(survey), "outcomes": pd.concat([outcome, theirs])}
    return frames | {"respondents": people, "comments": comments}


def lay_out(project: Path, respondents: int, attributes: int) -> tuple[Path, float]:
    """Write a project with the notebook and the client, and give its params and millions of rows."""
    for name in ("params", "data", "notebooks"):
        (project / name).mkdir()
    notebook = "40_experience.ipynb"
    (project / "notebooks" / notebook).write_bytes((ROOT / "notebooks" / notebook).read_bytes())
    frames = tables(respondents, attributes)
    for name, frame in frames.items():
        frame.to_parquet(project / "data" / f"{name}.parquet", index=False)
    customers = frames["respondents"][["customer_id"]]
    kinds = {"20_value": ("customers", "tier", 3), "30_segments": ("members", "segment", 4)}
    for step, (table, column, size) in kinds.items():
        folder = project / "out" / "large" / AS_OF / step / "tables"
        folder.mkdir(parents=True)
        named = np.resize([f"{column} {at}" for at in range(size)], len(customers))
        customers.assign(**{column: named}).to_parquet(folder / f"{table}.parquet", index=False)
    values = {"client": "large", "lang": "en", "currency": "EUR", "as_of": AS_OF, "own_brand": "us"}
    values["data"] = {name: {"from": f"data/{name}.parquet"} for name in frames}
    values["data"]["survey"]["scale"] = {"value": [1, 7]}
    path = project / "params" / "large.yml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path, sum(frame.shape[0] for frame in frames.values()) / 1e6


def whole_notebook(respondents: int = 100_000, attributes: int = 60) -> None:
    """Print time and memory of the whole run."""
    with tempfile.TemporaryDirectory() as folder:
        path, rows = lay_out(Path(folder), respondents, attributes)
        command = [sys.executable, "-c", "from cerm_nb.cli import main; main()", "run", str(path)]
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        taken, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{respondents:,} respondents x {attributes} attributes, {rows:.1f} million rows:", end=" ")
    print(f"{taken:.0f} s, {worked:.0f} s of a processor, peak memory {after.ru_maxrss / 1024**2:.1f} GB")
