"""What titles speak of: the row that stands out, and which of several findings it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.extracts import brands_of
from cerm_nb.analyses.promise.wanted import (
    gain_of,
    level_names,
    preference_shares,
    sets_of_items,
    willingness,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cerm_nb.analyses.promise.models import Model
    from cerm_nb.analyses.promise.parameters import Params
    from cerm_nb.analyses.promise.wanted import Told
    from cerm_nb.surveys import Survey

PUBLISHED = ("experience.attributes", "value.customers", "segments.members", "segments.sizes")
"""Tables of other questions that are used where they are there."""
MOST = 12


def asides(
    model: Model, items: Model, survey: Survey, own: Params
) -> tuple[tuple[str, Mapping[str, object]], ...]:
    """Collect the caveats of everything the tasks tell, each key once.

    Parameters
    ----------
    model, items
        From `fit_preferences` and `fit_items`.
    survey, own
        As for `preference_shares`.
    """
    told = (preference_shares(model, survey, own), willingness(model, own), sets_of_items(items, own))
    every = [caveat for one in (model, items, *told) for caveat in one.caveats]
    return tuple({key: (key, values) for key, values in reversed(every)}.values())[::-1]


def lead(rows: pd.DataFrame) -> str:
    """Tell how our curve runs over the attributes shown: ``ahead``, ``behind``, ``mixed`` or ``alone``.

    Parameters
    ----------
    rows
        From `curve_rows`.
    """
    ours, *rivals = brands_of(rows)
    if not rivals:
        return "alone"
    best = rows[rivals].max(axis=1)
    share = float((rows[ours] > best)[best.notna()].mean())
    return "ahead" if share > 0.5 else "behind" if share < 0.25 else "mixed"


def widest(rows: pd.DataFrame) -> dict[str, object]:
    """Tell of `curve_rows` how many there are, on how many we are highest, and what we are best at."""
    ours, *rivals = brands_of(rows)
    best = rows[rivals].max(axis=1) if rivals else pd.Series(np.nan, index=rows.index)
    highest = rows.iloc[int(rows[ours].to_numpy(dtype=float).argmax())]
    return {
        "shown": len(rows),
        "highest": int((rows[ours] > best).sum()),
        "item": str(highest["item"]),
        "mean": float(highest[ours]),
        "rivals": len(rivals),
    }


def strongest(model: Model) -> pd.Series[float]:
    """Give the level with the highest part-worth; that low prices please is no news."""
    coding = model.worths.coding
    levels = level_names(model.worths.levels, coding.price)
    others = levels[levels["attribute"] != coding.price]
    levels = levels if others.empty else others
    return levels.iloc[int(levels["estimate"].to_numpy(dtype=float).argmax())]


def importance_rows(model: Model) -> pd.DataFrame:
    """Give the importance of attributes, as ``weight``, the largest first."""
    frame = model.worths.importance.rename(columns={"importance": "weight"})
    return frame.sort_values("weight", ascending=False, kind="stable", ignore_index=True)


def gained(found: Told) -> dict[str, float]:
    """Tell what knowing each respondent adds to the hit rate, and by how much shares were missed (or NaN)."""
    gain = gain_of(found)
    ends = {"gained": "estimate", "gained_low": "low", "gained_high": "high"}
    shares = found.frame[found.frame["measure"] == "share_error"].set_index("model")["estimate"]
    missed = {"missed": "individual", "missed_equal": "chance"}
    return {name: float(gain[end]) for name, end in ends.items()} | {
        name: float(shares.get(model, np.nan)) for name, model in missed.items()
    }


def forecast_kind(found: Told) -> str:
    """Tell whether individual part-worths forecast ``better``, ``worse``, or ``alike`` pooled ones."""
    gain = gain_of(found)
    return "better" if gain["low"] > 0 else "worse" if gain["high"] < 0 else "alike"


def segment_sizes(found: Told) -> dict[str, int]:
    """Tell how many respondents the smallest and the largest segment has."""
    return {"least_n": int(found.frame["n"].min()), "most_n": int(found.frame["n"].max())}


def as_money(
    found: Told, rows: pd.DataFrame, kinds: list[str], write: Callable[[float], str]
) -> pd.DataFrame:
    """Write what segments would pay, with intervals, as money, and how far they are apart.

    Parameters
    ----------
    found, rows, kinds
        From `willingness_by_segment` and `side_by_side`.
    write
        Amount → text, which columns named like segments cannot say.
    """
    told = level_names(found.frame).set_index(["item", "segment"])[["value", "low", "high"]].astype(float)
    cells = {
        key: _with_interval(list(one), write) for key, one in zip(told.index, told.to_numpy(), strict=True)
    }
    written = {kind: [cells.get((item, kind), write(np.nan)) for item in rows["item"]] for kind in kinds}
    apart = rows[kinds].max(axis=1) - rows[kinds].min(axis=1)
    return rows[["item"]].assign(**written, apart=apart)


def _with_interval(told: list[float], write: Callable[[float], str]) -> str:
    value, *ends = told
    return f"{write(value)} [{', '.join(map(write, ends))}]" if np.isfinite(ends).all() else write(value)


def rules_of(ours: pd.DataFrame) -> list[str]:
    """List the rules that `our_shares` set side by side, the one with the intervals first."""
    return [str(name) for name in ours if name not in ("scenario", "candidate", "low", "high", "n")]


def most_preferred(ours: pd.DataFrame) -> dict[str, object]:
    """Tell of `our_shares` today's share and the promise with the largest one, by the first rule."""
    rule, today, best = rules_of(ours)[0], ours.iloc[0], _best(ours)
    told = {"today": float(today[rule]), "rule": rule, "n": int(today["n"]), "title": str(best["scenario"])}
    return {**told, "share": float(best[rule]), "low": float(best["low"]), "high": float(best["high"])}


def _best(ours: pd.DataFrame) -> pd.Series[Any]:
    promises = ours.iloc[1:] if len(ours) > 1 else ours
    return promises.iloc[int(promises[rules_of(ours)[0]].to_numpy(dtype=float).argmax())]


def share_kind(ours: pd.DataFrame, judged: pd.DataFrame) -> str:
    """Tell of the promise with the largest share: ``preferred``, ``unsure``, ``not``; or ``none``."""
    if len(ours) < 2:
        return "none"
    kind = judged.loc[judged["candidate"] == _best(ours)["candidate"], "preferred"].iloc[0]
    return {"yes": "preferred", "no": "not"}.get(str(kind), "unsure")


def item_rows(items: Model) -> pd.DataFrame:
    """Give the items of best–worst tasks from the most important down: item, estimate, low, high, n."""
    if items.market is None:
        return pd.DataFrame(columns=["item", "estimate", "low", "high", "n"])
    levels = items.worths.levels.rename(columns={"level": "item"})
    if len(items.worths.coding.attributes) > 1:
        levels = level_names(items.worths.levels)
    return levels.sort_values("estimate", ascending=False, kind="stable", ignore_index=True).head(MOST)
