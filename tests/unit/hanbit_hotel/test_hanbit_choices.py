"""The choice tasks give back the part-worths they were drawn from."""

import numpy as np
import pandas as pd
import pytest
from generator.choices import ALTERNATIVES, BEST_WORST_TASKS, HOLDOUTS, ITEMS, SHOWN, TASKS


@pytest.fixture(scope="module")
def tasks(shipped, truth):
    table = pd.read_parquet(shipped / "choice_tasks.parquet")
    table["segment"] = table["respondent"].map(truth["survey"]["segments_of_respondents"])
    return table


@pytest.fixture(scope="module")
def conjoint(tasks, truth):
    """One row per alternative of the tasks that are not kept back: segment, chosen, one column per worth."""
    asked = tasks[(tasks["method"] == "choice") & (tasks["holdout"] == "no")]
    keys = ["segment", "respondent", "task", "alternative"]
    index = [*keys, "chosen"]
    wide = asked.pivot_table(index=index, columns="attribute", values="level", aggfunc="first").reset_index()
    columns = {"요금": wide["요금"].astype(float) / truth["part_worths"]["price_unit"]}
    for attribute, levels in truth["part_worths"]["segments"]["value"].items():
        if attribute != "요금":
            for level in list(levels)[1:]:
                columns[f"{attribute}: {level}"] = (wide[attribute] == level).astype(float)
    table = pd.concat([wide[[*keys, "chosen"]], pd.DataFrame(columns)], axis=1)
    return table.sort_values(keys, ignore_index=True)


def logit(design, chosen):
    """Multinomial logit by Newton: design (tasks, alternatives, worths), chosen (tasks,)."""
    worths = np.zeros(design.shape[2])
    for _ in range(30):
        utility = design @ worths
        share = np.exp(utility - utility.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        mean = np.einsum("ta,tak->tk", share, design)
        gradient = (design[np.arange(len(chosen)), chosen] - mean).sum(axis=0)
        information = np.einsum("ta,tak,tal->kl", share, design, design) - mean.T @ mean
        step = np.linalg.solve(information, gradient)
        worths += step
        if np.abs(step).max() < 1e-9:
            return worths, np.sqrt(np.diag(np.linalg.inv(information)))
    raise AssertionError("does not converge")


def fit(conjoint, segment):
    rows = conjoint[conjoint["segment"] == segment]
    names = list(rows.columns[5:])
    design = rows[names].to_numpy().reshape(-1, ALTERNATIVES, len(names))
    chosen = rows["chosen"].to_numpy().reshape(-1, ALTERNATIVES).argmax(axis=1)
    worths, errors = logit(design, chosen)
    return pd.Series(worths, names), pd.Series(errors, names)


def planted(truth, segment):
    one = truth["part_worths"]["segments"][segment]
    flat = {"요금": one["요금"]}
    for attribute, levels in one.items():
        if attribute != "요금":
            flat |= {f"{attribute}: {level}": worth for level, worth in list(levels.items())[1:]}
    return pd.Series(flat)


def test_part_worths_of_each_segment_are_recovered(conjoint, truth):
    distances = []
    for segment in truth["part_worths"]["segments"]:
        worths, errors = fit(conjoint, segment)
        distances += list((worths - planted(truth, segment)) / errors)
    assert len(distances) == 4 * 9
    # respondents differ within a segment, which weakens pooled part-worths a little
    assert np.abs(distances).max() < 4
    assert np.mean(np.abs(distances) > 1.96) < 0.15


def test_willingness_to_pay_is_the_ratio_of_part_worths(conjoint, truth):
    late = truth["willingness_to_pay"]["convenience"]["체크아웃"]["15시"]
    worths, _ = fit(conjoint, "convenience")
    estimate = worths["체크아웃: 15시"] / -worths["요금"] * truth["part_worths"]["price_unit"]
    assert late == round(0.8 / 0.9 * 100_000)
    assert estimate == pytest.approx(late, rel=0.5)


def test_every_task_has_one_chosen_alternative(tasks):
    choice = tasks[tasks["method"] == "choice"]
    chosen = choice[choice["chosen"] == 1].groupby(["respondent", "task"])["alternative"].nunique()
    people = choice["respondent"].nunique()
    assert (chosen == 1).all()
    assert len(chosen) == people * (TASKS + HOLDOUTS)
    assert people == len(set(tasks["respondent"]))


def test_hold_out_tasks_are_the_same_for_everybody(tasks):
    kept = tasks[tasks["holdout"] == "yes"]
    shown = kept.groupby(["task", "alternative", "attribute"])["level"].nunique()
    assert (shown == 1).all()
    assert kept["task"].nunique() == HOLDOUTS


def test_best_worst_tasks_are_balanced_and_follow_the_items(tasks, truth):
    shown = tasks[tasks["method"] == "best_worst"]
    times = shown.groupby(["respondent", "level"]).size()
    assert (times == BEST_WORST_TASKS * SHOWN // len(ITEMS)).all()
    assert (shown.groupby(["respondent", "task"])["level"].nunique() == SHOWN).all()
    assert (shown.groupby(["respondent", "task"])["chosen"].agg(["min", "max"]) == [-1, 1]).all(axis=None)
    for segment, items in truth["best_worst"]["items"].items():
        score = shown[shown["segment"] == segment].groupby("level")["chosen"].mean()
        assert np.corrcoef(score, pd.Series(items)[score.index])[0, 1] > 0.9, segment


def test_respondents_part_worths_scatter_about_their_segments(truth):
    worth = pd.DataFrame(
        truth["part_worths"]["respondents"], truth["part_worths"]["columns_of_respondents"]
    ).T
    segment = worth.index.map(truth["survey"]["segments_of_respondents"])
    spread = (worth - worth.groupby(segment).transform("mean")).std()
    moving = [name for name in worth if planted_reference(name, truth) is None]
    assert spread[moving].between(0.25, 0.45).all()
    assert (spread.drop(moving) < 1e-9).all()


def planted_reference(name, truth):
    """Give back a name that is an attribute's first level or the price: respondents do not differ there."""
    attribute, _, level = name.partition(": ")
    levels = truth["part_worths"]["segments"]["value"][attribute]
    return name if not level or level == next(iter(levels)) else None
