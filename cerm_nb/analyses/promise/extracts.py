"""The few rows of the value curve and the map that one figure or table shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.analyses.promise.standing import STANDINGS
from cerm_nb.analyses.promise.wanted import titles
from cerm_nb.surveys import item_names

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.analyses.promise.parameters import Params
    from cerm_nb.analyses.promise.positions import Positions
    from cerm_nb.analyses.promise.value_curve import ValueCurve
    from cerm_nb.stats import Truths
    from cerm_nb.surveys import Survey

MOST, SIDE_BY_SIDE, RIVALS, AXES = 12, 10, 3, 8
MOVED = ("create", "raise", "reduce", "drop")


@dataclass(frozen=True, eq=False)
class Standing:
    """How many attributes stand where, and the clearest of them.

    Parameters
    ----------
    kind
        ``both``, ``ahead``, ``behind`` or ``alike``: which differences to the best competitor are sure.
    counts
        Standing → attributes; `compared`: all that are known.
    highest, lowest
        Attributes furthest ahead and furthest behind for certain; empty where there is none.
    frame
        item, difference, low, high, standing: the clearest, from the lowest up.
    """

    kind: str
    counts: dict[str, int]
    highest: str
    lowest: str
    frame: pd.DataFrame


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """Put 'touchpoint / attribute' into a column ``item``."""
    return frame.assign(item=item_names(frame))


def curve_rows(survey: Survey, curve: ValueCurve, table: pd.DataFrame, own: Params) -> pd.DataFrame:
    """Set brands side by side on what carries a promise and what matters most.

    Parameters
    ----------
    survey, curve, table
        From `read_survey`, `value_curve` and `value_curve_table`.
    own
        promises are used.

    Returns
    -------
    DataFrame
        item, a column for each of at most four brands (ours, and the best rated on these attributes), low and
        high of ours: at most ten attributes on which ours is shown, carriers first, then by importance.
    """
    ours = named(table[table["brand"] == survey.own_brand]).reset_index(drop=True)
    carries = _carrying(survey, own)
    order = ours.assign(carries=carries).sort_values(
        ["carries", "importance"], ascending=False, kind="stable"
    )
    rows = order.index[order["mean"].notna()][:SIDE_BY_SIDE]
    means = {brand: curve.of(brand)["mean"].iloc[rows] for brand in survey.brands}
    rivals = [brand for brand in survey.brands[1:] if means[brand].notna().any() and brand not in ours]
    rivals = sorted(rivals, key=lambda brand: -float(means[brand].mean()))[:RIVALS]
    shown = ours.loc[rows, ["item", "low", "high"]]
    return shown.assign(**{brand: means[brand] for brand in (survey.own_brand, *rivals)}).reset_index(
        drop=True
    )


def brands_of(rows: pd.DataFrame) -> list[str]:
    """List the brands that `curve_rows` set side by side."""
    return [str(name) for name in rows if name not in ("item", "low", "high")]


def _carrying(survey: Survey, own: Params) -> Truths:
    """Whether an attribute carries a promise, shape (items,)."""
    carries = np.zeros(len(survey.items), dtype=bool)
    carries[
        [survey.find(one.touchpoint, one.attribute) for each in own.promises for one in each.carriers]
    ] = 1
    return carries


def our_standing(curve: ValueCurve) -> Standing:
    """Tell where we stand against the best competitor of each attribute; see `Standing`."""
    known = named(curve.own)
    known = known[known["standing"] != ""]
    counts = {name: int((known["standing"] == name).sum()) for name in STANDINGS}
    kinds = {(True, True): "both", (True, False): "ahead", (False, True): "behind"}
    kind = kinds.get((counts["ahead"] > 0, counts["behind"] > 0), "alike")
    up = known[known["standing"] == "ahead"].sort_values("difference", ascending=False, kind="stable")
    down = known[known["standing"] == "behind"].sort_values("difference", kind="stable")
    shown = known.sort_values(["p_adjusted", "p_parity"], kind="stable").head(MOST)
    columns = {"diff_low": "low", "diff_high": "high"}
    kept = shown[["item", "difference", *columns, "standing", "best"]].rename(columns=columns)
    return Standing(
        kind,
        counts | {"compared": len(known)},
        str(up["item"].iloc[0]) if len(up) else "",
        str(down["item"].iloc[0]) if len(down) else "",
        kept.sort_values("difference", kind="stable", ignore_index=True),
    )


def moves_rows(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Pick what is to be created, raised, reduced or dropped.

    Parameters
    ----------
    table
        From `value_curve_table`.

    Returns
    -------
    rows : DataFrame
        item, move, importance, gap, value, cost: at most twelve, by move and then by value.
    counts : dict
        Move → attributes, `keep` and `undetermined`, and `known`: those whose importance is known.
    """
    moves = named(table[table["move"] != ""])
    counts = {name: int((moves["move"] == name).sum()) for name in (*MOVED, "keep", "undetermined")}
    counts["known"] = int((moves["matters"] != "").sum())
    chosen = moves[moves["move"].isin(MOVED)]
    order = chosen.assign(place=chosen["move"].map({name: at for at, name in enumerate(MOVED)}))
    order = order.sort_values(["place", "value", "importance"], ascending=[True, False, True], kind="stable")
    columns = ["item", "move", "importance", "gap", "value", "cost"]
    return order[columns].head(MOST).dropna(axis=1, how="all").reset_index(drop=True), counts


