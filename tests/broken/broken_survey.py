"""Long files of answers off their scale, with codes nobody declared, or with names that do not exist."""

from __future__ import annotations

from broken_case import Case, csv

HEADER = "who,brand,stage,touchpoint,attribute,measure,answer\n"
COLUMNS = {
    "respondent": "who",
    "brand": "brand",
    "stage": "stage",
    "touchpoint": "touchpoint",
    "attribute": "attribute",
    "measure": "measure",
    "value": "answer",
}
KEYS: dict[str, object] = {"columns": COLUMNS, "scale": {"value": [0, 10]}}


def cases() -> list[Case]:
    """List the cases."""
    return [*_off_the_scale(), *_codes(), *_names()]


def _answers(*answers: object, stage: str = "at", measure: str = "experience") -> str:
    rows = (
        f"r{at},us,{stage},reception,greeting,{measure},{answer}\n" for at, answer in enumerate(answers, 1)
    )
    return HEADER + "".join(rows)


def _survey(name: str, content: str, keys: dict[str, object] | None = None, **expected: object) -> Case:
    return csv(name, content, table="survey", keys=KEYS | (keys or {}), **expected)


def _off_the_scale() -> list[Case]:
    return [
        _survey(
            "survey_coded_1_to_11",
            _answers(*range(1, 12), 11, 11),
            error=("data.survey.columns.value", "11 × 3", "row 11 (line 12)", "0 to 10"),
        ),
        _survey(
            "survey_of_halves_on_a_scale_of_7",
            _answers(0.5, 7, 7.5),
            keys={"scale": {"value": [1, 7]}},
            error=("data.survey.columns.value", "0.5 × 1", "7.5 × 1", "1 to 7"),
        ),
        csv(
            "outcomes_coded_1_to_11",
            "who,brand,measure,answer\nr1,us,satisfaction,11\nr2,us,satisfaction,10\n",
            table="outcomes",
            keys={
                "columns": {
                    "respondent": "who",
                    "brand": "brand",
                    "measure": "measure",
                    "value": "answer",
                },
                "scale": {"value": [0, 10]},
            },
            error=("data.outcomes.columns.value", "11 × 1", "0 to 10"),
        ),
    ]


def _codes() -> list[Case]:
    coded = _answers(5, -99, -99, 8, -98)
    told = (
        "case when answer = -98 then 'not_experienced' when answer = -99 then 'missing' else 'answered' end"
    )
    return [
        _survey(
            "survey_codes_undeclared",
            coded,
            error=("data.survey.columns.value", "-99 × 2", "-98 × 1", "row 2 (line 3)", "0 to 10"),
        ),
        _survey(
            "survey_one_code_of_two_declared",
            coded,
            keys={"missing": {"value": [-99]}},
            error=("data.survey.columns.value", "-98 × 1"),
        ),
        _survey(
            "survey_codes_declared",
            coded,
            keys={"missing": {"value": [-99, -98]}, "columns": COLUMNS | {"status": told}},
            holds={"status": ["answered", "missing", "missing", "answered", "not_experienced"]},
        ),
    ]


def _names() -> list[Case]:
    mixed = _answers(5, 12, stage="during", measure="happiness")
    return [
        _survey(
            "survey_unknown_stage_and_measure_and_answer",
            mixed,
            error=(
                *("columns.stage", "'during'", "before"),
                *("columns.measure", "'happiness'", "experience"),
                *("columns.value", "12 × 1"),
            ),
        ),
        _survey("survey_of_nobody", _answers(5).replace("r1", ""), error=("respondent",)),
    ]
