"""The few rows of a result that one figure or table shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.roadmap.names import named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from cerm_nb.analyses.roadmap.causes import Causes
    from cerm_nb.analyses.roadmap.control import Control
    from cerm_nb.analyses.roadmap.pareto import Pareto
    from cerm_nb.analyses.roadmap.pilots import Pilots
    from cerm_nb.analyses.roadmap.selection import Selection
    from cerm_nb.analyses.roadmap.tried import Tried

MOST = 12  # rows of a figure or table
TILES = 10  # touchpoints of a grid
A_SEGMENT = 3  # moments told of a segment


def journey_kind(journey: pd.DataFrame) -> str:
    """Tell what can be said of moments of truth: ``clear``, ``unclear`` or ``unknown``."""
    known = journey["moment"] != "unknown"
    return "clear" if (journey["moment"] == "yes").any() else "unclear" if known.any() else "unknown"


def journey_line(journey: pd.DataFrame) -> pd.DataFrame:
    """Add is_moment, and low and high of what is felt."""
    ends = {"low": journey["emotion_low"], "high": journey["emotion_high"]}
    return journey.assign(is_moment=journey["moment"] == "yes", **ends)


def leading_moments(segments: pd.DataFrame, write: Callable[[str], str]) -> pd.DataFrame:
    """Rows of each segment's largest moments, so many that `MOST` rows hold all segments.

    Parameters
    ----------
    segments
        From `segment_moments`.
    write
        Words the number of a segment that has no name.
    """
    told = segments.dropna(subset=["moment_of_truth"])
    each = max(1, min(A_SEGMENT, MOST // max(told["segment"].nunique(), 1)))
    order = told.sort_values(["segment", "moment_of_truth"], ascending=[True, False], kind="stable")
    shown = order.groupby("segment", sort=False).head(each).head(MOST).reset_index(drop=True)
    return segments_called(shown, write)


def segments_kind(leading: pd.DataFrame) -> str:
    """Tell whether the first moment of truth is the same in all segments: ``alike`` or ``different``."""
    firsts = set(leading.drop_duplicates("segment")["touchpoint"])
    return "different" if len(firsts) > 1 else "alike"


def cells(moments: pd.DataFrame) -> pd.DataFrame:
    """Rows of dimensions and natures with a gap, the lowest first; low and high are those of the gap."""
    inside = moments[(moments["dimension"] != "") | (moments["nature"] != "")]
    known = inside.dropna(subset=["gap"]).rename(columns={"gap_low": "low", "gap_high": "high"})
    return known.sort_values("gap", kind="stable", ignore_index=True)


def short_cells(gaps: pd.DataFrame, significance: float) -> int:
    """Count the gaps that are below 0 beyond chance, all of them taken together."""
    return int(((gaps["gap"] < 0) & (gaps["p_adjusted"] < significance)).sum())


def tiles(moments: pd.DataFrame, gaps: pd.DataFrame) -> pd.DataFrame:
    """Lay out what is missing at the touchpoints with the largest moments of truth.

    Returns
    -------
    DataFrame
        touchpoint, dimension, nature, shortfall (points missing, 0 or more; missing where the touchpoint has
        no such attribute): every touchpoint with every dimension and nature there is, the largest first.
    """
    whole = moments[(moments["dimension"] == "") & (moments["nature"] == "")]
    largest = whole.sort_values("moment_of_truth", ascending=False, kind="stable", na_position="last")
    shown = largest.loc[largest["touchpoint"].isin(gaps["touchpoint"]), ["touchpoint"]].head(TILES)
    across = gaps[["nature", "dimension"]].drop_duplicates().sort_values(["nature", "dimension"])
    known = gaps.assign(shortfall=(-gaps["gap"]).clip(lower=0.0))
    columns = ["touchpoint", "dimension", "nature"]
    return shown.merge(across, how="cross").merge(known[[*columns, "shortfall"]], how="left", on=columns)


def found_causes(causes: Causes) -> pd.DataFrame:
    """Give the variables that go with low ratings beyond chance, the strongest first."""
    return causes.found.head(MOST).reset_index(drop=True)


def reasons(found: Pareto) -> pd.DataFrame:
    """Reasons of contacts, the most frequent first, without the rest; low and high of cumulative."""
    named = found.frame[found.frame["reason"] != ""].head(MOST)
    return named.assign(low=named["cumulative_low"], high=named["cumulative_high"]).reset_index(drop=True)


def span_kind(found: Pareto) -> str:
    """Tell whether the interval of the number of vital reasons has the ``same`` ends or is ``wide``."""
    return "same" if found.vital_low == found.vital_high else "wide"


def unmet_needs(causes: Causes) -> pd.DataFrame:
    """Give the themes in which customers wish for what they do not get."""
    rows = causes.frame[causes.frame["kind"] == "need"]
    return rows.sort_values("share", ascending=False, kind="stable").head(MOST).reset_index(drop=True)


def selected_names(initiatives: pd.DataFrame) -> tuple[str, ...]:
    """Readers' names of the initiatives selected, the first by priority first."""
    return tuple(named(initiatives[initiatives["selected"]])["name"])


def listed(initiatives: pd.DataFrame) -> pd.DataFrame:
    """Give the initiatives not begun by priority, with names of their own for the columns that need one."""
    names = {"low": "impact_low", "high": "impact_high", "gap": "missing_points"}
    rows = named(initiatives[initiatives["state"] == "planned"]).rename(columns=names).head(MOST)
    return rows.assign(selected=np.where(rows["selected"].astype(bool), "yes", "no"))


