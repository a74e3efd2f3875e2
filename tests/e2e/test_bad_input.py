"""Bad input ends in one clear error, leaves nothing half-written, and never harms another client."""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from projects import AS_OF, add_client, cerm, make_project, purchases
from results import readable, said_of

GOOD = purchases(120)
PHONE = "010-0000-1234"


def with_row(**cells: object) -> pd.DataFrame:
    """Spoil line 12 of the file: one line of headings, then rows from line 2."""
    frame = GOOD.astype(object)
    for name, value in cells.items():
        frame.loc[10, name] = value
    return frame


# client → (data, changes of the params, what the one error must say)
IN_DATA = {
    "missing_file": (None, {"table": {"from": "data/nowhere.csv"}}, ["there is no file 'data/nowhere.csv'"]),
    "wrong_column": (
        GOOD,
        {"table": {"columns": {"customer_id": "custmer", "date": "day", "amount": "money"}}},
        ["data.transactions.columns.customer_id", "custmer", "did you mean 'customer'?"],
    ),
    "failing_expression": (
        GOOD,
        {"table": {"columns": {"customer_id": "customer", "date": "day", "amount": "money * ("}}},
        ["columns.amount", "money * ("],
    ),
    "unparsable_date": (with_row(day="2024-13-40"), {}, ["line 12", "2024-13-40", "strptime"]),
    "text_in_amount": (with_row(money=PHONE), {}, ["row 11 (line 12): money = '010-0000-1234'"]),
    "before_first_date": (GOOD, {"as_of": "1999-01-01"}, ["1999-01-01", "2023-01-"]),
    "empty_table": ("customer,day,money\n", {}, ["data.transactions", "holds no rows"]),
    "not_utf8": (
        "customer,day,money\n김철수,2024-01-01,5\n".encode("cp949"),
        {},
        ["line 2", "not utf-8", "cp949"],
    ),
}
IN_PARAMS = {
    "misspelt_key": ({"holdout_week": 4}, ["holdout_week", "did you mean 'holdout_weeks'?"]),
    "unknown_key": ({"zzzzz": 4}, ["zzzzz", "known keys"]),
    "wrong_types": (
        {"holdout_weeks": "many", "target_share": 3},
        ["holdout_weeks: got 'many'; expected a whole number", "target_share: got 3; expected less than 1"],
    ),
}


RUN = ("missing_file", "text_in_amount", "empty_table")  # whole runs; the others are as wrong to `cerm check`


@dataclass(frozen=True)
class Told:
    """What the command line answered."""

    project: Path
    screen: str
    complaint: str
    code: int


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Told:
    project = make_project(tmp_path_factory.mktemp("bad"))
    paths = [add_client(project, name, data, **changes) for name, (data, changes, _) in IN_DATA.items()]
    chosen = [path for path in paths if path.stem in RUN]
    chosen += [add_client(project, name, GOOD, **changes) for name, (changes, _) in IN_PARAMS.items()]
    chosen.append(add_client(project, "healthy", GOOD))
    chosen.append(add_client(project, "once", GOOD.drop_duplicates("customer")))
    result = cerm(project, "run", *chosen, project / "params" / "not_there.yml")
    return Told(project, result.stdout, result.stderr, result.returncode)


@pytest.fixture(scope="module")
def checked(ran: Told) -> str:
    """What `cerm check` complains of, all clients with bad data at once."""
    result = cerm(ran.project, "check", *(f"params/{name}.yml" for name in IN_DATA))
    assert result.returncode == 1
    assert "Traceback" not in result.stdout + result.stderr
    return result.stderr


@pytest.mark.parametrize("client", IN_DATA)
def test_bad_data_is_one_clear_error(checked: str, client: str) -> None:
    found = [line for line in checked.splitlines() if f"/{client}." in line.partition(": ")[0]]
    assert len(found) == 1, checked
    for part in IN_DATA[client][2]:
        assert part in found[0], found[0]


@pytest.mark.parametrize("client", RUN)
def test_bad_data_stops_its_own_question_with_the_same_error(ran: Told, client: str) -> None:
    told = said_of(client, ran.screen)
    assert "failed" in told
    for part in IN_DATA[client][2]:
        assert part in told, told
    assert "Traceback" not in told
    assert sorted(path.name for path in (ran.project / "out" / client).rglob("*") if path.is_file()) == [
        "index.html",
        "index.json",
    ]


@pytest.mark.parametrize("client", IN_PARAMS)
def test_bad_params_are_refused_before_anything_runs(ran: Told, client: str) -> None:
    for part in IN_PARAMS[client][1]:
        assert part in ran.complaint, ran.complaint
    assert f"\n {client} " not in ran.screen
    assert not (ran.project / "out" / client).exists()


