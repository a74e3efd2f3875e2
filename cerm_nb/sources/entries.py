"""Which entries of the params' ``data`` are read as which client table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.sources.spec import TableSpec

# Transactions are what operational systems are for; every other table says itself where it comes from.
_USUAL = {"transactions": "operations"}


def table_of(name: str, spec: TableSpec) -> str:
    """Name the client table an entry is read as: what it states, else its own name."""
    return spec.as_ or name


def entries(data: Mapping[str, TableSpec], table: str) -> list[str]:
    """List the entries that are read as a table, in the order of the params."""
    return [name for name, spec in data.items() if table_of(name, spec) == table]


def source_of(name: str, spec: TableSpec) -> str | None:
    """Name which of the seven sources an entry belongs to; None where it is mapped to none."""
    return spec.source or _USUAL.get(table_of(name, spec))
