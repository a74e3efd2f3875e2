"""Whether lists say the same of the same person, and how often a list holds somebody twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.stats import wilson_interval

if TYPE_CHECKING:
    from cerm_nb.analyses.readiness.identity.records import Records
    from cerm_nb.stats import Integers

COMPARED = {
    "family_name": "family",
    "given_name": "given",
    "birth_date": "birth",
    "gender": "gender",
    "phone": "phone",
    "email": "email",
    "address": "address",
    "city": "city",
    "postcode": "postcode",
}


def agreement(records: Records, person: Integers, confidence: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare what different sources say of one person.

    Parameters
    ----------
    records, person
        The records, and per record the number of its person.
    confidence
        Coverage of intervals.

    Returns
    -------
    tuple of DataFrame
        By field, and by entry and field: pairs, agree (pairs), share, low, high. A list stands for its
        source; one without a source is a source of its own. Of each list a person's most recent record
        speaks. Pairs of one person are not independent, so intervals count persons.

    Notes
    -----
    Records are linked because they agree, so the shares flatter: least in fields that linking hardly needs.
    """
    pairs = _pairs(records, person)
    fields, lists = sorted(COMPARED), sorted(records.recorded["entry"].unique())
    spelled = (records.known[COMPARED[field]] for field in fields)
    codes = np.column_stack([pd.factorize(values)[0] for values in spelled])
    left, right = codes[pairs["left"]], codes[pairs["right"]]
    place, field = np.nonzero((left >= 0) & (right >= 0))
    told = {
        "field": pd.Categorical(np.array(fields)[field], fields),
        "person": pairs["person"].to_numpy()[place],
        "agree": (left == right)[place, field],
    }
    sides = [pd.Categorical(pairs[side], lists)[place] for side in ("left_entry", "right_entry")]
    each = pd.concat([pd.DataFrame(told | {"entry": side}) for side in sides], ignore_index=True)
    return _shares(pd.DataFrame(told), ["field"], confidence), _shares(each, ["entry", "field"], confidence)


def _pairs(records: Records, person: Integers) -> pd.DataFrame:
    """Pair the most recent records a person has in lists of different sources."""
    frame = records.recorded[["entry", "source", "updated", "row"]].assign(person=person)
    frame["source"] = frame["source"].fillna("list " + frame["entry"])
    frame = frame[pd.Series(np.bincount(person)[person] > 1, index=frame.index)]
    latest = frame.sort_values(["updated", "row"], ascending=[False, True], na_position="last", kind="stable")
    one = latest.drop_duplicates(["person", "entry"])[["person", "entry", "source", "row"]]
    met = one.merge(one, on="person", suffixes=("", "_other"))
    met = met[(met["row"] < met["row_other"]) & (met["source"] != met["source_other"])]
    named = {"row": "left", "row_other": "right", "entry": "left_entry", "entry_other": "right_entry"}
    return met.rename(columns=named).sort_values(["left", "right"]).reset_index(drop=True)


def _shares(long: pd.DataFrame, by: list[str], confidence: float) -> pd.DataFrame:
    groups = long.groupby(by, sort=True, observed=True)
    told = groups["agree"].agg(pairs="size", agree="sum").reset_index()
    persons = groups["person"].nunique().to_numpy()
    told["share"] = told["agree"] / told["pairs"]
    ends = [wilson_interval(s * n, int(n), confidence) for s, n in zip(told["share"], persons, strict=True)]
    told["low"], told["high"] = [low for low, _ in ends], [high for _, high in ends]
    return told.astype(
        dict.fromkeys(by, str) | {"pairs": int, "agree": int, "share": float, "low": float, "high": float}
    )


def duplicates(entry: pd.Series, person: Integers, confidence: float) -> pd.DataFrame:
    """Count in each list the records of somebody it already holds.

    Returns
    -------
    DataFrame
        Columns entry, records, duplicates, share, low, high.
    """
    groups = pd.DataFrame({"entry": entry.to_numpy(), "person": person}).groupby("entry", sort=True)["person"]
    told = groups.agg(records="size", persons="nunique").reset_index()
    told["duplicates"] = told["records"] - told["persons"]
    told["share"] = told["duplicates"] / told["records"]
    ends = [
        wilson_interval(d, n, confidence) for d, n in zip(told["duplicates"], told["records"], strict=True)
    ]
    told["low"], told["high"] = [low for low, _ in ends], [high for _, high in ends]
    return told[["entry", "records", "duplicates", "share", "low", "high"]]
