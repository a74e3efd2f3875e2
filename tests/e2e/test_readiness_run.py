"""The readiness question over whole runs: what is there is judged, what is not is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml
from by_hand import by_hand, changed_by_hand
from projects import add_client, cerm, make_project, purchases
from results import Results

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = "10_readiness"
MEMBERS = "record_id,customer_id,name,email,phone,updated\n" + "".join(
    f"m{n},c{n:04d},Guest {chr(65 + n % 26)},guest{n}@example.com,010-0000-{n:04d},2024-{1 + n % 12:02d}-01\n"
    for n in range(120)
)
HOSTILE = "<script>document.title='run'</script>"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Run a whole client and a bare one by the command line; purchases alone and bad cells by hand."""
    project = make_project(tmp_path_factory.mktemp("readiness"), QUESTION, "20_value")
    sales = purchases(150)
    add_client(project, "alone", sales)
    add_client(project, "bare", without_tables=True)
    dirty = sales.astype(str)
    dirty.loc[5, "money"] = "n/a"
    dirty.loc[6, "day"] = HOSTILE
    add_client(project, "dirty", dirty)
    (project / "data" / "members.csv").write_text(MEMBERS, encoding="utf-8")
    (project / "data" / "calls.csv").write_text(
        f"date,phone,text\n2024-12-01,+82 10 0000 0003,{HOSTILE}\n2024-12-02,010-9999-9999,\n",
        encoding="utf-8",
    )
    whole = add_client(project, "whole", sales)
    params = yaml.safe_load(whole.read_text(encoding="utf-8"))
    params["data"]["members"] = {"as": "customers", "source": "cards", "from": "data/members.csv"}
    params["data"][HOSTILE] = {"as": "contacts", "source": "call_centre", "from": "data/calls.csv"}
    whole.write_text(yaml.safe_dump(params), encoding="utf-8")
    told = cerm(project, "run", "--only", QUESTION, "params/bare.yml", "params/whole.yml")
    shown = {client: by_hand(project, client, QUESTION) for client in ("alone", "dirty")}
    return Results(project, QUESTION, told.stdout, shown)


def test_a_client_without_tables_is_not_run_and_the_reason_is_told(ran: Results) -> None:
    assert re.search(r"bare .*10_readiness +not run .*no table", ran.screen)
    assert not (ran.folder("bare") / f"{QUESTION}.html").exists()


def test_purchases_alone_cannot_carry_a_programme(ran: Results) -> None:
    found = ran.findings("alone")
    assert found["readiness"]["verdict"] == "stop"
    assert found["customer_count"]["verdict"] == "not_enough_data"
    assert found["acquisition_return"]["verdict"] == "not_enough_data"
    assert ran.table("alone", "sources")["used_by"].tolist() == ["value"]


def test_cells_that_other_questions_refuse_are_counted_here(ran: Results) -> None:
    assert cerm(ran.project, "check", "params/dirty.yml").returncode == 1
    (validity,) = ran.table("dirty", "sources")["validity"]
    assert 0.99 < validity < 1


def test_contacts_are_linked_to_the_customers_of_the_lists(ran: Results) -> None:
    scores = ran.table("whole", "sources").set_index("table")
    assert scores.loc[HOSTILE, "linkability"] == 0.5
    assert scores.loc["transactions", "linkability"] > 0.7
    people = ran.table("whole", "customers")
    assert len(people) == 120
    assert people["email_from"].eq("members").all()


def test_no_row_of_a_person_and_no_markup_of_theirs_reaches_the_page(ran: Results) -> None:
    page = ran.page("whole")
    assert "guest3@example.com" not in page
    assert "0000-0003" not in page
    assert "<script" not in page


def test_the_same_inputs_leave_the_same_bytes(ran: Results, tmp_path: Path) -> None:
    assert changed_by_hand(ran, "whole", tmp_path) == []
