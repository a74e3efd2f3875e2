"""One entry of the params' ``data``: where a table comes from and how its columns are made."""

from __future__ import annotations

import codecs
import math
import re
import zoneinfo
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from cerm_nb.sources.numerals import Decimal, Numerals, Thousands

Source = Literal["office", "internet", "press", "events", "operations", "cards", "call_centre"]
Format = Literal["csv", "tsv", "fixed", "jsonl", "xlsx", "parquet"]
Finite = Annotated[float, Field(allow_inf_nan=False)]

ITEM, ANSWER = "item", "answer"
"""Columns of rows made of ``items``: the item, and the cell in its column."""

_VARIABLE = re.compile(r"\$\{\w+\}")
_IN_QUERY = re.compile(
    r"[?&;][\w.]*(?:password|passwd|pwd|token|secret|secret\.key)=([^&;#]*)", re.IGNORECASE
)
_IN_SETTINGS = re.compile(r"(?:^|[;?&\s])[\w.]*(?:password|passwd|pwd)\s*=\s*([^;&#]*)", re.IGNORECASE)
_WITHOUT_SLASHES = re.compile(r"\w+:[^/\\].*?:(.*)@")  # postgres:reader:secret@host
_POSITIONS = re.compile(r"\s*(\d+)\s*-\s*(\d+)\s*")


