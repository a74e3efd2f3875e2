"""Short ways to declare the columns of a client table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibis.expr import datatypes
from pandera.ibis import Check, Column, DataFrameSchema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def text(description: str, *, needed: bool = False, codes: Sequence[str] = ()) -> Column:
    """Declare a column of texts; with ``codes``, only these are allowed."""
    checks = [Check.isin(list(codes))] if codes else []
    return Column(
        datatypes.String, nullable=not needed, required=needed, checks=checks, description=description
    )


def day(description: str, *, needed: bool = False) -> Column:
    """Declare a column of days without time."""
    return Column(datatypes.Date, nullable=not needed, required=needed, description=description)


def number(description: str, *, needed: bool = False) -> Column:
    """Declare a column of finite numbers."""
    return Column(datatypes.Float64, nullable=not needed, required=needed, description=description)


def table(name: str, description: str, columns: Mapping[str, Column]) -> DataFrameSchema:
    """Declare a client table: exactly these columns, each row as described."""
    return DataFrameSchema(dict(columns), name=name, description=description, strict=True)
