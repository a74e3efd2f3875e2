"""Dates of birth, read from the many ways they are written: SQL expressions over tidy text."""

from __future__ import annotations

FORMATS = ("%Y-%m-%d", "%Y%m%d", "%d-%B-%Y", "%d-%b-%Y", "%B-%d-%Y", "%b-%d-%Y")
EARLIEST = 1900  # nobody alive was born before
STAND_INS = ("1900-01-01", "1900-12-31", "1901-01-01", "1999-09-09")  # what systems write for "not known"

SHORT = "[0-9]{6}|[0-9]{6}-[0-9][0-9x]{0,6}|[0-9]{7}x{0,6}|[0-9]{13}|[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}"


def hyphened(text: str) -> str:
    """Write every separator as a hyphen, and leave out the time of day."""
    day = rf"regexp_replace(lower({text}), '[ t]+[0-9]{{1,2}}:.*$', '')"
    return rf"trim(regexp_replace({day}, '[^\p{{L}}0-9]+|[년월일年月日][^\p{{L}}0-9]*', '-', 'g'), '-')"


def is_day_first(text: str) -> str:
    """Tell 25-12-1980 from what could be either order."""
    day_first = r"^([0-9]{1,2})-[0-9]{1,2}-[0-9]{4}$"
    return f"coalesce(TRY_CAST(regexp_extract({text}, '{day_first}', 1) AS INTEGER) > 12, false)"


def read_day(text: str, day_first: str, latest: str) -> str:
    """Read a date of birth.

    Parameters
    ----------
    text
        Expression from `hyphened`.
    day_first
        Expression: whether 03-04-1980 is the third of April in this list.
    latest
        Expression: the last year in which somebody in the lists can have been born; two-digit years after it
        are of the century before.

    Returns
    -------
    str
        Expression of a date; null where the text is no date.

    Notes
    -----
    Understood are year first (2011-03-05, 20110305, 2011년 3월 5일, 110305 and 11.3.5), a Korean resident
    number, whose seventh digit tells the century, day or month first with a four-digit year, English months
    by name, and the serial number a spreadsheet leaves.
    """
    formats = ", ".join(f"'{each}'" for each in FORMATS)
    whole = f"try_strptime({text}, [{formats}])"
    first, second = (f"try_strptime({text}, '{each}')" for each in ("%d-%m-%Y", "%m-%d-%Y"))
    order = f"CASE WHEN {day_first} THEN {first} ELSE {second} END"
    serial = rf"DATE '1899-12-30' + TRY_CAST(regexp_extract({text}, '^[1-5][0-9]{{4}}$') AS INTEGER)"
    # Two-digit years first: the formats with four digits would read them as the first century.
    read = (_short(text, latest), *(f"CAST({each} AS DATE)" for each in (whole, order, serial)))
    return f"coalesce({', '.join(read)})"


def _short(text: str, latest: str) -> str:
    """Read two-digit years, by the resident number's century digit where there is one."""
    parts = rf"regexp_extract({text}, '^([0-9]{{2}})-?([0-9]{{1,2}})-?([0-9]{{1,2}})(-?([0-9])[0-9x]*)?$', "
    year, month, day, sex = (f"{parts}{group})" for group in (1, 2, 3, 5))
    compact = f"regexp_full_match({text}, '{SHORT}')"
    century = (
        f"CASE WHEN {sex} IN ('1', '2', '5', '6') THEN 1900 WHEN {sex} IN ('3', '4', '7', '8') THEN 2000 "
        f"WHEN 2000 + TRY_CAST({year} AS INTEGER) <= {latest} THEN 2000 ELSE 1900 END"
    )
    spelled = f"({century} + TRY_CAST({year} AS INTEGER)) || '-' || {month} || '-' || {day}"
    return f"CASE WHEN {compact} THEN CAST(try_strptime({spelled}, '%Y-%m-%d') AS DATE) END"


def is_birthday(day: str, latest: str) -> str:
    """Tell whether a date can be somebody's birthday."""
    stand_ins = ", ".join(f"DATE '{each}'" for each in STAND_INS)
    return f"(year({day}) BETWEEN {EARLIEST} AND {latest} AND {day} NOT IN ({stand_ins}))"
