"""The records of all customer lists, in one order and one spelling, held in a DuckDB of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from cerm_nb.analyses.readiness.identity import birthdays, spellings

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXTS = [
    "customer_id",
    "other_id",
    "name",
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
DAYS = ("updated", "acquired_on")
COLUMNS = ("entry", "source", "record_id", *TEXTS, "updated", "acquired_by", "acquired_on")
KNOWN = (
    "family",
    "given",
    "whole",
    "birth",
    "gender",
    "phone",
    "email",
    "address",
    "city",
    "postcode",
    "other_id",
)
"""What linking looks at, in the one spelling."""
TELLING = ("customer_id", "other_id", "phone", "email")  # a value is one person's or one household's
MOST_NAMES = 8  # names on one number or mailbox; with more it is a desk's, or made up, and tells nothing
IDENTIFYING = ("email", "other_id", "whole birth", "whole phone", "whole address")
LEAST_FACTS = 2  # kinds of fact (name, birthday, phone, address) from which somebody can be recognised again


@dataclass(frozen=True, eq=False)
class Records:
    """Customer records ready to be linked.

    Parameters
    ----------
    connection
        Database holding the tables ``recorded`` and ``known``, a row per record, numbered from 0 by ``row``.
    recorded
        The records in their fixed order: by list, record_id, and what they say; text tidied, nothing else.
    known
        The same rows in the one spelling: columns `KNOWN`, null where missing or no use to linking, and
        ``birthday``, ``phone_right``, ``email_right`` (whether what is recorded is plausible), ``twin``
        (first row saying exactly the same), ``mark`` (a number made of the names of list and record), ``nth``
        (1 for that row, 2 for the next and so on) and
            ``identifiable`` (says enough that a person could be told by it) and ``telling`` (says enough that
        the person could be recognised in another list).
    entries
        Names of the lists in their order.
    shared
        Values of `TELLING` passed over because more than `MOST_NAMES` names use them, one row per column.
    """

    connection: duckdb.DuckDBPyConnection
    recorded: pd.DataFrame
    known: pd.DataFrame
    entries: list[str]
    shared: pd.DataFrame


def read(records: pd.DataFrame) -> Records:
    """Bring records to one order and one spelling; any row order gives the same.

    Parameters
    ----------
    records
        One row per record with the columns `COLUMNS`; a missing column counts as all missing. Lists keep the
        order of a categorical ``entry``, and are in alphabetical order otherwise.
    """
    entries = _entries(records)
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")  # a bar of the engine's own has no place on a page
    # Which values tie is decided by the order of rows, so that order must not depend on threads.
    connection.register("given_records", records.astype({"entry": str}) if "entry" in records else records)
    connection.register("lists", pd.DataFrame({"entry": entries, "place": range(len(entries))}))
    connection.execute(f"CREATE TABLE recorded AS {_recorded_sql(set(records.columns))}")
    connection.execute(f"CREATE TABLE spelled AS {_spelled_sql()}")
    connection.execute(f"CREATE TABLE shared AS {_shared_sql()}")
    connection.execute(f"CREATE TABLE known AS {_known_sql()}")
    recorded, known = (_fetched(connection, table) for table in ("recorded", "known"))
    shared = connection.execute(
        "SELECT field, count(*) AS n, sum(records) AS records FROM shared GROUP BY field ORDER BY field"
    ).df()
    return Records(connection, recorded, known, entries, shared)


def _fetched(connection: duckdb.DuckDBPyConnection, table: str) -> pd.DataFrame:
    """Fetch a table in its order; by way of Arrow, which copies no text."""
    frame: pd.DataFrame = (
        connection.table(table).order("row").to_arrow_table().to_pandas(date_as_object=False)
    )
    return frame


def _entries(records: pd.DataFrame) -> list[str]:
    if "entry" not in records:
        return []
    if isinstance(records["entry"].dtype, pd.CategoricalDtype):
        return [str(each) for each in records["entry"].cat.categories]
    return sorted(str(each) for each in records["entry"].unique())


def _recorded_sql(there: set[str]) -> str:
    def column(name: str) -> str:
        given = f'r."{name}"' if name in there else "NULL"
        if name in DAYS:
            return f"TRY_CAST({given} AS DATE) AS {name}"
        plain = name in ("entry", "source", "record_id", "customer_id", "acquired_by")
        text = f"CAST({given} AS VARCHAR)"
        return f"{f'nullif(trim({text}), {chr(39) * 2})' if plain else spellings.tidy(text)} AS {name}"

    columns = ", ".join(column(name) for name in COLUMNS)
    order = ", ".join(f"{name} NULLS FIRST" for name in COLUMNS)
    return (
        f"WITH tidy AS (SELECT {columns} FROM given_records r) "  # noqa: S608
        f"SELECT row_number() OVER (ORDER BY place, {order}) - 1 AS row, place, tidy.* "
        "FROM tidy LEFT JOIN lists USING (entry) ORDER BY row"
    )


def _spelled_sql() -> str:
    """Undo spellings: one step per stage, since later ones build on earlier."""
    latest = "(SELECT coalesce(max(year(updated)), 2030) FROM recorded)"
    name, family, given = (spellings.person_name(each) for each in ("name", "family_name", "given_name"))
    day = birthdays.read_day("born", "day_first", "latest")
    return (
        f"WITH first AS (SELECT row, place, customer_id, "  # noqa: S608
        f"md5_number_lower(entry || chr(31) || coalesce(record_id, '')) AS mark, "
        f"{name} AS called, {family} AS family_name, "
        f"{given} AS given_name, {birthdays.hyphened('birth_date')} AS born, {latest} AS latest, "
        f"{spellings.gender_of('gender')} AS gender, {spellings.phone_number('phone')} AS phone, "
        f"replace(lower(email), ' ', '') AS email, {spellings.street_address('address')} AS address, "
        f"{spellings.street_address('city')} AS city, "
        f"{spellings.letters_and_digits('postcode')} AS postcode, "
        f"{spellings.letters_and_digits('other_id')} AS other_id FROM recorded), "
        f"second AS (SELECT * EXCLUDE (called, family_name, given_name), "
        f"coalesce(family_name, {spellings.family_of('called')}) AS family, "
        f"coalesce(given_name, {spellings.given_of('called')}) AS given, "
        f"bool_or({birthdays.is_day_first('born')}) OVER (PARTITION BY place) AS day_first FROM first) "
        f"SELECT *, {spellings.whole_name('family', 'given')} AS whole, {day} AS birthday FROM second"
    )


def _shared_sql() -> str:
    """Find what too many names have in common to tell anybody."""
    return " UNION ALL ".join(
        f"SELECT '{field}' AS field, {field} AS value, count(*) AS records FROM spelled "  # noqa: S608
        f"WHERE {field} IS NOT NULL GROUP BY {field} "
        f"HAVING count(DISTINCT coalesce(whole, family, given)) > {MOST_NAMES}"
        for field in TELLING
    )


def _known_sql() -> str:
    birthday = birthdays.is_birthday("birthday", "latest")
    # A mistyped date still resembles the right one.
    digits = r"regexp_extract(replace(born, '-', ''), '^[0-9]{8}$')"
    facts = " + ".join(
        f"({kind} IS NOT NULL)::INTEGER" for kind in ("coalesce(given, family)", "birth", "phone", "address")
    )
    return (
        f"WITH fit AS (SELECT row, place, mark, {_unshared('customer_id')} AS customer_id, "  # noqa: S608
        "family, given, whole, "
        f"coalesce(CASE WHEN {birthday} THEN strftime(birthday, '%Y%m%d') END, nullif({digits}, '')) "
        f"AS birth, gender, CASE WHEN {spellings.is_phone('phone')} THEN {_unshared('phone')} END AS phone, "
        f"CASE WHEN {spellings.is_email('email')} THEN {_unshared('email')} END AS email, "
        f"address, city, postcode, {_unshared('other_id')} AS other_id, "
        f"CASE WHEN {birthday} THEN strftime(birthday, '%Y-%m-%d') END AS birthday, "
        f"CASE WHEN {spellings.is_phone('phone')} THEN phone END AS phone_right, "
        f"CASE WHEN {spellings.is_email('email')} THEN email END AS email_right FROM spelled) "
        "SELECT *, min(row) OVER same AS twin, row_number() OVER (same ORDER BY row) AS nth, "
        f"{' OR '.join(_there(each) for each in IDENTIFYING)} AS identifiable, "
        "customer_id IS NOT NULL OR other_id IS NOT NULL OR email IS NOT NULL OR "
        f"{facts} >= {LEAST_FACTS} AS telling "
        f"FROM fit WINDOW same AS (PARTITION BY hash({', '.join(KNOWN)}))"
    )


def _unshared(field: str) -> str:
    return f"CASE WHEN {field} NOT IN (SELECT value FROM shared WHERE field = '{field}') THEN {field} END"  # noqa: S608


def _there(fields: str) -> str:
    return "(" + " AND ".join(f"{field} IS NOT NULL" for field in fields.split()) + ")"


def told_apart(records: Records) -> Iterator[tuple[str, dict[str, object]]]:
    """Say what about the records themselves a reader must know, as keys and values."""
    for field, n, rows in records.shared.itertuples(index=False):
        yield "shared_values", {"field": str(field), "n": int(n), "records": int(rows)}
    unknown = int((~records.known["telling"]).sum())
    if unknown:
        yield "unidentifiable_records", {"records": unknown, "n": len(records.known)}
    repeated = int(records.recorded.duplicated(["entry", "record_id"]).sum())
    if repeated:
        yield "repeated_record_ids", {"records": repeated, "n": len(records.known)}
