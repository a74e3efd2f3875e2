"""The readiness question over whole runs: what is there is judged, what is not is told."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pandas as pd
import pytest
import yaml
from projects import AS_OF, add_client, cerm, files, make_project, purchases

if TYPE_CHECKING:
    from pathlib import Path

MEMBERS = "record_id,customer_id,name,email,phone,updated\n" + "".join(
    f"m{n},c{n:04d},Guest {chr(65 + n % 26)},guest{n}@example.com,010-0000-{n:04d},2024-{1 + n % 12:02d}-01\n"
    for n in range(120)
)
HOSTILE = "<script>document.title='run'</script>"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Run four clients at once: a whole one, one of purchases alone, a bare one and one with bad cells."""
    project = make_project(tmp_path_factory.mktemp("readiness"), "10_readiness", "20_value")
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
    names = [f"params/{name}.yml" for name in ("alone", "bare", "dirty", "whole")]
    return project, cerm(project, "run", "--only", "10_readiness", *names).stdout


def findings(project: Path, client: str) -> dict[str, dict[str, object]]:
    path = project / "out" / client / AS_OF / "10_readiness" / "findings.json"
    return {each["id"]: each for each in json.loads(path.read_text(encoding="utf-8"))}


def table(project: Path, client: str, name: str) -> pd.DataFrame:
    return pd.read_parquet(project / "out" / client / AS_OF / "10_readiness" / "tables" / f"{name}.parquet")


def test_a_client_without_tables_is_not_run_and_the_reason_is_told(ran: tuple[Path, str]) -> None:
    project, told = ran
    assert re.search(r"bare .*10_readiness +not run .*no table", told)
    assert not (project / "out" / "bare" / AS_OF / "10_readiness.html").exists()


def test_purchases_alone_cannot_carry_a_programme(ran: tuple[Path, str]) -> None:
    project, _ = ran
    found = findings(project, "alone")
    assert found["readiness"]["verdict"] == "stop"
    assert found["customer_count"]["verdict"] == "not_enough_data"
    assert found["acquisition_return"]["verdict"] == "not_enough_data"
    assert table(project, "alone", "sources")["used_by"].tolist() == ["value"]


def test_cells_that_other_questions_refuse_are_counted_here(ran: tuple[Path, str]) -> None:
    project, told = ran
    assert cerm(project, "check", "params/dirty.yml").returncode == 1
    assert re.search(r"dirty .*10_readiness +ran", told)
    (validity,) = table(project, "dirty", "sources")["validity"]
    assert 0.99 < validity < 1


def test_contacts_are_linked_to_the_customers_of_the_lists(ran: tuple[Path, str]) -> None:
    project, _ = ran
    scores = table(project, "whole", "sources").set_index("table")
    assert scores.loc[HOSTILE, "linkability"] == 0.5
    assert scores.loc["transactions", "linkability"] > 0.7
    people = table(project, "whole", "customers")
    assert len(people) == 120
    assert people["email_from"].eq("members").all()


def test_no_row_of_a_person_and_no_markup_of_theirs_reaches_the_page(ran: tuple[Path, str]) -> None:
    project, _ = ran
    page = (project / "out" / "whole" / AS_OF / "10_readiness.html").read_text(encoding="utf-8")
    assert "guest3@example.com" not in page
    assert "0000-0003" not in page
    assert "<script" not in page


def test_the_same_inputs_leave_the_same_bytes(ran: tuple[Path, str]) -> None:
    project, _ = ran
    folder = project / "out" / "whole" / AS_OF
    before = files(folder)
    again = cerm(project, "run", "--force", "--only", "10_readiness", "params/whole.yml")
    assert again.returncode == 0
    after = files(folder)
    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} <= {"10_readiness/manifest.json"}
