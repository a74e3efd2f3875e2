"""What one client has: its own tables, and what other notebooks have published for it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from cerm_nb import artifacts, sources
from cerm_nb.batch import plan
from cerm_nb.earlier import EarlierRun, EarlierRuns, earlier_runs, results_on
from cerm_nb.errors import DataError, NotEnoughData, Problem

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from cerm_nb.earlier import Caveat
    from cerm_nb.params import CommonParams
    from cerm_nb.project import Project

    Scale = tuple[float, float]


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
        names = sources.entries(self.common.data, table)
        if not names:
            raise DataError(
                Problem(self._label(table), "is not there", next_step="say where the table comes from")
            )
        if len(names) > 1:
            got = f"{', '.join(names)} are all read as {table}"
            next_step = "join the files in one entry's `from`"
            raise DataError(Problem(self._label(table), got, "one of them", next_step))
        spec, label = self.common.data[names[0]], self._label(names[0])
        loaded = sources.open_table(table, spec, self._project.root, label=label)
        self._sources[names[0]] = loaded.provenance
        return loaded

    def frame(self, table: str) -> pd.DataFrame | None:
        """Read one of the client's own tables, checked, from all its entries; None where there is none.

        A table of answers tells in ``attrs["scales"]`` what scales its entries declare: measure → entry →
        lowest and highest value, or None.

        Raises
        ------
        DataError
            With every problem of every entry.
        """
        names = sources.entries(self.common.data, table)
        frames, problems = [], []
        scales: dict[str, dict[str, Scale | None]] = {}
        for name in names:
            try:
                spec, label = self.common.data[name], self._label(name)
                loaded = sources.open_table(table, spec, self._project.root, label=label)
                frames.append(sources.collect(loaded.table))
            except DataError as error:
                problems += error.problems
            else:
                self._sources[name] = loaded.provenance
                for measure in frames[-1]["measure"].unique() if "measure" in frames[-1] else ():
                    scales.setdefault(measure, {})[label] = _ends(spec)
        if problems:
            raise DataError(problems)
        whole = pd.concat(frames, ignore_index=True) if frames else None
        if whole is not None and scales:
            whole.attrs["scales"] = scales
        return whole

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
        history = sources.purchase_history(self._transactions, self.as_of, holdout_weeks)
        if history.summary.empty:
            raise NotEnoughData("no_purchases")
        return history

    def purchases_between(self, start: date, end: date) -> pd.DataFrame:
        """Count what customers bought after one day and up to another, in the engine that has the rows.

        Parameters
        ----------
        start, end
            The day after which purchases count, and the last that does; no later than ``as_of``.

        Returns
        -------
        DataFrame
            customer_id, purchases (days), revenue (what is left after returns): who bought; counted as
            `purchases` counts what it forecasts from. ``attrs["last_day"]``: the last day with any
            transaction, None where there is none.

        Raises
        ------
        ValueError
            For an end the analysis may not see.
        """
        if end > self.as_of:
            raise ValueError(f"{end} is after as_of, {self.as_of}: it may not be seen yet")
        loaded = self._transactions
        bought = sources.between(loaded.table, start, end)
        bought.attrs["last_day"] = loaded.provenance.last_day
        return bought

    @cached_property
    def _transactions(self) -> sources.Loaded:
        return self.load("transactions")

    def information(self, fresh_months: int) -> sources.CustomerInformation:
        """Profile all of the client's tables and bring who is in them; cells are judged, not refused.

        To the frame ``tables`` it adds ``used_by``: the questions whose notebooks name the table among
        what they need or can use.

        Raises
        ------
        DataError
            With every problem of every table that cannot be read at all.
        NotEnoughData
            When the params name no table.
        """
        if not self.common.data:
            raise NotEnoughData("no_tables")
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

    def customer_values(self, information: sources.CustomerInformation) -> pd.DataFrame | None:
        """Give what each customer number has brought, and will where the value question has told.

        Parameters
        ----------
        information
            From `information`; where the value question has not told, its transactions are added up, those
            that cannot be read left out.

        Returns
        -------
        DataFrame or None
            customer_id, spend (revenue so far), and clv where it is published. None without transactions.
        """
        if self.has_published("value.customers"):
            return self.published("value.customers")[["customer_id", "spend", "clv"]]
        return information.spend(self.as_of)

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

    def earlier(self) -> tuple[EarlierRun, ...]:
        """Give the client's whole results of days before ``as_of``, oldest first."""
        return self._earlier.runs

    def earlier_caveats(self) -> tuple[Caveat, ...]:
        """Name what stands among earlier results and is none: see `EarlierRuns.caveats`."""
        return self._earlier.caveats

    def today(self, but: str) -> EarlierRun:
        """Give the whole results of ``as_of`` itself, without those of the question that asks."""
        place = self._project.results(self.common.client, self.common.as_of)
        return results_on(place, self.common.client, self.as_of, but=but)[0]

    @cached_property
    def _earlier(self) -> EarlierRuns:
        return earlier_runs(self._project.out / self.common.client, self.common.client, self.as_of)

    def _address(self, address: str) -> tuple[Path, str]:
        question, _, table = address.partition(".")
        folder = self._project.results(self.common.client, self.common.as_of)
        numbered = sorted(folder.glob(f"[0-9]*_{question}"))
        return (numbered[0] if numbered else folder / question), table


def _ends(spec: sources.TableSpec) -> Scale | None:
    """Lowest and highest answer that an entry declares."""
    declared = spec.scale.get("value")
    return (declared[0], declared[1]) if declared else None
