"""Who won which guest, and what it cost.

A guest whose first stay lies within an activity's time was won by it with odds `pull`, against odds 1 of
coming by themselves; the records tell it for most guests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator import planted
from generator.random import pick_row, some, stream

if TYPE_CHECKING:
    from generator.stays import Stays

_SCALE = 1_500  # guests for which costs and people reached are stated


def won(seed: int, first_days: np.ndarray) -> pd.DataFrame:
    """Draw which activity won each guest.

    Parameters
    ----------
    seed
        Seed of the client.
    first_days
        Day of each guest's first stay, datetime64, shape (guests,).

    Returns
    -------
    pandas.DataFrame
        activity (empty: by themselves), recorded (what the guest list tells), won_on, by guest.
    """
    rng = stream(seed, "acquisition")
    odds = np.ones((len(first_days), len(planted.ACTIVITIES) + 1))
    for at, one in enumerate(planted.ACTIVITIES.values(), start=1):
        within = (first_days >= np.datetime64(one.start)) & (first_days <= np.datetime64(one.end))
        odds[:, at] = one.pull * within
    activity = np.array(["", *planted.ACTIVITIES], dtype=object)[pick_row(rng, odds)]
    told = some(rng, len(first_days), planted.ACQUIRED_BY_KNOWN)
    return pd.DataFrame(
        {
            "activity": activity,
            "recorded": np.where(told, activity, ""),
            "won_on": first_days,
        }
    )


def activities(guests: int) -> pd.DataFrame:
    """List the activities with their cost, which grows with the number of guests."""
    scale = guests / _SCALE
    return pd.DataFrame(
        [
            {
                "activity": name,
                "name": one.ko,
                "kind": one.kind,
                "start": one.start,
                "end": one.end,
                "cost": round(one.cost * scale, -3),
                "reached": round(one.reached * scale),
            }
            for name, one in planted.ACTIVITIES.items()
        ]
    )


def truth(won_by: pd.DataFrame, simulated: Stays, guests: int) -> dict[str, dict[str, float]]:
    """Tell what each activity truly won, and what that has been worth so far."""
    spend = simulated.stays.groupby("guest")["amount"].sum().to_numpy()
    listed = activities(guests).set_index("activity")
    found = {}
    for name in planted.ACTIVITIES:
        mine = (won_by["activity"] == name).to_numpy()
        value, cost = float(spend[mine].sum()), float(listed.loc[name, "cost"])
        found[name] = {
            "customers": int(mine.sum()),
            "customers_recorded": int((won_by["recorded"] == name).sum()),
            "cost": cost,
            "value_so_far": value,
            "return_so_far": round((value - cost) / cost, 6),
        }
    return found
