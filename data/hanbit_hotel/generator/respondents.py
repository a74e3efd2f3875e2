"""Who answers: guests with a stay in the year before a wave, a part of them in both waves.

Guests on business answer more readily; the weights put that right: those of a purpose weigh together as
much as its share of all guests who could have been asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from generator import planted
from generator.questionnaire import WAVES
from generator.random import some, stream

if TYPE_CHECKING:
    from generator.stays import Stays

PANEL_SHARE = 0.4
READINESS = 1.6
"""How much more readily guests on business answer."""
BUSINESS_SHARE = {"convenience": 0.85, "family": 0.05, "experience": 0.15, "value": 0.30}
KNOWN_SHARE = 0.8
AGE_GROUPS = ("20대", "30대", "40대", "50대", "60대 이상")
_YEAR = 365


class Asked(NamedTuple):
    """Respondents of both waves, and whom they stand for.

    Parameters
    ----------
    table
        respondent, wave, guest (position), segment, customer_id, weight (mean 1 a wave), gender, age_group,
        region, purpose, first_time.
    shares
        Wave → segment → share of the guests who could have been asked.
    """

    table: pd.DataFrame
    shares: dict[str, dict[str, float]]


def draw(
    seed: int, size: int, persons: pd.DataFrame, segment: np.ndarray, numbers: pd.Series, simulated: Stays
) -> Asked:
    """Draw the respondents of both waves.

    Parameters
    ----------
    seed
        Seed of the client.
    size
        Respondents a wave; fewer where fewer guests stayed in the year before.
    persons
        The true persons, guests first.
    segment, numbers
        Segment and number of each guest.
    simulated
        Their stays.
    """
    rng = stream(seed, "respondents")
    guests = len(segment)
    business = rng.random(guests) < pd.Series(segment).map(BUSINESS_SHARE).to_numpy()
    ready = np.where(business, READINESS, 1.0)
    named, known = rng.permutation(guests), some(rng, guests, KNOWN_SHARE)
    tables, shares, before = [], {}, np.zeros(0, dtype=int)
    for wave, day in WAVES.items():
        met = np.sort(simulated.stays[_in_year(simulated.stays["day"], day)]["guest"].unique())
        again = rng.permutation(np.intersect1d(before, met))[: round(PANEL_SHARE * size)]
        fresh = _sample(rng, np.setdiff1d(met, before), ready, size - len(again))
        before = np.sort(np.concatenate([again, fresh]))
        table = _described(persons, before, day, simulated)
        table.insert(0, "respondent", "R" + pd.Series(named[before] + 1).astype(str).str.zfill(6))
        table.insert(1, "wave", wave)
        table["purpose"] = np.where(business[before], "출장", "여행")
        table["weight"] = np.round(_weights(business[before], business[met]), 4)
        table["customer_id"] = np.where(known[before], numbers.to_numpy()[before], "")
        tables.append(table.assign(segment=segment[before]))
        shares[wave] = {name: float((segment[met] == name).mean()) for name in planted.SEGMENTS}
    return Asked(pd.concat(tables, ignore_index=True), shares)


def _weights(sampled: np.ndarray, everyone: np.ndarray) -> np.ndarray:
    """Weight the sample so that guests on business have their share of everyone."""
    share, wanted = sampled.mean(), everyone.mean()
    return np.where(sampled, wanted / max(share, 1e-9), (1 - wanted) / max(1 - share, 1e-9))


def _in_year(days: pd.Series, until: str) -> pd.Series:
    last = int((np.datetime64(until) - np.datetime64(planted.FIRST_DAY)).astype(int))
    return (days <= last) & (days > last - _YEAR)


def _sample(rng: np.random.Generator, pool: np.ndarray, ready: np.ndarray, size: int) -> np.ndarray:
    """Draw without repeats, with odds of being drawn by readiness (exponential keys)."""
    keys = rng.exponential(1 / ready[pool])
    return pool[np.argsort(keys, kind="stable")[:size]]


def _described(persons: pd.DataFrame, chosen: np.ndarray, day: str, simulated: Stays) -> pd.DataFrame:
    mine = persons.iloc[chosen].reset_index(drop=True)
    age = (np.datetime64(day) - mine["birth"].to_numpy()).astype("timedelta64[D]").astype(int) // 365.25
    last = int((np.datetime64(day) - np.datetime64(planted.FIRST_DAY)).astype(int))
    stays = simulated.stays[simulated.stays["day"] <= last].groupby("guest").size()
    return pd.DataFrame(
        {
            "guest": chosen,
            "gender": mine["gender"],
            "age_group": np.array(AGE_GROUPS, dtype=object)[np.clip(age // 10 - 2, 0, 4).astype(int)],
            "region": np.where(mine["is_foreign"], "해외", mine["city"]),
            "first_time": np.where(stays.reindex(chosen).to_numpy() == 1, "yes", "no"),
        }
    )