def map_rows(found: Positions, survey: Survey, own: Params, lang: str) -> pd.DataFrame:
    """Lay out brands and promises for the map.

    Returns
    -------
    DataFrame
        name (promises by their title), x, y, half_1, half_2, angle (radians), from_x, from_y, meaning,
        is_promise: our brand first.
    """
    table = found.table[found.table["kind"] != "attribute"]
    names = titles(own, lang)
    promise = (table["kind"] == "promise").to_numpy()
    shown = [names[name] if flag else name for name, flag in zip(table["name"], promise, strict=True)]
    ours = (table["name"] == survey.own_brand).to_numpy() & ~promise
    meaning = np.where(promise, "improvement", np.where(ours, "own", "competitor"))
    numbers = table[["x", "y", "half_major", "half_minor", "angle", "from_x", "from_y"]].astype(float)
    numbers = numbers.rename(columns={"half_major": "half_1", "half_minor": "half_2"})
    numbers["angle"] = np.radians(numbers["angle"])
    return numbers.assign(name=shown, meaning=meaning, is_promise=promise).reset_index(drop=True)


def axes_rows(found: Positions) -> pd.DataFrame:
    """Pick the attributes that lie furthest out on the map: item, x, y, fit."""
    table = found.table[found.table["kind"] == "attribute"].rename(columns={"name": "item"})
    numbers = table[["x", "y", "fit"]].astype(float).assign(item=table["item"])
    far = np.hypot(*numbers[["x", "y"]].to_numpy(dtype=float).T)
    return numbers.iloc[np.argsort(-far, kind="stable")[:AXES]][["item", "x", "y", "fit"]].reset_index(
        drop=True
    )


def strength(found: Positions, points: pd.DataFrame) -> dict[str, object]:
    """Tell what the map's title speaks of.

    Parameters
    ----------
    found, points
        From `positions` and `map_rows`.

    Returns
    -------
    dict
        first and second (share of the brands' differences that each axis shows), noise, moved (number of
        promises), title and way (the promise that would move us furthest, and how far, points).
    """
    first, second = (*found.shares, 0.0, 0.0)[:2]
    told = {"first": first, "second": second, "noise": found.noise}
    promises = points[points["is_promise"]]
    if promises.empty:
        return {**told, "moved": 0, "title": "", "way": 0.0}
    away = promises[["x", "y"]].to_numpy(dtype=float) - promises[["from_x", "from_y"]].to_numpy(dtype=float)
    way = np.hypot(*away.T)
    at = int(way.argmax())
    return {**told, "moved": len(promises), "title": promises["name"].iloc[at], "way": float(way[at])}
