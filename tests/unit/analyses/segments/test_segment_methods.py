"""k-means, mixtures and latent classes find what was put in, and agree with independent programs."""

import numpy as np
import pytest
from segment_data import QUICK, clouds
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from cerm_nb.analyses.segments import Params, base_of
from cerm_nb.analyses.segments.families import Classes, Gaussians
from cerm_nb.analyses.segments.kmeans import fitted, k_means
from cerm_nb.analyses.segments.methods import MAKERS, tries_for
from cerm_nb.analyses.segments.mixtures import best_of, run
from cerm_nb.analyses.segments.stability import adjusted_rand, resamples, stability, table


def draws(seed=0):
    return np.random.default_rng(seed)


def test_k_means_reaches_the_sum_of_squares_that_scikit_learn_reaches():
    points = clouds(300, 4, distance=2.0)[0].to_numpy()
    for k in (2, 4, 6):
        ours = k_means(points, np.ones(len(points)), k, starts=100, random=draws())
        theirs = KMeans(k, n_init=30, random_state=0).fit(points)
        assert ours.sse == pytest.approx(theirs.inertia_, rel=1e-2)
        assert ours.sse <= theirs.inertia_ * (1 + 1e-4)


def test_a_weight_of_two_is_the_same_as_two_equal_units():
    points = clouds(120, 3)[0].to_numpy()
    weights = draws().integers(1, 4, len(points)).astype(float)
    weighted = k_means(points, weights, 3, starts=50, random=draws())
    repeated = np.repeat(points, weights.astype(int), axis=0)
    theirs = KMeans(3, n_init=50, random_state=0).fit(repeated)
    assert weighted.sse == pytest.approx(theirs.inertia_, rel=1e-6)


def test_share_of_restarts_in_the_best_optimum_is_one_on_clear_clouds_and_small_on_noise():
    clear = clouds(400, 2, distance=12.0)[0].to_numpy()
    assert k_means(clear, np.ones(400), 2, starts=100, random=draws()).best_restart_share == 1
    blurred = draws().normal(size=(400, 10))
    assert k_means(blurred, np.ones(400), 7, starts=100, random=draws()).best_restart_share < 0.5


def test_k_means_of_as_many_clusters_as_patterns_leaves_nothing_over():
    points = np.array([[0.0, 0.0], [1.0, 0.0], [5.0, 5.0]])
    assert k_means(points, np.ones(3), 3, starts=100, random=draws()).sse == pytest.approx(0)
    with pytest.raises(ValueError, match="4 clusters of 3"):
        k_means(points, np.ones(3), 4, starts=100, random=draws())


def test_samples_of_many_points_are_clustered_as_well_as_by_scikit_learn():
    points = clouds(3000, 4, distance=2.0)[0].to_numpy()
    counts = resamples(len(points), 2, draws())
    ends = fitted(points, counts.astype(float), 4, draws(), tries=5)
    for row, centres in zip(counts, ends, strict=True):
        ours = np.square(points[:, None] - centres).sum(axis=2).min(axis=1) @ row
        theirs = KMeans(4, n_init=5, random_state=0).fit(points, sample_weight=row).inertia_
        assert ours <= theirs * 1.002


def test_gaussian_mixture_has_the_log_likelihood_of_scikit_learn():
    points = clouds(500, 3, distance=2.5)[0].to_numpy()
    family = Gaussians(points, np.ones(500))
    best, _ = best_of(family, np.ones(500), run(family, np.ones((30, 500)), 3, draws()))
    theirs = GaussianMixture(
        3, covariance_type="diag", n_init=10, tol=1e-8, max_iter=2000, random_state=0, reg_covar=1e-9
    ).fit(points)
    assert best.log_likelihood[0] == pytest.approx(theirs.score(points) * 500, rel=1e-6)
    assert family.free(3) == theirs._n_parameters()


def test_weighted_mixture_is_that_of_repeated_units():
    points = clouds(150, 2, distance=2.5)[0].to_numpy()
    weights = draws().integers(1, 4, 150)
    ours = run(Gaussians(points, weights.astype(float)), np.tile(weights.astype(float), (10, 1)), 2, draws())
    repeated = np.repeat(points, weights, axis=0)
    theirs = run(Gaussians(repeated, np.ones(len(repeated))), np.ones((10, len(repeated))), 2, draws())
    assert ours.log_likelihood.max() == pytest.approx(theirs.log_likelihood.max(), rel=1e-7)


def answers(n, seed):
    """Two classes of yes/no answers with known rates."""
    random = draws(seed)
    rates = np.array([[0.9, 0.8, 0.85, 0.1, 0.2], [0.2, 0.1, 0.15, 0.7, 0.9]])
    label = (random.random(n) < 0.3).astype(int)
    return (random.random((n, 5)) < rates[label]).astype(np.int64), rates


def test_latent_classes_recover_shares_and_rates():
    codes, rates = answers(8000, 3)
    patterns, weights = np.unique(codes, axis=0, return_counts=True)
    family, held = Classes(patterns), weights.astype(float)
    best, share = best_of(family, held, run(family, np.tile(held, (10, 1)), 2, draws()))
    found = np.exp(best.lines[0])[:, 1:-1:2]
    order = np.argsort(-best.lines[0][:, -1])
    np.testing.assert_allclose(np.exp(best.lines[0][:, -1])[order], [0.7, 0.3], atol=0.02)
    np.testing.assert_allclose(found[order], rates, atol=0.03)
    assert share > 0.9


