"""When two records cannot be one person, however much else they share: households, families, couples."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

BIRTH_EDITS = 1  # digits wrong, or two neighbours exchanged, in one birthday mistyped
NAMES_ALIKE = 0.75  # Jaro-Winkler similarity from which two given names may be one, mistyped


def names_differ(left: str = "l", right: str = "r") -> str:
    """Tell in SQL whether two records' given names are clearly two people's.

    Korean names must share no syllable at the same place. Names in different scripts, or one within the other
    (Anne, Anne-Marie), may be the same; so may given and family name the other way round.
    """
    mine, yours = f"{left}.given", f"{right}.given"
    korean = rf"regexp_matches({mine}, '\p{{Hangul}}')"
    apart = f"substr({mine}, 1, 1) <> substr({yours}, 1, 1) AND substr({mine}, 2, 1) <> substr({yours}, 2, 1)"
    written = (
        f"jaro_winkler_similarity({mine}, {yours}) < {NAMES_ALIKE} AND NOT contains({mine}, {yours}) "
        f"AND NOT contains({yours}, {mine})"
    )
    swapped = f"coalesce({mine} = {right}.family OR {left}.family = {yours}, false)"
    return (
        f"coalesce({korean} = {korean.replace(mine, yours)} AND NOT {swapped} "
        f"AND CASE WHEN {korean} THEN {apart} ELSE {written} END, false)"
    )


def births_differ(left: str = "l", right: str = "r") -> str:
    """Tell in SQL whether two birthdays differ by more than a typing error.

    One digit may be wrong, two neighbours exchanged, or day and month. Birthdays are of eight digits, so
    that one edit is never a digit left out: 19800102 and 19801020 are two days.
    """
    mine, yours = f"{left}.birth", f"{right}.birth"
    exchanged = f"substr({mine}, 1, 4) || substr({mine}, 7, 2) || substr({mine}, 5, 2)"
    return f"coalesce(damerau_levenshtein({mine}, {yours}) > {BIRTH_EDITS} AND {exchanged} <> {yours}, false)"


def scripts_differ(left: str = "l", right: str = "r") -> str:
    """Tell in SQL whether one given name is in Korean letters and the other is not."""
    mine, yours = (rf"regexp_matches({side}.given, '\p{{Hangul}}')" for side in (left, right))
    return f"coalesce({mine} <> {yours}, false)"


def in_conflict(left: str = "l", right: str = "r") -> str:
    """Tell in SQL whether two records cannot be one person.

    Their given names differ clearly, and their birthdays too or one of them is not known: families share
    telephones, addresses and even mailboxes. Names in different scripts cannot be compared, so it takes
    birthdays that differ.
    """
    unknown = f"({left}.birth IS NULL OR {right}.birth IS NULL)"
    return f"({names_differ(left, right)} AND {unknown} OR {_surely_two(left, right)})"


def _surely_two(left: str = "l", right: str = "r") -> str:
    names = f"({names_differ(left, right)} OR {scripts_differ(left, right)})"
    return f"({names} AND {births_differ(left, right)})"


def conflicting_pairs(connection: duckdb.DuckDBPyConnection, persons: pd.DataFrame) -> pd.DataFrame:
    """Find the pairs within a person that cannot be one: different given names and different birthdays.

    Parameters
    ----------
    connection
        Database with the table ``known``.
    persons
        ``row`` and ``person`` of the records to look at.

    Returns
    -------
    DataFrame
        Columns left and right: row numbers, one pair for each combination of names and birthdays.
    """
    connection.register("persons", persons)
    # One record stands for all of a person with the same name and birthday: a customer with a thousand
    # records has a few of these.
    found = connection.execute(
        "WITH faces AS (SELECT person, given, family, birth, min(row) AS row "  # noqa: S608
        "FROM known JOIN persons USING (row) WHERE given IS NOT NULL AND birth IS NOT NULL GROUP BY ALL) "
        "SELECT l.row AS left, r.row AS right FROM faces l JOIN faces r "
        f"ON l.person = r.person AND l.row < r.row WHERE {_surely_two()} ORDER BY 1, 2"
    ).df()
    connection.unregister("persons")
    return found
