"""The arrows of the strategy map as the client drew them, and what may be wrong with them."""

from __future__ import annotations

from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from cerm_nb.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

WHERE = "data.indicators"
MOST_NAMES = 12  # so many names are told where one is wrong, of more only the nearest


def arrows(records: pd.DataFrame) -> pd.DataFrame:
    """List who is believed to drive whom.

    Parameters
    ----------
    records
        Columns indicator and drives, a tuple of indicators.

    Returns
    -------
    DataFrame
        from, to: one row per arrow, in the order of the records; one told twice counts once.

    Raises
    ------
    DataError
        For arrows to indicators nobody lists, to themselves, or in a circle, all at once.
    """
    table = records[["indicator", "drives"]].explode("drives").dropna()
    table = table.set_axis(["from", "to"], axis=1).drop_duplicates(ignore_index=True)
    known = list(records["indicator"])
    strange, itself = ~table["to"].isin(known), table["from"] == table["to"]
    problems = [_unknown(first, to, known) for first, to in table[strange].to_numpy()]
    problems += [
        Problem(_where(name), f"{name} drives itself", "other indicators", "take it out")
        for name in table.loc[itself, "from"]
    ]
    sound = table[~strange & ~itself]
    problems += [_in_circle(circle) for circle in circles(sound)]
    if problems:
        raise DataError(problems)
    return table


def circles(table: pd.DataFrame) -> Iterator[list[str]]:
    """Circles among arrows, each from an indicator back to it; cutting them one by one finds them all apart.

    Parameters
    ----------
    table
        Columns from and to.
    """
    drives: dict[str, list[str]] = {}
    for first, to in table[["from", "to"]].to_numpy():
        drives.setdefault(first, []).append(to)
    while True:
        try:
            TopologicalSorter(drives).prepare()
        except CycleError as error:
            circle = list(error.args[1])[::-1]
            yield circle
            drives[circle[0]].remove(circle[1])
        else:
            return


def _where(name: str) -> str:
    return f"{WHERE} → {name} → drives"


def _in_circle(circle: list[str]) -> Problem:
    got = f"drive each other in a circle: {' → '.join(circle)}"
    return Problem(_where(circle[0]), got, "no circle", "take one of these arrows out")


def _unknown(first: str, to: str, known: list[str]) -> Problem:
    close = get_close_matches(to, known, 3, 0.4)
    expected = f"one of {', '.join(known)}" if len(known) <= MOST_NAMES else f"one of {len(known)} indicators"
    return Problem(
        _where(first),
        f"{to!r} is not listed",
        expected,
        f"did you mean {' or '.join(close)}?" if close else "",
    )
