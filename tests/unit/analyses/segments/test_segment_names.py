"""What a notebook shows of segments: their names, tables in brief, what else is known, responses."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from segment_data import QUICK, clouds

from cerm_nb.analyses.segments import (
    Part,
    base_of,
    by_number,
    describing,
    find_segments,
    naming,
    profiles,
    response,
    second_level,
    sizes,
    telling_rows,
    telling_tiles,
    value_rows,
    what_if,
    worded,
    worth,
)


def told(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    """A profile in which these rows tell: segment, attribute, level, effect; in order of telling."""
    frame = pd.DataFrame(rows, columns=["segment", "attribute", "level", "effect"])
    return frame.assign(telling=frame.groupby("segment").cumcount() + 1)


@pytest.fixture(scope="module")
def three():
    return find_segments(base_of(clouds()[0]), QUICK)


def test_needs_are_called_by_their_touchpoint_where_two_of_it_tell():
    profile = told(
        ("1", "desk · kind", "", 1.0),
        ("1", "room · clean", "", 0.9),
        ("1", "desk · quick", "", 0.8),
        ("2", "room · clean", "", 1.0),
        ("2", "desk · kind", "", -0.9),
    )
    assert naming(profile) == {
        "1": (Part("name.high", "desk"),),
        "2": (Part("name.high", "room · clean"),),
    }


def test_what_matters_less_is_told_only_where_nothing_else_can_be():
    profile = told(("1", "desk · kind", "", -1.0), ("2", "gender", "m", 2.0))
    assert naming(profile) == {"1": (Part("name.low", "desk · kind"),), "2": ()}


def test_names_that_would_be_alike_grow_longer():
    profile = told(
        ("1", "weeks_since_last", "", -1.0),
        ("1", "repeat_purchases", "", 1.0),
        ("2", "weeks_since_last", "", -1.0),
        ("2", "repeat_purchases", "", 1.0),
        ("2", "mean_spend", "", 0.5),
        ("3", "desk · kind", "", 1.0),
        ("3", "desk · quick", "", 1.0),
        ("4", "desk · slow", "", 1.0),
        ("4", "desk · calm", "", 1.0),
    )
    names = naming(profile)
    assert [part.key for part in names["2"]] == [
        "name.weeks_since_last.low",
        "name.repeat_purchases.high",
        "name.mean_spend.high",
    ]
    assert names["3"] == (Part("name.high", "desk · kind / desk · quick"),)
    assert names["4"] == (Part("name.high", "desk · slow / desk · calm"),)
    assert naming(told()) == {}


def test_every_number_tried_is_listed_with_its_ruling(three):
    rows = by_number(three)
    assert rows["k"].tolist() == [2, 3, 4, 5]
    assert rows.set_index("k").loc[3, "ruling"] == "chosen"
    assert (rows["low"] <= rows["ari_median"]).all()
    assert (rows["ari_median"] <= rows["high"]).all()
    few = find_segments(base_of(clouds(n=20)[0]), QUICK)
    assert by_number(few).empty


def test_what_tells_is_shown_in_brief_and_only_where_it_holds(three):
    profile = profiles(three, QUICK)
    tiles, rows = telling_tiles(profile, QUICK), telling_rows(profile)
    assert tiles.groupby("attribute").size().eq(3).all()
    hidden = profile[(profile["p_adjusted"] > 0.05) | (profile["effect"].abs() < 0.2)]
    merged = tiles.merge(hidden, on=["attribute", "segment"])
    assert merged["effect_x"].isna().all()
    assert len(rows) <= 12
    assert rows["segment"].is_monotonic_increasing
    written = {(name, ""): name.upper() for name in profile["attribute"]}
    named = worded(rows, {"1": "1. first"}, written)
    assert named["segment"].iloc[0] == "1. first"
    assert named["attribute"].str.isupper().all()


def test_value_is_lifetime_value_or_else_spend(three):
    customers = pd.DataFrame({"customer_id": ["a", "b"], "clv": [np.nan, 5.0], "spend": [1.0, 2.0]})
    assert worth(None) is None
    assert worth(customers).name == "clv"
    assert worth(customers.assign(clv=np.nan)).tolist() == [1, 2]
    ids = three.base.ids["customer_id"]
    rows = value_rows(sizes(three, QUICK, pd.Series(1.0 + np.arange(len(ids)), index=ids)))
    assert (rows["low"] < rows["value_mean"]).all()
    assert (rows["value_mean"] < rows["high"]).all()


def respondents_base(n: int = 40):
    index = pd.MultiIndex.from_arrays(
        [[f"r{at:02d}" for at in range(n)], [f"c{at}" if at % 2 else "" for at in range(n)]],
        names=["respondent", "customer_id"],
    )
    random = np.random.default_rng(0)
    return base_of(pd.DataFrame(random.normal(size=(n, 2)), index=index, columns=["a · b", "a · c"]))


def test_background_and_behaviour_describe_respondents():
    base = respondents_base()
    people = pd.DataFrame(
        {
            "respondent": ["r00", "r00", "r01"],
            "wave": ["1", "2", "2"],
            "gender": ["m", "f", "m"],
            "region": "north",
        }
    )
    customers = pd.DataFrame(
        {"customer_id": ["c1", "c9"], "frequency": [3.0, 0.0], "recency": 1.0, "age": 5.0, "spend": 8.0}
    )
    more = describing(base, people, customers)
    assert list(more.columns) == ["gender", "repeat_purchases", "weeks_since_last", "mean_spend"]
    assert more.loc["r00", "gender"] == "f"
    assert more.loc["r01", "mean_spend"] == 2
    assert len(more) == base.n
    assert describing(base, None, None).shape == (40, 0)


def test_only_campaigns_aimed_at_customers_so_far_count_as_responses():
    rows = [
        ("c1", "treatment", "2025-01-01", 1),
        ("c1", "treatment", "2025-02-01", 0),
        ("c1", "treatment", "2026-01-01", 1),
        ("c3", "control", "2025-01-01", 1),
    ]
    campaigns = pd.DataFrame(rows, columns=["customer_id", "arm", "assigned_on", "responded"])
    base = respondents_base()
    answered = response(base, campaigns, date(2025, 6, 30))
    assert answered.dropna().to_dict() == {"r01": 0.5}
    assert len(answered) == base.n
    assert response(base, None, date(2025, 6, 30)).isna().all()


def test_a_second_level_is_looked_for_only_where_there_are_segments_and_responses(three):
    ids = three.base.ids["customer_id"]
    unknown = pd.Series(np.nan, index=ids)
    fields = pd.DataFrame({"x": np.arange(len(ids), dtype=float)}, index=ids)
    none = second_level(three, fields, unknown, QUICK)
    assert (none.reason, none.outcome, len(none.members)) == ("no_responses", "unknown", three.base.n)
    few = find_segments(base_of(clouds(n=20)[0]), QUICK)
    assert second_level(few, fields, unknown, QUICK).reason == "no_segments"
    random = np.random.default_rng(1)
    flat = pd.Series(random.integers(0, 2, len(ids)), index=ids)
    assert second_level(three, fields, flat, QUICK).outcome == "whole"
    sharp = (fields["x"] >= 200).astype(float)
    assert second_level(three, fields, sharp, QUICK).outcome == "split"


def test_what_if_shows_each_segment_with_its_range(three):
    shown = what_if(three, 3)
    assert (shown.ruling, shown.untold) == ("chosen", "")
    assert shown.named({"1": "1. first"})["segment"].tolist() == ["1. first", "2", "3"]
    assert shown.frame["n"].sum() == three.base.n
    assert (shown.frame["low"] <= shown.frame["overlap"]).all()
    other = what_if(three, 5)
    assert other.ruling == "refused"
    assert other.named({"1": "1. first"}, "Kind {}")["segment"].iloc[0] == "Kind 1"
    assert what_if(three, 9).untold == "not_tried"
