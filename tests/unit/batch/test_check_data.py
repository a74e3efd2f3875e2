"""`cerm check`: the first rows of every table, everything at once, proposals for what is missing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from pydantic import BaseModel, Field

from cerm_nb.batch import check
from cerm_nb.batch.check import check_data
from cerm_nb.batch.new_client import write_params
from cerm_nb.errors import DataError
from cerm_nb.params import CommonParams
from cerm_nb.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ENTRY = {"from": "shop.csv", "columns": {"customer_id": "customer", "date": "day", "amount": "price"}}
HEADER = "customer,day,price\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "params").mkdir()
    return Project(tmp_path, tmp_path / "out")


@pytest.fixture
def checked(project: Project) -> Callable[..., list[str]]:
    """Check the entries of a client."""

    def _checked(data: dict[str, Any], **keys: Any) -> list[str]:
        common = CommonParams.model_validate({"client": "shop", "as_of": "2012-01-01", "data": data})
        client: Any = SimpleNamespace(label="params/shop.yml", common=common)
        return list(check_data(client, project, **keys))

    return _checked


def test_only_the_first_rows_are_looked_at_unless_all_are_asked_for(
    checked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "FIRST_ROWS", 100)
    rows = "".join(f"{number},2011-06-30,1\n" for number in range(100))
    (tmp_path / "shop.csv").write_text(HEADER + rows + "x,soon,1\n")
    told = checked({"transactions": ENTRY})
    assert told == [
        "params/shop.yml → data.transactions: 100 rows, the first of the source (--all checks every row), "
        "2011-06-30 to 2011-06-30"
    ]
    with pytest.raises(DataError, match=r"row 101 \(line 102\): day = 'soon'"):
        checked({"transactions": ENTRY}, all_rows=True)


@pytest.mark.parametrize(
    ("first", "where"), [("x,2011-06-30,1\n", "customer = 'y'"), ("x,2013-01-01,1\n", "price > 0")]
)
def test_more_than_the_first_rows_are_read_where_these_alone_would_be_refused(
    checked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, where: str
) -> None:
    monkeypatch.setattr(check, "FIRST_ROWS", 2)
    (tmp_path / "shop.csv").write_text(HEADER + first * 2 + "y,2011-06-30,1\n")
    assert "2011-06-30 to" in checked({"transactions": ENTRY | {"where": where}})[0]


def test_a_small_table_is_looked_at_as_a_whole(checked, tmp_path: Path) -> None:
    (tmp_path / "shop.csv").write_text(HEADER + "x,2011-06-30,1\n")
    assert checked({"transactions": ENTRY}) == [
        "params/shop.yml → data.transactions: 1 row, 2011-06-30 to 2011-06-30"
    ]


def test_the_problems_of_all_tables_are_told_at_once_each_with_what_is_proposed(
    checked, tmp_path: Path
) -> None:
    (tmp_path / "shop.csv").write_text("고객번호,결제일,금액\nx,2011.06.30,1\n")
    (tmp_path / "people.csv").write_text("번호,이메일\n1,a@example.com\n")
    good = {"from": "people.csv", "columns": {"record_id": "번호"}}
    with pytest.raises(DataError) as caught:
        checked({"transactions": {"from": "shop.csv"}, "customers": good, "kpis": {"from": "none.csv"}})
    told = str(caught.value)
    assert "data.transactions.columns.customer_id: is not stated" in told
    assert "data.kpis.from: there is no file 'none.csv'" in told
    assert "data.customers" not in told
    lines = told.partition("look through, then add:\n")[2].splitlines()[:3]
    pasted = yaml.safe_load("\n".join(lines))
    assert pasted == {"customer_id": "고객번호", "date": "결제일", "amount": "금액"}


def test_a_healthy_table_is_told_with_what_more_it_could_give(checked, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("번호,이메일\n1,a@example.com\n")
    told = checked({"customers": {"from": "people.csv", "columns": {"record_id": "번호"}}})
    assert told == [
        "params/shop.yml → data.customers: 1 row; unused columns could fill more of customers; "
        "look through, then add:\n      email: 이메일  # E-mail address as recorded"
    ]


@pytest.mark.parametrize("name", ["shop.parquet", "shop.jsonl", "shop.xlsx", "shop.csv"])
def test_every_kind_of_file_gives_its_first_rows(checked, tmp_path: Path, monkeypatch, name: str) -> None:
    import pandas as pd

    monkeypatch.setattr(check, "FIRST_ROWS", 3)
    frame = pd.DataFrame({"customer": list("abcde"), "day": ["2011-06-30"] * 5, "price": [1.0] * 5})
    if name.endswith("jsonl"):
        frame.to_json(tmp_path / name, orient="records", lines=True)
    else:
        getattr(
            frame, {"parquet": "to_parquet", "xlsx": "to_excel", "csv": "to_csv"}[name.partition(".")[2]]
        )(tmp_path / name, index=False)
    assert "3 rows, the first of the source" in checked({"transactions": {**ENTRY, "from": name}})[0]


def test_a_hostile_column_name_stays_on_its_line(project: Project, tmp_path: Path) -> None:
    name = 'e\nmail: {x: 1}\u2028# "\x1b[31m'
    (tmp_path / "people.csv").write_text('id,"' + name.replace('"', '""') + '"\n1,a@example.com\n')
    path = write_params("shop", tmp_path / "people.csv", "utf-8", project, [], table="customers")
    entry = yaml.safe_load(path.read_text(encoding="utf-8"))["data"]["customers"]
    assert entry["columns"] == {"record_id": "id", "email": '"' + name.replace('"', '""') + '"'}
    assert "\x1b" not in path.read_text(encoding="utf-8")


def test_a_new_client_is_written_with_the_same_proposals(project: Project, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("회원번호,성명,가입일\n1,김철수,40607\n", encoding="cp949")
    path = write_params("shop", tmp_path / "people.csv", "cp949", project, [], table="customers")
    entry = yaml.safe_load(path.read_text(encoding="utf-8"))["data"]["customers"]
    assert entry["columns"] == {
        "record_id": "회원번호",
        "customer_id": "회원번호",
        "name": "성명",
        "acquired_on": "excel_date(가입일)",
    }
    assert entry["encoding"] == "cp949"


def test_a_parameter_of_several_notebooks_is_written_once(project: Project) -> None:
    class One(BaseModel):
        margin: float = Field(1.0, description="share kept")
        horizon: int = Field(12, description="months")

    class Other(BaseModel):
        freshness: int = Field(6, description="months")
        margin: float = Field(1.0, description="share kept")

    steps: Any = [
        SimpleNamespace(name="20_one", parameters=One),
        SimpleNamespace(name="30_two", parameters=Other),
    ]
    text = write_params("shop", None, "utf-8", project, steps).read_text(encoding="utf-8")
    assert text.endswith(
        "# 20_one, 30_two\nmargin: 1.0  # share kept\n\n"
        "# 20_one\nhorizon: 12  # months\n\n"
        "# 30_two\nfreshness: 6  # months\n"
    )


def test_a_new_client_of_a_table_there_is_not_is_refused(project: Project) -> None:
    with pytest.raises(
        DataError, match=r"--table: there is no table 'customer'; .* did you mean 'customers'"
    ):
        write_params("shop", None, "utf-8", project, [], table="customer")
    assert not list((project.root / "params").iterdir())


def test_proposed_lines_can_be_pasted_whatever_the_columns_are_called(checked, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text('고객번호,"e\u202email\x1b[2J"\nx,a@example.com\n', encoding="utf-8")
    with pytest.raises(DataError) as caught:
        checked({"customers": {"from": "people.csv"}})
    assert "\x1b" not in str(caught.value)
    lines = str(caught.value).partition("look through, then add:\n")[2]
    assert yaml.safe_load(lines)["record_id"] == "고객번호"


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("price > 1", "2 rows, 4 left out by where, 3 of them because price is empty"),
        (
            "price > 1 or customer = 'z'",
            "2 rows, 4 left out by where, 3 of them because price or customer is empty",
        ),
        ("price is not null", "3 rows, 3 left out by where, 2011"),
    ],
)
def test_rows_left_out_because_a_cell_is_empty_are_counted_apart(
    checked, tmp_path: Path, where: str, told: str
) -> None:
    prices = ["1", "2", "3", "", "", ""]
    rows = "".join(f"x,2011-06-30,{price}\n" for price in prices)
    (tmp_path / "shop.csv").write_text(HEADER + rows)
    assert told in checked({"transactions": ENTRY | {"where": where}})[0]


def test_items_are_proposed_for_a_wide_survey_and_can_be_pasted(checked, tmp_path: Path) -> None:
    header = ["who", "taste", "speed", "a, b: c", "clean", "bad\u202ename"]
    rows = [[f"r{number}", *([number % 5 + 1] * 5)] for number in range(20)]
    lines = [",".join(f'"{cell}"' for cell in row) for row in [header, *rows]]
    (tmp_path / "wide.csv").write_text("\n".join(lines), "utf-8")
    entry = {"from": "wide.csv", "columns": {"respondent": "who", "measure": "'experience'"}}
    with pytest.raises(DataError) as caught:
        checked({"survey": entry})
    pasted = caught.value.problems[-1].lines
    assert pasted[0].startswith("      value: answer")
    added = yaml.safe_load("columns:\n" + "\n".join(pasted).replace("    items:", "items:"))
    assert added["items"]["a, b: c"] == {"attribute": "a, b: c"}
    assert list(added["items"]) == ["taste", "speed", "a, b: c", "clean"]
    entry = entry | {"columns": entry["columns"] | added["columns"] | {"touchpoint": "'all'"}}
    told = checked({"survey": entry | {"items": added["items"]}})
    assert told == ["params/shop.yml → data.survey: 80 rows"]
