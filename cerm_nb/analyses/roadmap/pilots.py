"""Did the pilots work, each against its control and all judged together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cerm_nb.stats import (
    Check,
    attrition,
    baseline_balance,
    clustered_effect,
    contaminated_control,
    detectable_effect,
    holm,
    intraclass_correlation,
    sample_ratio,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

COLUMNS = [
    "initiative",
    "estimator",
    "estimate",
    "low",
    "high",
    "p",
    "p_adjusted",
    "n",
    "n_pilot",
    "n_control",
    "clusters",
    "clusters_pilot",
    "clusters_control",
    "detectable",
    "spread",
    "intraclass",
    "units_per_cluster",
    "verdict",
    "reason",
]
CHECKS = ["initiative", "check", "level", "value"]
# What of a check is told in the table: the one number it is judged by.
TOLD = {
    "sample_ratio_mismatch": "p",
    "baseline_imbalance": "standardised",
    "contaminated_control": "share",
    "attrition": "lost_treated",
    "incomplete_rows": "share",
}
INCOMPLETE = 0.05  # share of rows without arm, phase or cluster from which this is told

Caveat = tuple[str, "Mapping[str, object]"]


@dataclass(frozen=True, eq=False)
class Pilots:
    """What the pilots showed.

    Parameters
    ----------
    frame
        One row per initiative, columns `COLUMNS`: estimate is pilot less control, ``n`` the observations
        after the change, ``clusters`` what was assigned, ``detectable`` the smallest effect it would find.
    checks
        One row per initiative and check, columns `CHECKS`.
    caveats
        (key, values) of each check that is not ok, with its initiative and level.
    """

    frame: pd.DataFrame
    checks: pd.DataFrame
    caveats: tuple[Caveat, ...]


def pilots(
    table: pd.DataFrame,
    *,
    margin: float,
    confidence: float = 0.95,
    power: float = 0.8,
    planned: Mapping[str, float] | None = None,
    lower_is_better: Collection[str] = (),
) -> Pilots:
    """Analyse each initiative's pilot.

    Parameters
    ----------
    table
        The client table ``pilots``.
    margin
        Smallest effect worth having, in the unit of the values, above 0.
    confidence, power
        Coverage of intervals; chance by which the detectable effect would be found.
    planned
        Initiative → share of what was assigned that was to be in the pilot, where it was planned.
    lower_is_better
        Initiatives whose values are better when lower.

    Returns
    -------
    Pilots
        Verdicts: ``worked`` (the interval is above 0, and so is it with p adjusted by Holm over initiatives),
        ``no_effect`` (its better end stays below the margin: reason ``below_margin``, or ``harmful`` where
        all of it is below 0, with p adjusted, too), ``undetermined`` (reasons ``interval_too_wide``,
        ``not_after_adjustment``, ``too_few``, ``no_spread``, ``no_pilot``, ``no_control``, ``no_after``, or
        the key of a check that blocks).

    Notes
    -----
    One estimator for each design, see `cerm_nb.stats.clustered_effect`. Without clusters units count as such.
    Sizes that were not planned are compared with equal ones and only warned of.
    """
    rows, checks = [], []
    for initiative, part in table.groupby("initiative", sort=True):
        name = str(initiative)
        design, lost = _design(part)
        found = [lost, *_checks(design, (planned or {}).get(name))]
        checks += [(name, check) for check in found]
        rows.append(_row(name, design, found, confidence, power))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame["p_adjusted"] = holm(frame["p"].to_numpy(dtype=float))
    better = np.where(frame["initiative"].isin(list(lower_is_better)), -1.0, 1.0)
    decided = [
        _verdict(row, sign, margin, confidence)
        for row, sign in zip(frame.to_dict("records"), better, strict=True)
    ]
    frame["verdict"], frame["reason"] = [list(each) for each in zip(*decided, strict=True)] or ([], [])
    told = [(name, check.key, check.level, check.found[TOLD[check.key]]) for name, check in checks]
    return Pilots(frame, pd.DataFrame(told, columns=CHECKS), tuple(_caveats(checks)))


def _design(part: pd.DataFrame) -> tuple[pd.DataFrame, Check]:
    """Lay out observations by arm, phase and what was assigned; leave out what belongs to neither.

    Where most clusters hold both arms it was not clusters that were assigned, but units within them.
    """
    given = part.reindex(columns=["unit", "cluster", "arm", "phase", "value"])
    clustered = given["cluster"].notna().any() and not _within_clusters(given)
    phased = given["phase"].notna().any()
    design = pd.DataFrame(
        {
            "value": given["value"].astype(float),
            "treated": given["arm"] == "pilot",
            "after": given["phase"] == "after" if phased else True,
            "cluster": given["cluster"] if clustered else given["unit"],
        }
    )
    whole = design[["value", "cluster"]].notna().all(axis=1) & given["arm"].isin(["pilot", "control"])
    whole &= given["phase"].notna() if phased else True
    lost = int((~whole).sum())
    level = "warn" if lost / len(given) >= INCOMPLETE else "ok"
    told = {"n": lost, "rows": len(given), "share": lost / len(given)}
    return design[whole], Check("incomplete_rows", told, level)


def _within_clusters(given: pd.DataFrame) -> bool:
    arms = given.dropna(subset=["cluster"]).groupby("cluster")["arm"].nunique()
    return bool((arms > 1).mean() > 0.5)


def _checks(design: pd.DataFrame, planned: float | None) -> Iterator[Check]:
    """Look at what was assigned before any result; what is in both arms is told of, and counts as reached."""
    after, before = design[design["after"]], design[~design["after"]]
    counts = [_assigned(design, side) for side in (True, False)]
    if min(map(len, counts)) == 0:
        return
    control = after[~after["treated"]]
    yield contaminated_control(int(control["cluster"].isin(counts[0]).sum()), len(control))
    sizes = sample_ratio([len(each) for each in counts], None if planned is None else (planned, 1 - planned))
    soft = planned is None and sizes.level == "block"
    yield Check(sizes.key, sizes.found, "warn") if soft else sizes
    starts = [before[before["treated"] == side] for side in (True, False)]
    if min(map(len, starts)) == 0:
        return
    means = [each.groupby("cluster")["value"].mean() for each in starts]
    within = [each["value"] - each["value"].mean() for each in starts]
    yield baseline_balance(means[0], means[1], float(pd.concat(within).std()))
    ends = [set(after.loc[after["treated"] == side, "cluster"]) for side in (True, False)]
    kept = [(len(set(each.index) & end), len(each)) for each, end in zip(means, ends, strict=True)]
    if any(left for left, _ in kept):
        yield attrition(*kept)


def _assigned(design: pd.DataFrame, side: bool) -> set[str]:
    return set(design.loc[design["treated"] == side, "cluster"])


def _row(
    name: str, design: pd.DataFrame, found: list[Check], confidence: float, power: float
) -> list[object]:
    arms = [_assigned(design, side) for side in (True, False)]
    alone = design[~design["cluster"].isin(arms[0] & arms[1])]  # in both arms: it belongs to neither
    effect = clustered_effect(alone, confidence)
    blocked = next((check.key for check in found if check.level == "block"), "")
    within = design.assign(arm=design["treated"].astype(str) + design["after"].astype(str))
    spread = within["value"] - within.groupby("arm")["value"].transform("mean")
    groups = within["cluster"].astype(str) + within["arm"]
    return [
        name,
        effect.estimator,
        effect.estimate,
        effect.low,
        effect.high,
        effect.p,
        np.nan,
        effect.n_treated + effect.n_control,
        effect.n_treated,
        effect.n_control,
        effect.clusters_treated + effect.clusters_control,
        effect.clusters_treated,
        effect.clusters_control,
        detectable_effect(effect.error, effect.degrees, power=power, confidence=confidence),
        float(spread.std()),
        intraclass_correlation(spread, groups),
        len(design) / groups.nunique() if len(design) else np.nan,
        "",
        blocked or _nothing_to_compare(alone) or effect.reason,
    ]


def _nothing_to_compare(design: pd.DataFrame) -> str:
    """Say which part is missing, if one is."""
    after = design[design["after"]]
    if after.empty:
        return "no_after"
    return "no_pilot" if not after["treated"].any() else "no_control" if after["treated"].all() else ""


def _verdict(row: Mapping[Any, Any], sign: float, margin: float, confidence: float) -> tuple[str, str]:
    if row["reason"]:
        return "undetermined", str(row["reason"])
    low, high = sorted((sign * row["low"], sign * row["high"]))
    sure = row["p_adjusted"] < 1 - confidence
    if high < margin:
        return "no_effect", "harmful" if high < 0 and sure else "below_margin"
    if low <= 0:
        return "undetermined", "interval_too_wide"
    return ("worked", "") if sure else ("undetermined", "not_after_adjustment")


def _caveats(checks: list[tuple[str, Check]]) -> Iterator[Caveat]:
    for initiative, check in checks:
        if check.level != "ok":
            yield check.key, {"initiative": initiative, "level": check.level, **check.found}
