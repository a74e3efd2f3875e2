"""The map of brands: known axes, ellipses that hold, arrows of promises, and what cannot be drawn."""

import numpy as np
import pandas as pd
import pytest
from promise_surveys import again, fast_food_frame, long_ratings, read, simulated
from sklearn.decomposition import PCA

from cerm_nb.analyses.promise.parameters import Params
from cerm_nb.analyses.promise.positions import TABLE, positions
from cerm_nb.analyses.promise.records import Promise
from cerm_nb.analyses.promise.value_curve import value_curve

OWN = Params(own_brand="us", bootstrap=200)
MEANS = np.array([[5.0, 5.0, 3.0, 4.0], [3.0, 3.0, 4.0, 4.0], [4.0, 4.0, 5.0, 5.0], [4.0, 4.0, 3.0, 2.5]])


def mapped(table, own=OWN):
    survey, draws = read(table, own)
    curve = value_curve(survey, draws, own)
    return survey, curve, positions(survey, curve, own)


def of(found, kind):
    return found.table[found.table["kind"] == kind].reset_index(drop=True)


def test_the_axes_are_the_principal_components_of_brand_means():
    survey, curve, found = mapped(simulated(np.random.default_rng(1), MEANS, 200))
    expected = PCA(2).fit(curve.means[:, 0])
    assert found.shares == pytest.approx(expected.explained_variance_ratio_)
    points = of(found, "brand")[["x", "y"]].to_numpy()
    assert np.abs(points) == pytest.approx(np.abs(expected.transform(curve.means[:, 0])))
    rises = np.abs(expected.components_.T * np.sqrt(expected.explained_variance_))
    assert np.abs(of(found, "attribute")[["x", "y"]].to_numpy()) == pytest.approx(rises)
    assert list(found.table.columns) == TABLE
    assert of(found, "attribute")["fit"].between(0, 1).all()
    assert 0 < found.noise < 0.05
    assert list(of(found, "attribute")["name"]) == survey.names


def test_brands_lie_on_the_side_of_what_they_are_good_at():
    _, _, found = mapped(simulated(np.random.default_rng(2), MEANS, 300))
    brands, arrows = of(found, "brand").set_index("name"), of(found, "attribute")
    shown = brands[["x", "y"]].to_numpy() @ arrows[["x", "y"]].to_numpy().T
    names = ["us", "rival1", "rival2", "rival3"]
    true = (MEANS - MEANS.mean(0))[[names.index(name) for name in brands.index]]
    assert np.corrcoef(shown.ravel(), true.ravel())[0, 1] > 0.9


def test_ellipses_hold_the_true_places_about_as_often_as_promised():
    rng, inside = np.random.default_rng(3), []
    first, draws = read(simulated(rng, MEANS, 100), OWN)
    for _ in range(40):
        survey = again(first, MEANS, rng)
        curve = value_curve(survey, draws, OWN)
        found = positions(survey, curve, OWN)
        order = [0 if name == "us" else int(name[-1]) for name in survey.brands]
        brands = of(found, "brand")
        inside.append(within(brands, turned(MEANS[order], curve.means[:, 0], brands[["x", "y"]].to_numpy())))
    assert 0.85 <= np.mean(inside) <= 0.995


def turned(truth, sample, points):
    """True places turned onto the map, as one who knew them would lay them over it."""
    truth, sample = truth - truth.mean(0), sample - sample.mean(0)
    axes = np.linalg.svd(sample, full_matrices=False)[2].T
    placed = truth @ np.linalg.svd(truth, full_matrices=False)[2].T
    first, _, second = np.linalg.svd(placed.T @ sample @ axes)
    found = (placed @ first @ second)[:, :2]
    return found * np.sign(((sample @ axes)[:, :2] * points).sum(0))


