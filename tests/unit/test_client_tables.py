"""What a notebook reads of its client: own tables, their profile, and what other notebooks published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import cerm_nb.notebook as nb
from cerm_nb import artifacts
from cerm_nb.analyses.readiness import Params
from cerm_nb.errors import DataError, NotEnoughData

if TYPE_CHECKING:
    from pathlib import Path

SALES = "customer_id,date,amount\n1,2024-01-05,10\n1,2024-02-09,5\n2,2024-02-01,7\n"
MEMBERS = "record_id,customer_id,email\na,1,a@example.com\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("notebooks", "params"):
        (tmp_path / name).mkdir()
    needs = {"20_value": ["data.transactions"], "40_contacts": ["data.*"]}
    for name, tables in needs.items():
        cerm = {"needs": tables, "optional": [], "gives": [f"of_{name}"], "analysis": ""}
        empty = {"cells": [], "metadata": {"cerm": cerm}, "nbformat": 4, "nbformat_minor": 5}
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text(json.dumps(empty), encoding="utf-8")
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")
    (tmp_path / "members.csv").write_text(MEMBERS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("CERM_ROOT", "CERM_OUT", "CERM_STAGE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def opened(**data: object) -> nb.Run[Params]:
    tables = {"transactions": {"from": "sales.csv"}, "members": {"as": "customers", "from": "members.csv"}}
    values = {"client": "shop", "as_of": "2024-12-31", "data": tables | data}
    return nb.open("10_readiness", Params, values)


@pytest.mark.usefixtures("project")
def test_a_table_is_used_by_the_questions_that_name_it() -> None:
    tables = opened().information(12).tables.set_index("entry")
    assert tables["used_by"].to_dict() == {"transactions": ("value",), "members": ()}


@pytest.mark.usefixtures("project")
def test_without_the_value_question_worth_is_what_was_spent() -> None:
    run = opened()
    found = run.customer_values(run.information(12))
    assert found.to_dict("records") == [
        {"customer_id": "1", "spend": 15.0},
        {"customer_id": "2", "spend": 7.0},
    ]


def test_what_the_value_question_published_comes_first(project: Path) -> None:
    told = pd.DataFrame({"customer_id": ["1"], "spend": [15.0], "clv": [3.0], "tier": [1]})
    artifacts.write_table(told, project / "out" / "shop" / "2024-12-31" / "20_value", "customers")
    run = opened()
    assert list(run.customer_values(run.information(12)).columns) == ["customer_id", "spend", "clv"]


@pytest.mark.usefixtures("project")
def test_two_entries_of_one_table_are_not_taken_for_one() -> None:
    run = opened(more={"as": "transactions", "from": "sales.csv"})
    with pytest.raises(DataError, match="transactions, more are all read as transactions; expected one"):
        run.load("transactions")


def test_a_client_of_whom_nothing_was_kept_has_no_purchases(project: Path) -> None:
    (project / "sales.csv").write_text("customer_id,date,amount\n1,2024-01-05,-10\n", encoding="utf-8")
    with pytest.raises(NotEnoughData, match="no purchases"):
        opened().purchases(0)