def test_the_other_client_is_unharmed(ran: Told) -> None:
    assert ran.code == 1
    assert (ran.project / "out" / "healthy" / AS_OF / "20_value.html").is_file()
    assert "not_there.yml: cannot be read" in ran.complaint
    assert "Traceback" not in ran.screen + ran.complaint


def test_customers_who_all_bought_once_are_not_enough_data(ran: Told) -> None:
    once = ran.project / "out" / "once" / AS_OF
    index = (once / "index.html").read_text(encoding="utf-8")
    assert "Not enough data" in index
    assert "no customer has bought on more than one day" in index
    customers = pd.read_parquet(once / "20_value" / "tables" / "customers.parquet")
    assert customers["clv"].isna().all()
    assert customers["tier"].notna().all()
    page = (once / "20_value.html").read_text(encoding="utf-8")
    assert "This cannot be told" in page
    assert not re.search(r"\bnan\b", readable(page), flags=re.I)


def test_what_stands_in_a_cell_is_told_on_the_screen_but_on_no_page(ran: Told) -> None:
    assert f"row 11 (line 12): money = '{PHONE}'" in said_of("text_in_amount", ran.screen)
    folder = ran.project / "out" / "text_in_amount"
    written = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert "row 11 (line 12)" in written["index.json"].decode("utf-8")
    assert not [name for name, content in written.items() if PHONE.encode() in content]


def test_an_out_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    path = add_client(project, "shop", GOOD)
    (tmp_path / "taken").write_text("a file where the folder should be")
    ran = cerm(project, "run", path, "--out", tmp_path / "taken")
    assert ran.returncode == 1
    assert "cannot be written" in ran.stdout
    assert "--out" in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr


def test_outside_a_project_one_is_told_where_to_go(tmp_path: Path) -> None:
    ran = cerm(tmp_path, "status")
    assert ran.returncode == 2
    assert "is in no CERM project" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_check_tells_all_problems_without_running(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    bad = add_client(project, "bad", with_row(day="x", money="y"))
    good = add_client(project, "good", GOOD)
    ran = cerm(project, "check", bad, good)
    assert ran.returncode == 1
    assert "'x'" in ran.stderr
    assert "'y'" in ran.stderr
    assert "rows, 2023-01-" in ran.stdout
    assert not (project / "out").exists()


def test_new_proposes_the_columns_of_a_file_and_never_overwrites(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    named = GOOD.rename(columns={"customer": "고객번호", "day": "결제일", "money": "결제 금액"})
    named.to_csv(project / "data" / "hotel.csv", index=False)
    assert cerm(project, "new", "hotel", "--from", "data/hotel.csv").returncode == 0
    text = (project / "params" / "hotel.yml").read_text(encoding="utf-8")
    assert "customer_id: 고객번호" in text
    assert '"결제 금액"' in text
    assert cerm(project, "check", "params/hotel.yml").returncode == 0
    again = cerm(project, "new", "hotel")
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert (project / "params" / "hotel.yml").read_text(encoding="utf-8") == text
    assert cerm(project, "new", "../evil").returncode == 2


def test_check_reads_the_first_rows_or_all_and_new_takes_any_table(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    rows = pd.DataFrame({"customer": "c1", "day": "2024-01-05", "money": "1"}, index=range(100_001))
    rows.loc[100_000, "money"] = "much"
    path = add_client(project, "shop", rows)
    seen = cerm(project, "check", path)
    assert seen.returncode == 0
    assert "100,000 rows, the first of the source (--all checks every row)" in seen.stdout
    seen = cerm(project, "check", "--all", path)
    assert seen.returncode == 1
    assert "row 100001 (line 100002): money = 'much'" in seen.stderr
    (project / "data" / "people.csv").write_text("회원번호,이메일\n1,a@example.com\n", encoding="utf-8")
    assert cerm(project, "new", "people", "--from", "data/people.csv", "--table", "customers").returncode == 0
    assert cerm(project, "check", "params/people.yml").returncode == 0


def test_what_a_library_says_of_a_cell_stands_on_no_page(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    notebook = project / "notebooks" / "20_value.ipynb"
    book = nbformat.read(notebook, as_version=4)
    code = next(
        cell
        for cell in book.cells
        if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", [])
    )
    code.source = f"int('{PHONE}')"
    nbformat.write(book, notebook)
    seen = cerm(project, "run", add_client(project, "phones", GOOD))
    assert "ValueError: invalid literal" in seen.stdout
    assert PHONE in seen.stdout
    index = (project / "out" / "phones" / AS_OF / "index.html").read_text(encoding="utf-8")
    assert "ValueError" in index
    assert PHONE not in index
