"""The typing tool tells segments by few fields, says how well, and refuses what it cannot tell."""

import json

import numpy as np
import pandas as pd
import pytest
from segment_data import QUICK, clouds, frame_of

from cerm_nb.analyses.segments import (
    TYPING,
    apply_typing,
    base_of,
    find_segments,
    fit_typing,
    read_typing,
    refine,
)
from cerm_nb.analyses.segments.refinement import _candidates, _columns, _judged
from cerm_nb.analyses.segments.typing_tool import _share
from cerm_nb.errors import DataError


@pytest.fixture(scope="module")
def found():
    """Two columns tell three segments apart; three more are noise."""
    random = np.random.default_rng(2)
    kind = random.integers(0, 3, 500)
    frame = frame_of(random.normal(size=(500, 5))).set_axis(["x3", "x7", "x0", "x1", "x2"], axis=1)
    frame["x3"] += 6 * (kind == 1)
    frame["x7"] += 6 * (kind == 2)
    own = QUICK.model_copy(update={"min_segments": 3, "max_segments": 3})
    return find_segments(base_of(frame), own)


@pytest.fixture(scope="module")
def tool(found):
    return fit_typing(found, QUICK)


def test_the_fields_that_tell_segments_apart_are_asked_and_no_others(tool):
    assert set(tool.fields) == {"x3", "x7"}
    assert list(tool.frame.columns) == TYPING
    assert tool.frame["chosen"].tolist() == [True, True, False, False, False]
    assert tool.low <= tool.accuracy <= tool.high
    assert tool.accuracy > 0.95
    assert tool.largest_share < 0.45


def test_the_tool_survives_json_and_types_new_customers(found, tool):
    model = json.loads(json.dumps(tool.model))
    typed = apply_typing(model, found.base.raw)
    right = typed["segment"].to_numpy() == np.array(found.names)[found.chosen.solution.labels]
    assert right.mean() > 0.95
    new = pd.DataFrame({"x3": [0.0, 5.0, 0.0], "x7": [0.0, 0.0, 5.0]}, index=["a", "b", "c"])
    told = apply_typing(model, new)
    assert told.index.tolist() == ["a", "b", "c"]
    assert told["segment"].nunique() == 3
    assert (told["posterior"] > 0.9).all()


def test_nobody_is_assigned_between_two_segments(tool):
    rows = pd.DataFrame({"x3": np.linspace(0, 5, 400), "x7": np.zeros(400)})
    told = apply_typing(tool.model, rows)
    unsure = told[told["reason"] == "uncertain"]
    assert len(unsure) > 0
    assert unsure["segment"].isna().all()
    assert unsure["likeliest"].notna().all()
    assert (unsure["posterior"] < QUICK.min_posterior).all()
    assert (told.loc[told["reason"] == "", "posterior"] >= QUICK.min_posterior).all()


def test_empty_and_impossible_values_are_not_assigned(tool):
    model = json.loads(json.dumps(tool.model))
    told = apply_typing(model, pd.DataFrame({"x3": [np.nan, np.inf], "x7": [np.nan, 0.0]}))
    assert told["reason"].tolist() == ["fields_missing", "out_of_range"]
    assert told["segment"].isna().all()
    model["fields"][0]["outside"] = "refuse"
    name = model["fields"][0]["name"]
    rows = pd.DataFrame({"x3": [0.0, 0.0], "x7": [0.0, 0.0]})
    rows.loc[0, name] = 99.0
    assert apply_typing(model, rows)["reason"].iloc[0] == "out_of_range"
    assert len(apply_typing(model, rows.iloc[:0])) == 0


@pytest.fixture(scope="module")
def buying():
    """Two kinds of buyers, by two amounts that nobody shares."""
    random = np.random.default_rng(7)
    kind = random.integers(0, 2, 400)
    amounts = np.exp(random.normal(8 + 3 * kind[:, None], 0.7, (400, 2)))
    frame = frame_of(amounts).set_axis(["mean_spend", "last_spend"], axis=1)
    own = QUICK.model_copy(update={"max_segments": 2})
    return find_segments(base_of(frame, scales=dict.fromkeys(frame, "log")), own)


def exact_ends(segments, model):
    """The same tool with the eleventh value of a field from either end in its file."""
    model = json.loads(json.dumps(model))
    for field in model["fields"]:
        values = np.sort(segments.base.raw[field["name"]].to_numpy())
        field |= {"low": float(values[10]), "high": float(values[-11])}
    return model


