"""Clumps are told from cuts through a continuum: dips, clouds and shuffled columns."""

import numpy as np
import pytest
from scipy.optimize import linprog
from segment_data import clouds, frame_of

from cerm_nb.analyses.segments import Params, answer, base_of, find_segments, fit_typing
from cerm_nb.analyses.segments.inputs import smeared
from cerm_nb.analyses.segments.methods import MAKERS
from cerm_nb.analyses.segments.structure import independence, left_within, structure, valley
from cerm_nb.analyses.segments.unimodality import dip, one_peak

# ratings of 63 departments of statistics, the example of Hartigan & Hartigan 1985
DEPARTMENTS = [30, 33, 35, 36, 37, 37, 39, 39, 39, 39, 39, 40, 40, 40, 40, 41, 42, 43, 43, 43, 44, 44, 45, 45,
               46, 46, 47, 47, 48, 48, 48, 49, 50, 50, 51, 52, 52, 53, 53, 53, 53, 53, 54, 54, 57, 57, 59, 60,
               60, 60, 61, 61, 61, 61, 62, 62, 62, 62, 63, 66, 70, 72, 72]  # fmt: skip


def draws(seed=0):
    return np.random.default_rng(seed)


def test_dip_of_the_published_example():
    assert dip(np.array(DEPARTMENTS, dtype=float), np.ones(63)) == pytest.approx(0.05952381, abs=1e-8)


def nearest_with_one_peak(values):
    """Distance to the nearest distribution with its peak at some value, by linear programming."""
    places, n = np.sort(values), len(values)
    width, counts = np.diff(places), np.arange(n + 1) / n
    best = 1.0
    for peak in range(n):
        # unknown: the distribution at each value, just left of the peak, and the distance
        def row(sign, at, left, peak=peak):
            line = np.zeros(n + 2)
            line[n if left and at == peak else at] = sign
            return line

        rows, limits = [], []
        for at in range(n):
            for sign, left, level in ((-1, False, counts[at + 1]), (1, True, counts[at])):
                rows.append(row(sign, at, left) - np.eye(n + 2)[-1])
                limits.append(sign * level)
        slopes = [(row(1, at + 1, True) + row(-1, at, False)) / width[at] for at in range(n - 1)]
        rows += [-slope for slope in slopes] + [row(1, peak, True) - row(1, peak, False)]
        rows += [slopes[at] - slopes[at + 1] for at in range(peak - 1)]
        rows += [slopes[at + 1] - slopes[at] for at in range(peak, n - 2)]
        limits += [0.0] * (len(rows) - len(limits))
        found = linprog(np.eye(n + 2)[-1], A_ub=np.array(rows), b_ub=limits, bounds=[(0, None)] * (n + 2))
        best = min(best, found.fun)
    return best


def test_dip_is_the_distance_to_the_nearest_distribution_with_one_peak():
    for seed, n in enumerate((4, 7, 10, 12)):
        values = draws(seed).normal(size=n) + 3 * (draws(seed + 9).random(n) < 0.5)
        assert dip(values, np.ones(n)) == pytest.approx(nearest_with_one_peak(values), abs=1e-9)


def test_dip_of_hardly_any_values():
    assert dip(np.array([3.0]), np.ones(1)) == 0.5
    assert dip(np.array([3.0, 3.0, 3.0]), np.ones(3)) == 0.5
    assert dip(np.array([1.0, 2.0]), np.ones(2)) == 0.25
    twice = dip(np.array([1.0, 2.0, 7.0]), np.array([2.0, 1.0, 3.0]))
    assert twice == pytest.approx(dip(np.array([1.0, 1.0, 2.0, 7.0, 7.0, 7.0]), np.ones(6)))


def test_values_with_one_peak_are_seldom_said_to_have_two():
    told = [one_peak(dip(draws(seed).random(200), np.ones(200)) * np.sqrt(200)) for seed in range(200)]
    assert np.mean(np.array(told) <= 0.05) == pytest.approx(0.05, abs=0.04)
    skewed = [one_peak(dip(draws(seed).lognormal(size=200), np.ones(200)) * 200**0.5) for seed in range(50)]
    assert min(skewed) > 0.05
    two = draws().normal(size=200) + 4 * (np.arange(200) % 2)
    assert one_peak(dip(two, np.ones(200)) * np.sqrt(200)) <= 0.01


