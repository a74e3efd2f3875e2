"""Seven customer lists made of the true persons: who stands in which, how often, and with which errors.

An error happens to a record independently of others at the rate `planted.LISTS` states. Order: values of
former times, then slips, then what is no value at all, then what is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator import planted
from generator.random import some, stream
from generator.slips import slip_digits, slip_email, slip_name

if TYPE_CHECKING:
    from generator.planted import ListPlan

_PERSONAL = [
    "person",
    "family_name",
    "given_name",
    "birth",
    "gender",
    "phone",
    "email",
    "address",
    "city",
    "postcode",
]
_DAY = np.timedelta64(1, "D")


def guest_numbers(seed: int, stays: pd.DataFrame, guests: int) -> pd.DataFrame:
    """Give guests their numbers, and a few with more than one stay a second one from some stay on.

    Returns
    -------
    pandas.DataFrame
        number, second_number, since (day from which the second is used; beyond all days for most).
    """
    rng = stream(seed, "numbers")
    # numbers are given in order of the first stay, as a front desk gives them
    first = stays.groupby("guest")["day"].min()
    given = np.empty(guests, dtype=np.int64)
    given[first.sort_values(kind="stable").index] = np.arange(guests)
    table = pd.DataFrame({"number": _number(given * 7 + 100_001)})
    last = stays.groupby("guest")["day"].max()
    has_second = some(rng, guests, planted.SECOND_NUMBER_SHARE) & (last > first).to_numpy()
    table["second_number"] = np.where(has_second, _number(given * 7 + 100_004), "")
    between = first + np.ceil(rng.random(guests) * (last - first)).astype(int)
    table["since"] = np.where(has_second, between, np.iinfo(np.int64).max)
    return table


def _number(values: np.ndarray) -> pd.Series:
    return "G" + pd.Series(values).astype(str).str.zfill(8)


def build(seed: int, entry: str, persons: pd.DataFrame, numbers: pd.DataFrame) -> pd.DataFrame:
    """Make one customer list.

    Parameters
    ----------
    seed
        Seed of the client.
    entry
        Name of the list in `planted.LISTS`.
    persons
        The true persons, guests first.
    numbers
        Guest numbers by position.

    Returns
    -------
    pandas.DataFrame
        record_id, person, customer_id, family_name, given_name, name, birth (text, ISO), gender, phone,
        email, address, city, postcode, updated (datetime64), and the errors as columns ``is_<error>``.
    """
    plan, rng = planted.LISTS[entry], stream(seed, f"list {entry}")
    members = _members(rng, plan, persons)
    positions = np.concatenate([members, members[some(rng, len(members), plan.twice)]])
    second = np.zeros(len(positions), dtype=bool)
    if plan.knows_number == 1:
        split = np.flatnonzero(numbers["second_number"] != "")
        positions = np.concatenate([positions, split])
        second = np.concatenate([second, np.ones(len(split), dtype=bool)])
    shuffled = rng.permutation(len(positions))
    table = _records(rng, plan, persons, positions[shuffled])
    table["customer_id"] = _known_numbers(rng, plan, numbers, positions[shuffled], second[shuffled])
    table.insert(0, "record_id", _card_numbers(table) if entry == "cards" else _record_ids(entry, len(table)))
    return table


def know_cards(seed: int, members: pd.DataFrame, cards: pd.DataFrame) -> pd.Series:
    """Tell which members of the site gave the number of their loyalty card; empty where they did not."""
    first = cards.drop_duplicates("person").set_index("person")["record_id"]
    told = some(stream(seed, "cards told"), len(members), planted.CARD_TOLD)
    return members["person"].map(first).where(told).fillna("")


def _members(rng: np.random.Generator, plan: ListPlan, persons: pd.DataFrame) -> np.ndarray:
    share = np.where(persons["is_guest"], plan.guests, plan.prospects)
    return np.flatnonzero(rng.random(len(persons)) < share)


def _record_ids(entry: str, size: int) -> pd.Series:
    return entry[:2].upper() + pd.Series(np.arange(1, size + 1)).astype(str).str.zfill(6)


def _card_numbers(table: pd.DataFrame) -> pd.Series:
    """Give a record the number of its card; a person listed twice has a second card."""
    first = pd.factorize(table["person"])[0] * 37 + 7_100_000_000
    return pd.Series(first + table.groupby("person").cumcount().to_numpy() * 11).astype(str)


def _known_numbers(
    rng: np.random.Generator, plan: ListPlan, numbers: pd.DataFrame, positions: np.ndarray, second: np.ndarray
) -> np.ndarray:
    known = np.full(len(positions), "", dtype=object)
    guest = positions < len(numbers)
    mine = numbers.iloc[positions[guest]]
    known[guest] = np.where(second[guest], mine["second_number"], mine["number"])
    known[~some(rng, len(positions), plan.knows_number)] = ""
    return known


def _records(
    rng: np.random.Generator, plan: ListPlan, persons: pd.DataFrame, positions: np.ndarray
) -> pd.DataFrame:
    true = persons.iloc[positions].reset_index(drop=True)
    table = true[_PERSONAL].copy()
    happens = {error: some(rng, len(table), rate) for error, rate in plan.rates.items()}
    never = np.zeros(len(table), dtype=bool)
    here = {error: happens.get(error, never) for error in _ERRORS}
    _change(table, true, here)
    _slip(table, here, rng)
    _name(table, true, here)
    _birth(table, here, rng)
    _spoil(table, here)
    for error, rows in happens.items():
        table[f"is_{error}"] = rows
    stale = some(rng, len(table), plan.stale)
    days = np.where(stale, rng.integers(366, 1_050, len(table)), rng.integers(0, 360, len(table)))
    table["updated"] = np.datetime64(planted.LAST_DAY) - days * _DAY
    return table


_ERRORS = sorted({error for plan in planted.LISTS.values() for error in plan.rates})


def _change(table: pd.DataFrame, true: pd.DataFrame, here: dict[str, np.ndarray]) -> None:
    """Write the values of former times."""
    for columns, error in (
        (["phone"], "phone_changed"),
        (["email"], "email_changed"),
        (["address", "city", "postcode"], "moved"),
    ):
        for column in columns:
            table[column] = np.where(here[error], true[f"old_{column}"], table[column])


def _slip(table: pd.DataFrame, here: dict[str, np.ndarray], rng: np.random.Generator) -> None:
    rows = np.flatnonzero(here["name_slip"])
    table.loc[rows, "given_name"] = slip_name(table["given_name"].to_numpy()[rows], rng)
    rows = np.flatnonzero(here["phone_slip"])
    table.loc[rows, "phone"] = slip_digits(table["phone"].to_numpy()[rows], rng)
    rows = np.flatnonzero(here["email_slip"])
    table.loc[rows, "email"] = slip_email(table["email"].to_numpy()[rows])


def _name(table: pd.DataFrame, true: pd.DataFrame, here: dict[str, np.ndarray]) -> None:
    """Write the full name: Korean without a blank, foreign with one, and the spellings people use."""
    foreign = true["is_foreign"].to_numpy()
    korean = table["family_name"] + table["given_name"]
    spaced = table["family_name"] + " " + table["given_name"]
    roman = true["roman_given"] + " " + true["other_family"]
    abroad = table["given_name"] + " " + table["family_name"]
    name = np.where(foreign, abroad, np.where(here["name_spaced"], spaced, korean))
    name = np.where(here["name_romanised"] & ~foreign, roman, name)
    table["name"] = np.where(here["name_missing"], "", name)
    written = here["name_romanised"] & ~foreign
    table["family_name"] = np.where(written, true["other_family"], table["family_name"])
    table["given_name"] = np.where(written, true["roman_given"], table["given_name"])


def _birth(table: pd.DataFrame, here: dict[str, np.ndarray], rng: np.random.Generator) -> None:
    """Write the day of birth; a wrong one is off by a day, a month or ten years."""
    birth = table["birth"].to_numpy().astype("datetime64[D]")
    off = np.array([1, 31, 3_653])[rng.integers(0, 3, len(table))] * _DAY
    birth = np.where(here["birth_wrong"], birth + off, birth)
    text = pd.Series(pd.to_datetime(birth).strftime("%Y-%m-%d"))
    impossible = np.where(rng.random(len(table)) < 0.5, "1900-01-01", "2031-02-28")
    text = np.where(here["birth_impossible"], impossible, text)
    table["birth"] = np.where(here["birth_missing"], "", text)


def _spoil(table: pd.DataFrame, here: dict[str, np.ndarray]) -> None:
    """Write what is no telephone number or e-mail address, and leave out what is missing."""
    phone = np.where(here["phone_invalid"], table["phone"].str[:8], table["phone"])
    table["phone"] = np.where(here["phone_missing"], "", phone)
    email = np.where(here["email_invalid"], table["email"].str.replace("@", "", regex=False), table["email"])
    table["email"] = np.where(here["email_missing"], "", email)
    for column in ("address", "city", "postcode"):
        table[column] = np.where(here["address_missing"], "", table[column])
