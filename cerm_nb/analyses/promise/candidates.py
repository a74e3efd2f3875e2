"""Each candidate for the promise judged by what carries it, and ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.simultaneous import simultaneous

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.analyses.promise.parameters import Params
    from cerm_nb.analyses.promise.weights import Weights
    from cerm_nb.surveys import Survey

VERDICTS = ("credible", "undetermined", "fix_first", "no_difference", "not_preferred", "not_important")
ENDS = ("", "_low", "_high")
PREFERENCE = ["preference", "preference_low", "preference_high"]
TABLE = ["candidate", "rank", "verdict", "reason", "fix_touchpoint", "fix_attribute"]
TABLE += ["importance", "importance_low", "importance_high", "importance_from", "matters"]
TABLE += ["derived", "derived_low", "derived_high", "stated", "stated_low", "stated_high", "stated_by"]
TABLE += ["difference", "difference_low", "difference_high", "differs"]
TABLE += ["credibility", "credibility_low", "credibility_high", "credible", "failing", "shortfall"]
TABLE += ["weakest_touchpoint", "weakest_attribute", "n", "n_eff"]
TABLE += ["feasibility", "feasibility_lowest", "cost", *PREFERENCE, "preferred"]
TABLE += ["stages", "stages_missing", "dimensions", "dimensions_missing", "consistency", "carriers"]
TEXTS = ["fix_touchpoint", "fix_attribute", "importance_from", "matters", "stated_by", "differs", "credible"]
TEXTS += ["weakest_touchpoint", "weakest_attribute", "stages_missing", "dimensions_missing", "consistency"]


def judge_promises(
    survey: Survey,
    carriers: pd.DataFrame,
    weights: Weights,
    own: Params,
    preference: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Judge and rank candidates.

    Parameters
    ----------
    survey, carriers, weights
        From `read_survey`, `check_carriers` and `weigh_attributes`.
    own
        promises and confidence are used.
    preference
        From `preferences`: candidate, and the change of our share of preference with low and high when the
        promised levels take the place of today's; None where there are no choice tasks.

    Returns
    -------
    DataFrame
        One row per candidate, the first by rank first:

        - candidate, rank, verdict, reason (of ``undetermined``), fix_touchpoint and fix_attribute (what falls
          furthest below the floor);
        - importance (mean over carriers, multiple of the average attribute's; as derived, else as stated)
          with low, high, importance_from and matters (``more``, ``less``, ``undetermined`` or empty); derived
          and stated each with low and high; stated_by (``target_customers`` or ``all``);
        - difference (mean over carriers of the promised level less the best competitor's, points) with low,
          high and differs (``yes``: ahead somewhere and behind nowhere, ``no``: nowhere ahead,
          ``undetermined``, or empty without competitors);
        - credibility (rating today less the floor where it is lowest, points) with low and high, credible
          (``yes``, ``no``, ``unproven`` or ``unknown``), failing (carriers below the floor), shortfall
          (points they are below, added up), weakest_touchpoint and weakest_attribute, n and n_eff there;
        - feasibility (mean of the client's scores, 1–5; no part of the verdict), feasibility_lowest, cost;
        - preference with low, high and preferred (``yes``, ``no``, ``undetermined`` or empty);
        - stages and dimensions carried, stages_missing and dimensions_missing (separated by semicolons),
          consistency (``whole``: all that the survey knows, else ``partial``), carriers.

    Notes
    -----
    The verdict is the first that applies: ``not_important``, ``not_preferred``, ``no_difference``,
    ``fix_first`` (a carrier surely below the floor), ``undetermined``, ``credible``: every check passed, and
    customers shown to prefer it. What nobody wants is not worth mending, so wanting comes before mending.
    """
    stated = _stated(carriers, weights, own)
    rows = []
    for promise in own.promises:
        part = carriers[carriers["promise"] == promise.name]
        row = {"candidate": promise.name, "carriers": len(part), "stated_by": weights.stated_by}
        if len(part):
            row |= {
                **_importance(part, weights, stated[promise.name]),
                **_difference(part),
                **_credibility(part),
            }
            row |= {**_effort(part), **_consistency(survey, part)}
        rows.append(row)
    table = pd.DataFrame(rows, columns=[name for name in TABLE if name not in PREFERENCE])
    if preference is None or preference.empty:
        table = table.assign(**dict.fromkeys(PREFERENCE, np.nan))
    else:
        table = table.merge(preference[["candidate", *PREFERENCE]], on="candidate", how="left")
    return _ranked(_with_verdicts(table))


def _stated(carriers: pd.DataFrame, weights: Weights, own: Params) -> dict[str, dict[str, float]]:
    """Stated importance of what carries each candidate, by the average attribute's; all hold together."""
    names = list(dict.fromkeys(carriers["promise"]))
    average = _mean(weights.stated)
    items = [carriers.loc[carriers["promise"] == name, "item"].to_numpy(dtype=np.int64) for name in names]
    ratios = [_mean(weights.stated[:, at]) / average for at in items]
    answers = weights.frame["stated_n_eff"].to_numpy(dtype=float)
    if not names:
        return {}
    n_eff = np.array([answers[at].min() for at in items])
    found = simultaneous(np.array(ratios).T, n_eff, own.confidence)
    ends = zip(names, found.value, found.low, found.high, strict=True)
    columns = ("stated", "stated_low", "stated_high")
    return {name: dict(zip(columns, map(float, told), strict=True)) for name, *told in ends}


def _mean(values: np.ndarray) -> np.ndarray:
    known = np.isfinite(values)
    size = np.where(known.any(axis=1), known.sum(axis=1), np.nan)
    return np.asarray(np.where(known, values, 0.0).sum(axis=1) / size)


