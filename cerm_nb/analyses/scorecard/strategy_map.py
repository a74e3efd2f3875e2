"""The strategy map: indicators in layers, the arrows between them with their evidence, and what is odd."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.arrows import arrows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cerm_nb.analyses.scorecard.links import Links
    from cerm_nb.stats import Floats, Integers

Caveat = tuple[str, "Mapping[str, object]"]

LAYERS = ("people_information", "process", "customer", "financial")  # from causes to results
NODES = ["indicator", "name", "perspective", "kind", "layer", "rank", "order", "x", "drives", "driven_by"]
EDGES = ["from", "to", "lag", "ahead", "ahead_unit", "estimate", "low", "high", "evidence", "reason", "drawn"]
STARTS, SWEEPS = 20, 8  # orders begun with, and times the layers of each are put in order
MOST_ARROWS = 200  # arrows up to which an order is sought: nobody reads a map of more
UNCOUNTED = -1
NAMED = 12  # names a caveat tells on either side


@dataclass(frozen=True, eq=False)
class StrategyMap:
    """What a figure of the map needs.

    Parameters
    ----------
    nodes
        indicator, name, perspective, kind, layer (0 people and information, 1 process, 2 customer, 3
        financial, -1 where no perspective is told), rank (longest chain of arrows that leads there), order
        (position in its layer, from 0), x (the same from 0 to 1, each layer spread evenly), drives and
        driven_by (arrows).
    edges
        from, to, lag, ahead, ahead_unit, estimate, low, high, evidence, reason, drawn (False where the data
        show a link that nobody drew).
    crossings
        Pairs of drawn arrows between the same two layers that cross; -1 where there are too many arrows to
        put them in order.
    caveats
        (key, values): ``undriven`` (n, names: lagging indicators that nothing drives), ``driving_nothing``
        (n, names: leading indicators without an arrow), ``against_order`` (from, to: from a later perspective
        to an earlier one), ``lagging_drives_leading`` (from, to), ``contradicted`` (from, to), ``trade_off``
        (indicator, helps, harms: names of indicators that gain and that lose when it gets better),
        ``perspective_missing`` (n, names). Names are those readers know.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    crossings: int
    caveats: tuple[Caveat, ...]


def strategy_map(records: pd.DataFrame, links: Links) -> StrategyMap:
    """Lay the strategy map out.

    Parameters
    ----------
    records
        Columns indicator, name, perspective, kind and drives.
    links
        From `cerm_nb.analyses.scorecard.links.links`.

    Raises
    ------
    DataError
        For arrows to nowhere, to themselves or in a circle.

    Notes
    -----
    Layered drawing after Sugiyama, Tagawa & Toda 1981: each layer is put in the order of the mean place of
    its neighbours, up and down, from several orders; that with fewest crossings is kept.
    """
    table = arrows(records)
    index = pd.Index(records["indicator"])
    first, second = (index.get_indexer(table[end]) for end in ("from", "to"))
    layer = pd.Index(LAYERS).get_indexer(pd.Index(records["perspective"]))
    order, crossings = _ordered(layer, first, second)
    counts = np.array([np.bincount(end, minlength=len(index)) for end in (first, second)])
    nodes = records[["indicator", "name", "perspective", "kind"]].assign(
        layer=layer,
        rank=_ranks(len(index), first, second),
        order=order,
        x=(order + 0.5) / _width(layer),
        drives=counts[0],
        driven_by=counts[1],
    )
    edges = pd.concat([links.frame.assign(drawn=True), links.undrawn.assign(drawn=False)], ignore_index=True)
    called = dict(zip(records["indicator"], records["name"], strict=True))
    caveats = (*_of_nodes(nodes), *_of_arrows(nodes, table, called), *_of_evidence(edges, called))
    return StrategyMap(nodes[NODES].reset_index(drop=True), edges[EDGES], crossings, caveats)


def _ranks(n: int, first: Integers, second: Integers) -> Integers:
    """Length of the longest chain of arrows to each indicator; there is no circle."""
    rank = np.zeros(n, dtype=np.int64)
    while True:
        longer = rank.copy()
        np.maximum.at(longer, second, rank[first] + 1)
        if (longer == rank).all():
            return rank
        rank = longer


def _ordered(layer: Integers, first: Integers, second: Integers) -> tuple[Integers, int]:
    """Order of the indicators within their layers, and the crossings it leaves."""
    order = _positions(layer, np.arange(len(layer), dtype=float))
    if len(first) > MOST_ARROWS:
        return order, UNCOUNTED
    best, fewest = _swept(layer, order, first, second)
    rng = np.random.default_rng(0)
    for _ in range(STARTS):
        if fewest:
            tried, left = _swept(layer, _positions(layer, rng.random(len(layer))), first, second)
            best, fewest = (tried, left) if left < fewest else (best, fewest)
    return _swapped(layer, best, first, second, fewest)


