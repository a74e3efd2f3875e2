"""Invented people in customer lists, with the errors lists have: for benchmarks, and for tests of recovery.

Nobody here is real: telephones are in ranges that are not given out, mailboxes in a domain that cannot exist.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

FAMILIES = [
    "김",
    "이",
    "박",
    "최",
    "정",
    "강",
    "조",
    "윤",
    "장",
    "임",
    "한",
    "오",
    "서",
    "신",
    "권",
    "황",
    "안",
    "송",
    "전",
    "홍",
]
FAMILY_SHARES = np.array([21, 15, 8, 5, 5, 3, 2, 2, 2, 2, 1.5, 1.5, 1.5, 1.5, 1.4, 1.4, 1.3, 1.3, 1.2, 1.2])
SYLLABLES = list("민서지수현우영진희경준호은정미선재성연아윤하도예원태승유나보람솔결")
CITIES = ["서울", "부산", "대구", "인천", "광주", "대전", "울산", "수원", "창원", "전주", "제주", "강릉"]
STREETS = [
    "중앙로",
    "해안로",
    "역전로",
    "공원로",
    "시장길",
    "학교길",
    "강변로",
    "산길",
    "온천로",
    "항구로",
    "은행로",
    "정원길",
]
FIELDS = [
    "family_name",
    "given_name",
    "birth_date",
    "gender",
    "phone",
    "email",
    "address",
    "city",
    "postcode",
]
# Per list: its source, the share of people in it, and the share of its records that have each field.
LISTS = {
    "reservations": ("operations", 0.7, (1, 1, 0.6, 0.8, 0.9, 0.5, 0.4, 0.6, 0.4)),
    "loyalty": ("cards", 0.45, (1, 1, 0.95, 0.9, 0.9, 0.7, 0.8, 0.9, 0.8)),
    "newsletter": ("internet", 0.4, (0.9, 0.9, 0.3, 0.3, 0.4, 1, 0.2, 0.4, 0.2)),
    "callcentre": ("calls", 0.3, (1, 0.9, 0.2, 0.4, 1, 0.2, 0.5, 0.6, 0.4)),
}


def people(n: int, random: np.random.Generator) -> pd.DataFrame:
    """Invent persons; every fourth shares family name, telephone and address with the one before."""
    pick = random.integers
    syllables = np.array(SYLLABLES)
    given = np.char.add(syllables[pick(0, len(syllables), n)], syllables[pick(0, len(syllables), n)])
    day = np.datetime64("1940-01-01") + pick(0, 25_000, n).astype("timedelta64[D]")
    digits = np.char.zfill(pick(0, 10**8, n).astype(str), 8)
    frame = pd.DataFrame(
        {
            "family_name": random.choice(FAMILIES, n, p=FAMILY_SHARES / FAMILY_SHARES.sum()),
            "given_name": given,
            "birth_date": day.astype(str),
            "gender": random.choice(["F", "M"], n),
            "phone": np.char.add("000", digits),
            "email": np.char.add(np.char.add("p", pick(0, 10**9, n).astype(str)), "@mail.test"),
            "city": random.choice(CITIES, n),
            "postcode": np.char.zfill(pick(0, 63_000, n).astype(str), 5),
        }
    )
    streets = np.char.add(random.choice(STREETS, n).astype(str), " ")
    frame["address"] = np.char.add(streets, pick(1, 400, n).astype(str))
    member = np.flatnonzero((random.random(n) < 0.25) & (np.arange(n) % 2 == 1))
    home = ["family_name", "phone", "address", "city", "postcode"]
    frame.loc[member, home] = frame.loc[member - 1, home].to_numpy()
    return frame


def lists(n: int, seed: int = 1, error: float = 0.06, twice: float = 0.03) -> pd.DataFrame:
    """Invent n persons' records in four lists.

    Parameters
    ----------
    n
        Persons; some are in no list.
    seed
        Seed of all that is drawn.
    error
        Share of the values mistyped; half as many again are out of date.
    twice
        Share of a list's persons who are in it a second time.

    Returns
    -------
    DataFrame
        The records with the columns of a customer list, and ``person``, the truth.
    """
    random = np.random.default_rng(seed)
    who = people(n, random)
    return pd.concat([_list(name, who, random, error, twice) for name in LISTS], ignore_index=True)


def _list(
    name: str, who: pd.DataFrame, random: np.random.Generator, error: float, twice: float
) -> pd.DataFrame:
    source, share, filled = LISTS[name]
    inside = np.flatnonzero(random.random(len(who)) < share)
    inside = np.concatenate([inside, inside[random.random(len(inside)) < twice]])
    frame = who.iloc[inside].reset_index(drop=True)
    for field, there in zip(FIELDS, filled, strict=True):
        draw = random.random(len(frame))
        values = frame[field].to_numpy(dtype=object)
        other = who[field].to_numpy(dtype=object)[random.integers(0, len(who), len(frame))]
        wrong, old = draw < error, (draw >= error) & (draw < 1.5 * error)
        if field not in ("gender", "family_name", "city"):
            values[wrong] = [
                _mistyped(text, int(at * 2**30))
                for text, at in zip(values[wrong], random.random(int(wrong.sum())), strict=True)
            ]
        if field in ("phone", "email", "address", "city", "postcode"):
            values[old] = other[old]
        frame[field] = np.where(random.random(len(frame)) < there, values, None)
    frame["record_id"] = [f"{name[0]}{i}" for i in range(len(frame))]
    frame["updated"] = pd.Timestamp("2023-01-01") + pd.to_timedelta(random.integers(0, 900, len(frame)), "D")
    return frame.assign(entry=name, source=source, person=inside)


def _mistyped(text: str, draw: int) -> str:
    at = draw % len(text)
    letter = str(draw // 7 % 10) if text[at].isdigit() else SYLLABLES[draw // 7 % len(SYLLABLES)]
    return text[:at] + letter + text[at + 1 :]
