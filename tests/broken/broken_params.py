"""Params files that are no params, ask for what is forbidden, or point where nothing may be."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from broken_case import COLUMNS, GOOD, Case, csv, of, params

if TYPE_CHECKING:
    from pathlib import Path

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 10)
)


def cases() -> list[Case]:
    """List the cases."""
    return [*_yaml(), *_values(), *_entries(), *_expressions(), *_places()]


def _yaml() -> list[Case]:
    body = params("x", {}).removesuffix("data: {}\n")
    return [
        Case("params_empty", "", error=("params_empty.yml", "`key: value`")),
        Case(
            "params_a_list", "- client: x\n- as_of: 2024-12-31\n", error=("params_a_list.yml", "`key: value`")
        ),
        Case("params_a_text", "hotel", error=("params_a_text.yml", "`key: value`")),
        Case(
            "params_in_cp949", f"# 호텔\n{body}".encode("cp949"), error=("params_in_cp949.yml", "not UTF-8")
        ),
        Case("params_with_tabs", "client: x\n\tas_of: 2024-12-31\n", error=("line 2", "not valid YAML")),
        Case("params_never_closed", 'client: "x\n', error=("params_never_closed.yml", "not valid YAML")),
        Case("params_with_nul", b"client: x\x00\n", error=("params_with_nul.yml", "not valid YAML")),
        Case("params_key_twice", body + "lang: ko\n", error=("'lang' is given twice",)),
        Case("params_two_documents", f"{body}---\n{body}", error=("params_two_documents.yml",)),
        Case("params_number_as_key", f"{body}1: x\n", error=("params_number_as_key.yml",)),
        Case("params_bomb_unused", BOMB + body, error=("a9", "no parameter")),
        Case(
            "params_bomb_as_value",
            body.replace("lang: en\n", "")
            + "holdout_weeks: &b\n"
            + "".join(f"  k{i}: &c{i} [{', '.join([f'*c{i - 1}' if i else 'x'] * 10)}]\n" for i in range(9)),
            error=("holdout_weeks",),
        ),
        Case("params_circle", f"{body}title: &t {{en: *t}}\n", error=("line 5", "recursive")),
        Case(
            "params_circle_in_data", f"{body}data: &d {{transactions: *d}}\n", error=("line 5", "recursive")
        ),
        Case("params_too_deep", f"{body}title: {'[' * 5000}\n", error=("params_too_deep.yml",)),
        Case(
            "params_with_python",
            f'{body}title: !!python/object/apply:os.system ["touch owned"]\n',
            error=("params_with_python.yml", "not valid YAML"),
        ),
        Case("params_huge_number", f"{body}holdout_weeks: 0x{'f' * 5000}\n", error=("holdout_weeks",)),
        Case(
            "params_huge_decimal", f"{body}holdout_weeks: {'9' * 5000}\n", error=("params_huge_decimal.yml",)
        ),
        Case(
            "params_huge_text",
            f"{body}holdout_weeks: {'x' * 1_000_000}\n",
            error=("holdout_weeks", "a whole number"),
            never=("x" * 1000,),
        ),
    ]


def _values() -> list[Case]:
    def one(name: str, error: tuple[str, ...], **changes: object) -> Case:
        return csv(name, GOOD, changes=changes, error=error)

    return [
        one("client_climbing_out", ("client", "'../../x'"), client="../../x"),
        one("client_of_folders", ("client", "'a/b'"), client="a/b"),
        one("client_hidden", ("client", "'.git'"), client=".git"),
        one("client_empty", ("client", "''"), client=""),
        one("client_with_line_end", ("client",), client="x\n"),
        one("client_a_number", ("client", "got 7"), client=7),
        one("client_missing", ("client", "is missing"), client=None),
        one("day_missing", ("as_of", "is missing"), as_of=None),
        one("day_impossible", ("as_of", "'2024-02-30'"), as_of="2024-02-30"),
        one("day_in_words", ("as_of", "'tomorrow'", "2011-06-30"), as_of="tomorrow"),
        one("day_a_number", ("as_of", "20241231"), as_of=20241231),
        one("day_climbing_out", ("as_of",), as_of="../../2024"),
        one("language_no", ("lang", "False"), lang=False),
        one("language_unknown", ("lang", "'kr'"), lang="kr"),
        one("currency_unknown", ("currency", "'WON'", "ISO 4217"), currency="WON"),
        one("share_not_a_number", ("target_share",), target_share=float("nan")),
        one("weeks_without_end", ("holdout_weeks",), holdout_weeks=float("inf")),
        one("weeks_in_a_list", ("holdout_weeks",), holdout_weeks=[26]),
        one("title_a_list", ("title",), title=["Hotel"]),
        one("key_with_markup", ("[red]key[/]", "no parameter"), **{"[red]key[/]": 1}),
        one("key_with_escapes", ("no parameter",), **{"\x1b[2Jkey": 1}),
    ]


def _entries() -> list[Case]:
    def data(name: str, data: object, *error: str) -> Case:
        return Case(name, params(name, data), error=error)

    def entry(name: str, error: tuple[str, ...], **keys: object) -> Case:
        return csv(name, GOOD, keys=keys, error=error)

    place = "data.transactions"
    return [
        data("data_a_list", ["transactions"], "data", "name: value"),
        data("data_empty", {}, "data", "names no table"),
        data("entry_a_text", {"transactions": "shop.csv"}, place, "name: value"),
        data("entry_empty", {"transactions": None}, place),
        data("entry_without_from", {"transactions": {"columns": COLUMNS}}, f"{place}.from", "is missing"),
        data("entry_from_nothing", {"transactions": {"from": ""}}, f"{place}.from"),
        data(
            "table_unknown",
            {"transaction": {"from": "shop.csv"}},
            "transaction",
            "did you mean 'transactions'",
        ),
        entry("entry_key_misspelt", (f"{place}.colums", "is not known"), colums=COLUMNS),
        entry("entry_as_unknown", ("customer",), **{"as": "custommers"}),
        entry("entry_source_unknown", (f"{place}.source", "facebook"), source="facebook"),
        entry("entry_format_unknown", (f"{place}.format", "docx"), format="docx"),
        entry(
            "column_unknown",
            (f"{place}.columns", "'amuont'", "did you mean 'amount'"),
            columns={"customer_id": "customer", "date": "day", "amuont": "money"},
        ),
        entry("delimiter_of_two", (f"{place}.delimiter",), delimiter="||"),
        entry("skip_backwards", (f"{place}.skip", "0 or more"), skip=-1),
        entry("columns_a_list", (f"{place}.columns",), columns=["customer", "day", "money"]),
    ]


def _expressions() -> list[Case]:
    def amount(name: str, expression: str, *error: str) -> Case:
        where = ("data.transactions.columns.amount", *error)
        return csv(name, GOOD, keys={"columns": COLUMNS | {"amount": expression}}, error=where)

    def where(name: str, condition: str, *error: str) -> Case:
        return csv(name, GOOD, keys={"where": condition}, error=("data.transactions.where", *error))

    return [
        amount("sql_second_statement", "money; drop table raw", "is not one expression"),
        amount(
            "sql_closing_the_first",
            "money) from raw; copy raw to 'owned.csv'; --",
            "cannot be read as an expression",
        ),
        amount("sql_of_a_query", "(select max(money) from raw)", "is not allowed"),
        amount("sql_reading_a_file", "read_csv('/etc/passwd')", "is not allowed"),
        amount("sql_reading_a_text", "(select content from read_text('/etc/passwd'))", "is not allowed"),
        amount("sql_reading_the_environment", "getenv('HOME')", "getenv", "is not allowed"),
        amount("sql_reading_settings", "current_setting('temp_directory')", "is not allowed"),
        amount("sql_of_an_aggregate", "sum(money)", "is not allowed"),
        amount("sql_of_a_window", "row_number() over ()", "is not allowed"),
        amount("sql_of_another_table", "raw.money", "names a table"),
        amount("sql_too_deep", "(" * 4000 + "money" + ")" * 4000, "nested too deeply"),
        amount("sql_too_long", "money" + " + money" * 20_000, "160,005 characters"),
        amount("sql_of_a_broken_pattern", "regexp_extract(money, '(')"),
        amount("sql_of_a_broken_format", "strptime(day, '%Q')"),
        amount("sql_of_a_wide_decimal", "money::decimal(99, 2)"),
        amount("sql_empty", "", "is not one expression"),
        amount("sql_of_a_comment", "-- money", "is not one expression"),
        amount("sql_in_quotes", "'; drop table raw; --", "cannot be read as an expression"),
        where("condition_second_statement", "true; copy raw to 'owned.csv'", "is not one expression"),
        where("condition_of_a_query", "exists (select 1)", "is not allowed"),
        where("condition_that_is_none", "money", "is no condition"),
        where("condition_nobody_meets", "money::int > 1000", "none of the 3 rows"),
        where("condition_of_nothing", "null", "data.transactions"),
    ]


def _places() -> list[Case]:
    return [
        Case(
            "path_to_passwords",
            params("path_to_passwords", {"transactions": {"from": "../" * 12 + "etc/passwd"}}),
            error=("data.transactions.from", "the format does not follow"),
        ),
        of(
            "path_to_a_folder",
            "inner",
            None,
            files={"inner/shop.csv": GOOD},
            error=("data.transactions.from", "is a folder"),
        ),
        of(
            "path_in_a_circle",
            "shop.csv",
            lambda path: path.symlink_to(path.name),
            error=("data.transactions.from", "shop.csv"),
        ),
        of(
            "path_to_nothing",
            "shop.csv",
            lambda path: path.symlink_to("gone.csv"),
            error=("data.transactions.from", "there is no file"),
        ),
        of(
            "glob_in_a_circle",
            "**/*.csv",
            None,
            files={"inner/shop.csv": GOOD, "inner/again": lambda path: path.symlink_to(".")},
            shown=("data.transactions: 3 rows",),
        ),
        of("glob_of_nothing", "*.csv", None, error=("data.transactions.from", "no file matches")),
        of("file_a_pipe", "shop.csv", os.mkfifo, error=("data.transactions.from", "shop.csv")),
        Case(
            "file_endless",
            params("file_endless", {"transactions": {"from": "/dev/zero", "format": "csv"}}),
            error=("data.transactions.from", "zero"),
        ),
        _from("path_with_nul", "data/\x00.csv"),
        _from("path_too_long", "x" * 5000 + ".csv"),
        _from("path_of_blanks", "   "),
        _from("path_a_number", 7),
        _from("path_list_empty", []),
        _from("path_of_a_file_address", "file:///etc/passwd"),
        _from("path_of_the_web", "https://data.example.com/shop.csv"),
        _from("glob_unclosed", "data/[.csv"),
        csv(
            "file_sealed",
            _sealed,
            error=("data.transactions.from", "cannot be opened"),
            skipped="root may read every file" if os.geteuid() == 0 else "",
        ),
    ]


def _from(name: str, place: object) -> Case:
    """Make a case of a ``from`` that names no file."""
    entry = {"from": place, "columns": COLUMNS}
    return Case(name, params(name, {"transactions": entry}), error=("data.transactions",))


def _sealed(path: Path) -> None:
    path.write_text(GOOD, encoding="utf-8")
    path.chmod(0)
