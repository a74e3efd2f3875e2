"""What one client has: its own tables, and what other notebooks have published for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cerm_nb import artifacts, sources
from cerm_nb.batch import plan
from cerm_nb.errors import DataError, NotEnoughData, Problem

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from cerm_nb.params import CommonParams
    from cerm_nb.project import Project


class ClientData:
    """The tables a question may read.

    Parameters
    ----------
    common
        The client's shared parameters.
    as_of
        The last day the analysis may see.
    here
        The project.
    """

    def __init__(self, common: CommonParams, as_of: date, here: Project) -> None:
        self.common = common
        self.as_of = as_of
        self._project = here
        self._sources: dict[str, sources.Provenance] = {}

    def load(self, table: str) -> sources.Loaded:
        """Open one of the client's own tables, checked, as an expression that is computed where the data is.

        Raises
        ------
        DataError
            With every problem of the table.
        """
        label = self._label(table)
        names = sources.entries(self.common.data, table)
        if not names:
            raise DataError(Problem(label, "is not there", next_step="say where the table comes from"))
        if len(names) > 1:
            got = f"{', '.join(names)} are all read as {table}"
            raise DataError(Problem(label, got, "one of them", "join the files in one entry's `from`"))
        return self._open(names[0])

    def frame(self, table: str) -> pd.DataFrame | None:
        """Bring a small table of the client's into memory, the rows of all entries that are read as it.

        Returns
        -------
        DataFrame or None
            None where the client has no such table.

        Raises
        ------
        DataError
            With every problem of every entry.
        """
        found: list[pd.DataFrame] = []
        problems: list[Problem] = []
        for name in sources.entries(self.common.data, table):
            try:
                found.append(sources.collect(self._open(name).table))
            except DataError as error:
                problems += error.problems
        if problems:
            raise DataError(problems)
        return pd.concat(found, ignore_index=True) if found else None

    def _open(self, name: str) -> sources.Loaded:
        spec = self.common.data[name]
        table = sources.table_of(name, spec)
        loaded = sources.open_table(table, spec, self._project.root, label=self._label(name))
        self._sources[name] = loaded.provenance
        return loaded

    def _label(self, name: str) -> str:
        return f"params/{self.common.client}.yml → data.{name}"

    def purchases(self, holdout_weeks: int) -> sources.PurchaseHistory:
        """Summarise the client's transactions by customer, in the engine that holds them.

        Raises
        ------
        DataError
            When the table is wrong, or begins after ``as_of``.
        NotEnoughData
            When nothing is left that was bought and kept.
        """
        history = sources.purchase_history(self.load("transactions"), self.as_of, holdout_weeks)
        if history.summary.empty:
            raise NotEnoughData("no_purchases")
        return history

    def information(self, fresh_months: int) -> sources.CustomerInformation:
        """Profile all of the client's tables and bring who is in them; cells are judged, not refused.

        To the frame ``tables`` it adds ``used_by``: the questions whose notebooks name the table among
        what they need or can use.

        Raises
        ------
        DataError
            With every problem of every table that cannot be read at all.
        """
        found = sources.customer_information(
            self.common.data,
            self._project.root,
            labels=self._label("{}"),
            as_of=self.as_of,
            fresh_months=fresh_months,
        )
        self._sources |= found.provenance
        steps = plan.discover(self._project.notebooks)
        found.tables["used_by"] = [
            tuple(step.question for step in steps if table in step.client_tables)
            for table in found.tables["table"]
        ]
        return found

    def customer_values(self) -> pd.DataFrame | None:
        """Give what each customer number has brought, and will where the value question has told.

        Returns
        -------
        DataFrame or None
            customer_id, spend (revenue so far), and clv where it is published. None without transactions.
        """
        if self.has_published("value.customers"):
            return self.published("value.customers")[["customer_id", "spend", "clv"]]
        if not sources.entries(self.common.data, "transactions"):
            return None
        history = sources.purchase_history(self.load("transactions"), self.as_of, 0)
        return history.summary[["customer_id", "spend"]]

    def has_published(self, address: str) -> bool:
        """Tell whether another notebook has published a table for this client and day."""
        return artifacts.has_table(*self._address(address))

    def published(self, address: str) -> pd.DataFrame:
        """Read a table that another notebook published for this client and day, such as ``value.customers``.

        Raises
        ------
        OutputError
            When it is not there; the notebook that gives it has to run first.
        """
        return artifacts.read_table(*self._address(address))

    def _address(self, address: str) -> tuple[Path, str]:
        question, _, table = address.partition(".")
        folder = self._project.results(self.common.client, self.common.as_of)
        numbered = sorted(folder.glob(f"[0-9]*_{question}"))
        return (numbered[0] if numbered else folder / question), table
