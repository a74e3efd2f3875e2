"""Published knapsack problems, and their linear relaxation's dual price by Dantzig's rule."""

import numpy as np
import pytest

from cerm_nb.analyses.roadmap import Choice, best_set, shadow_prices

# J. Burkardt, KNAPSACK_01, Florida State University: data sets P01 and P07
P01 = (
    165,
    [23, 31, 29, 44, 53, 38, 63, 85, 89, 82],
    [92, 57, 49, 68, 60, 43, 67, 84, 87, 72],
    [1, 1, 1, 1, 0, 1, 0, 0, 0, 0],
)
P07 = (
    750,
    [70, 73, 77, 80, 82, 87, 90, 94, 98, 106, 110, 113, 115, 118, 120],
    [135, 139, 149, 150, 156, 163, 173, 184, 192, 201, 210, 214, 221, 229, 240],
    [1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1],
)


def choice(capacity: int, weights: list[int], profits: list[int]) -> Choice:
    uses = np.array([weights], dtype=float)
    return Choice(
        np.array(profits, dtype=float), uses, np.array([capacity], dtype=float), np.zeros((0, 2), int)
    )


@pytest.mark.parametrize(("capacity", "weights", "profits", "chosen"), [P01, P07], ids=["P01", "P07"])
def test_the_best_set_is_the_published_one(capacity, weights, profits, chosen):
    found = best_set(choice(capacity, weights, profits))
    assert found.astype(int).tolist() == chosen
    assert np.dot(profits, found) == {165: 309, 750: 1458}[capacity]


@pytest.mark.parametrize(("capacity", "weights", "profits", "chosen"), [P01, P07], ids=["P01", "P07"])
def test_the_shadow_price_is_dantzigs(capacity, weights, profits, chosen):
    # the relaxation takes the best value by weight first; the one it cuts sets the price (Dantzig 1957)
    order = np.argsort(-np.array(profits) / weights)
    cut = order[np.searchsorted(np.cumsum(np.array(weights)[order]), capacity)]
    price = shadow_prices(choice(capacity, weights, profits))
    assert price == pytest.approx([profits[cut] / weights[cut]])