def _importance(part: pd.DataFrame, weights: Weights, stated: dict[str, float]) -> dict[str, object]:
    at = weights.frame.iloc[part["item"].to_numpy(dtype=np.int64)]
    # means of the ends hold where the ends hold, so this is rather too wide
    told = {f"derived{end}": float(at[f"derived{end}"].mean()) for end in ENDS} | stated
    known = [name for name in ("derived", "stated") if np.isfinite(told[name])]
    more = any(told[f"{name}_low"] > 1 for name in known)
    less = all(told[f"{name}_high"] < 1 for name in known)
    matters = "" if not known else "more" if more else "less" if less else "undetermined"
    source = known[0] if known else ""
    chosen = {f"importance{end}": told[f"{source}{end}"] if source else np.nan for end in ENDS}
    return {**told, **chosen, "importance_from": source, "matters": matters}


def _difference(part: pd.DataFrame) -> dict[str, object]:
    told = {f"difference{end}": float(part[f"promised{end}"].mean()) for end in ENDS}
    standing = set(part["promised_standing"])
    if standing == {""}:
        return {**told, "differs": ""}
    differs = "yes" if "ahead" in standing and "behind" not in standing else "undetermined"
    return {**told, "differs": "no" if standing <= {"parity", "behind"} else differs}


def _credibility(part: pd.DataFrame) -> dict[str, object]:
    """Let the weakest decide: the smallest value, low and high end."""
    reached = set(part["floor_reached"])
    order = ("no", "unknown", "unproven", "yes")
    credible = next(name for name in order if name in reached)
    told: dict[str, object] = {f"credibility{end}": float(part[f"reserve{end}"].min()) for end in ENDS}
    failing = part[part["floor_reached"] == "no"]
    told |= {
        "credible": credible,
        "failing": len(failing),
        "shortfall": float(-failing["reserve"].sum() or 0.0),
    }
    known = part.dropna(subset=["reserve"])
    weakest = known.sort_values("reserve", kind="stable").iloc[0] if len(known) else part.iloc[0]
    told |= {f"weakest_{name}": str(weakest[name]) for name in ("touchpoint", "attribute")}
    fix = (told["weakest_touchpoint"], told["weakest_attribute"]) if len(failing) else ("", "")
    told |= dict(zip(("fix_touchpoint", "fix_attribute"), fix, strict=True))
    return {**told, "n": float(weakest["n"]), "n_eff": float(weakest["n_eff"])}


def _effort(part: pd.DataFrame) -> dict[str, float]:
    scores = part["feasibility"]
    cost = float(part["cost"].sum(min_count=1))
    return {"feasibility": float(scores.mean()), "feasibility_lowest": float(scores.min()), "cost": cost}


def _consistency(survey: Survey, part: pd.DataFrame) -> dict[str, object]:
    told: dict[str, object] = {}
    for name in ("stage", "dimension"):
        known = list(dict.fromkeys(survey.items[name].dropna()))
        missing = [one for one in known if one not in set(part[name])]
        told |= {f"{name}s": len(known) - len(missing), f"{name}s_missing": ";".join(missing)}
    whole = not told["stages_missing"] and not told["dimensions_missing"]
    return {**told, "consistency": "whole" if whole else "partial"}


def _with_verdicts(table: pd.DataFrame) -> pd.DataFrame:
    low, high = table["preference_low"].astype(float), table["preference_high"].astype(float)
    table["preferred"] = np.select([low.isna(), low > 0, high < 0], ["", "yes", "no"], "undetermined")
    table[TEXTS] = table[TEXTS].astype(object).fillna("")
    judged = [_verdict(row) for row in table.to_dict("records")]
    verdicts = {name: [one[at] for one in judged] for at, name in enumerate(("verdict", "reason"))}
    return table.assign(**verdicts)


def _verdict(row: Mapping[Any, Any]) -> tuple[str, str]:
    """Verdict and reason of one candidate, the first that applies."""
    rules = (
        ("undetermined", "no_carriers", not row["carriers"]),
        ("not_important", "", row["matters"] == "less"),
        ("not_preferred", "", row["preferred"] == "no"),
        ("no_difference", "", row["differs"] == "no"),
        ("fix_first", "", row["credible"] == "no"),
        ("undetermined", "too_few_answers", row["credible"] == "unknown"),
        ("undetermined", "credibility_unproven", row["credible"] == "unproven"),
        ("undetermined", "importance_unknown", row["matters"] == ""),
        ("undetermined", "importance_undetermined", row["matters"] == "undetermined"),
        ("undetermined", "no_competitors", row["differs"] == ""),
        ("undetermined", "difference_undetermined", row["differs"] == "undetermined"),
        ("undetermined", "preference_unknown", row["preferred"] == ""),
        ("undetermined", "preference_unproven", row["preferred"] == "undetermined"),
    )
    return next(((name, reason) for name, reason, applies in rules if applies), ("credible", ""))


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Rank by verdict, then by what is missing to the floor, preference, importance and difference."""
    order = table.assign(verdict=table["verdict"].map({name: at for at, name in enumerate(VERDICTS)}))
    keys = ["verdict", "shortfall", "preference", "importance", "difference", "feasibility"]
    order[keys] = order[keys].astype(float)
    rising = [True, True, False, False, False, False]
    ranked = table.loc[order.sort_values(keys, ascending=rising, kind="stable").index]
    return ranked.assign(rank=np.arange(1, len(table) + 1))[TABLE].reset_index(drop=True)
