"""Fixed width in the encodings of old programs, which count bytes."""

from __future__ import annotations

import pytest

from cerm_nb.sources import collect

FIELDS = {"customer": "1-8", "day": "9-18", "price": "19-22"}
NAMES = ["김철수", "Lee", "이Kim"]
ENTRY = {"format": "fixed", "fields": FIELDS}


def lines(encoding: str, *, in_bytes: bool) -> bytes:
    """Write one purchase per name, padded to 8 bytes or to 8 characters."""
    rows = []
    for name in NAMES:
        length = len(name.encode(encoding)) if in_bytes else len(name)
        rows.append(f"{name}{' ' * (8 - length)}2011-06-30{'1.50'}\r\n")
    return "".join(rows).encode(encoding)


@pytest.mark.parametrize("encoding", ["cp949", "euc-kr", "johab"])
def test_positions_in_bytes_are_cut_before_decoding(write, open_shop, rows, encoding: str) -> None:
    write("shop.txt", lines(encoding, in_bytes=True))
    read = rows(open_shop("shop.txt", encoding=encoding, widths="bytes", **ENTRY))
    assert read == [(name, "2011-06-30", 1.5) for name in NAMES]


def test_positions_in_bytes_of_utf_8(write, open_shop, rows) -> None:
    fields = {"customer": "1-9", "day": "10-19", "price": "20-23"}
    write("shop.txt", "\ufeff김철수2011-06-301.50\nLee      2011-06-302.50\n")
    read = rows(open_shop("shop.txt", widths="bytes", format="fixed", fields=fields))
    assert read == [("김철수", "2011-06-30", 1.5), ("Lee", "2011-06-30", 2.5)]


def test_lines_equal_in_bytes_alone_must_be_told_how_to_count(write, refuse) -> None:
    write("shop.txt", lines("cp949", in_bytes=True))
    told = refuse("shop.txt", encoding="cp949", **ENTRY)
    assert "shop.txt: every line has 22 bytes, but not every one as many characters" in told
    assert "state `widths: bytes`" in told
    assert "every line has" not in refuse("shop.txt", encoding="cp949", widths="characters", **ENTRY)


@pytest.mark.parametrize("encoding", ["cp949", "utf-8", "utf-16"])
def test_positions_in_characters_are_read_as_before(write, open_shop, encoding: str) -> None:
    write("shop.txt", lines(encoding, in_bytes=False))
    table = open_shop("shop.txt", encoding=encoding, **ENTRY).table
    assert collect(table)["customer_id"].tolist() == NAMES


def test_a_bad_cell_is_told_with_its_line_where_bytes_are_counted(write, refuse) -> None:
    write("shop.txt", lines("cp949", in_bytes=True) + "박영희  2011-13-401.50\n".encode("cp949"))
    told = refuse("shop.txt", encoding="cp949", widths="bytes", **ENTRY)
    assert "shop.txt, row 4 (line 4): day = '2011-13-40'" in told
