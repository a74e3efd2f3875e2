"""Changes of level: found where planted, seldom where nothing changed, accepted in params."""

from operator import attrgetter

import numpy as np
import pandas as pd
import pytest
from scorecard_charts import made_panel, made_records, remembering

from cerm_nb.analyses.scorecard.change_points import changes
from cerm_nb.analyses.scorecard.charts import charts
from cerm_nb.analyses.scorecard.panels import Panels
from cerm_nb.analyses.scorecard.rebasing import PROPOSALS, check_rebase, phases, proposals
from cerm_nb.errors import ParamsError

places = attrgetter("at")


def proposed(values, **options):
    panel = made_panel(values)
    return proposals([charts(panel, made_records(panel), **options)])


@pytest.mark.parametrize("periods", [18, 24, 36, 60, 120])
@pytest.mark.parametrize("memory", [-0.3, 0.0, 0.3, 0.6])
def test_series_that_never_changed_seldom_seem_to(memory, periods):
    rng = np.random.default_rng(periods + int(10 * memory))
    share = (changes(remembering(rng, memory, 1500, periods)).p <= 0.05).mean()
    assert share <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1500)


@pytest.mark.parametrize(("memory", "power", "cover"), [(0.0, 0.95, 0.93), (0.3, 0.7, 0.9)])
def test_a_planted_change_is_found_where_it_is_with_its_size(memory, power, cover):
    values = remembering(np.random.default_rng(2), memory, 800, 36)
    values[:, 24:] += 3
    found = changes(values)
    seen = found.p <= 0.05
    assert seen.mean() > power
    assert (np.abs(places(found)[seen] - 24) <= 1).mean() > 0.9
    assert ((found.low < 3) & (found.high > 3)).mean() > cover
    assert np.median(found.after - found.before) == pytest.approx(3, abs=0.15)


def test_a_single_outlier_is_no_change():
    values = np.random.default_rng(3).normal(size=(500, 36))
    values[:, 20] += 8
    assert (changes(values).p <= 0.05).mean() < 0.02


def test_gaps_are_skipped():
    rng = np.random.default_rng(4)
    full = rng.normal(size=30)
    full[18:] += 5
    with_gaps = np.full(60, np.nan)
    with_gaps[::2] = full
    one, other = changes(full), changes(with_gaps)
    assert (places(other)[0], places(one)[0]) == (36, 18)
    assert (other.p[0], other.low[0]) == (one.p[0], one.low[0])


@pytest.mark.parametrize("values", [[], [1.0, 2.0], [5.0] * 40, [np.nan] * 30, list(range(17))])
def test_series_that_are_too_short_or_constant_have_no_change(values):
    found = changes([values])
    assert (places(found)[0], np.isnan(found.p[0]), np.isnan(found.low[0])) == (-1, True, True)


def test_a_perfect_step_is_found():
    found = changes([[1.0] * 12 + [2.0] * 12])
    assert (places(found)[0], found.before[0], found.after[0]) == (12, 1.0, 2.0)
    assert found.p[0] < 0.01


def test_proposals_tell_place_size_and_chance():
    rng = np.random.default_rng(5)
    values = rng.normal(10, 1, (3, 40))
    values[1, 22:] += 6
    table = proposed(values)
    assert table.dtypes.astype(str).to_dict() == PROPOSALS
    (row,) = table.to_dict("records")
    assert (row["indicator"], row["period"]) == ("k1", pd.Timestamp("2022-11-01"))
    assert (row["n_before"], row["n_after"]) == (22, 18)
    assert row["low"] < 6 < row["high"]
    assert row["difference"] == pytest.approx(row["after"] - row["before"])
    assert row["p"] < 0.01


def test_proposals_are_adjusted_for_all_series_of_all_panels():
    values = np.random.default_rng(5).normal(10, 1, (4, 40))
    values[[1, 3], 22:] += 6
    whole = proposed(values)
    panels = [made_panel(values[:2]), made_panel(values[2:])]
    apart = proposals([charts(each, made_records(each)) for each in panels])
    assert apart["p_adjusted"].tolist() == whole["p_adjusted"].tolist()
    assert whole["p"].tolist() == [1 / 2001] * 2
    assert whole["p_adjusted"].tolist() == pytest.approx([4 / 2001] * 2)  # Holm 1979: the smallest of four
    assert proposals([]).columns.tolist() == list(PROPOSALS)


def test_an_accepted_change_is_proposed_no_more_and_the_next_one_is():
    rng = np.random.default_rng(6)
    values = rng.normal(0, 1, 60)
    values[20:] += 12
    values[40:] += 8
    first = proposed(values)
    assert len(first) == 1
    rebase = {"k0": [{"from": f"{first['period'][0]:%Y-%m-%d}", "reason": "new desk"}]}
    assert proposed(values, rebase=rebase)["period"].dt.strftime("%Y-%m").tolist() == ["2024-05"]


def test_a_steady_slope_is_not_proposed():
    values = np.random.default_rng(7).normal(size=(300, 48)) + np.linspace(0, 8, 48)
    assert len(proposed(values)) < 0.1 * 300


def test_without_a_change_there_is_no_proposal():
    table = proposed(np.ones((2, 20)))
    assert table.empty
    assert list(table.columns) == list(PROPOSALS)


def test_a_phase_begins_with_the_first_period_from_its_day_on():
    panel = made_panel(np.zeros((2, 6)))
    rebase = {"k1": [{"from": "2021-04-15", "reason": "b"}, {"from": "2021-02-01", "reason": "a"}]}
    assert phases(panel, rebase).tolist() == [[0] * 6, [0, 1, 1, 1, 2, 2]]


def test_what_cannot_be_rebased_is_told_at_once():
    panel = made_panel([[np.nan, 1.0, 2.0, 3.0, np.nan]])
    found = Panels((panel,), {"empty": "no_values"})
    entry = {"reason": "moved"}
    rebase = {
        "kO": [entry | {"from": "2021-03-01"}],
        "empty": [entry | {"from": "2021-03-01"}],
        "k0": [entry | {"from": day} for day in ("2021-02-01", "2021-03-01", "2021-05-01")],
    }
    with pytest.raises(ParamsError) as raised:
        check_rebase(rebase, found)
    told = [(problem.where, problem.got) for problem in raised.value.problems]
    assert told == [
        ("rebase → kO", "is no indicator"),
        ("rebase → empty", "has no values"),
        ("rebase → k0 → 0 → from", "got 2021-02-01"),
        ("rebase → k0 → 2 → from", "got 2021-05-01"),
    ]
    assert raised.value.problems[-1].expected == "a day after 2021-02-01 and up to 2021-04-01"
    check_rebase({"k0": [entry | {"from": "2021-03-01"}]}, found)