def limit_rows(chosen: Selection, names: Mapping[str, str]) -> pd.DataFrame:
    """Limits with the names of what more of them would add and drop; priority_gain is what it would bring."""
    rows = chosen.limits.rename(columns={"gain": "priority_gain"})
    for column in ("added", "dropped"):
        parts = rows[column].astype(str).str.split("; ")
        rows[column] = [", ".join(names.get(one, one) for one in part) for part in parts]
    return rows


def schedule_rows(schedule: pd.DataFrame) -> pd.DataFrame:
    """Add the meaning of each bar: ``highlight`` critical, ``neutral`` running already, else ``own``."""
    rules = [schedule["critical"].astype(bool), schedule["state"] == "running"]
    return named(schedule).assign(meaning=np.select(rules, ["highlight", "neutral"], "own"))


def pilot_rows(piloted: Pilots, tried: Tried) -> pd.DataFrame:
    """Give the pilots with their names."""
    names = dict(zip(tried.frame["initiative"], tried.frame["name"], strict=True))
    return piloted.frame.assign(name=piloted.frame["initiative"].map(names))


def pilots_kind(piloted: Pilots) -> str:
    """Tell what the pilots showed: ``all``, ``some`` or ``none`` worked."""
    worked = piloted.frame["verdict"] == "worked"
    return "all" if worked.all() else "some" if worked.any() else "none"


def indicator_rows(watched: Control, names: Mapping[str, str], measures: Mapping[str, str]) -> pd.DataFrame:
    """Give the indicators of what has started, then of what has not, by the names given."""
    told = {"name": watched.frame["initiative"], "measure": watched.frame["indicator"]}
    rows = watched.frame.assign(
        name=told["name"].map(names).fillna(told["name"]),
        measure=told["measure"].map(measures).fillna(told["measure"]),
    )
    rows["waits"] = rows["start"].isna()
    return rows.sort_values(["waits", "initiative"], kind="stable", ignore_index=True)


def watched_kind(watched: Control) -> str:
    """Tell what indicators say: ``waiting`` (nothing started), ``worsened``, ``moved`` or ``none``."""
    found = set(watched.frame.loc[watched.frame["start"].notna(), "verdict"])
    rules = {"worsened": "worsened", "worked": "moved", "undetermined": "none"}
    return next((told for verdict, told in rules.items() if verdict in found), "waiting")


def chart(watched: Control, kpis: pd.DataFrame | None, as_of: date | str) -> tuple[pd.DataFrame, str]:
    """Lay out the indicator that moved most clearly: its values, and limits from before the change.

    Returns
    -------
    frame : DataFrame
        period, actual, expected (mean before the change), lower, upper; empty where no effect is known.
    initiative : str
        Whose indicator it is.
    """
    known = watched.frame.dropna(subset=["p"]).sort_values(["p", "initiative"], kind="stable")
    if kpis is None or known.empty:
        return pd.DataFrame(columns=["period", "actual", "expected", "lower", "upper"]), ""
    first = known.iloc[0]
    dated = kpis.assign(period=pd.to_datetime(kpis["period"]))
    mine = (dated["indicator"] == first["indicator"]) & (dated["period"] <= pd.Timestamp(as_of))
    values = dated[mine].dropna(subset=["value"]).drop_duplicates("period").sort_values("period")
    frame = values[["period"]].assign(actual=values["value"], expected=first["mean"])
    frame = frame.assign(lower=first["lower"], upper=first["upper"])
    return frame.reset_index(drop=True), str(first["initiative"])


def segments_called(rows: pd.DataFrame, write: Callable[[str], str]) -> pd.DataFrame:
    """Call a segment without a name by its number, as `write` words it."""
    pairs = zip(rows["name"], rows["segment"].astype(str), strict=True)
    return rows.assign(name=[name or (write(number) if number else "") for name, number in pairs])


def blueprint_rows(blueprint: pd.DataFrame, write: Callable[[str], str]) -> pd.DataFrame:
    """Choose the records shown, those with an empty cell first, by the names readers know.

    Parameters
    ----------
    blueprint
        From `blueprint`.
    write
        Words the number of a segment that has no name.
    """
    order = blueprint.assign(whole=blueprint["empty"] == 0, at=np.arange(len(blueprint)))
    kept = order.sort_values(["whole", "at"], kind="stable").head(MOST)
    shown = kept.sort_values("at").reset_index(drop=True)
    return segments_called(shown, write).assign(promise=shown["title"])


def promise_titles(promises: pd.DataFrame | None) -> dict[str, str]:
    """Short name → title in the published table ``promise.promise``; None: none are told."""
    if promises is None:
        return {}
    names = promises["candidate"].astype(str)
    return dict(zip(names, promises["title"].astype(str) if "title" in promises else names, strict=True))


def carriers(proof: pd.DataFrame | None) -> dict[str, tuple[str, ...]]:
    """Touchpoints that carry each promise, of the published table ``promise.proof``; None: none is told."""
    if proof is None or proof.empty:
        return {}
    told = proof.dropna(subset=["touchpoint"]).groupby("promise", sort=False)["touchpoint"]
    return {str(key): tuple(dict.fromkeys(places)) for key, places in told}