def tied_to_uniform(random, n):
    first = random.uniform(-1, 1, n)
    return np.column_stack([first, first + 0.2 * random.normal(size=n)]), "standard"


def banana(random, n):
    first = random.normal(size=n)
    return np.column_stack([first, first**2 + 0.4 * random.normal(size=n)]), "standard"


def skewed(random, n):
    return np.exp(random.normal(size=(n, 1)) + 0.3 * random.normal(size=(n, 2))), "log"


def tied_counts(random, n):
    often = random.gamma(0.7, 1, n)
    spent = np.exp(3 + 0.5 * np.log(often + 0.1) + 0.3 * random.normal(size=n))
    return np.column_stack([random.poisson(4 * often), random.poisson(6 * often), spent]), "log"


def tied_ratings(random, n):
    wish = random.uniform(-1.5, 1.5, (n, 1)) * [1, 1, -1]
    return np.clip(np.round(4 + 1.3 * wish + 0.5 * random.normal(size=(n, 3))), 1, 7), "answer"


def solved(base, k, method="kmeans"):
    return MAKERS[method](base).solve(k, Params(latent_starts=10), draws())


CONTINUA = [tied_to_uniform, banana, skewed, tied_counts, tied_ratings]


@pytest.mark.parametrize("draw", CONTINUA)
def test_a_continuum_of_columns_that_go_together_has_no_valleys(draw):
    found = []
    for seed in range(10):
        points, scale = draw(draws(seed), 300)
        frame = frame_of(points.astype(float))
        base = base_of(frame, scales=dict.fromkeys(frame, scale))
        found += [valley(base, solved(base, k), draws(seed)) <= 0.05 for k in (2, 3)]
    assert sum(found) <= 2


@pytest.mark.parametrize("draw", CONTINUA)
def test_a_continuum_is_cut_but_not_called_clumps(draw):
    points, scale = draw(draws(5), 400)
    frame = frame_of(points.astype(float))
    own = Params(bootstrap_pairs=20, max_segments=3, min_stability=0.5, segment_methods=["kmeans"])
    segments = find_segments(base_of(frame, scales=dict.fromkeys(frame, scale)), own)
    told = answer(segments, fit_typing(segments, own), own)
    assert (told.verdict, told.reason) == ("watch", "one_cloud")


def buyers_apart(random, n):
    kind = random.integers(0, 2, n)[:, None]
    return np.exp(1 + 3 * kind + 0.4 * random.normal(size=(n, 2))), "log"


@pytest.mark.parametrize(("draw", "p"), [(tied_counts, (0.05, 1)), (buyers_apart, (0, 0.05))])
def test_behaviour_is_told_as_a_cut_through_a_continuum(draw, p):
    """With gaps or without: counts from 0 that are tied have gaps in any customer base."""
    points, scale = draw(draws(5), 300)
    frame = frame_of(points.astype(float))
    own = Params(bootstrap_pairs=20, max_segments=3, segment_methods=["kmeans"])
    segments = find_segments(base_of(frame, scales=dict.fromkeys(frame, scale), kind="behaviour"), own)
    told = answer(segments, fit_typing(segments, own), own)
    assert p[0] < told.structure_p <= p[1]
    assert (told.verdict, told.reason) == ("watch", "continuum")


@pytest.mark.parametrize(("apart", "verdict"), [("needs", ("go", "")), ("behaviour", ("watch", "one_cloud"))])
def test_clumps_of_needs_count_where_behaviour_is_added(apart, verdict):
    random = draws(4)
    kind = random.integers(0, 2, 300)[:, None]
    answers = 4 + np.array([2.5, -2.5, 0]) * (kind - 0.5) * (apart == "needs") + random.normal(size=(300, 3))
    bought = np.exp(1 + 4 * kind * (apart == "behaviour") + 0.3 * random.normal(size=(300, 2)))
    frame = frame_of(np.column_stack([np.clip(np.round(answers), 1, 7), bought]))
    scales = dict(zip(frame, ["answer"] * 3 + ["log"] * 2, strict=True))
    own = Params(bootstrap_pairs=20, max_segments=2, segment_methods=["kmeans"])
    segments = find_segments(base_of(frame, scales=scales, kind="both"), own)
    told = answer(segments, fit_typing(segments, own), own)
    assert (told.verdict, told.reason) == verdict
    none = base_of(frame[["x3", "x4"]], scales=scales, kind="both")
    assert np.isnan(structure(none, solved(none, 2), random).p)


