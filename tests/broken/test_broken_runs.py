"""Strange inputs through a whole run: right or refused, and a healthy client keeps its result."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from broken_formats import shop_of
from broken_values import FORMULAS, STRANGE
from by_hand import by_hand
from projects import AS_OF, add_client, cerm, files, make_project, purchases
from results import Results

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

QUESTION = "20_value"
GOOD = purchases(120)
LONG = "x" * 100_000
TITLE = '<img src=x onerror="owned()"> \u202e =1+1'
FAR = pd.DataFrame({"customer": ["c0000", "c0001"], "day": ["1900-01-01", "2100-01-01"], "money": [5.0, 5.0]})


def named(names: list[str]) -> pd.DataFrame:
    """Give the first customers other names."""
    first = sorted(GOOD["customer"].unique())
    return GOOD.assign(customer=GOOD["customer"].replace(dict(zip(first, names, strict=False))))


# client → its purchases, and changes of its params
CLIENTS = {
    "far_days": (pd.concat([GOOD, FAR]), {}),
    "texts": (named([*FORMULAS, *STRANGE.values(), LONG]), {"title": {"en": TITLE, "ko": TITLE}}),
    "one_person": (GOOD.assign(customer="me"), {}),
    "only_returns": (GOOD.assign(money=-GOOD["money"]), {}),
    "cut_off": (None, {"table": {"from": "data/cut_off.parquet"}}),
}


RUN = (
    "texts",
    "only_returns",
    "cut_off",
)  # by the command line; the others by hand, which takes a quarter of the time


@dataclass(frozen=True)
class Ran(Results):
    """What a healthy client's run left alone, and then beside others: all files before and after."""

    before: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)

    def status(self, client: str) -> str:
        """What the closing table says of a client."""
        rows = rf"^ {client} +{AS_OF} +{QUESTION} +(ran|unchanged|not run|failed) (.*)$"
        found = re.search(rows, self.screen, re.M)
        assert found, self.screen
        return f"{found[1]} {found[2]}"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("runs")
    project = make_project(folder / "project")
    healthy = add_client(project, "healthy", GOOD)
    paths = {name: add_client(project, name, data, **more) for name, (data, more) in CLIENTS.items()}
    (project / "data" / "cut_off.parquet").write_bytes(shop_of()[:-100])
    alone = cerm(project, "run", healthy)
    assert alone.returncode == 0, alone.stdout
    before = files(folder)
    told = cerm(project, "run", *(paths[name] for name in RUN), healthy)
    assert told.returncode == 1
    after = files(folder)
    shown = {name: by_hand(project, name, QUESTION) for name in CLIENTS if name not in RUN}
    return Ran(project, QUESTION, told.stdout + told.stderr, shown, before, after)


def test_nothing_changes_but_results_and_the_healthy_client_keeps_its_own(ran: Ran) -> None:
    assert ran.status("healthy").startswith("unchanged")
    kept = {name: content for name, content in ran.after.items() if name in ran.before}
    assert kept == ran.before
    new = set(ran.after) - set(ran.before)
    assert not [name for name in new if not name.startswith(tuple(f"project/out/{one}/" for one in RUN))]
    assert "Traceback" not in ran.screen


def test_a_file_cut_off_fails_alone_and_leaves_its_reason_only(ran: Ran) -> None:
    assert "cannot be read as Parquet" in ran.status("cut_off")
    assert sorted(path.name for path in ran.folder("cut_off").iterdir()) == ["index.html", "index.json"]


def csv_cells(folder: Path) -> list[str]:
    """List every cell of the csv files of a folder."""
    texts = [path.read_text(encoding="utf-8-sig") for path in sorted(folder.glob("*.csv"))]
    return [cell for text in texts for line in csv.reader(io.StringIO(text)) for cell in line]


def test_formulas_in_published_csv_files_are_text_and_a_title_is_no_markup(ran: Ran) -> None:
    assert ran.status("texts").startswith("ran")
    cells = csv_cells(ran.folder("texts") / "20_value" / "tables")
    assert {f"'{name.strip()}" for name in FORMULAS} <= set(cells)
    assert not [cell for cell in cells if re.match(r"[=+@\t\r]|-(?![\d.])|-.*[^-+\d.e]", cell)]
    for page in (ran.page("texts"), (ran.folder("texts") / "index.html").read_text(encoding="utf-8")):
        assert "<img src=x" not in page
        assert "onerror=" in page


def test_strange_identifiers_are_kept_apart_and_shown_on_no_page(ran: Ran) -> None:
    customers = ran.table("texts", "customers")
    # blanks and invisible signs around an identifier are no part of it
    bare = [name.strip().strip("\u202c\u202e") for name in (*FORMULAS, *STRANGE.values())]
    assert {*bare, LONG} <= set(customers["customer_id"])
    assert len(customers) == GOOD["customer"].nunique()
    assert "x" * 200 not in ran.page("texts")


def test_one_customer_is_not_enough_to_tell_values(ran: Ran) -> None:
    assert ran.finding("one_person")["verdict"] == "not_enough_data"
    assert ran.table("one_person", "customers")["clv"].isna().all()


def test_returns_alone_are_not_enough_to_tell_values(ran: Ran) -> None:
    assert ran.status("only_returns").startswith("not run")
    assert "no purchases" in ran.status("only_returns")


def test_purchases_of_1900_and_2100_are_flagged(ran: Ran) -> None:
    caveats = " ".join(ran.finding("far_days")["caveats"])
    assert "1 customers are said to have first bought more than 50 years ago (up to 125)" in caveats
    assert "2100" in ran.told("far_days")
