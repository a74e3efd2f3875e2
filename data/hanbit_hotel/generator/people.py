"""The true persons behind all records: guests of the hotels, and prospects who have not stayed yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator import names, places, planted
from generator.random import among, pick, pick_row, some, stream

if TYPE_CHECKING:
    from collections.abc import Mapping

_OLDEST, _YOUNGEST = np.datetime64("1945-01-01"), np.datetime64("2005-12-31")


def persons(seed: int, guests: int) -> pd.DataFrame:
    """Invent the persons.

    Parameters
    ----------
    seed
        Seed of the client.
    guests
        How many have stayed.

    Returns
    -------
    pandas.DataFrame
        person, is_guest, is_foreign, family_name, given_name, romanised, romanised_otherwise, birth
        (datetime64), gender, phone, email, address, city, postcode, each of the last five again as ``old_…``,
        and household (number of the couple, -1 for none).
    """
    rng = stream(seed, "people")
    total = guests + round(guests * planted.PROSPECTS_PER_GUEST)
    table = pd.DataFrame(
        {
            "person": _numbered("P", np.arange(1, total + 1), 7),
            "is_guest": np.arange(total) < guests,
            "is_foreign": some(rng, total, planted.FOREIGN_SHARE),
        }
    )
    _name(table, rng)
    span = int((_YOUNGEST - _OLDEST).astype(int))
    table["birth"] = _OLDEST + rng.integers(0, span, total).astype("timedelta64[D]")
    table["gender"] = among(rng, ["여", "남"], total)
    _reach(table, rng)
    _marry(table, rng, guests)
    return table


def segments(rates: np.ndarray, means: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw each guest's segment by the odds their purchase rate and mean spend give.

    Parameters
    ----------
    rates, means
        Each guest's true purchase rate and mean spend, shape (guests,).
    """
    shares = np.array([one["share"] for one in planted.SEGMENTS.values()])
    rate_tilt = np.array([one["rate"] for one in planted.SEGMENT_TILT.values()])
    spend_tilt = np.array([one["spend"] for one in planted.SEGMENT_TILT.values()])
    odds = shares * np.exp(np.outer(_score(rates), rate_tilt) + np.outer(_score(means), spend_tilt))
    return np.array(list(planted.SEGMENTS), dtype=object)[pick_row(rng, odds)]


def _score(values: np.ndarray) -> np.ndarray:
    """Rank scores between -1.7 and 1.7, variance 1."""
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return (ranks + 0.5) / len(values) * np.sqrt(12.0) - np.sqrt(3.0)


def _numbered(prefix: str, numbers: np.ndarray, width: int) -> pd.Series:
    return prefix + pd.Series(numbers).astype(str).str.zfill(width)


def _name(table: pd.DataFrame, rng: np.random.Generator) -> None:
    total = len(table)
    family = pick(rng, {name: weight for name, (_, weight) in names.FAMILY_NAMES.items()}, total)
    first = among(rng, list(names.FIRST_SYLLABLES), total)
    second = among(rng, list(names.SECOND_SYLLABLES), total)
    foreign = table["is_foreign"].to_numpy()
    foreign_family = among(rng, names.FOREIGN_FAMILY_NAMES, total)
    foreign_given = among(rng, names.FOREIGN_GIVEN_NAMES, total)
    roman_given = _mapped(first, names.FIRST_SYLLABLES) + _mapped(second, names.SECOND_SYLLABLES)
    roman_family = _mapped(family, {name: roman for name, (roman, _) in names.FAMILY_NAMES.items()})
    other_family = _mapped(family, names.FAMILY_NAME_VARIANTS)
    table["family_name"] = np.where(foreign, foreign_family, family)
    table["given_name"] = np.where(foreign, foreign_given, first + second)
    table["roman_family"] = np.where(foreign, foreign_family, roman_family)
    table["roman_given"] = np.where(foreign, foreign_given, roman_given)
    table["other_family"] = np.where(foreign | (other_family == ""), table["roman_family"], other_family)


