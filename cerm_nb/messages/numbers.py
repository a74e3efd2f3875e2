"""Numbers, money and dates as a Korean or an English reader writes them."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from babel.numbers import format_compact_currency, format_currency, format_decimal, format_percent

if TYPE_CHECKING:
    from collections.abc import Callable

# A report is read by people outside the client's country: day before month in words is never mistaken.
_LOCALES = {"en": "en_GB", "ko": "ko_KR"}
_WHOLE_MONEY_FROM = 100.0
_LONG = re.compile(r"\d{3,}([.]\d+)?")  # 2119.2만 is read more easily as 2,119만


def integer(value: Any, digits: int | None, lang: str, currency: str) -> str:
    """Write a whole number with thousands separators."""
    return str(format_decimal(round(value), format="#,##0", locale=_LOCALES[lang]))


def number(value: Any, digits: int | None, lang: str, currency: str) -> str:
    """Write a number with fixed decimals (one unless told)."""
    decimals = 1 if digits is None else digits
    rounded = round(value, decimals) + 0.0  # not "-0.0"
    return str(format_decimal(rounded, format=_pattern("#,##0", decimals), locale=_LOCALES[lang]))


def figure(value: Any, digits: int | None, lang: str, currency: str) -> str:
    """Write a number of unknown size with so many digits that count (three unless told), none made nought."""
    size = math.floor(math.log10(abs(value))) if value else 0
    return number(value, max((digits or 3) - 1 - size, 0), lang, currency)


def p_value(value: Any, digits: int | None, lang: str, currency: str) -> str:
    """Write a p-value (three decimals unless told); one that would be nought as less than the smallest."""
    decimals = 3 if digits is None else digits
    least = 10.0**-decimals
    return number(value, decimals, lang, currency) if value >= least else f"< {least:.{decimals}f}"


def percent(value: Any, digits: int | None, lang: str, currency: str) -> str:
    """Write a share (0–1) as a percentage."""
    if abs(value) < 0.5 * 10.0 ** -(2 + (digits or 0)):
        value = 0.0  # not "-0%"
    return str(format_percent(value, format=_pattern("#,##0", digits or 0) + "%", locale=_LOCALES[lang]))


def money(value: Any, digits: int | None, lang: str, currency: str) -> str:
    """Write an amount in full; cents only where the amount is small enough for them to matter."""
    small = 0 < abs(value) < _WHOLE_MONEY_FROM and currency != "KRW"
    decimals = digits if digits is not None else (2 if small else 0)
    pattern = _pattern("¤#,##0", decimals)
    return str(
        format_currency(
            value, currency, format=f"{pattern};-{pattern}", locale=_LOCALES[lang], currency_digits=False
        )
    )


def compact(value: Any, digits: int | None, lang: str, currency: str) -> str:
    """Write a large amount in short: $2.5M, $250만."""
    if abs(value) < 10_000:
        return money(value, digits, lang, currency)
    decimals = 1 if digits is None else digits
    written = str(format_compact_currency(value, currency, locale=_LOCALES[lang], fraction_digits=decimals))
    return _LONG.sub(lambda found: f"{float(found[0]):,.0f}", written)


def day(value: Any, digits: int | None, lang: str, currency: str) -> str:
    """Write a date in words; ISO text is taken as well."""
    given = date.fromisoformat(value) if isinstance(value, str) else value
    return str(format_date(given, format="long", locale=_LOCALES[lang]))


def _pattern(whole: str, decimals: int) -> str:
    return whole + ("." + "0" * decimals if decimals else "")


FORMATS: dict[str, Callable[[Any, int | None, str, str], str]] = {
    "integer": integer,
    "number": number,
    "figure": figure,
    "p": p_value,
    "percent": percent,
    "money": money,
    "compact": compact,
    "date": day,
}