@pytest.mark.parametrize("kind", ["found", "buying"])
def test_the_ends_of_a_field_are_nobodys_value_and_change_nothing(request, kind):
    segments = request.getfixturevalue(kind)
    model = fit_typing(segments, QUICK).model
    exact = exact_ends(segments, model)
    for field, other in zip(model["fields"], exact["fields"], strict=True):
        moved = [np.log1p(field[end]) if kind == "buying" else field[end] for end in ("low", "high")]
        steps = np.array(moved) / (field["scale"] / 4)
        assert steps == pytest.approx(np.round(steps), abs=1e-3)
        values = segments.base.raw[field["name"]].to_numpy()
        assert np.abs(values / np.array([[field["low"]], [field["high"]]]) - 1).min() > 1e-6
        assert field["low"] <= other["low"] < other["high"] <= field["high"]
        width = np.log1p(other["low"]) - moved[0] if kind == "buying" else other["low"] - moved[0]
        assert width < field["scale"] / 4 + 1e-3
    told, same = (apply_typing(each, segments.base.raw) for each in (model, exact))
    assert (told["likeliest"] == same["likeliest"]).mean() > 0.99
    assert (told["posterior"] - same["posterior"]).abs().max() < 0.05


def test_an_amount_below_nothing_is_not_assigned(buying):
    model = fit_typing(buying, QUICK).model
    rows = pd.DataFrame({"mean_spend": [-1.0, 0.0, 1e9], "last_spend": [3000.0, 3000.0, 1e6]})
    told = apply_typing(model, rows)["reason"].tolist()
    assert told[0] == ("out_of_range" if "mean_spend" in [field["name"] for field in model["fields"]] else "")
    assert "out_of_range" not in told[1:]


def test_accuracy_holds_on_customers_nobody_has_seen():
    """The cross-validated interval covers the accuracy on fresh units of the same kind."""
    inside = 0
    for seed in range(6):
        random = np.random.default_rng(seed)
        centres = np.array([[0, 0, 0, 0], [2.2, 0, 2.2, 0], [0, 2.2, 0, 2.2]])
        kind = random.integers(0, 3, 3000)
        points = centres[kind] + random.normal(size=(3000, 4))
        own = QUICK.model_copy(
            update={"min_segments": 3, "max_segments": 3, "max_fields": 2, "min_stability": 0.3}
        )
        segments = find_segments(base_of(frame_of(points[:400])), own)
        tool = fit_typing(segments, own)
        fresh = frame_of(points[400:])
        middles = np.array(
            [segments.base.numbers[segments.chosen.solution.labels == at].mean(0) for at in range(3)]
        )
        raw = segments.base.raw
        scaled = (fresh.to_numpy() - raw.mean().to_numpy()) / raw.std(ddof=0).to_numpy()
        label = np.square(scaled[:, None] - middles).sum(2).argmin(1)
        typed = apply_typing({**tool.model, "threshold": 0.0}, fresh)["likeliest"].to_numpy()
        accuracy = (typed == np.array(segments.names)[label]).mean()
        inside += tool.low - 0.01 <= accuracy <= tool.high + 0.01
    assert inside >= 5


def test_texts_can_be_asked_and_unknown_ones_are_refused():
    random = np.random.default_rng(3)
    kind = random.integers(0, 2, 400)
    frame = pd.DataFrame(index=frame_of(np.zeros((400, 1))).index)
    for name in ("a", "b", "c"):
        frame[name] = np.where(random.random(400) < 0.93, np.array(["ja", "nein"])[kind], "weiß nicht")
    own = QUICK.model_copy(update={"segment_methods": ["latent_classes"], "max_segments": 3})
    segments = find_segments(base_of(frame), own)
    tool = fit_typing(segments, own)
    assert tool.accuracy > 0.9
    rows = pd.DataFrame({"a": ["ja", "?"], "b": ["ja", "ja"], "c": ["ja", "ja"]})
    told = apply_typing(json.loads(json.dumps(tool.model)), rows)
    asked_a = "a" in tool.fields
    assert told["reason"].tolist() == ["", "unknown_level" if asked_a else ""]


def test_a_damaged_tool_and_missing_columns_are_told_all_at_once(tool):
    with pytest.raises(DataError, match="did you mean 'X7'"):
        apply_typing(tool.model, pd.DataFrame({"x3": [1.0], "X7": [1.0]}))
    with pytest.raises(DataError, match="1 of 2 are no numbers"):
        apply_typing(tool.model, pd.DataFrame({"x3": ["1", "many"], "x7": [1.0, 1.0]}))
    for change in (
        {"version": 9},
        {"intercepts": [1.0]},
        {"fields": []},
        {"coefficients": [[np.nan] * 2] * 3},
    ):
        with pytest.raises(DataError, match="export the typing tool again"):
            read_typing({**tool.model, **change})