def _mapped(keys: np.ndarray, texts: Mapping[str, str]) -> np.ndarray:
    return pd.Series(keys).map(texts).fillna("").to_numpy(dtype=object)


def _reach(table: pd.DataFrame, rng: np.random.Generator) -> None:
    """Give each person telephone, e-mail and home, and the ones they had before."""
    total = len(table)
    numbers = rng.choice(10_000_000, size=2 * total, replace=False)
    table["phone"], table["old_phone"] = _phones(numbers[:total]), _phones(numbers[total:])
    table["email"] = _emails(table, rng, np.arange(total))
    table["old_email"] = _emails(table, rng, np.arange(total, 2 * total))
    for prefix in ("", "old_"):
        city = pick(rng, {name: weight for name, (_, weight) in places.CITIES.items()}, total)
        number = pd.Series(rng.integers(1, 240, total)).astype(str)
        street, abroad = among(rng, places.STREETS, total), among(rng, places.FOREIGN_STREETS, total)
        zone = _mapped(city, {name: code for name, (code, _) in places.CITIES.items()})
        foreign = table["is_foreign"]
        table[f"{prefix}address"] = np.where(foreign, number + " " + abroad, street + " " + number)
        table[f"{prefix}city"] = np.where(foreign, among(rng, places.FOREIGN_CITIES, total), city)
        table[f"{prefix}postcode"] = zone + pd.Series(rng.integers(0, 1000, total)).astype(str).str.zfill(3)


def _phones(numbers: np.ndarray) -> pd.Series:
    digits = pd.Series(numbers).astype(str).str.zfill(7)
    return "010-0" + digits.str[:3] + "-" + digits.str[3:]


def _emails(table: pd.DataFrame, rng: np.random.Generator, positions: np.ndarray) -> pd.Series:
    letters = table["roman_given"].str.lower() + "." + table["roman_family"].str.lower()
    plain = letters.str.normalize("NFKD").str.replace(r"[^a-z.]", "", regex=True)
    nickname = among(rng, places.NICKNAMES, len(table)) + among(rng, places.NICKNAMES, len(table))
    local = plain.where(some(rng, len(table), places.NAMED_SHARE), pd.Series(nickname))
    # a prime scatters the numbers and keeps each its own
    number = pd.Series((positions + 1) * 7_919 % 9_999_991).astype(str)
    return local + number + "@" + pick(rng, places.MAIL_DOMAINS, len(table))


def _marry(table: pd.DataFrame, rng: np.random.Generator, guests: int) -> None:
    """Let pairs of guests share a home, and some a telephone, an e-mail address or a family name."""
    couples = round(guests * planted.HOUSEHOLD_SHARE / 2)
    drawn = rng.permutation(guests)[: 2 * couples].reshape(2, couples)
    one, other = drawn
    table["household"] = -1
    table.loc[one, "household"] = table.loc[other, "household"] = np.arange(couples)
    homes = ["address", "city", "postcode", "old_address", "old_city", "old_postcode"]
    _copy(table, one, other, homes)
    alike = table.loc[one, "is_foreign"].to_numpy() == table.loc[other, "is_foreign"].to_numpy()
    family = some(rng, couples, planted.HOUSEHOLD_SHARES_FAMILY_NAME) & alike
    _copy(table, one[family], other[family], ["family_name", "roman_family", "other_family"])
    phone = some(rng, couples, planted.HOUSEHOLD_SHARES_PHONE)
    email = some(rng, couples, planted.HOUSEHOLD_SHARES_EMAIL)
    _copy(table, one[phone], other[phone], ["phone"])
    _copy(table, one[email], other[email], ["email"])


def _copy(table: pd.DataFrame, givers: np.ndarray, takers: np.ndarray, columns: list[str]) -> None:
    table.loc[takers, columns] = table.loc[givers, columns].to_numpy()