def test_an_empty_answer_tells_latent_classes_nothing():
    codes, rates = answers(8000, 4)
    codes[draws(5).random(codes.shape) < 0.3] = -1
    family, held = Classes(codes), np.ones(len(codes))
    best, _ = best_of(family, held, run(family, np.tile(held, (3, 1)), 2, draws()))
    order = np.argsort(-best.lines[0][:, -1])
    np.testing.assert_allclose(np.exp(best.lines[0])[order][:, 1:-1:2], rates, atol=0.04)


def plain_em(codes, lines, steps):
    """Take steps of EM as a textbook writes them, in double precision, and give the log-likelihood."""
    features = Classes(codes).features.astype(float)
    for _ in range(steps):
        joint = np.exp(features @ lines.T)
        held = joint / joint.sum(axis=1, keepdims=True)
        sums = held.T @ features[:, :-1]
        shares = np.log(held.mean(axis=0))[:, None]
        lines = np.hstack([np.log(sums / held.sum(axis=0)[:, None]), shares])
    return float(np.log(np.exp(features @ lines.T).sum(axis=1)).sum())


def test_leaps_end_where_plain_steps_no_longer_gain():
    codes, _ = answers(1000, 6)
    family, held = Classes(codes), np.ones(len(codes))
    best, _ = best_of(family, held, run(family, np.tile(held, (10, 1)), 2, draws()))
    reached = best.log_likelihood[0]
    assert plain_em(codes, best.lines[0], 0) == pytest.approx(reached, abs=1e-8)
    assert plain_em(codes, best.lines[0], 500) == pytest.approx(reached, abs=1e-5)


def test_starts_in_single_precision_tell_the_log_likelihood_of_double():
    codes = draws(7).integers(0, 5, (3000, 40))
    ends = run(Classes(codes), np.ones((2, 3000)), 3, draws())
    assert ends.lines.dtype == np.float32
    for at in range(2):
        told = plain_em(codes, ends.lines[at].astype(float), 0)
        assert ends.log_likelihood[at] == pytest.approx(told, rel=1e-7)


@pytest.mark.parametrize("name", list(MAKERS))
def test_every_method_recovers_known_clouds_and_numbers_them_by_size(name):
    frame, truth = clouds(600, 3, distance=5.0)
    base = base_of(frame)
    solution = MAKERS[name](base).solve(3, Params(), draws())
    assert adjusted_rand_score(truth, solution.labels) > (0.8 if name == "latent_classes" else 0.97)
    assert (np.diff(solution.shares) <= 1e-12).all()
    np.testing.assert_allclose(solution.posteriors.sum(axis=1), 1)
    assert 0 <= solution.entropy <= 1
    assert np.isnan(solution.bic) == (name == "kmeans")


def test_adjusted_rand_index_is_that_of_scikit_learn():
    random = draws()
    for _ in range(20):
        first, second = random.integers(0, 4, (2, 60))
        second = np.where(random.random(60) < 0.6, first, second)
        ours = adjusted_rand(table(first, second, 4))
        assert ours == pytest.approx(adjusted_rand_score(first, second), abs=1e-12)
    assert adjusted_rand(np.array([[10]])) == 1


def test_stability_is_one_on_clear_clouds_and_low_on_noise():
    for frame, low, high in ((clouds(300, 3, distance=9.0)[0], 0.999, 1), (_noise(), -0.1, 0.6)):
        base = base_of(frame)
        method = MAKERS["kmeans"](base)
        label = method.solve(3, QUICK, draws()).labels
        told = stability(method, label, 3, resamples(base.n, 20, draws()), draws())
        assert low <= told.median <= high
        assert told.q10 <= told.median <= told.q90
        assert told.jaccard.shape == told.together.shape == (40, 3)
        assert ((told.jaccard >= 0) & (told.jaccard <= 1)).all()


def test_more_starts_do_not_make_noise_look_more_stable():
    base = base_of(_noise())
    told = {}
    for name in ("kmeans", "mixture"):
        method = MAKERS[name](base)
        label = method.solve(3, Params(latent_starts=10), draws()).labels
        counts = resamples(base.n, 20, draws())
        for reached in (0.0, 0.3):
            told[name, reached] = stability(method, label, 3, counts, draws(), reached=reached).median
        assert told[name, 0.3] <= told[name, 0.0] + 0.1
        assert told[name, 0.3] < 0.4
    assert (tries_for(0.01), tries_for(0.2), tries_for(1.0)) == (5, 40, 19)


def _noise():
    from segment_data import noise

    return noise(300, 8)


def test_a_mixture_does_not_shrink_to_one_count():
    counts = draws().negative_binomial(0.5, 0.2, 400).astype(float)[:, None]
    steps = np.column_stack([counts, 10 * (counts > 2)])
    family = Gaussians(steps, np.ones(400))
    assert family.least[0] == pytest.approx(max(0.05 * counts.var(), 1 / 12), rel=1e-6)
    assert family.least[1] == pytest.approx(100 / 12, rel=1e-6)
    best, _ = best_of(family, np.ones(400), run(family, np.ones((10, 400)), 3, draws()))
    assert (-0.5 / best.lines[0][:, 2:-1] >= family.least * (1 - 1e-9)).all()