class TableSpec(BaseModel):
    """Where one client table comes from and how its columns are made.

    The keys are those of the params file; see the user guide for examples.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        coerce_numbers_to_str=True,
        hide_input_in_errors=True,  # a URL may hold a password
    )

    from_: str | list[str] = Field(alias="from", description="File, glob, list of them, or database URL")
    as_: str | None = Field(
        None, alias="as", description="Client table the entry is read as; its own name where unset"
    )
    source: Source | None = Field(
        None, description="Which of the seven sources of customer information it belongs to"
    )
    format: Format | None = Field(None, description="Format of the file; by its ending where unset")
    fields: dict[str, str] = Field(
        default_factory=dict,
        description="Fixed width: name → first-last character, counted from 1, inclusive",
    )
    widths: Literal["characters", "bytes"] = Field(
        "characters", description="Fixed width: what the positions count, characters or bytes of the encoding"
    )
    skip: int = Field(
        0, ge=0, le=1_000_000, description="Lines before the data (fixed) or before the header (others)"
    )
    encoding: str = Field("utf-8", description="Encoding of a text file, for example cp949, euc-kr or utf-16")
    delimiter: str | None = Field(None, min_length=1, max_length=1, description="Separator of a csv file")
    sheet: str | None = Field(None, description="Sheet of a workbook; the first where unset")
    table: str | None = Field(None, description="Table in the database, with its schema where needed")
    items: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="Wide table: source column that becomes rows of its own → new column → text",
    )
    columns: dict[str, str] = Field(
        default_factory=dict, description="Canonical column → expression over the source's columns"
    )
    where: str | None = Field(None, description="Condition a source row must meet to be read")
    decimal: Decimal | None = Field(
        None,
        description='Mark before decimals in texts: "." or ","; "." where unset, "," beside thousands: "."',
    )
    thousands: Thousands | None = Field(
        None, description="Mark between groups of three digits in texts: comma, point, blank or apostrophe"
    )
    timezone: str | None = Field(
        None, description="Zone whose days are meant, such as Asia/Seoul, where a time tells its offset"
    )
    scale: dict[str, Annotated[list[Finite], Field(min_length=2, max_length=2)]] = Field(
        default_factory=dict, description="Canonical number column → lowest and highest value allowed"
    )
    missing: dict[str, list[Finite]] = Field(
        default_factory=dict, description="Canonical number column → codes that mean no answer"
    )

    @property
    def is_database(self) -> bool:
        """Whether the table lies in a database rather than in files."""
        return self.table is not None

    @property
    def locations(self) -> list[str]:
        """What ``from`` names, always as a list."""
        return [self.from_] if isinstance(self.from_, str) else list(self.from_)

    @property
    def numerals(self) -> Numerals:
        """How texts of the source write numbers."""
        decimal = self.decimal or ("," if self.thousands == "." else ".")
        return Numerals(decimal, self.thousands or "")

    @field_validator("from_")
    @classmethod
    def _names_something(cls, value: str | list[str]) -> str | list[str]:
        if not value or any(not part.strip() for part in ([value] if isinstance(value, str) else value)):
            raise ValueError("name a file, a glob or a database URL")
        return value

    @field_validator("from_")
    @classmethod
    def _shows_no_password(cls, value: str | list[str]) -> str | list[str]:
        for location in [value] if isinstance(value, str) else value:
            if any(not _VARIABLE.fullmatch(password) for password in _passwords(location)):
                raise ValueError("put the password into the environment and write ${NAME} in its place")
        return value

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, value: str) -> str:
        try:
            is_of_text = codecs.lookup(value)._is_text_encoding  # Python has no public name for it
        except LookupError:
            is_of_text = False
        if not is_of_text:
            message = f"no encoding {value!r} is known; for example utf-8, cp949, euc-kr, utf-16, latin-1"
            raise ValueError(message)
        return value

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str | None) -> str | None:
        if value is not None and value not in zoneinfo.available_timezones():
            raise ValueError(f"no time zone {value!r} is known; for example Asia/Seoul, Europe/Berlin, UTC")
        return value

    @field_validator("scale")
    @classmethod
    def _are_scales(cls, value: dict[str, list[float]]) -> dict[str, list[float]]:
        for name, (low, high) in value.items():
            if low >= high:
                raise ValueError(
                    f"{name}: got {low:g} to {high:g}; expected the lowest value first, such as [1, 7]"
                )
        return value

    @field_validator("items")
    @classmethod
    def _name_new_columns(cls, value: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        names = dict.fromkeys(name for constants in value.values() for name in constants)
        taken = [name for name in names if name.strip().casefold() in ("", ITEM, ANSWER)]
        if taken:
            raise ValueError(
                f"other names than {', '.join(map(repr, taken))}: every item has {ITEM} and {ANSWER}"
            )
        folded: dict[str, list[str]] = {}
        for name in names:
            folded.setdefault(name.casefold(), []).append(name)
        alike = [" and ".join(map(repr, same)) for same in folded.values() if len(same) > 1]
        if alike:
            raise ValueError(f"one spelling of {', '.join(alike)}")
        return value

    @field_validator("fields")
    @classmethod
    def _are_positions(cls, value: dict[str, str]) -> dict[str, str]:
        for name, text in value.items():
            found = _POSITIONS.fullmatch(text)
            if not found or not 1 <= int(found[1]) <= int(found[2]):
                raise ValueError(f'{name}: got {text!r}; expected first-last, counted from 1, such as "8-15"')
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> TableSpec:
        is_url = any("://" in location for location in self.locations)
        if is_url and self.table is None:
            raise ValueError("a database URL needs the key `table`")
        if self.numerals.decimal == self.numerals.thousands:
            raise ValueError("`decimal` and `thousands` are the same mark")
        self._tells_codes_from_answers()
        if self.table is not None and len(self.locations) > 1:
            raise ValueError("`table` goes with one database URL, not with a list")
        if self.format == "fixed" and not self.fields:
            raise ValueError('format fixed needs `fields`, such as {customer: "1-6"}')
        if self.fields and self.format not in ("fixed", None):
            raise ValueError(f"`fields` goes with format fixed, not with {self.format}")
        return self

    def _tells_codes_from_answers(self) -> None:
        for name, codes in self.missing.items():
            low, high = self.scale.get(name, (math.inf, -math.inf))
            within = [f"{code:g}" for code in codes if low <= code <= high]
            if within:
                raise ValueError(
                    f"missing.{name}: {', '.join(within)} lies on the scale from {low:g} to {high:g}"
                )

    def positions(self) -> dict[str, tuple[int, int]]:
        """List the fields of fixed width: name → (first character counted from 1, number of characters)."""
        bounds = {name: text.split("-") for name, text in self.fields.items()}
        return {name: (int(first), int(last) - int(first) + 1) for name, (first, last) in bounds.items()}


def _passwords(location: str) -> list[str]:
    """List what stands in a location's places for a password.

    A URL's signs may not be encoded as they should, and what is no URL may be settings or a URL half written.
    """
    rest = location.partition("://")[2]
    login = "" if rest.startswith("/") else rest.rpartition("@")[0]
    password = login.partition(":")[2]
    elsewhere = _IN_SETTINGS.findall(location) + _WITHOUT_SLASHES.findall(location)
    found = [password, *_IN_QUERY.findall(rest), *(text.strip() for text in elsewhere)]
    return [text for text in found if text]
