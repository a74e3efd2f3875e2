"""What readers call initiatives and indicators: by name where there is one, else by identifier."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

Caveat = tuple[str, "Mapping[str, object]"]


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """Let an initiative without a name go by its identifier."""
    return rows.assign(name=rows["name"].where(rows["name"].astype(str) != "", rows["initiative"]))


def readers_names(table: pd.DataFrame | None, column: str) -> dict[str, str]:
    """Map a client table's identifiers to what readers call them; to themselves where no name is told."""
    if table is None:
        return {}
    told = table["name"] if "name" in table else table[column]
    given = told.where(told.notna() & (told != ""), table[column])
    return dict(zip(table[column].astype(str), given.astype(str), strict=True))


def called(caveats: Iterable[Caveat], names: Mapping[str, str]) -> tuple[Caveat, ...]:
    """Put names into the places of caveats that speak of initiatives."""
    told = []
    for key, values in caveats:
        found = dict(values)
        if "initiative" in found:
            found["initiative"] = names.get(str(found["initiative"]), found["initiative"])
        if isinstance(many := found.get("initiatives"), tuple):
            found["initiatives"] = tuple(names.get(one, one) for one in many)
        told.append((key, found))
    return tuple(told)
