"""`cerm type`: new customers from any file, errors that say what to do, nothing half-written."""

import gzip
import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from cerm_nb import cli
from cerm_nb.batch.type_customers import find_tool, read_tool, type_file
from cerm_nb.errors import CermError, DataError, OutputError, ParamsError
from cerm_nb.project import Project

QUICK, CLEAN = "desk · quick", "room · clean"
TOOL = {
    "version": 1,
    "fields": [
        {"name": name, "kind": "number", "outside": "refuse", "low": 1, "high": 7, "centre": 4, "scale": 1}
        for name in (QUICK, CLEAN)
    ],
    "segments": ["1", "2"],
    "intercepts": [0.0, 0.0],
    "coefficients": [[1.0, -1.0], [-1.0, 1.0]],
    "threshold": 0.6,
    "accuracy": 0.9,
    "accuracy_low": 0.85,
    "accuracy_high": 0.93,
    "n": 400,
    "names": {"1": "1. desk first", "2": "2. room first"},
}
GUESTS = pd.DataFrame(
    {
        "guest": ["007", "=1+1", "c3", "c4", "c5"],
        QUICK: [7.0, 1.0, 4.0, None, 9.0],
        CLEAN: [1.0, 7.0, 4.0, None, 2.0],
        "phone": "010-0000-0000",
    }
)
EXPECTED = [
    ["007", "1", "1. desk first", "1", "0.999994", ""],
    ["'=1+1", "2", "2. room first", "2", "0.999994", ""],
    ["c3", "", "", "1", "0.5", "uncertain"],
    ["c4", "", "", "", "", "fields_missing"],
    ["c5", "", "", "", "", "out_of_range"],
]


@pytest.fixture
def here(tmp_path: Path) -> Project:
    for name in ("notebooks", "params"):
        (tmp_path / name).mkdir()
    return Project(tmp_path, tmp_path / "out")


@pytest.fixture
def tool(here: Project) -> Path:
    return add_tool(here, "hotel", "2025-06-30")


def add_tool(here: Project, client: str, day: str, **change: object) -> Path:
    path = here.results(client, day) / "30_segments" / "typing.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(TOOL | change, ensure_ascii=False), encoding="utf-8")
    return path


def problems(here: Project, file: Path, tool: Path, **options: object) -> str:
    with pytest.raises(CermError) as caught:
        type_file(file, tool, here, **options)
    assert not file.with_name(f"{file.stem}_segments.csv").exists()
    return str(caught.value)


def csv(here: Project, frame: pd.DataFrame = GUESTS, name: str = "new.csv") -> Path:
    path = here.root / name
    frame.to_csv(path, index=False)
    return path