def within(brands, places):
    away, angle = places - brands[["x", "y"]].to_numpy(), np.radians(brands["angle"].to_numpy())
    along = away[:, 0] * np.cos(angle) + away[:, 1] * np.sin(angle)
    across = away[:, 1] * np.cos(angle) - away[:, 0] * np.sin(angle)
    return ((along / brands["half_major"]) ** 2 + (across / brands["half_minor"]) ** 2 <= 1).mean()


def test_more_respondents_make_smaller_ellipses():
    small, large = (of(mapped(simulated(np.random.default_rng(4), MEANS, n))[2], "brand") for n in (50, 450))
    assert (large["half_major"] < 0.6 * small["half_major"].mean()).all()
    assert (large["half_minor"] <= large["half_major"]).all()


def test_axes_that_tell_alike_do_not_pose_as_brands_that_move():
    square = np.array([[5.0, 4, 4, 4], [4, 5, 4, 4], [4, 4, 5, 4], [4, 4, 4, 5]])  # three axes of equal share
    brands = of(mapped(simulated(np.random.default_rng(5), square, 300))[2], "brand")
    assert brands["half_major"].max() < 0.4


def test_two_brands_make_one_axis():
    _, curve, found = mapped(simulated(np.random.default_rng(6), MEANS[:2], 100))
    brands = of(found, "brand")
    assert found.shares == pytest.approx((1.0,))
    assert set(found.table["y"]) == {0.0}
    apart = np.linalg.norm(curve.means[0, 0] - curve.means[1, 0])
    assert abs(brands["x"][0] - brands["x"][1]) == pytest.approx(apart)
    assert (brands["half_minor"] == 0).all()
    assert (brands["half_major"] > 0).all()


def test_one_brand_and_brands_all_alike_and_nothing_in_common_make_no_map():
    alone = long_ratings(np.random.default_rng(7).normal(4, 1, (60, 3)), "us")
    alike = pd.concat([long_ratings(np.full((50, 3), 4.0), name) for name in ("us", "rival")])
    other = long_ratings(np.random.default_rng(8).normal(4, 1, (60, 3)), "rival").replace(
        {"attribute": {"a0": "b0", "a1": "b1", "a2": "b2"}}
    )
    told = {"one_brand": alone, "brands_alike": alike, "no_common_attributes": pd.concat([alone, other])}
    for reason, table in told.items():
        found = mapped(table)[2]
        assert found.reason == reason
        assert found.table.empty


def test_a_promise_moves_us_by_the_levels_that_are_above_todays():
    promised = {"name": "p", "carriers": [{"touchpoint": "t1", "attribute": "a3", "level": 6.0}]}
    kept = {"name": "q", "carriers": [{"touchpoint": "t0", "attribute": "a0", "level": 2.0}]}
    own = OWN.model_copy(update={"promises": [Promise(**promised), Promise(**kept), Promise(name="r")]})
    survey, curve, found = mapped(simulated(np.random.default_rng(9), MEANS, 200), own)
    arrows, us = of(found, "promise"), of(found, "brand").iloc[0]
    assert arrows[["from_x", "from_y"]].to_numpy() == pytest.approx(np.tile([us["x"], us["y"]], (3, 1)))
    moved = arrows[["x", "y"]].to_numpy() - arrows[["from_x", "from_y"]].to_numpy()
    assert moved[1:] == pytest.approx(np.zeros((2, 2)))
    arrow = of(found, "attribute").iloc[survey.find("t1", "a3")]
    assert np.sign(moved[0]) == pytest.approx(np.sign(arrow[["x", "y"]].to_numpy(dtype=float)))
    assert np.linalg.norm(moved[0]) <= 6.0 - curve.own["mean"][3] + 1e-9


def test_the_restaurants_are_placed_and_the_chance_in_it_is_told():
    own = Params(own_brand="Wendy's", bootstrap=200)
    _, _, found = mapped(fast_food_frame(), own)
    assert len(of(found, "brand")) == 8
    assert found.attributes == 7
    assert 0.05 < found.noise < 0.5
    assert sum(found.shares) < 1
    again = mapped(fast_food_frame(), own)[2]
    pd.testing.assert_frame_equal(found.table, again.table)
