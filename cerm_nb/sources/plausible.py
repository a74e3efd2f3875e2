"""Cells that can be read and still cannot be right: an e-mail address without an @, a birthday in 2093."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibis.expr import types

ANCIENT = date(1950, 1, 1)
"""Dates of business before this day are taken for errors of entry, such as 1900-01-01."""

_EMAIL = r"^[^@\s]+@[^@\s]+[.][^@\s.]{2,}$"
_DIGITS = r"[^0-9]"
_SHORTEST_PHONE, _LONGEST_PHONE = 7, 15  # ITU-T E.164 allows at most fifteen digits
_YEAR = r"(19|20)\d{2}"
_MONTH, _DAY = r"(0?[1-9]|1[0-2])", r"(0?[1-9]|[12]\d|3[01])"
_BIRTHDAYS = (
    rf"^{_YEAR}\D*{_MONTH}\D*{_DAY}\D*$",  # 1975-03-04, 19750304, 1975년 3월 4일
    r"^\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$",  # 750304, as on Korean forms
    rf"^\d{{1,2}}[-./ ]\d{{1,2}}[-./ ]{_YEAR}$",  # 04.03.1975
)


def implausible(rows: types.Table, as_of: date) -> dict[str, types.BooleanValue]:
    """Give, per column that can be judged, the test that a cell cannot be right; false where it is empty.

    Parameters
    ----------
    rows
        A canonical table.
    as_of
        The last day: nobody was born later.

    Returns
    -------
    dict
        Column → ibis expression.
    """
    judged: dict[str, Callable[[types.StringValue], types.BooleanValue]] = {
        "email": lambda cell: ~cell.strip().re_search(_EMAIL),
        "phone": _no_phone,
        "birth_date": lambda cell: _no_birthday(cell.strip(), as_of),
    }
    found = {
        column: (rows[column].notnull() & test(rows[column])).fill_null(False)
        for column, test in judged.items()
        if column in rows.columns
    }
    days = [name for name in ("date", "updated", "acquired_on") if name in rows.columns]
    return found | {name: ((rows[name] < ANCIENT) | (rows[name] > as_of)).fill_null(False) for name in days}


def _no_phone(cell: types.StringValue) -> types.BooleanValue:
    digits = cell.re_replace(_DIGITS, "").length()
    return (digits < _SHORTEST_PHONE) | (digits > _LONGEST_PHONE)


def _no_birthday(cell: types.StringValue, as_of: date) -> types.BooleanValue:
    fits = ibis.or_(*(cell.re_search(pattern) for pattern in _BIRTHDAYS))
    too_late = (cell.re_extract(_YEAR, 0) > str(as_of.year)).fill_null(False)
    return ~fits | too_late