WRITERS = {
    "new.csv": lambda path: GUESTS.to_csv(path, index=False),
    "new.tsv": lambda path: GUESTS.to_csv(path, index=False, sep="\t"),
    "new.csv.gz": lambda path: path.write_bytes(gzip.compress(GUESTS.to_csv(index=False).encode())),
    "new.parquet": lambda path: GUESTS.to_parquet(path),
    "new.jsonl": lambda path: GUESTS.to_json(path, orient="records", lines=True, force_ascii=False),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_of_file_gives_the_same_segments(here: Project, tool: Path, name: str) -> None:
    file = here.root / name
    WRITERS[name](file)
    typed = type_file(file, tool, here)
    assert typed.written == here.root / "new_segments.csv"
    assert typed.written.read_bytes().startswith("\ufeffguest,segment,name".encode())
    read = pd.read_csv(typed.written, dtype=str, keep_default_na=False)
    assert read.to_numpy().tolist() == EXPECTED


def test_a_workbook_is_read_too(here: Project, tool: Path) -> None:
    file = here.root / "new.xlsx"
    GUESTS.assign(guest=["a", "b", "c", "d", "e"]).to_excel(file, index=False)
    assert type_file(file, tool, here).frame["segment"].tolist()[:2] == ["1", "2"]


def test_identifying_columns_are_taken_over_and_nothing_else(here: Project, tool: Path) -> None:
    frame = GUESTS.iloc[:3, [1, 2, 0, 3]]
    file = csv(here, frame)
    typed = type_file(file, tool, here, ids=["phone", "guest", QUICK], target=here.root / "sub" / "out.csv")
    assert list(typed.frame.columns)[:3] == ["phone", "guest", QUICK]
    assert typed.frame["segment"].tolist()[:2] == ["1", "2"]
    assert (here.root / "sub" / "out.csv").is_file()
    plain = type_file(csv(here), tool, here).written.read_text(encoding="utf-8")
    assert "010-0000-0000" not in plain


def test_a_name_a_spreadsheet_would_run_is_quoted_in_the_header_too(here: Project, tool: Path) -> None:
    file = csv(here, GUESTS.rename(columns={"guest": "=cmd"}))
    assert type_file(file, tool, here).written.read_text(encoding="utf-8-sig").startswith("'=cmd,segment")


def test_counts_add_up_to_the_customers(here: Project, tool: Path) -> None:
    typed = type_file(csv(here), tool, here)
    assert sum(number for _, _, number in typed.counts) == len(GUESTS)
    assert next(iter(typed.counts)) == ("1", "1. desk first", 1)
    assert typed.notes == ()
    assert "90.0% of customers [85.0%, 93.0%], cross-validated on n = 400" in typed.trust


def test_the_newest_tool_of_one_client_is_found(here: Project, tool: Path) -> None:
    newer = add_tool(here, "hotel", "2025-12-31")
    assert find_tool(here) == newer
    add_tool(here, "shop", "2024-12-31")
    with pytest.raises(DataError) as caught:
        find_tool(here)
    assert "typing tools of 2 clients" in str(caught.value)
    assert "--tool out/hotel/2025-12-31/30_segments/typing.json" in str(caught.value)
    assert "2025-06-30" not in str(caught.value)


def test_no_tool_at_all_is_told(here: Project) -> None:
    with pytest.raises(DataError, match=r"out: holds no typing\.json; name one with --tool"):
        find_tool(here)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is no JSON"),
        ("[1, 2]", "holds no typing tool"),
        ("[" * 100_000, "is no JSON"),
        (b"\xff\xfe", "is no JSON"),
        (json.dumps({**TOOL, "version": 2}), "typing.json → version"),
        (json.dumps({**TOOL, "n": 0, "extra": 1}), "typing.json → extra"),
        (json.dumps({**TOOL, "segments": ["1", "1"]}), "each segment must stand once"),
        (json.dumps({**TOOL, "fields": TOOL["fields"][:1] * 2}), "each field must stand once"),
        (json.dumps(TOOL).replace("0.0]", "NaN]", 1), "must be numbers of at most"),
    ],
)
def test_a_damaged_tool_is_refused(here: Project, text: str | bytes, told: str) -> None:
    path = here.root / "typing.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DataError) as caught:
        read_tool(path, "typing.json")
    assert told in str(caught.value)
    assert "export" in str(caught.value)


def test_a_tool_that_is_not_there_is_told(here: Project) -> None:
    with pytest.raises(DataError, match=r"x\.json: cannot be read \(No such file.*name it with --tool"):
        read_tool(here.root / "x.json", "x.json")


def test_all_that_is_wrong_with_a_file_is_told_at_once(here: Project, tool: Path) -> None:
    frame = GUESTS.astype(object).rename(columns={QUICK: "desk · qick"})
    frame.loc[1, CLEAN] = "many"
    told = problems(here, csv(here, frame), tool)
    assert f"there is no column '{QUICK}'" in told
    assert "did you mean 'desk · qick'?" in told
    assert f"new.csv → {CLEAN}: 1 row cannot be read as a number: new.csv, row 2 (line 3)" in told