@pytest.mark.parametrize("shares", [(2, 1), (3, 2, 1), (4, 3, 2, 2)])
def test_clumps_of_unequal_size_are_found(shares):
    found = []
    for seed in range(10):
        random = draws(seed)
        label = random.choice(len(shares), 600, p=np.array(shares) / sum(shares))
        points = 4.5 / np.sqrt(2) * np.eye(len(shares), 4)[label] + random.normal(size=(600, 4))
        base = base_of(frame_of(points))
        solution = solved(base, len(shares))
        found.append(valley(base, solution, random) <= 0.05)
    assert sum(found) >= 9
    assert structure(base, solution, random).p <= 0.05 or not found[-1]


def test_cuts_through_a_long_cloud_are_told_from_clumps():
    random = draws()
    long = [base_of(frame_of(random.normal(size=(200, 4)) * [6, 1, 1, 1])) for _ in range(6)]
    assert sum(structure(each, solved(each, 2), draws()).p <= 0.05 for each in long) <= 1
    few = base_of(clouds(15, 2, distance=6.0)[0])
    assert np.isnan(structure(few, solved(few, 2), draws()).p)


def test_columns_are_compared_with_themselves_shuffled():
    crossed = draws().choice([-3.0, 3.0], size=(300, 2)) + draws(1).normal(size=(300, 2))
    tied = clouds(300, 3, distance=5.0)[0]
    holes = tied.mask(draws(2).random(tied.shape) < 0.1)
    for frame, k, as_good in ((frame_of(crossed), 4, True), (tied, 3, False), (holes, 3, False)):
        base = base_of(frame)
        left = left_within(base.numbers, base.weights, solved(base, k).labels, k)
        assert (independence(base, left, k, draws()) > 0.05) == as_good
    assert independence(base_of(tied[["x0"]]), 0.1, 2, draws()) == 1


@pytest.mark.parametrize(("columns", "apart", "sure"), [(1, 6, True), (8, 6, True), (4, 4.0, False)])
def test_a_sure_valley_in_one_column_needs_no_other_witness(columns, apart, sure):
    """Columns of noise hide it from shares of variance, and shuffling brings it back."""
    random = draws(1)
    kind = random.integers(0, 2, 300)
    points = random.normal(size=(300, columns))
    points[:, 0] += apart * kind
    base = base_of(frame_of(points))
    told = structure(base, solved(base, 2), random)
    assert (told.p == told.valley_p == 1 / 40) == sure
    assert np.isnan(told.shuffled_p) == sure
    assert told.p > 0.05 or sure


def test_nothing_is_said_of_clumps_where_one_kind_lies_within_another():
    random = draws(3)
    inner = random.random(600) < 0.5
    frame = frame_of(random.normal(size=(600, 4)) * np.where(inner, 0.25, 2.5)[:, None])
    own = Params(bootstrap_pairs=20, max_segments=3, latent_starts=10, segment_methods=["mixture"])
    segments = find_segments(base_of(frame), own)
    told = answer(segments, fit_typing(segments, own), own)
    assert segments.chosen.solution.k == 2
    assert np.isnan(told.structure_p)
    assert (told.verdict, told.reason) in {("watch", "structure_not_tested"), ("watch", "typing_weak")}
    apart = base_of(clouds(400, 2, distance=6.0)[0])
    assert structure(apart, solved(apart, 2, "mixture"), draws()).p <= 0.05


def test_steps_of_a_scale_are_smeared_and_nothing_else():
    frame = frame_of(draws().integers(1, 8, (400, 3)).astype(float))
    frame.iloc[:20, 0] = np.nan
    base = base_of(frame)
    points = smeared(base, draws())
    assert len(np.unique(points[20:, 0])) == 380
    assert np.abs(points - base.numbers).max() < 0.3
    assert (points[:20, 0] == 0).all()
