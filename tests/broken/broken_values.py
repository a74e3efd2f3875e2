"""Cells that are no dates, no amounts, no codes, or text made to do harm."""

from __future__ import annotations

from broken_case import COLUMNS, GOOD, HEADER, Case, csv, of, row

RATINGS = "respondent,brand,stage,touchpoint,attribute,measure,value\n"
RATING = "r1,ours,at,check-in,speed,experience,5\n"
RECORDS = "record_id,name,phone,email\n"

FORMULAS = ("=cmd|'/C calc'!A0", "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "\t=1+1")
STRANGE = {
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈",
    "zero_width": "c\u200b1",
    "right_to_left": "\u202ec1\u202c",
    "combining": "e\u0301",
    "composed": "é",
}


def cases() -> list[Case]:
    """List the cases."""
    return [*_days(), *_amounts(), *_identifiers(), *_codes(), *_people()]


def _days() -> list[Case]:
    far = f"{HEADER}c1,1900-01-01,10\nc2,2024-02-05,20\nc3,2100-01-01,30\n"
    kept = ["c1", "c2", "c1", "c3"]
    return [
        csv(
            "days_of_1900_and_2100",
            far,
            counted={"ancient": 1, "future": 1},
            shown=("3 rows", "1900-01-01 to 2100-01-01"),
        ),
        csv("day_of_zeros", row(day="0000-00-00"), error=("columns.date", "line 5", "'0000-00-00'")),
        csv("day_30_february", row(day="2024-02-30"), error=("columns.date", "line 5", "'2024-02-30'")),
        csv("day_29_february_1900", row(day="1900-02-29"), error=("columns.date", "line 5", "'1900-02-29'")),
        csv("day_of_five_digits", row(day="12024-01-01"), error=("columns.date", "line 5", "'12024-01-01'")),
        csv("day_in_two_orders", f"{GOOD}c3,05.04.2024,40\n", error=("columns.date", "line 5", "strptime")),
        csv("day_in_korean", row(day="2024년 4월 5일 (금) 오후 3:20"), holds={"customer_id": kept}),
        csv(
            "day_in_korean_impossible",
            row(day="2024년 2월 30일"),
            error=("columns.date", "line 5", "2월 30일"),
        ),
        csv("day_as_a_serial", row(day="45387"), error=("columns.date", "line 5", "'45387'", "excel_date")),
        csv(
            "day_as_a_serial_out_of_range", row(day="99999999999999999999"), error=("columns.date", "line 5")
        ),
        csv(
            "day_all_serials",
            f"{HEADER}c1,45387,10\nc2,45387.75,10\n",
            keys={"columns": COLUMNS | {"date": "excel_date(day)"}},
            shown=("2024-04-05 to 2024-04-05",),
        ),
        csv(
            "day_in_another_zone",
            row(day="2024-04-05T23:30:00Z"),
            keys={"timezone": "Asia/Seoul"},
            shown=("2024-01-05 to 2024-04-06",),
        ),
        csv(
            "unknown_zone",
            GOOD,
            keys={"timezone": "Mars/Olympus"},
            error=("data.transactions.timezone", "Mars/Olympus"),
        ),
        csv(
            "days_all_to_come",
            GOOD,
            changes={"as_of": "2023-12-31"},
            error=("as_of", "2023-12-31 lies before the first date"),
        ),
    ]


def _amounts() -> list[Case]:
    endless = f"{HEADER}c1,2024-01-05,inf\nc2,2024-02-05,NaN\nc3,2024-03-05,1e308\nc4,2024-03-06,-Infinity\n"
    negative = GOOD.replace(",10\n", ",-10\n").replace(",20\n", ",-20\n").replace(",30\n", ",-30\n")
    empty = f"{HEADER}c1,2024-01-05,\nc2,2024-02-05,\n"
    return [
        csv(
            "amounts_without_end",
            endless,
            error=("columns.amount", "4 rows", "money = 'inf'", "within ±1e15"),
        ),
        csv("amounts_all_negative", negative, holds={"amount": [-10.0, -20.0, -30.0]}),
        csv("amounts_all_empty", empty, error=("columns.amount", "2 of 2 rows have no value")),
        csv(
            "amount_as_a_formula",
            row(money="\"=1+cmd|' /C calc'!A0\""),
            error=("columns.amount", "line 5", "=1+cmd"),
        ),
        csv(
            "amount_in_words",
            row(money="[link=file:///etc/passwd]ten[/link]"),
            error=("columns.amount", "line 5", "[link=file:///etc/passwd]ten[/link]"),
        ),
        csv(
            "optional_column_all_empty",
            "customer,day,money,order_id\nc1,2024-01-05,10,\nc2,2024-01-06,5,\n",
            holds={"customer_id": ["c1", "c2"], "amount": [10.0, 5.0]},
        ),
        csv(
            "everything_wrong_at_once",
            f"{HEADER},someday,much\n",
            error=("columns.customer_id", "columns.date", "columns.amount"),
        ),
    ]


def _identifiers() -> list[Case]:
    days = [f"2024-01-{number:02}" for number in range(1, 29)]
    strange = HEADER + "".join(f"{name},{day},1\n" for name, day in zip(STRANGE.values(), days, strict=False))
    formulas = HEADER + "".join(f'"{name}",{day},1\n' for name, day in zip(FORMULAS, days, strict=False))
    # what nobody sees around an identifier goes: the tab, and the signs that turn the direction
    bare = [name.strip("\u202c\u202e") for name in STRANGE.values()]
    long = "x" * 100_000
    return [
        csv("identifiers_strange", strange, holds={"customer_id": bare}),
        csv("identifiers_formulas", formulas, holds={"customer_id": [name.strip() for name in FORMULAS]}),
        csv("identifier_of_100k", row(long), holds={"customer_id": ["c1", "c2", "c1", long]}),
        csv(
            "identifier_of_100k_in_an_error",
            row(long, day=long),
            error=("columns.date", "line 5", "x…"),
            never=("x" * 200,),
        ),
        csv("rows_twice", GOOD + GOOD.removeprefix(HEADER), holds={"customer_id": ["c1", "c2", "c1"] * 2}),
    ]


def _codes() -> list[Case]:
    during = RATINGS + RATING + RATING.replace(",at,", ",During,") * 2
    misspelt = RATINGS + RATING + RATING.replace("experience", "experiance")
    off = RATINGS + RATING + RATING.replace(",5", ",11") * 2 + RATING.replace(",5", ",-99")
    answers = "dimension,question,answer\ndata,q1,3\nsystem,q2,4\n"
    seven = {"scale": {"value": [1, 7]}}

    def survey(name: str, content: str, **more: object) -> Case:
        return csv(name, content, table="survey", **more)  # type: ignore[arg-type]

    return [
        survey("stage_unknown", during, error=("columns.stage", "'During' × 2", "before, at, after")),
        survey(
            "measure_misspelt",
            misspelt,
            error=("columns.measure", "'experiance' × 1", "did you mean 'experience'"),
        ),
        survey(
            "rating_off_the_scale",
            off,
            keys=seven,
            error=("columns.value", "11 × 2", "-99 × 1", "1 to 7", "missing"),
        ),
        survey(
            "rating_codes_declared", off, keys=seven | {"missing": {"value": [-99, 11]}}, shown=("4 rows",)
        ),
        survey(
            "missing_code_on_the_scale",
            off,
            keys=seven | {"missing": {"value": [5]}},
            error=("data.survey", "missing.value: 5", "scale"),
        ),
        survey(
            "scale_backwards",
            off,
            keys={"scale": {"value": [7, 1]}},
            error=("data.survey.scale", "lowest value first"),
        ),
        survey(
            "scale_of_a_text",
            off,
            keys={"scale": {"measure": [1, 7]}},
            error=("data.survey.scale", "no number column 'measure'"),
        ),
        survey("one_respondent", RATINGS + RATING, shown=("data.survey: 1 row",)),
        csv(
            "dimension_unknown",
            answers,
            table="maturity",
            error=("columns.dimension", "'system' × 1", "did you mean 'systems'"),
        ),
        csv(
            "arm_capitalised",
            "campaign,customer_id,arm,responded\nx,c1,Control,0\n",
            table="responses",
            error=("columns.arm", "'Control' × 1", "did you mean 'control'"),
        ),
    ]


def _people() -> list[Case]:
    same = RECORDS + "".join(f"{number},Kim,010-0000-0000,kim@example.com\n" for number in range(20))
    twice = RECORDS + "1,Kim,,\n1,Lee,,\n2,Park,,\n"
    wrong = RECORDS + "1,Kim,12,no address\n2,Lee,010-0000-0000,lee@example.com\n"
    return [
        csv("people_all_the_same", same, table="customers", counted={"keyed": 20, "distinct_keys": 20}),
        csv("people_numbered_twice", twice, table="customers", counted={"keyed": 3, "distinct_keys": 2}),
        csv("people_with_impossible_contacts", wrong, table="customers", shown=("2 rows",)),
        csv(
            "people_without_names",
            "number,name\n1,Kim\n",
            table="customers",
            error=("columns.record_id", "is not stated"),
        ),
        of(
            "contacts_without_days",
            "calls.csv",
            "contact_id,date\n1,\n2,\n",
            table="contacts",
            error=("columns.date", "2 of 2 rows have no value"),
        ),
    ]
