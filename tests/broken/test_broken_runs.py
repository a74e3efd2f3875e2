"""Strange inputs through a whole run: right or refused, and a healthy client keeps its result."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from broken_formats import shop_of
from broken_values import FORMULAS, STRANGE
from projects import AS_OF, add_client, cerm, files, make_project, purchases

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

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


class Ran:
    """A project after a healthy client ran alone, and then beside all the others."""

    def __init__(self, folder: Path) -> None:
        self.project = make_project(folder / "project")
        healthy = add_client(self.project, "healthy", GOOD)
        paths = [add_client(self.project, name, data, **changes) for name, (data, changes) in CLIENTS.items()]
        (self.project / "data" / "cut_off.parquet").write_bytes(shop_of()[:-100])
        alone = cerm(self.project, "run", healthy, "--only", "20_value")
        assert alone.returncode == 0, alone.stdout
        self.before = files(folder)
        self.run = cerm(self.project, "run", *paths, healthy, "--only", "20_value")
        self.after = files(folder)

    def status(self, client: str) -> str:
        """What the closing table says of a client."""
        found = re.search(
            rf"^ {client} +{AS_OF} +20_value +(ran|unchanged|not run|failed) (.*)$", self.run.stdout, re.M
        )
        assert found, self.run.stdout
        return f"{found[1]} {found[2]}"

    def folder(self, client: str) -> Path:
        """Where a client's results are."""
        return self.project / "out" / client / AS_OF

    def page(self, client: str) -> str:
        """The page of 20_value."""
        return (self.folder(client) / "20_value.html").read_text(encoding="utf-8")

    def customers(self, client: str) -> pd.DataFrame:
        """The published customers."""
        return pd.read_parquet(self.folder(client) / "20_value" / "tables" / "customers.parquet")

    def finding(self, client: str) -> dict[str, object]:
        """The answer of 20_value."""
        text = (self.folder(client) / "20_value" / "findings.json").read_text(encoding="utf-8")
        found: dict[str, object] = json.loads(text)[0]
        return found


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return Ran(tmp_path_factory.mktemp("runs"))


def test_nothing_changes_but_results_and_the_healthy_client_keeps_its_own(ran: Ran) -> None:
    assert ran.status("healthy").startswith("unchanged")
    kept = {name: content for name, content in ran.after.items() if name in ran.before}
    assert kept == ran.before
    new = set(ran.after) - set(ran.before)
    assert not [
        name for name in new if not name.startswith(tuple(f"project/out/{client}/" for client in CLIENTS))
    ]
    assert "Traceback" not in ran.run.stdout + ran.run.stderr


def test_a_file_cut_off_fails_alone_and_leaves_its_reason_only(ran: Ran) -> None:
    assert ran.run.returncode == 1
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
    customers = ran.customers("texts")
    # blanks and invisible signs around an identifier are no part of it
    bare = [name.strip().strip("\u202c\u202e") for name in (*FORMULAS, *STRANGE.values())]
    assert {*bare, LONG} <= set(customers["customer_id"])
    assert len(customers) == GOOD["customer"].nunique()
    assert "x" * 200 not in ran.page("texts")


def test_one_customer_is_not_enough_to_tell_values(ran: Ran) -> None:
    assert ran.status("one_person").startswith("ran")
    assert ran.finding("one_person")["verdict"] == "not_enough_data"
    assert ran.customers("one_person")["clv"].isna().all()


def test_returns_alone_are_not_enough_to_tell_values(ran: Ran) -> None:
    assert "Error" not in ran.status("only_returns")
    if ran.status("only_returns").startswith("ran"):
        assert ran.finding("only_returns")["verdict"] == "not_enough_data"


def test_purchases_of_1900_and_2100_are_flagged(ran: Ran) -> None:
    assert ran.status("far_days").startswith("ran")
    caveats = " ".join(map(str, ran.finding("far_days")["caveats"]))  # type: ignore[call-overload]
    assert "1 customers are said to have first bought more than 50 years ago (up to 125)" in caveats
    shown = re.sub(r"<[^>]+>", " ", ran.page("far_days"))
    assert "2100" in shown