def test_a_segment_too_small_to_learn_has_no_tool():
    points = np.concatenate([np.zeros((60, 2)), np.full((7, 2), 9.0)])
    frame = frame_of(points + np.random.default_rng(0).normal(size=points.shape))
    own = QUICK.model_copy(update={"min_group": 1, "max_segments": 2})
    segments = find_segments(base_of(frame), own)
    assert fit_typing(segments, own).reason == "segment_too_small"


@pytest.fixture(scope="module")
def pair():
    return find_segments(
        base_of(clouds(2000, 2, distance=6.0)[0]), QUICK.model_copy(update={"max_segments": 2})
    )


def responses(segments, lift, seed):
    random = np.random.default_rng(seed)
    ids = segments.base.ids["customer_id"]
    fields = pd.DataFrame(random.normal(size=(len(ids), 3)), index=ids, columns=["visits", "age", "luck"])
    fields["channel"] = random.choice(["web", "phone"], len(ids))
    first = segments.chosen.solution.labels == 0
    rate = 0.2 + lift * first * (fields["visits"].to_numpy() > 0.5)
    return fields, pd.Series((random.random(len(ids)) < rate).astype(float), index=ids)


def test_a_segment_is_split_where_a_part_responds_more_and_only_there(pair):
    fields, response = responses(pair, 0.3, 1)
    found = refine(pair, fields, response, QUICK)
    rows = found.frame.set_index("segment")
    assert rows["split"].tolist() == [True, False]
    assert rows.loc["1", "field"] == "visits"
    assert rows.loc["1", "cut"] == pytest.approx(0.5, abs=0.35)
    # a third of the segment has .5, the others .2: gain .5 − .29
    assert rows.loc["1", "low"] < 0.21 < rows.loc["1", "high"]
    assert rows.loc["2", "reason"] == "no_reliable_gain"
    assert set(found.members) == {"1a", "1b", "2"}
    assert (found.members == "1a").sum() < (found.members == "1b").sum()


def test_a_cut_is_a_round_number_that_is_nobodys_value(pair):
    fields, response = responses(pair, 0.3, 1)
    fields["paid"] = np.exp(9 + fields.pop("visits"))
    own = QUICK.model_copy(update={"min_group": 1})
    found = refine(pair, fields, response, own)
    row = found.frame.set_index("segment").loc["1"]
    assert row["field"] == "paid"
    assert row["cut"] % 500 == 0, "a hundredth of what is usual, and no customer's cents"
    assert row["split"]
    mine = pair.chosen.solution.labels == 0
    assert set(fields.loc[mine, "paid"].ge(row["cut"]).to_numpy() == (found.members[mine] == "1a")) == {True}


def one_kind(n, lift, seed):
    """Split decided for one kind of n customers, of whom 30 % respond more often by the lift."""
    random = np.random.default_rng(seed)
    fields = pd.DataFrame(random.normal(size=(n, 4)), columns=list("abcd"))
    fields["channel"] = random.choice(["web", "phone", "shop"], n)
    more = fields["a"].to_numpy() > np.quantile(fields["a"], 0.7)
    answers = (random.random(n) < 0.15 + lift * more).astype(float)
    columns, names = _columns(fields)
    return bool(_judged(columns, names, answers, np.ones(n), 0.95, random, 0.1)["split"])


def test_no_difference_is_seldom_split():
    # promised are 2.5 %; of 40, more than 4 come up once in 300 times
    assert sum(one_kind(200, 0.0, seed) for seed in range(40)) <= 4


def test_a_part_that_responds_twice_as_often_is_mostly_split():
    assert sum(one_kind(300, 0.2, seed) for seed in range(20)) >= 11


def test_a_level_all_customers_have_is_no_cut():
    # the share of all is a rounding above 1 for some weights
    for seed in range(30):
        weights = np.random.default_rng(seed).random(77)
        parts, cuts = _candidates(np.ones((77, 1)), [("channel", "web")], weights, 0.1)
        assert not cuts
        assert parts.shape == (0, 77)


def test_unknown_and_equal_responses_are_told(pair):
    fields, response = responses(pair, 0.0, 1)
    assert set(refine(pair, fields, response * np.nan, QUICK).frame["reason"]) == {"few_responses"}
    assert set(refine(pair, fields, response * 0, QUICK).frame["reason"]) == {"one_response"}
    assert set(refine(pair, fields[[]], response, QUICK).frame["reason"]) == {"no_fields"}


def test_an_accuracy_of_one_is_told_with_unequal_weights():
    """Weights are summed in two orders, which may differ in the last digit."""
    weights = np.random.default_rng(0).uniform(0.5, 2, (200, 300))
    right = np.ones(300, dtype=bool)
    told = np.array([_share(right, each, 0.95) for each in weights])
    assert told[:, 0] == pytest.approx(np.ones(200))
    assert told.max() <= 1
