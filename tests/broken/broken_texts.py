"""Text files that are cut, mangled, mislabelled or endless."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from broken_case import COLUMNS, GOOD, HEADER, Case, csv, of, row

if TYPE_CHECKING:
    from pathlib import Path

MEBIBYTE = 1 << 20
ROWS = {"customer_id": ["c1", "c2", "c1"], "amount": [10.0, 20.0, 30.0]}
WIDE = ",".join(["customer", "day", "money", *(f"extra_{number}" for number in range(9_997))])


def field_of_200_megabytes(path: Path, *, quote: str) -> None:
    """Write one cell of 200 MiB into the second row, a piece at a time."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(f"{HEADER}c1,2024-01-05,10\n{quote}")
        for _ in range(200):
            stream.write("x" * MEBIBYTE)
        stream.write(f"{quote},2024-02-05,20\n")


def line_of_200_megabytes(path: Path) -> None:
    """Write a file that is one line without an end, header included."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        for _ in range(200):
            stream.write("customer,day,money," * (MEBIBYTE // 19))


def cases() -> list[Case]:
    """List the cases."""
    return [*_sizes(), *_encodings(), *_lines(), *_headers(), *_numbers()]


def _sizes() -> list[Case]:
    source = ("the source holds no rows",)
    huge = of(
        "huge_field",
        "shop.csv",
        partial(field_of_200_megabytes, quote=""),
        megabytes=1500,
        error=("shop.csv",),
    )
    quoted = of(
        "huge_quoted_field",
        "shop.csv",
        partial(field_of_200_megabytes, quote='"'),
        megabytes=1500,
        error=("shop.csv",),
    )
    return [
        csv("two_lines", f"{HEADER}c1,2024-01-05,10\n", shown=("data.transactions: 1 row",)),
        csv("header_and_mark_only", b"\xef\xbb\xbf" + HEADER.encode(), error=source),
        csv("nothing_in_it", b"", error=("data.transactions.from", "is empty (0 bytes)")),
        csv("mark_only", b"\xef\xbb\xbf", error=("shop.csv", "no header")),
        csv("empty_lines_only", "\n\r\n\n\n", error=("shop.csv", "nothing but empty lines")),
        csv("blank_lines_only", "\n  \n\t\n", error=("shop.csv", "nothing but empty lines")),
        csv(
            "ten_thousand_columns", f"{WIDE}\nc1,2024-01-05,10{',x' * 9_997}\n", holds={"customer_id": ["c1"]}
        ),
        csv(
            "ten_thousand_columns_misnamed",
            f"{WIDE}\nc1,2024-01-05,10{',x' * 9_997}\n",
            keys={"columns": COLUMNS | {"amount": "extra_x"}},
            error=("columns.amount", "no column 'extra_x'", "extra_16 and"),
        ),
        huge,
        quoted,
        of("huge_line", "shop.csv", line_of_200_megabytes, error=("shop.csv",), megabytes=1500),
    ]


def _encodings() -> list[Case]:
    korean = f"{HEADER}김철수,2024-01-05,10\n"
    stated = {"encoding": "utf-16"}
    is_korean = {"customer_id": ["김철수"]}
    return [
        csv("mark_of_utf8", korean.encode("utf-8-sig"), holds=is_korean),
        csv("utf16_little_end", b"\xff\xfe" + korean.encode("utf-16-le"), keys=stated, holds=is_korean),
        csv("utf16_big_end", b"\xfe\xff" + korean.encode("utf-16-be"), keys=stated, holds=is_korean),
        csv("utf16_not_stated", korean.encode("utf-16"), error=("shop.csv, line 1", "not utf-8")),
        csv(
            "utf16_stated_wrongly",
            f"{GOOD}\n" if len(GOOD) % 2 == 0 else GOOD,
            keys=stated,
            error=("shop.csv", "not utf-16", "encoding: utf-8"),
        ),
        csv(
            "utf16_stated_for_even_bytes",
            GOOD if len(GOOD) % 2 == 0 else f"{GOOD}\n",
            keys=stated,
            error=("shop.csv", "not utf-16"),
        ),
        csv(
            "unknown_encoding",
            GOOD,
            keys={"encoding": "klingon"},
            error=("data.transactions.encoding", "no encoding 'klingon'"),
        ),
        csv("encoding_of_bytes", GOOD, keys={"encoding": "zip"}, error=("data.transactions.encoding", "zip")),
        csv("nul_in_a_date", row(day="2024\x00-04-05"), error=("shop.csv",)),
        csv("nul_behind_the_end", GOOD.encode() + bytes(4096), error=("shop.csv",)),
        csv("nul_in_the_header", "customer,day,mo\x00ney\n" + row()[len(HEADER) :], error=("money",)),
        csv(
            "escapes_of_a_terminal",
            row(day="\x1b[2J\x1b]0;owned\x07"),
            error=("columns.date",),
            never=("\x1b", "\x07"),
        ),
        csv(
            "escapes_in_the_header",
            "customer,day,\x1b[2Jmoney\x07\n" + row()[len(HEADER) :],
            error=("columns.amount", "no column 'money'"),
            never=("\x1b", "\x07"),
        ),
        csv(
            "markup_in_the_header",
            "customer,day,[red]money[/]\n" + row()[len(HEADER) :],
            error=("columns.amount", "[red]money[/]"),
        ),
    ]


def _lines() -> list[Case]:
    mixed = GOOD.replace("\n", "\r\n", 1).replace("10\n", "10\r")
    return [
        csv("mixed_line_endings", mixed, holds=ROWS),
        csv("old_line_endings", GOOD.replace("\n", "\r"), holds=ROWS),
        csv("no_last_line_ending", GOOD.rstrip("\n"), holds=ROWS),
        csv("quote_never_closed", f'{GOOD}"c3,2024-04-05,40\n', error=("shop.csv, line 5", "never closed")),
        csv(
            "quote_within_a_cell",
            row('Kim "the boss" Lee'),
            holds={"customer_id": ["c1", "c2", "c1", 'Kim "the boss" Lee']},
        ),
        csv("text_behind_a_quote", row('"c3"x'), error=("shop.csv, line 5",)),
        csv("line_break_in_a_cell", row('"c3\nc4"'), holds={"customer_id": ["c1", "c2", "c1", "c3\nc4"]}),
        csv(
            "a_field_too_few",
            f"{GOOD}c3,2024-04-05\n",
            error=("shop.csv, line 5", "2 fields", "3, as in the header"),
        ),
        csv(
            "a_field_too_many",
            row(money="4,0"),
            error=("shop.csv, line 5", "4 fields", "3, as in the header"),
        ),
        csv(
            "other_delimiter", GOOD.replace(",", ";"), error=("columns.customer_id", "state the `delimiter`")
        ),
        csv("tabs_in_a_csv", GOOD.replace(",", "\t"), error=("columns.customer_id", "state the `delimiter`")),
        csv("delimiter_a_quote", GOOD, keys={"delimiter": '"'}, error=("data.transactions",)),
        csv("delimiter_a_line_end", GOOD, keys={"delimiter": "\n"}, error=("data.transactions",)),
        csv("delimiter_a_nul", GOOD, keys={"delimiter": "\x00"}, error=("data.transactions",)),
        csv("skip_beyond_everything", GOOD, keys={"skip": 10**20}, error=("data.transactions.skip",)),
        csv("skip_beyond_the_end", GOOD, keys={"skip": 100}, error=("shop.csv", "no header")),
        csv("files_joined_with_their_headers", GOOD + GOOD, error=("columns.date", "line 5", "day = 'day'")),
        of(
            "fixed_beyond_the_line",
            "shop.txt",
            "c1 20240105 10\nc2 20240205\n",
            keys={"fields": {"customer": "1-2", "day": "4-11", "money": "13-14"}},
            error=("columns.amount", "shop.txt, row 2 (line 2): money is empty"),
        ),
        of(
            "fixed_backwards",
            "shop.txt",
            "c1 20240105 10\n",
            keys={"fields": {"customer": "1-2", "day": "11-4", "money": "13-14"}},
            error=("data.transactions.fields", "first-last", "11-4"),
        ),
        of("text_without_positions", "shop.txt", GOOD, error=("data.transactions.from", "state format")),
    ]


def _headers() -> list[Case]:
    body = "c1,2024-01-05,10\n"
    return [
        csv(
            "header_twice_alike",
            f"customer,day,day\n{body}",
            error=("data.transactions.from", "more than one column named 'day'"),
        ),
        csv(
            "header_alike_but_for_case",
            f"customer,Day,DAY\n{body}",
            error=("data.transactions.from", "more than one column named 'DAY', 'Day'"),
        ),
        csv(
            "header_alike_but_for_blanks",
            f"customer,day, day \n{body}",
            error=("more than one column named 'day'",),
        ),
        csv("header_missing", f"{body}{body}", error=("columns.customer_id", "no column 'customer'")),
        csv(
            "header_with_a_blank_cell",
            f"customer,,money\n{body}",
            keys={"columns": COLUMNS | {"date": "column_2"}},
            holds={"customer_id": ["c1"]},
        ),
        csv(
            "header_of_two_lines",
            f'customer,"day\nof sale",money\n{body}{body}c2,2024-01-06,9\n',
            keys={"columns": COLUMNS | {"date": '"day\nof sale"'}},
            holds={"amount": [10.0, 10.0, 9.0]},
        ),
        csv(
            "header_of_two_lines_below_a_title",
            f'Sales\n\ncustomer,"day\nof sale",money\n{body}c2,2024-01-06,9\n',
            keys={"skip": 2, "columns": COLUMNS | {"date": '"day\nof sale"'}},
            holds={"amount": [10.0, 9.0]},
        ),
        csv(
            "header_with_sql",
            f'"x""; drop table raw; --",day,money\n{body}',
            keys={"columns": COLUMNS | {"customer_id": '"x""; drop table raw; --"'}},
            holds={"customer_id": ["c1"]},
        ),
        csv(
            "header_with_quotes",
            f"o'neill,day,money\n{body}",
            keys={"columns": COLUMNS | {"customer_id": '"o\'neill"'}},
            holds={"customer_id": ["c1"]},
        ),
        of("file_name_with_quotes", 'it\'s "mine"; 100%.csv', GOOD, holds=ROWS),
        of("folder_name_with_brackets", "[2024]/shop.csv", GOOD, holds=ROWS),
    ]


def _numbers() -> list[Case]:
    german = 'customer;day;money\nc1;2024-01-05;"1.234,50"\nc2;2024-02-05;7,25\n'
    semicolons = {"delimiter": ";"}
    return [
        csv(
            "decimal_comma",
            row(money='"4,50"'),
            error=("columns.amount", "line 5", "money = '4,50'", "decimal"),
        ),
        csv(
            "decimal_comma_stated",
            german,
            keys=semicolons | {"decimal": ",", "thousands": "."},
            holds={"amount": [1234.5, 7.25]},
        ),
        csv(
            "decimal_comma_stated_wrongly",
            row(money="4.5"),
            keys={"decimal": ","},
            error=("columns.amount", "line 5", "money = '4.5'"),
        ),
        csv(
            "thousands_cut_short",
            german.replace("7,25", "1.23"),
            keys=semicolons | {"thousands": "."},
            error=("columns.amount", "line 3", "money = '1.23'"),
        ),
        csv(
            "thousands_by_two",
            row(money='"12,34,567"'),
            keys={"thousands": ","},
            error=("columns.amount", "line 5", "money = '12,34,567'"),
        ),
        csv(
            "thousands_in_calculation",
            row(money='"1,200"'),
            keys={"thousands": ",", "columns": COLUMNS | {"amount": "money * 2"}},
            holds={"amount": [20.0, 40.0, 60.0, 2400.0]},
        ),
        csv(
            "one_mark_for_both",
            GOOD,
            keys={"decimal": ",", "thousands": ","},
            error=("data.transactions", "same mark"),
        ),
        csv("unknown_mark", GOOD, keys={"decimal": ";"}, error=("data.transactions.decimal", "';'")),
    ]
