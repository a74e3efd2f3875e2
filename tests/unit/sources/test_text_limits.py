"""Text that cannot be a table: NUL bytes, endless lines, too many columns. Each ends in one error."""

from __future__ import annotations

import pytest

HEADER = "customer,day,price\n"
ROW = "007,2011-06-30,1.50\n"
FIELDS = {"customer": "1-4", "day": "6-13", "price": "15-19"}


@pytest.mark.parametrize(
    ("content", "line"), [(HEADER + "0\x0007,2011-06-30,1\n", 2), (HEADER.replace("c", "\0", 1) + ROW, 1)]
)
def test_a_nul_byte_is_told_with_its_line(write, refuse, content: str, line: int) -> None:
    write("shop.csv", content)
    assert f"shop.csv, line {line}: holds a NUL byte, which no text does" in refuse("shop.csv")


def test_a_nul_in_another_encoding(write, refuse) -> None:
    write("shop.csv", HEADER + "가\0,2011-06-30,1\n", "cp949")
    assert "shop.csv, line 2: holds a NUL byte" in refuse("shop.csv", encoding="cp949")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_that_is_not_stated_is_told(write, refuse, encoding: str) -> None:
    write("shop.csv", HEADER + "가나,2011-06-30,1.50\n", encoding)
    assert f"it can be read with encoding: {encoding}" in refuse("shop.csv", columns={})


@pytest.mark.parametrize("ending", ["", "\n", f"\n{ROW}"])
def test_a_field_of_many_megabytes_is_refused_wherever_it_stands(write, refuse, ending: str) -> None:
    write("shop.csv", (HEADER + ROW).encode() + b"0" * 30_000_000 + ending.encode())
    assert refuse("shop.csv") == (
        "shop.csv, line 3: longer than 2,097,152 characters; expected shorter cells; export the file again"
    )


def test_one_nul_in_plain_text_makes_no_utf_16_of_it(write, refuse) -> None:
    write("shop.csv", HEADER + "0\x0007,2011-06-30,1\n" + "x" * 40 + ROW)
    assert "export the file again without it" in refuse("shop.csv")


def test_a_long_line_in_a_file_of_fixed_width_or_of_another_encoding(write, refuse) -> None:
    write("shop.txt", "007  20110630 1.50\n" + "0" * 3_000_000)
    assert "shop.txt, line 2: longer than 2,097,152 characters" in refuse("shop.txt", fields=FIELDS)
    write("shop.csv", HEADER + "가" * 3_000_000, "cp949")
    assert "shop.csv, line 2: longer than" in refuse("shop.csv", encoding="cp949")


@pytest.mark.parametrize("length", [3_000_000, 20_000_000])
def test_a_quoted_cell_of_many_lines_that_is_too_long(write, refuse, length: int) -> None:
    write("shop.csv", HEADER + ROW + '"' + "0123456789\n" * (length // 11) + '",2011-06-30,1\n' + ROW)
    assert "shop.csv, line 3: " in refuse("shop.csv")


def test_a_header_without_end(write, refuse) -> None:
    write("shop.csv", "a" * 5_000_000)
    assert "shop.csv: the header cannot be read: a line longer than" in refuse("shop.csv", columns={})


def test_a_cell_of_a_megabyte_is_read_and_does_not_hide_the_line_of_another(write, refuse) -> None:
    write("shop.csv", HEADER + "x" * 1_000_000 + ",2011-06-30,1\nb,soon,2\n")
    assert "shop.csv, row 2 (line 3): day = 'soon'" in refuse("shop.csv")


def test_ten_thousand_columns_are_read(write, open_shop, rows) -> None:
    names = [f"c{number}" for number in range(10_000)]
    line = ",".join(["1"] * 10_000)
    write("shop.csv", f"{','.join(names)},{HEADER}" + f"{line},{ROW}" * 3)
    assert rows(open_shop("shop.csv")) == [("007", "2011-06-30", 1.5)] * 3


def test_more_columns_than_any_table_has_are_refused(write, refuse) -> None:
    write("shop.csv", ",".join(f"c{number}" for number in range(50_000)) + "\n1\n")
    assert "the header has 50,000 columns; expected at most 16,384" in refuse("shop.csv")


def test_what_is_wrong_with_each_of_several_files_is_told(write, refuse) -> None:
    for name in "ab":
        write(f"{name}.csv", HEADER + f"{name}07,2011-06-30\n")
    told = refuse("*.csv")
    assert "a.csv, line 2: 2 fields" in told
    assert "b.csv, line 2: 2 fields" in told


def test_wrong_expressions_and_wrong_cells_are_told_together(write, refuse) -> None:
    write("shop.csv", HEADER + "007,soon,1.50\n")
    told = refuse("shop.csv", columns={"customer_id": "custmer", "date": "day", "amount": "price"})
    assert "there is no column 'custmer'" in told
    assert "day = 'soon'" in told


@pytest.mark.parametrize(
    ("above", "skip"),
    [("", 0), ("Title\n\n", 2), ('"Title\nof two lines"\n', 2), ('Title "open\n', 1), ('"open\n', 1)],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_no_row_is_lost_below_a_header_of_several_lines(
    write, open_shop, refuse, rows, above: str, skip: int, ending: str
) -> None:
    content = f'{above}customer,day,"price\nin won",price\n007,2011-06-30,x,1.50\n'
    write("shop.csv", content.replace("\n", ending))
    assert rows(open_shop("shop.csv", skip=skip)) == [("007", "2011-06-30", 1.5)]
    write("shop.csv", (content + "008,2011-06-30,x\n").replace("\n", ending))
    assert f"shop.csv, line {4 + skip}: 3 fields" in refuse("shop.csv", skip=skip)


def test_an_old_workbook_is_refused_with_advice(write, refuse) -> None:
    write("shop.xls", b"\xd0\xcf\x11\xe0")
    assert "workbooks of the old kind (.xls) are not read" in refuse("shop.xls")
