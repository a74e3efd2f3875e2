"""What to raise, create, reduce and drop: importance against standing and the level aimed at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.analyses.promise.simultaneous import simultaneous
from cerm_nb.stats import weighted_means
from cerm_nb.surveys import ITEM, find_item

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.analyses.promise.parameters import Params
    from cerm_nb.analyses.promise.value_curve import ValueCurve
    from cerm_nb.analyses.promise.weights import Weights
    from cerm_nb.stats import Floats, Truths
    from cerm_nb.surveys import Draws, Survey

ENDS = ("_low", "_high")
OWN = [
    "importance",
    "importance_low",
    "importance_high",
    "importance_from",
    "matters",
    "target",
    "target_from",
]
OWN += ["gap", "gap_low", "gap_high", "value", "value_low", "value_high", "cost", "move"]
TABLE = [*ITEM, "brand", "n", "n_eff", "state", "mean", "low", "high", "difference", "diff_low", "diff_high"]
TABLE += ["p_adjusted", "p_parity", "standing", "best", *OWN]


def moves(
    survey: Survey,
    draws: Draws,
    curve: ValueCurve,
    weights: Weights,
    initiatives: pd.DataFrame | None,
    own: Params,
) -> pd.DataFrame:
    """Tell what to do with each attribute.

    Parameters
    ----------
    survey, draws, curve, weights
        From `read_survey`, `draw_respondents`, `value_curve` and `weigh_attributes`.
    initiatives
        The client table, or None; the costs of all that aim at an attribute are added up.
    own
        target, targets, min_neff and confidence are used; the margin is the curve's.

    Returns
    -------
    DataFrame
        One row per attribute: touchpoint, attribute, importance (multiple of the average attribute's, as
        derived, else as stated) with low, high and importance_from, matters, target, target_from
        (``params``, ``expectation``, ``best_competitor`` or empty), gap (target less mean, points) with low
        and high, value (importance × gap; NaN where it is dropped) with low and high, cost (NaN where none is
        known) and move.

    Notes
    -----
    The move is the first of these that applies. An attribute "falls short" where the whole interval of the
    gap lies above 0 or we are behind the best competitor; it is "good enough" where it does not, and we are
    ahead of the best competitor or the whole interval lies at 0 or below:

    - ``create``: it matters more than average, and the interval of every brand lies more than the margin
      under the level aimed at (where that is not itself the best competitor's);
    - ``raise``: it matters more than average and falls short;
    - ``keep``: it matters more than average and is good enough;
    - ``reduce``: it matters less than average and is good enough: more is given than is asked for;
    - ``drop``: it matters less than average both as derived and as stated, is no basic attribute, and falls
      short or is at parity: there is little to lose;
    - ``undetermined``: the rest.

    The interval of the value spans the products of both intervals' ends, so it is rather too wide.
    """
    frame = weights.frame
    target, origin = _targets(survey, draws, curve, own)
    gap = _gaps(survey, target, origin, curve, own)
    columns = {
        **_importance(frame),
        "matters": frame["matters"],
        "target": target[0],
        "target_from": origin,
        **gap,
    }
    table = survey.items[ITEM].assign(**columns)
    products = [table[f"importance{one}"] * table[f"gap{two}"] for one in ENDS for two in ENDS]
    table["value"] = table["importance"] * table["gap"]
    table["value_low"], table["value_high"] = np.min(products, axis=0), np.max(products, axis=0)
    table["cost"] = _costs(survey, initiatives)
    table["move"] = _choose(table, curve, frame)
    # what is to be dropped is not worth closing a gap for
    table.loc[table["move"] == "drop", ["value", "value_low", "value_high"]] = np.nan
    return table


def value_curve_table(curve: ValueCurve, found: pd.DataFrame) -> pd.DataFrame:
    """Lay out the value curve; what is ours alone stands in the rows of the own brand.

    Parameters
    ----------
    curve, found
        From `value_curve` and `moves`.
    """
    ours = found.assign(brand=curve.frame["brand"].iloc[0])
    table = curve.frame.merge(ours, on=[*ITEM, "brand"], how="left")
    texts = ["importance_from", "matters", "target_from", "move"]
    table[texts] = table[texts].fillna("")
    return table[TABLE]


def _importance(frame: pd.DataFrame) -> dict[str, object]:
    """Take importance as derived, else as stated."""
    derived = np.isfinite(frame["derived"].to_numpy(dtype=float))
    told: dict[str, object] = {
        f"importance{end}": np.where(derived, frame[f"derived{end}"], frame[f"stated{end}"])
        for end in ("", *ENDS)
    }
    stated = np.isfinite(frame["stated"].to_numpy(dtype=float))
    return {**told, "importance_from": np.select([derived, stated], ["derived", "stated"], "")}


def _targets(survey: Survey, draws: Draws, curve: ValueCurve, own: Params) -> tuple[Floats, np.ndarray]:
    """Level aimed at in the sample and each draw, and where it comes from."""
    rows = survey.at()
    given, weights = survey.ratings["expectation"][rows], survey.weights[rows]
    asked = weighted_means(given, weights).n_eff >= own.min_neff
    target = np.where(asked, draws.means(given, weights, rows), np.nan)
    best = np.max(curve.means[1:, 0], axis=0, initial=-np.inf, where=np.isfinite(curve.means[1:, 0]))
    target[0] = np.where(asked, target[0], np.where(np.isfinite(best), best, np.nan))
    origin = np.where(asked, "expectation", np.where(np.isfinite(best), "best_competitor", "")).astype(object)
    if own.target:
        target[:], origin[:] = own.target, "params"
    for name, level in own.targets.items():
        at = find_item(survey.items, name)
        target[:, at], origin[at] = level, "params"
    return target, origin


def _gaps(
    survey: Survey, target: Floats, origin: np.ndarray, curve: ValueCurve, own: Params
) -> dict[str, Floats]:
    """Level aimed at less ours; to the best competitor's it is the difference, whichever that is."""
    rows = survey.at()
    asked = weighted_means(survey.ratings["expectation"][rows], survey.weights[rows]).n_eff
    n_eff = np.where(origin == "expectation", np.minimum(asked, curve.n_eff[0]), curve.n_eff[0])
    rival = origin == "best_competitor"
    found = simultaneous(np.where(rival, np.nan, target - curve.means[0]), n_eff, own.confidence)
    apart = curve.own
    against = -apart["difference"], -apart["diff_high"], -apart["diff_low"]
    fixed = found.value, found.low, found.high
    pairs = zip(("gap", "gap_low", "gap_high"), fixed, against, strict=True)
    return {name: np.where(rival, other, one) for name, one, other in pairs}


def _costs(survey: Survey, initiatives: pd.DataFrame | None) -> Floats:
    if initiatives is None or not {*ITEM, "cost"} <= set(initiatives):
        return np.full(len(survey.items), np.nan)
    known = initiatives.dropna(subset=[*ITEM, "cost"])
    total = known.groupby(ITEM, sort=False)["cost"].sum()
    return np.asarray(survey.items[ITEM].join(total, on=ITEM)["cost"], dtype=float)


def _choose(table: pd.DataFrame, curve: ValueCurve, weights: pd.DataFrame) -> np.ndarray:
    standing = curve.own["standing"].to_numpy()
    more, less = (table["matters"] == "more").to_numpy(), (table["matters"] == "less").to_numpy()
    short = (table["gap_low"] > 0).to_numpy() | (standing == "behind")
    enough = ~short & ((table["gap_high"] <= 0).to_numpy() | (standing == "ahead"))
    both = weights[["derived", "stated"]].notna().all(axis=1) & (weights["class"] != "basic")
    rules = {
        "create": more & _nobody_reaches(table, curve),
        "raise": more & short,
        "keep": more & enough,
        "reduce": less & enough,
        "drop": less & both.to_numpy() & (short | (standing == "parity")),
    }
    return np.asarray(np.select(list(rules.values()), list(rules), "undetermined"), dtype=object)


def _nobody_reaches(table: pd.DataFrame, curve: ValueCurve) -> Truths:
    """Whether every brand shown surely lies clear under the level aimed at, and there are several."""
    high = curve.frame["high"].to_numpy(dtype=float).reshape(curve.n_eff.shape)
    shown = np.isfinite(high)
    clear = table["target"].to_numpy(dtype=float) - curve.margin
    under = np.where(shown, high < clear, True).all(axis=0)
    fixed = (table["target_from"] != "best_competitor").to_numpy()
    return np.asarray(under & fixed & shown[0] & (shown.sum(axis=0) > 1))
