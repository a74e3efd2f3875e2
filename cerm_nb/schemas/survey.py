"""Client tables of what customers say: experience surveys, open answers and choice tasks."""

from __future__ import annotations

from cerm_nb.schemas.columns import number, table, text

STAGES = ("before", "at", "after")
"""Stages of the customer's journey: before, at and after purchase."""

RESPONDENTS = table(
    "respondents",
    "One row per respondent and wave of a survey.",
    {
        "respondent": text("The respondent's identifier", needed=True),
        "wave": text("Wave of the survey"),
        "customer_id": text("Customer number, where the respondent is known"),
        "weight": number("Weight of the respondent; 1 where there is none"),
        "gender": text("Gender"),
        "age_group": text("Age group"),
        "region": text("Region or country"),
        "purpose": text("What the respondent bought for, such as business or leisure"),
        "first_time": text("Whether a first-time customer", codes=("yes", "no")),
    },
)

SURVEY = table(
    "survey",
    "One row per rating: a respondent, a brand, a touchpoint, an attribute, a measure.",
    {
        "respondent": text("Who answered", needed=True),
        "wave": text("Wave of the survey"),
        "brand": text("Brand that was rated; empty where the measure is about none"),
        "stage": text("Stage of the journey", codes=STAGES),
        "touchpoint": text("Touchpoint", needed=True),
        "attribute": text("Experience attribute at the touchpoint", needed=True),
        "dimension": text("What is rated", codes=("product_service", "contact_people", "communication")),
        "nature": text("Nature of the experience", codes=("rational", "emotional")),
        "measure": text("What was asked", needed=True, codes=("importance", "expectation", "experience")),
        "status": text(
            "Whether there is an answer; answered where unset",
            codes=("answered", "not_experienced", "missing"),
        ),
        "value": number("The answer, on the scale the params declare"),
    },
)

OUTCOMES = table(
    "outcomes",
    "One row per overall judgement of a brand by a respondent.",
    {
        "respondent": text("Who answered", needed=True),
        "wave": text("Wave of the survey"),
        "brand": text("Brand that was judged", needed=True),
        "measure": text("What was asked: satisfaction, loyalty, recommendation and so on", needed=True),
        "nature": text("Nature of the judgement", codes=("overall", "rational", "emotional")),
        "value": number("The answer, on the scale the params declare"),
    },
)

COMMENTS = table(
    "comments",
    "One row per open answer.",
    {
        "respondent": text("Who answered", needed=True),
        "wave": text("Wave of the survey"),
        "brand": text("Brand it is about"),
        "touchpoint": text("Touchpoint it is about"),
        "text": text("The answer in the respondent's words", needed=True),
    },
)

CIRCUMSTANCES = table(
    "circumstances",
    "One row per operational fact about what a respondent met, such as minutes waited.",
    {
        "respondent": text("Whose experience it is about", needed=True),
        "wave": text("Wave of the survey"),
        "variable": text("Operational variable", needed=True),
        "value": number("Its value", needed=True),
    },
)

CHOICES = table(
    "choices",
    "One row per attribute of an alternative shown in a choice or best-worst task.",
    {
        "respondent": text("Who chose", needed=True),
        "method": text("Kind of task", needed=True, codes=("choice", "best_worst", "rating")),
        "task": text("The task's identifier", needed=True),
        "alternative": text("The alternative's identifier within the task", needed=True),
        "attribute": text("Attribute; item in a best-worst task", needed=True),
        "level": text("Level of the attribute; the item in a best-worst task", needed=True),
        "chosen": number("1 chosen or best, -1 worst, 0 neither; the rating in a rating task", needed=True),
        "holdout": text("Whether the task is kept back to check forecasts", codes=("yes", "no")),
    },
)

TABLES = (RESPONDENTS, SURVEY, OUTCOMES, COMMENTS, CIRCUMSTANCES, CHOICES)