def _swept(layer: Integers, order: Integers, first: Integers, second: Integers) -> tuple[Integers, int]:
    """Bring layer after layer into the order of the mean places of its neighbours, up and down."""
    best, fewest = order, _crossings(layer, order, first, second)
    levels = np.unique(layer)
    for sweep in range(SWEEPS):
        for level in levels if sweep % 2 == 0 else levels[::-1]:
            wanted = _neighbours(layer, order, first, second)
            order = np.where(layer == level, _positions(layer, wanted + order * 1e-9), order)
        if (left := _crossings(layer, order, first, second)) < fewest:
            best, fewest = order, left
    return best, fewest


def _swapped(
    layer: Integers, order: Integers, first: Integers, second: Integers, fewest: int
) -> tuple[Integers, int]:
    """Swap neighbours while that takes crossings away."""
    going = fewest > 0
    while going:
        going = False
        for one, other in permutations(range(len(layer)), 2):
            if layer[one] == layer[other] and order[other] == order[one] + 1:
                tried = order.copy()
                tried[[one, other]] = order[[other, one]]
                if (left := _crossings(layer, tried, first, second)) < fewest:
                    order, fewest, going = tried, left, True
    return order, fewest


def _width(layer: Integers) -> Integers:
    """Count the indicators in the layer of each."""
    return np.asarray(np.bincount(layer + 1)[layer + 1])


def _positions(layer: Integers, wanted: Floats) -> Integers:
    """Place in the layer of each, by what it wants."""
    sorted_ = np.lexsort((wanted, layer))
    begins = np.searchsorted(layer[sorted_], layer[sorted_], side="left")
    found = np.empty(len(layer), dtype=np.int64)
    found[sorted_] = np.arange(len(layer)) - begins
    return found


def _neighbours(layer: Integers, order: Integers, first: Integers, second: Integers) -> Floats:
    """Mean place of those an indicator has arrows with, as a share of their layer; its own if none."""
    place = (order + 0.5) / _width(layer)
    ends, others = np.concatenate([first, second]), np.concatenate([second, first])
    apart = layer[ends] != layer[others]
    n = np.bincount(ends[apart], minlength=len(layer))
    total = np.bincount(ends[apart], weights=place[others[apart]], minlength=len(layer))
    return np.where(n > 0, total / np.maximum(n, 1), place)


def _crossings(layer: Integers, order: Integers, first: Integers, second: Integers) -> int:
    """Pairs of arrows between the same two layers whose ends lie in opposite order."""
    swapped = layer[first] > layer[second]
    a, b = np.where(swapped, second, first), np.where(swapped, first, second)
    total = 0
    pairs = layer[a] * (len(LAYERS) + 1) + layer[b]
    for pair in np.unique(pairs[layer[a] != layer[b]]):
        here = pairs == pair
        left, right = order[a[here]], order[b[here]]
        total += int(((left[:, None] < left) & (right[:, None] > right)).sum())
    return total


def _of_nodes(nodes: pd.DataFrame) -> Iterator[Caveat]:
    odd = {
        "undriven": (nodes["kind"] == "lagging") & (nodes["driven_by"] == 0),
        "driving_nothing": (nodes["kind"] == "leading") & (nodes["drives"] == 0),
        "perspective_missing": nodes["layer"] < 0,
    }
    for key, rows in odd.items():
        if rows.any():
            yield key, {"n": int(rows.sum()), "names": tuple(nodes.loc[rows, "name"])}


def _of_arrows(nodes: pd.DataFrame, table: pd.DataFrame, called: Mapping[str, str]) -> Iterator[Caveat]:
    one, other = (nodes.set_index("indicator").loc[table[end]] for end in ("from", "to"))
    layers = one["layer"].to_numpy(), other["layer"].to_numpy()
    against = (layers[0] > layers[1]) & (layers[1] >= 0)
    reversed_ = (one["kind"] == "lagging").to_numpy() & (other["kind"] == "leading").to_numpy()
    for key, rows in (("against_order", against), ("lagging_drives_leading", reversed_)):
        for first, to in table.loc[rows, ["from", "to"]].to_numpy():
            yield key, {"from": called[first], "to": called[to]}


def _of_evidence(edges: pd.DataFrame, called: Mapping[str, str]) -> Iterator[Caveat]:
    """Tell of links whose good end does harm, and of indicators that help one and harm another."""
    harm = edges[edges["evidence"] == "contradicted"]
    for first, to in harm.loc[harm["drawn"], ["from", "to"]].to_numpy():
        yield "contradicted", {"from": called[first], "to": called[to]}
    help_ = edges[edges["evidence"] == "supported"]
    for name in dict.fromkeys(harm["from"]):
        helps = tuple(called[to] for to in help_.loc[help_["from"] == name, "to"])
        harms = tuple(called[to] for to in harm.loc[harm["from"] == name, "to"])
        if helps:
            yield "trade_off", {"indicator": called[name], "helps": helps[:NAMED], "harms": harms[:NAMED]}
