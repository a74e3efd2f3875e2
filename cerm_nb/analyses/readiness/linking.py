"""What the other tables say about the persons found: which rows are theirs, and what they are worth."""

from __future__ import annotations

from typing import Protocol

import duckdb
import pandas as pd

from cerm_nb.analyses.readiness.identity import spellings

LINKED = ["entry", "rows", "linked"]


class Numbered(Protocol):
    """What is needed of the identity resolution."""

    @property
    def numbers(self) -> pd.DataFrame:
        """The person of each declared customer number: number, customer_id."""


def linked_rows(keys: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Count the rows of each table whose person stands in a customer list.

    Parameters
    ----------
    keys
        One row per table and combination of keys: entry, customer_id, phone, email, rows.
    records
        The records of all customer lists: customer_id, phone, email. Where there is no list, whoever has a
        customer number in any table counts as known.

    Returns
    -------
    DataFrame
        Columns `LINKED`, one row per table in the order of `keys`: rows, and how many of them name a known
        customer number, telephone number or e-mail address, whatever their spelling.
    """
    if keys.empty:
        return pd.DataFrame(columns=LINKED)
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.register("keys", keys[["entry", "customer_id", "phone", "email", "rows"]].astype(_TYPES))
        people = records if len(records) else keys.assign(phone=None, email=None)
        connection.register("people", people[["customer_id", "phone", "email"]].astype("str"))
        counted = connection.execute(_SQL).df()
    order = list(dict.fromkeys(keys["entry"]))
    return counted.set_index("entry").reindex(order).reset_index()[LINKED]


def person_values(value: pd.DataFrame, identity: Numbered) -> pd.DataFrame:
    """Add up what is known by customer number to what is known of a person, who may have several numbers.

    Parameters
    ----------
    value
        customer_id (a customer number), and numbers that can be added, such as spend and clv.
    identity
        From `resolve`; its ``numbers`` are used.

    Returns
    -------
    DataFrame
        The columns of `value`, one row per person; a number that no list knows stays as it is.
    """
    person_of = identity.numbers.set_index("number")["customer_id"]
    number = value["customer_id"].astype("str")
    person = number.str.strip().map(person_of).astype("str").fillna(number)
    amounts = value.drop(columns="customer_id")
    return amounts.groupby(person).sum(min_count=1).rename_axis("customer_id").reset_index()


_TYPES = {"entry": "str", "customer_id": "str", "phone": "str", "email": "str", "rows": "int64"}
_PHONE = spellings.phone_number("phone")
_EMAIL = "nullif(replace(lower(email), ' ', ''), '')"
_SQL = f"""
    WITH known AS (
        SELECT nullif(trim(customer_id), '') AS number, {_PHONE} AS phone, {_EMAIL} AS email FROM people
    ), asked AS (
        SELECT entry, nullif(trim(customer_id), '') AS number, {_PHONE} AS phone, {_EMAIL} AS email, rows
        FROM keys
    )
    SELECT entry, sum(rows) AS rows, coalesce(sum(rows) FILTER (WHERE
        number IN (SELECT number FROM known WHERE number IS NOT NULL)
        OR phone IN (SELECT phone FROM known WHERE {spellings.is_phone("phone")})
        OR email IN (SELECT email FROM known WHERE {spellings.is_email("email")})
    ), 0) AS linked
    FROM asked GROUP BY entry
"""  # noqa: S608  # made of this package's own texts
