"""What changed since the last run is told where it is more than error, and never of too few customers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from earlier_results import attributes, loyalty, run

from cerm_nb.analyses.scorecard.changes import FRAMES, changes
from cerm_nb.stats import holm


def customers(targets: range, others: range, worth: float = 1.0) -> pd.DataFrame:
    ids = [*targets, *others]
    frame = pd.DataFrame({"customer_id": [f"c{one}" for one in ids]})
    return frame.assign(is_target=[one in targets for one in ids], clv=worth, tier="A")


def value(day: str, frame: pd.DataFrame, **settings: object):
    found = run(day, value__customers=frame)
    found.parameters["value"] = {"target_share": 0.2, **settings}
    return found


def test_target_customers_who_came_and_went_are_counted_with_their_value() -> None:
    then = value("2024-06-30", customers(range(100), range(100, 400), 2.0))
    today = value("2025-06-30", customers(range(20, 130), [*range(20), *range(130, 420)], 4.0))
    today.tables["value.customers"].loc[lambda frame: frame["customer_id"].isin(["c120"]), "clv"] = 40.0
    found = changes(then, today).targets.set_index("group")
    assert found["customers"].to_dict() == {"stayed": 80, "entered": 30, "new": 0, "left": 20, "gone": 0}
    assert found.loc["entered", "value"] == 29 * 4 + 40
    assert found.loc["entered", "value_share"] == pytest.approx(156 / (156 + 80 * 4))
    assert found.loc["left", "value"] == 40
    assert (found.loc["left", "share"], found.loc["entered", "share"]) == (0.2, 30 / 110)
    assert set(found["state"]) == {""}


def test_groups_too_small_are_blank_and_so_is_what_would_tell_them() -> None:
    then = value("2024-06-30", customers(range(100), range(100, 400)))
    today = value("2025-06-30", customers(range(3, 130), [*range(3), *range(130, 400)]))
    found = changes(then, today, min_group=10).targets.set_index("group")
    assert found["state"].to_dict() == {
        "stayed": "hidden", "entered": "hidden", "new": "", "left": "hidden", "gone": "",
    }  # fmt: skip
    assert found.loc["left", ["customers", "share", "value", "value_share"]].isna().all()


def test_an_empty_group_goes_blank_where_it_would_tell_how_many_stayed() -> None:
    then = value("2024-06-30", customers(range(100), range(100, 400)))
    today = value("2025-06-30", customers(range(105), range(105, 400)))
    found = changes(then, today, min_group=10).targets.set_index("group")
    shown = found[found["state"] == ""]  # of then's 100, shown on the earlier page, 5 entered: 105 - 100
    assert set(shown.index) & {"stayed", "entered"} == set()
    assert len(set(shown.index) & {"left", "gone"}) == 1


def test_what_is_blank_of_a_day_is_together_no_small_group() -> None:
    then = value("2024-06-30", customers(range(100), range(100, 400)))
    today = value("2025-06-30", customers(range(105), [*range(105, 400)]))
    new = customers(range(900, 903), range(0))
    today.tables["value.customers"] = pd.concat([today.tables["value.customers"], new], ignore_index=True)
    found = changes(then, today, min_group=10).targets.set_index("group")
    assert set(found.index[found["state"] == "hidden"]) >= {"entered", "new", "stayed"}  # 5 + 3 are few


def test_other_settings_and_new_numbers_are_said() -> None:
    then = value("2024-06-30", customers(range(50), range(50, 200)))
    today = value("2025-06-30", customers(range(80), range(80, 200)), target_share=0.4)
    assert changes(then, today).caveats == (("settings_changed", {"names": ("target_share",)}),)
    other = value("2025-06-30", customers(range(900, 950), range(950, 1200)))
    found = changes(then, other)
    assert found.caveats == (("customers_renumbered", {}),)
    assert found.targets.empty


def survey(day: str, wave: str, gaps: dict[str, float]):
    return run(day, experience__loyalty=loyalty(wave, 4.0), experience__attributes=attributes(gaps))


def test_gaps_change_where_the_difference_is_beyond_the_error_of_both_waves() -> None:
    then = survey("2024-06-30", "w1", {"a": -0.9, "b": -0.9, "c": 0.1, "d": -0.9, "e": -0.4, "gone": 1.0})
    today = survey("2025-06-30", "w2", {"a": 0.1, "b": -0.3, "c": -0.8, "d": -1.7, "e": -0.3, "new": 1.0})
    found = changes(then, today).gaps.set_index("item")
    told = {item.removeprefix("desk / "): change for item, change in found["change"].items()}
    assert told == {"a": "closed", "b": "smaller", "c": "opened", "d": "larger", "e": ""}
    half = 0.2 * np.sqrt(2)
    assert found.loc["desk / a", ["difference", "low", "high"]].tolist() == pytest.approx(
        [1, 1 - half, 1 + half]
    )
    assert found["p_adjusted"].tolist() == pytest.approx(holm(found["p"]).tolist())


def test_gaps_that_only_chance_moves_are_seldom_said_to_have_changed() -> None:
    random = np.random.default_rng(3)
    error, wrong = 0.2 / 1.959964, 0
    for _ in range(30):
        waves = [dict(zip("abcdefghij", random.normal(-0.3, error, 10), strict=True)) for _ in range(2)]
        found = changes(survey("2024-06-30", "w1", waves[0]), survey("2025-06-30", "w2", waves[1]))
        wrong += bool((found.gaps["change"] != "").any())
    assert wrong <= 5  # 1.5 expected of 30 at .05; more than 5 once in 150 such tests


def test_the_same_wave_tells_of_no_change() -> None:
    found = changes(survey("2024-06-30", "w1", {"a": -0.9}), survey("2025-06-30", "w1", {"a": 0.5}))
    assert found.gaps.empty
    assert found.caveats == (("same_wave", {"wave": "w1"}),)


def test_verdicts_are_better_worse_new_or_gone() -> None:
    then, today = run("2024-06-30"), run("2025-06-30")
    then.told = {"a": "go", "b": "watch", "c": "stop", "d": "go", "e": "not_enough_data", "f": "stop"}
    today.told = {"a": "go", "b": "go", "d": "watch", "e": "stop", "f": "not_enough_data", "g": "go"}
    assert changes(then, today).verdicts.set_index("question")["change"].to_dict() == {
        "a": "same", "b": "better", "c": "gone", "d": "worse", "e": "told", "f": "untold", "g": "new",
    }  # fmt: skip


def test_indicators_that_changed_status_and_entries_added_or_withdrawn_are_listed() -> None:
    status = pd.DataFrame({"indicator": ["a", "b"], "variation": ["common", "common"], "assurance": "fails"})
    initiatives = [pd.DataFrame({"initiative": names}) for names in (["i1", "i2"], ["i2", "i3"])]
    then = run("2024-06-30", scorecard__indicators=status, roadmap__initiatives=initiatives[0])
    today = run("2025-06-30", roadmap__initiatives=initiatives[1])
    found = changes(then, today, status.assign(variation=["common", "concern"]))
    assert found.indicators.to_dict("records") == [
        {"indicator": "b", "aspect": "variation", "then": "common", "now": "concern"}
    ]
    assert found.lists[["entry", "change"]].to_numpy().tolist() == [["i3", "added"], ["i1", "withdrawn"]]


def test_without_an_earlier_run_nothing_has_changed() -> None:
    found = changes(None, run("2025-06-30"))
    assert found.since is None
    frames = (found.targets, found.gaps, found.verdicts, found.indicators, found.lists)
    assert [list(frame) for frame in frames] == [list(names) for names in FRAMES]
    nothing = changes(run("2024-06-30"), run("2025-06-30"))
    assert all(
        frame.empty
        for frame in (nothing.targets, nothing.gaps, nothing.verdicts, nothing.indicators, nothing.lists)
    )
