"""What guests bought: stays by BG/NBD with Gamma-Gamma spend, cancelled bookings and refunds.

A guest's first stay falls evenly into the first two and a half years. While active, a guest stays again at
a constant rate drawn from Gamma(r, rate alpha), weeks, and stops for good after each repeat stay with a
probability drawn from Beta(a, b). The money of a stay is Gamma(p, rate drawn from Gamma(q, rate v)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from generator import planted
from generator.random import pick, some, stream

_FIRST, _LAST = np.datetime64(planted.FIRST_DAY), np.datetime64(planted.LAST_DAY)
_KINDS = ("객실", "식음", "부대시설")


@dataclass(frozen=True, eq=False)
class Stays:
    """Guests' true process and the stays it gave.

    Parameters
    ----------
    rate, stop, mean
        Each guest's stays a week, probability to stop after a repeat stay, and mean money of a stay.
    stays
        guest (position), day (days since the first day), amount (KRW); sorted by guest and day.
    """

    rate: np.ndarray
    stop: np.ndarray
    mean: np.ndarray
    stays: pd.DataFrame


def simulate(seed: int, guests: int) -> Stays:
    """Draw every guest's process and stays."""
    rng = stream(seed, "stays")
    process, spend = planted.PURCHASES, planted.SPEND
    rate = rng.gamma(process["r"], 1 / process["alpha"], guests)
    stop = rng.beta(process["a"], process["b"], guests)
    money_rate = rng.gamma(spend["q"], 1 / spend["v"], guests)
    stays = _days(rng, rate, stop)
    amount = rng.gamma(spend["p"], 1 / money_rate[stays["guest"]])
    stays["amount"] = np.maximum(np.rint(amount / 100) * 100, 10_000)
    # two stays that begin on one day are one
    stays = stays.groupby(["guest", "day"], as_index=False)["amount"].sum()
    return Stays(rate, stop, spend["p"] / money_rate, stays)


def _days(rng: np.random.Generator, rate: np.ndarray, stop: np.ndarray) -> pd.DataFrame:
    """Day of every stay: all guests take their next stay at once, until nobody has one left."""
    horizon = int((_LAST - _FIRST).astype(int)) + 1
    guest = np.arange(len(rate))
    time = rng.uniform(0, planted.ACQUISITION_DAYS, len(rate))
    # the first stay is at the start of its day, so that age and recency are whole days from it
    time = np.floor(time)
    found = [(guest, time)]
    while guest.size:
        time = time + rng.exponential(7 / rate[guest])
        here = time < horizon
        guest, time = guest[here], time[here]
        found.append((guest, time))
        active = rng.random(guest.size) >= stop[guest]
        guest, time = guest[active], time[active]
    everyone, days = (np.concatenate(part) for part in zip(*found, strict=True))
    return pd.DataFrame({"guest": everyone, "day": np.floor(days).astype(int)})


def folios(seed: int, stays: pd.DataFrame, numbers: pd.DataFrame) -> pd.DataFrame:
    """Write stays, cancelled bookings and refunds as lines of folios.

    Parameters
    ----------
    seed
        Seed of the client.
    stays
        guest, day, amount.
    numbers
        number, second_number, since: guest numbers by position; stays from ``since`` on carry the second.

    Returns
    -------
    pandas.DataFrame
        guest_no, folio, hotel, line, day (datetime64), amount: one row per line, in order of day.
    """
    rng = stream(seed, "folios")
    stays = stays.copy()
    stays["folio"] = np.arange(1, len(stays) + 1)
    stays["hotel"] = pick(rng, planted.HOTELS, len(stays))
    lines = pd.concat([_split(rng, stays), _mistakes(rng, stays), _cancelled(rng, stays)], ignore_index=True)
    lines["guest_no"] = _carried(lines, numbers)
    lines = lines.sort_values(["day", "folio", "line", "amount"], ignore_index=True)
    lines["folio"] = lines["hotel"].map(planted.HOTEL_CODES) + "-" + lines["folio"].astype(str).str.zfill(7)
    lines["day"] = _FIRST + lines["day"].to_numpy().astype("timedelta64[D]")
    return lines[["guest_no", "folio", "hotel", "line", "day", "amount"]]


def _carried(lines: pd.DataFrame, numbers: pd.DataFrame) -> np.ndarray:
    mine = numbers.iloc[lines["guest"].to_numpy()]
    later = lines["day"].to_numpy() >= mine["since"].to_numpy()
    return np.where(later, mine["second_number"].to_numpy(), mine["number"].to_numpy())


def _split(rng: np.random.Generator, stays: pd.DataFrame) -> pd.DataFrame:
    """Split a stay's money into room, food and other; small parts stay with the room."""
    shares = rng.dirichlet([8.0, 1.6, 0.5], len(stays))
    parts = np.rint(shares[:, 1:] * stays[["amount"]].to_numpy() / 100) * 100
    parts = np.where(parts < 15_000, 0, parts)
    room = stays["amount"].to_numpy() - parts.sum(axis=1)
    amounts = np.column_stack([room, parts])
    frames = [stays.assign(line=kind, amount=amounts[:, at]) for at, kind in enumerate(_KINDS)]
    lines = pd.concat(frames, ignore_index=True)
    return lines[lines["amount"] > 0]


def _mistakes(rng: np.random.Generator, stays: pd.DataFrame) -> pd.DataFrame:
    """Charge some stays a line by mistake, and give it back within three days."""
    wrong = stays[some(rng, len(stays), planted.MISTAKEN_SHARE)]
    charged = wrong.assign(line="오류 청구", amount=float(planted.MISTAKE))
    refund_day = _soon(rng, wrong["day"].to_numpy())
    return pd.concat([charged, charged.assign(line="환불", amount=-float(planted.MISTAKE), day=refund_day)])


def _cancelled(rng: np.random.Generator, stays: pd.DataFrame) -> pd.DataFrame:
    """Let some guests pay a deposit at some later day and have it back within three days."""
    some_stays = stays[some(rng, len(stays), planted.CANCELLED_SHARE)]
    last = int((_LAST - _FIRST).astype(int))
    after = some_stays["day"].to_numpy()
    day = after + np.ceil(rng.random(len(after)) * (last - after)).astype(int)
    folio = len(stays) + np.arange(1, len(some_stays) + 1)
    paid = some_stays.assign(day=day, folio=folio, line="예약금", amount=float(planted.DEPOSIT))
    taken = pd.MultiIndex.from_frame(stays[["guest", "day"]])
    paid = paid[~pd.MultiIndex.from_frame(paid[["guest", "day"]]).isin(taken)]
    back = paid.assign(line="취소", amount=-float(planted.DEPOSIT), day=_soon(rng, paid["day"].to_numpy()))
    return pd.concat([paid, back])


def _soon(rng: np.random.Generator, days: np.ndarray) -> np.ndarray:
    last = int((_LAST - _FIRST).astype(int))
    return np.minimum(days + rng.integers(0, 4, len(days)), last)
