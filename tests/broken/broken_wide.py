"""Wide files, one column per item, that are mapped to long tables wrongly or hold what they should not."""

from __future__ import annotations

from broken_case import Case, csv, of

WIDE = "id,rest,taste,speed,healthy\n1,Ours,5,4,3\n1,Theirs,2,3,4\n2,Ours,4,5,\n"
ITEMS = {
    "taste": {"touchpoint": "food", "attribute": "taste"},
    "speed": {"touchpoint": "counter", "attribute": "speed"},
    "healthy": {"touchpoint": "food", "attribute": "healthy choice"},
}
COLUMNS = {"respondent": "id", "brand": "rest", "measure": "'experience'", "value": "answer"}
KEYS: dict[str, object] = {"items": ITEMS, "columns": COLUMNS, "scale": {"value": [1, 5]}}


def cases() -> list[Case]:
    """List the cases."""
    return [*_stated(), *_held()]


def _wide(name: str, content: str = WIDE, keys: dict[str, object] | None = None, **expected: object) -> Case:
    return csv(name, content, table="survey", keys=KEYS | (keys or {}), **expected)


def _stated() -> list[Case]:
    misspelt = {"tast": {"attribute": "a"}, "Sped": {"attribute": "b"}, "healthy": {"attribute": "c"}}
    alike = ITEMS | {"speed": ITEMS["taste"]}
    forgotten = {name: text for name, text in COLUMNS.items() if name != "value"}
    thousand = {f"q{number}": {"touchpoint": "t", "attribute": str(number)} for number in range(1000)}
    hostile = {"taste": {"touchpoint": "'; DROP TABLE raw; --", "attribute": "x]) AS y, ('\\"}}
    return [
        _wide(
            "wide_items_misspelt",
            keys={"items": misspelt},
            error=(
                "data.survey.items",
                "'tast' and 'Sped'",
                "did you mean 'taste'?",
                "did you mean 'speed'?",
            ),
        ),
        _wide(
            "wide_a_thousand_items_not_there",
            keys={"items": thousand},
            error=("data.survey.items", "'q9' and 990 more"),
        ),
        _wide(
            "wide_two_items_alike",
            keys={"items": alike},
            error=(
                "data.survey.items",
                "'taste' and 'speed' cannot be told apart",
                "all have attribute 'taste'",
            ),
        ),
        _wide(
            "wide_constant_of_a_column",
            keys={"items": ITEMS | {"taste": ITEMS["taste"] | {"rest": "x"}}},
            error=("data.survey.items", "has 'rest' already"),
        ),
        _wide(
            "wide_answer_stated_again",
            keys={"items": {"taste": {"answer": "x"}}},
            error=("data.survey.items", "other names than 'answer'"),
        ),
        _wide(
            "wide_items_as_a_list",
            keys={"items": ["taste"]},
            error=("data.survey.items", "`name: value` lines"),
        ),
        _wide(
            "wide_answer_used_by_nothing",
            keys={"columns": forgotten, "scale": {}},
            error=("data.survey.columns", "no column takes", "value: answer"),
        ),
        _wide(
            "wide_constants_with_sql",
            keys={"items": hostile},
            holds={"value": [5.0, 2.0, 4.0], "attribute": ["x]) AS y, ('\\"] * 3},
        ),
    ]


def _held() -> list[Case]:
    codes = WIDE + "3,Ours,11,-99,6\n4,Ours,11,often,1\n"
    header = "id,rest,taste,speed,healthy\n"
    return [
        _wide(
            "wide_ratings", holds={"attribute": ["taste", "speed", "healthy choice"] * 3}, shown=("9 rows",)
        ),
        _wide(
            "wide_ratings_off_the_scale",
            codes,
            error=(
                *("columns.value", "11 × 2", "-99 × 1", "6 × 1", "row 4 (line 5), column taste", "1 to 5"),
                *("1 row cannot be read", "row 5 (line 6), column speed: answer = 'often'"),
            ),
        ),
        _wide("wide_header_alone", header, error=("data.survey.from", "holds no rows")),
        of(
            "wide_in_json",
            "wide.jsonl",
            '{"id": 1, "rest": "Ours", "taste": 5, "speed": 4, "healthy": 3}\n{"id": 1, "rest": "Theirs"}\n',
            table="survey",
            keys=KEYS,
            holds={"brand": ["Ours"] * 3 + ["Theirs"] * 3},
            shown=("6 rows",),
        ),
        _wide("wide_with_a_blank_answer", WIDE, counted={"rows": 9, "columns_there": 5, "columns_used": 5}),
    ]