def test_answers_on_another_scale_are_refused_as_a_whole(here: Project, tool: Path) -> None:
    told = problems(here, csv(here, GUESTS.assign(**{QUICK: [10.0, 50, 70, None, 20]})), tool)
    assert told == (
        f"new.csv → {QUICK}: 4 of 4 answers are off the scale, 10 to 70; expected 1 to 7; "
        "give the answers on that scale"
    )


@pytest.mark.parametrize(
    ("frame", "options", "told"),
    [
        (GUESTS.iloc[:0], {}, "the source holds no rows"),
        (GUESTS.drop(columns="guest"), {}, "name it with --id"),
        (GUESTS, {"ids": ["gest"]}, "did you mean 'guest'?"),
        (GUESTS.rename(columns={"guest": "segment"}), {}, "rename it in the file"),
        (GUESTS.assign(guest=["a", None, "c", "d", "e"]), {}, "new.csv → guest: 1 of 5 rows have no value"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    here: Project, tool: Path, frame: pd.DataFrame, options: dict[str, object], told: str
) -> None:
    assert told in problems(here, csv(here, frame), tool, **options)


def test_a_file_that_is_missing_empty_or_split_otherwise_is_told_once(here: Project, tool: Path) -> None:
    missing = problems(here, here.root / "none.csv", tool)
    assert missing.startswith("none.csv: there is no file")
    (here.root / "zero.csv").write_bytes(b"")
    assert problems(here, here.root / "zero.csv", tool).startswith("zero.csv: zero.csv is empty")
    GUESTS[["guest", "phone"]].to_csv(here.root / "semi.csv", index=False, sep=";")
    semi = problems(here, here.root / "semi.csv", tool)
    assert semi.count("\n") == 0
    assert semi.endswith("separate the columns by commas")


def test_an_encoding_is_used_or_refused(here: Project, tool: Path) -> None:
    file = here.root / "korean.csv"
    GUESTS.assign(guest=["가", "나", "다", "라", "마"]).to_csv(file, index=False, encoding="cp949")
    assert "encoding: cp949" in problems(here, file, tool)
    with pytest.raises(ParamsError, match="--encoding"):
        type_file(file, tool, here, encoding="klingon")
    assert type_file(file, tool, here, encoding="cp949").frame["guest"].iloc[0] == "가"


def test_what_is_there_is_replaced_only_when_told(here: Project, tool: Path) -> None:
    file = csv(here)
    target = type_file(file, tool, here).written
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match="is there already; choose another with --to"):
        type_file(file, tool, here)
    assert target.read_text(encoding="utf-8") == "mine"
    type_file(file, tool, here, force=True)
    assert "segment" in target.read_text(encoding="utf-8")
    with pytest.raises(DataError, match="is a file that is read"):
        type_file(file, tool, here, target=file, force=True)
    with pytest.raises(OutputError, match="--to"):
        type_file(file, tool, here, target=here.root / "params", force=True)
    assert not list(here.root.rglob(".staging*"))


def test_the_command_closes_with_counts_and_trust(
    here: Project, tool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli.screen, "width", 200)
    file = csv(here)
    ran = CliRunner().invoke(cli.app, ["type", str(file), "--root", str(here.root)])
    assert ran.exit_code == 0, ran.output
    assert "1. desk first" in ran.output
    assert "unassigned: out of range" in ran.output
    assert "right for 90.0% of customers [85.0%, 93.0%]" in ran.output
    assert "Written: new_segments.csv" in ran.output
    again = CliRunner().invoke(cli.app, ["type", str(file), "--root", str(here.root)])
    assert isinstance(again.exception, DataError)


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_another_separator_is_found_by_the_fields_and_told(here: Project, tool: Path, separator: str) -> None:
    frame = GUESTS.rename(columns={"phone": "phone, home"})
    frame.to_csv(here.root / "other.csv", index=False, sep=separator)
    typed = type_file(here.root / "other.csv", tool, here)
    assert typed.frame["segment"].tolist()[:2] == ["1", "2"]
    shown = "tab" if separator == "\t" else separator
    assert typed.closing.endswith(f"Its columns were taken to be separated by '{shown}'.")


def test_decimal_commas_are_read_as_such(here: Project, tool: Path) -> None:
    GUESTS.assign(**{QUICK: [6.5, 1.5, 4, None, 9]}).to_csv(
        here.root / "d.csv", sep=";", decimal=",", index=False
    )
    typed = type_file(here.root / "d.csv", tool, here)
    assert typed.frame["reason"].tolist() == ["", "", "uncertain", "fields_missing", "out_of_range"]
    assert typed.frame["posterior"].iloc[0] == pytest.approx(0.999983)
    assert "Its numbers were read as 1234,50." in typed.notes


SPENT = {
    "name": "mean_spend", "kind": "number", "transform": "log", "outside": "clip", "low": 500.0,
    "high": 90000.0, "centre": 9.0, "scale": 1.0,
}  # fmt: skip
BUYERS = pd.DataFrame(
    {"guest": list("abcdefg"), "mean_spend": [1000.0, 2000, 40000, 9000, 800, 70000, 60000]}
)


@pytest.fixture
def spending(here: Project) -> Path:
    """A tool that asks what a customer spends."""
    one = {"fields": [SPENT], "coefficients": [[1.0], [-1.0]]}
    return add_tool(here, "shop", "2025-06-30", **one)


def test_marks_between_thousands_are_told_from_decimals_by_what_the_tool_has_seen(
    here: Project, spending: Path
) -> None:
    plain = type_file(csv(here, BUYERS, "plain.csv"), spending, here).frame
    for mark, told in ((",", "1,234.50"), (".", "1.234,50")):
        written = [f"{amount:,.0f}".replace(",", mark) for amount in BUYERS["mean_spend"]]
        written[0] += ",00" if mark == "." else ".00"
        typed = type_file(csv(here, BUYERS.assign(mean_spend=written), f"m{ord(mark)}.csv"), spending, here)
        assert f"Its numbers were read as {told}." in typed.notes
        pd.testing.assert_frame_equal(typed.frame, plain)
    whole = csv(
        here, BUYERS.assign(mean_spend=[f"{each:,.0f}" for each in BUYERS["mean_spend"]]), "whole.csv"
    )
    pd.testing.assert_frame_equal(type_file(whole, spending, here).frame, plain)


def test_numbers_that_can_be_read_in_several_ways_are_refused(here: Project, spending: Path) -> None:
    tool = json.loads(spending.read_text(encoding="utf-8"))
    tool["fields"][0] |= {"low": 0.0}
    spending.write_text(json.dumps(tool), encoding="utf-8")
    frame = BUYERS.assign(mean_spend=["1,000", "2,000", "40,000", "9,000", "1,800", "70,000", "60,000"])
    told = problems(here, csv(here, frame), spending)
    assert told == (
        "new.csv: its numbers can be read in more than one way (1234,50 or 1,234.50); "
        "expected a point before decimals, and nothing between thousands; write them so"
    )


def test_customers_who_stand_twice_with_the_same_answers_count_once(here: Project, tool: Path) -> None:
    twice = pd.concat([GUESTS, GUESTS.iloc[[1, 3]], GUESTS.iloc[[0]].assign(guest=" 007\t")])
    typed = type_file(csv(here, twice), tool, here)
    assert typed.frame["guest"].tolist() == GUESTS["guest"].tolist()
    assert sum(number for _, _, number in typed.counts) == len(GUESTS)
    assert "3 rows repeat the identifier and the answers of another row, and are left out." in typed.closing
    assert "Blanks around 1 identifier were left out." in typed.closing


def test_customers_who_stand_twice_with_different_answers_are_refused(here: Project, tool: Path) -> None:
    other = GUESTS.iloc[[0, 2]].assign(**{QUICK: [2.0, None]})
    told = problems(here, csv(here, pd.concat([GUESTS, other, GUESTS.iloc[[2]]])), tool)
    assert told == (
        "new.csv → guest: 2 customers stand in several rows with different answers: '007': rows 1, 6; "
        "'c3': rows 3, 7, 8; expected one row per customer; keep the row that holds of each, or tell "
        "customers apart by further columns with --id"
    )
    apart = pd.concat([GUESTS, other.assign(phone="010-0000-0001")])
    typed = type_file(csv(here, apart), tool, here, ids=["guest", "phone"])
    assert len(typed.frame) == len(apart)


def test_no_more_than_a_dozen_contradictions_are_listed(here: Project, tool: Path) -> None:
    names = [f"n{at:02d}" for at in range(20)]
    twice = pd.DataFrame({"guest": names * 2, QUICK: [1.0] * 20 + [7.0] * 20, CLEAN: 4.0, "phone": "x"})
    told = problems(here, csv(here, twice), tool, ids=["guest", "phone"])
    assert "20 customers stand in several rows" in told
    assert "'n11', 'x': rows 12, 32; and 8 more; expected" in told
    assert "n12" not in told


@pytest.mark.parametrize("number", [1, 3])
def test_blanks_around_identifiers_are_told(here: Project, tool: Path, number: int) -> None:
    named = ["\ta", " b", "c\u00a0", "d", "e"]
    frame = GUESTS.assign(guest=[*named[:number], *(name.strip() for name in named[number:])])
    typed = type_file(csv(here, frame), tool, here)
    assert typed.frame["guest"].tolist() == list("abcde")
    told = "Blanks around 1 identifier were" if number == 1 else "Blanks around 3 identifiers were"
    assert typed.notes == (f"{told} left out.",)


def test_negative_amounts_are_not_assigned_and_a_file_of_them_is_refused(
    here: Project, spending: Path
) -> None:
    amounts = BUYERS["mean_spend"].to_numpy()
    some = type_file(csv(here, BUYERS.assign(mean_spend=[-1.0, *amounts[1:]])), spending, here, force=True)
    assert some.frame["reason"].tolist()[:2] == ["out_of_range", ""]
    some.written.unlink()
    told = problems(here, csv(here, BUYERS.assign(mean_spend=-amounts)), spending)
    assert told.startswith(
        "new.csv → mean_spend: 7 of 7 values are negative; expected amounts and counts from 0 on"
    )


@pytest.mark.parametrize(
    ("factor", "far"), [(1000, "6 of 7 values lie far above"), (0.001, "5 of 7 values lie far below")]
)
def test_amounts_in_another_unit_are_refused(here: Project, spending: Path, factor: float, far: str) -> None:
    frame = BUYERS.assign(mean_spend=BUYERS["mean_spend"] * factor)
    told = problems(here, csv(here, frame), spending)
    assert told == (
        f"new.csv → mean_spend: {far} what the tool has mostly seen; expected mostly 500 to "
        "90000; give them in the unit of the run's own data, such as won rather than thousands of won"
    )
    few = type_file(csv(here, frame.head(4), "few.csv"), spending, here)
    assert "mean_spend: 4 of 4 values lie beyond what the tool has mostly seen, 500 to 90000" in few.closing


def test_customers_a_little_beyond_what_was_seen_are_typed(here: Project, spending: Path) -> None:
    typed = type_file(csv(here, BUYERS.assign(mean_spend=300.0)), spending, here)
    assert typed.frame["reason"].eq("").all()
    assert "mean_spend: 7 of 7 values lie beyond what the tool has mostly seen" in typed.closing


def test_all_that_is_wrong_with_the_rows_is_told_at_once(here: Project, tool: Path) -> None:
    frame = GUESTS.assign(guest=["a", "a", "b", "c", "d"], **{QUICK: [10.0, 50, 70, None, 20]})
    told = problems(here, csv(here, frame), tool)
    assert "are off the scale" in told
    assert "1 customer stands in several rows with different answers: 'a': rows 1, 2" in told
