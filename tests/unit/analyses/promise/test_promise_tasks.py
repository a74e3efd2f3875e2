"""Reading choice tasks and coding their levels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from promise_choices import LEVELS, as_rows, draw_tasks

from cerm_nb.analyses.promise.choice_tasks import read_tasks
from cerm_nb.analyses.promise.coding import coding_of
from cerm_nb.errors import DataError, NotEnoughData

ARRAYS = ("respondent", "holdout", "design", "shown", "none", "chosen")


@pytest.fixture
def rows():
    return as_rows(draw_tasks(people=6, tasks=4, holdout=1).tasks)


def at(rows, respondent="r0000", task="t00", alternative=None, attribute=None):
    found = (rows["respondent"] == respondent) & (rows["task"] == task)
    found &= (rows["alternative"] == alternative) if alternative else True
    return found & ((rows["attribute"] == attribute) if attribute else True)


def refused(rows, method="choice", price="rate"):
    with pytest.raises(DataError) as told:
        read_tasks(rows, method, price)
    return [problem.got for problem in told.value.problems]


@pytest.mark.parametrize("best_worst", [False, True])
def test_rows_in_any_order_give_the_tasks_they_were_written_from(best_worst):
    tasks = draw_tasks(people=7, tasks=5, holdout=2, best_worst=best_worst, seed=4).tasks
    shuffled = as_rows(tasks).sample(frac=1, random_state=1)
    shuffled["attribute"] = pd.Categorical(shuffled["attribute"], list(LEVELS))
    shuffled = shuffled.sort_values("attribute", kind="stable").astype({"attribute": "str"})
    read = read_tasks(shuffled, tasks.method, "rate")
    assert (read.attributes, read.levels) == (tasks.attributes, tasks.levels)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(read, name), getattr(tasks, name))


def test_holdout_tasks_are_kept_apart(rows):
    tasks = read_tasks(rows, "choice", "rate")
    assert len(tasks.fitting.task) == 24
    assert set(tasks.kept_back.task) == {"t04"}


def test_a_table_without_holdout_column_has_no_holdout_tasks(rows):
    assert not read_tasks(rows.drop(columns="holdout"), "choice", "rate").holdout.any()


def test_levels_that_are_numbers_are_ordered_by_size_and_equal_prices_are_one_level(rows):
    rows.loc[rows["level"] == "100", "level"] = "1000"
    rows.loc[rows["level"] == "150", "level"] = "200.0"
    assert read_tasks(rows, "choice", "rate").levels[2] == ("200", "250", "1000")


def test_tasks_may_differ_in_the_number_of_alternatives(rows):
    lost = (
        at(rows, alternative="1")
        if rows[at(rows, alternative="1")]["chosen"].eq(0).all()
        else at(rows, alternative="2")
    )
    tasks = read_tasks(rows[~lost], "choice", "rate")
    assert tasks.shown.sum(axis=1).tolist() == [2] + [3] * 29
    assert tasks.chosen.sum(axis=1).tolist() == [1.0] * 30


@pytest.mark.parametrize("how", ["empty levels", "its own identifier", "no attribute"])
def test_none_of_these_is_an_alternative_with_a_constant_of_its_own(rows, how):
    added = rows[rows["alternative"] == "1"].assign(chosen=0.0)
    if how == "empty levels":
        added = added.assign(alternative="4", level="")
    elif how == "no attribute":
        added = added[added["attribute"] == "gift"].assign(alternative="none", attribute="", level="")
    else:
        added = added[added["attribute"] == "gift"].assign(alternative="none", level="-")
    tasks = read_tasks(pd.concat([rows, added]), "choice", "rate")
    coding = coding_of(tasks)
    assert "" not in tasks.attributes
    assert tasks.none.sum(axis=1).tolist() == [1] * 30
    assert coding.labels[-1] == ("none", "none")
    assert coding.rows(tasks)[tasks.none].tolist() == [[0.0] * (coding.columns - 1) + [1.0]] * 30


def test_every_problem_is_told_at_once(rows):
    rows["chosen"] = rows["chosen"].astype(float)
    rows.loc[at(rows), "chosen"] = 0
    rows.loc[at(rows, task="t01"), "chosen"] = 1
    rows.loc[at(rows, task="t02"), "chosen"] = np.nan
    rows.loc[at(rows, task="t03", alternative="1", attribute="gift"), "chosen"] = 7
    rows.loc[at(rows, "r0001", "t00", "1", "rate"), "level"] = "cheap"
    rows.loc[at(rows, "r0001", "t01", "1", "gift"), "holdout"] = "yes"
    lacking = at(rows, "r0001", "t02", "1", "gift")
    single = at(rows, "r0001", "t03") & (rows["alternative"] != "1")
    twice = rows[at(rows, "r0002", "t00", "1", "gift")]
    other = at(rows, "r0002", "t01")
    rows.loc[other, "chosen"] = [2.0] * 3 + [0.0] * 6
    told = refused(pd.concat([rows[~lacking & ~single], twice]))
    assert told == [
        "chosen is missing in 1 tasks",
        "chosen differs between the rows of an alternative in 1 tasks",
        "some rows are held out and some are not in 1 tasks",
        "a single alternative in 1 tasks",
        "chosen is another number in 1 tasks",
        "no choice in 1 tasks",
        "two or more chosen in 1 tasks",
        "an alternative lacks an attribute or its level in 1 tasks",
        "an attribute stands twice in 1 tasks",
        "price is no number in 1 tasks",
    ]


def test_a_problem_names_respondents_and_tasks_outside_the_page(rows):
    rows.loc[at(rows), "chosen"] = 0
    with pytest.raises(DataError, match="respondent r0000, task t00"):
        read_tasks(rows, "choice", "rate")


def test_a_price_no_task_knows_is_refused(rows):
    assert refused(rows, price="fee") == ["got fee"]


def test_best_and_worst_are_both_needed_and_items_differ_within_a_task():
    items = {"item": ("a", "b", "c", "d")}
    tasks = draw_tasks(
        people=3, tasks=3, alternatives=4, best_worst=True, levels=items, worths={"item": [0] * 4}
    )
    rows = as_rows(tasks.tasks).assign(level=lambda rows: list("abcd") * (len(rows) // 4))
    rows.loc[at(rows) & (rows["chosen"] == -1), "chosen"] = 0
    rows.loc[at(rows, task="t01", alternative="1"), "level"] = "b"
    assert refused(rows, "best_worst", "") == ["not one worst in 1 tasks", "the same item twice in 1 tasks"]


def test_items_written_as_attributes_of_their_own_are_items_all_the_same():
    items = {"item": ("a", "b", "c", "d")}
    tasks = draw_tasks(
        people=3, tasks=3, alternatives=4, best_worst=True, levels=items, worths={"item": [0] * 4}
    )
    rows = as_rows(tasks.tasks).assign(level=lambda rows: list("abcd") * (len(rows) // 4))
    read = read_tasks(rows.assign(attribute=rows["level"]), "best_worst")
    assert (read.attributes, read.levels) == (("item",), (("a", "b", "c", "d"),))


def test_a_rating_task_may_show_one_alternative_but_needs_its_rating(rows):
    rated = rows[rows["alternative"] == "1"].assign(method="rating", chosen=4.5)
    assert read_tasks(rated, "rating", "rate").chosen.ravel().tolist() == [4.5] * 30
    rated.loc[at(rated), "chosen"] = np.nan
    assert refused(rated, "rating") == ["chosen is missing in 1 tasks"]


def test_a_method_without_tasks_is_not_enough_data(rows):
    with pytest.raises(NotEnoughData) as told:
        read_tasks(rows, "best_worst")
    assert told.value.reason == "no_tasks"


def test_part_worths_of_an_attribute_sum_to_zero_and_a_line_is_centred(rows):
    coding = coding_of(read_tasks(rows, "choice", "rate"))
    worths = coding.to_levels(np.arange(1.0, coding.columns + 1))
    np.testing.assert_allclose([worths[part].sum() for part in coding.parts], 0, atol=1e-12)
    assert coding.columns == 4
    assert (coding.slope, coding.middle, coding.unit) == (3, 175.0, 75.0)
    np.testing.assert_allclose(np.diff(worths[coding.parts[2]]), 4 * 50 / 75)


def test_a_price_may_be_valued_level_by_level(rows):
    coding = coding_of(read_tasks(rows, "choice", "rate"), linear_price=False)
    assert (coding.slope, coding.columns) == (-1, 6)


def test_the_columns_of_an_alternative_add_up_to_its_levels(rows):
    tasks = read_tasks(rows, "choice", "rate")
    coding = coding_of(tasks)
    coefficients = np.array([0.3, -1.0, 0.7, -0.4])
    worths = dict(zip(coding.labels, coding.to_levels(coefficients), strict=True))
    shown = zip(tasks.attributes, tasks.levels, tasks.design[3, 1], strict=True)
    assert coding.rows(tasks)[3, 1] @ coefficients == pytest.approx(
        sum(worths[name, levels[code]] for name, levels, code in shown)
    )


def test_a_level_only_holdout_tasks_show_has_no_part_worth_and_such_tasks_are_known(rows):
    kept_back = rows["holdout"] == "yes"
    rows.loc[at(rows, task="t04", alternative="1", attribute="checkin"), "level"] = "butler"
    rows.loc[at(rows, "r0001", "t04", "1", "rate"), "level"] = "400"
    tasks = read_tasks(rows, "choice", "rate")
    coding = coding_of(tasks)
    assert ("checkin", "butler") not in coding.labels
    assert ("rate", "400") in coding.labels
    assert np.flatnonzero(~coding.known(tasks)).tolist() == [4]
    assert kept_back.any()


def test_an_attribute_of_one_level_is_left_out_and_named(rows):
    rows.loc[(rows["attribute"] == "gift"), "level"] = "tea"
    coding = coding_of(read_tasks(rows, "choice", "rate"))
    assert coding.constant == ("gift",)
    assert coding.attributes == ("checkin", "rate")
