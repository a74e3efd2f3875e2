"""From the records of all customer lists to persons, golden records and the true number of customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.readiness.identity import agreement, census, golden
from cerm_nb.analyses.readiness.identity.linkage import link, probability
from cerm_nb.analyses.readiness.identity.persons import MOST_RECORDS, Persons, best_weight, gather
from cerm_nb.analyses.readiness.identity.planted import plant
from cerm_nb.analyses.readiness.identity.records import Records, read, told_apart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cerm_nb.analyses.readiness.identity.census import Census, Estimate
    from cerm_nb.analyses.readiness.identity.linkage import Caveat, Linkage
    from cerm_nb.analyses.readiness.identity.planted import Planted
    from cerm_nb.analyses.readiness.parameters import Params

LEAST_RECORDS = 30  # with fewer, nothing can be said of how well records were linked
NUMBERS = ["number", "customer_id"]
LINKS = ["entry", "record_id", "customer_id", "match_probability"]
SHARES = ["pairs", "agree", "share", "low", "high"]


@dataclass(frozen=True, eq=False)
class Identity:
    """Who is who in the customer lists.

    Parameters
    ----------
    links
        One row per record, by list and record_id: entry, record_id, customer_id (of the golden record) and
        match_probability (of the strongest link that ties the record to its person; 1 where a number declares
        it, where it says exactly what another does, and where it stands alone).
    customers
        One row per person, the golden record: customer_id (declared, or made of the records' names),
        customer_id_from (missing where made), each field with ``<field>_from`` (the list that gave it),
        records, lists, sources, lowest_probability (of the weakest link that holds the person together).
    numbers
        The person of each customer number a list declares: number, customer_id (of the golden record).
        Values that stand for "no number" are left out.
    method
        ``splink`` or ``keys``; empty where nothing was linked.
    count
        True number of customers with its interval; n is records. Its reason says why the interval is
        undetermined.
    recall, precision
        Of the links beyond the declared ones, from planted duplicates and look-alikes.
    fields
        Cross-source agreement: field, pairs, agree, share, low, high.
    agreement
        The same by list: entry, field and so on.
    duplicates
        Within each list: entry, records, duplicates, share, low, high.
    errors
        Where the errors of the planted duplicates come from: ``linked`` pairs, ``other_keys`` or ``assumed``;
        empty where none were planted.
    reason
        Why nothing was linked, as a key: ``no_records`` or ``no_identifying_field``; empty otherwise.
    caveats
        (key, values) in the order to be shown.
    """

    links: pd.DataFrame
    customers: pd.DataFrame
    numbers: pd.DataFrame
    method: str
    count: Estimate
    recall: Estimate
    precision: Estimate
    fields: pd.DataFrame
    agreement: pd.DataFrame
    duplicates: pd.DataFrame
    errors: str
    reason: str
    caveats: tuple[Caveat, ...]

    @property
    def found(self) -> int:
        """Persons found: the customers there would be if linking never erred."""
        return len(self.customers)

    @property
    def sure(self) -> bool:
        """Whether the count rests on what linked records of these lists show, and not on assumptions."""
        return self.method == "splink" and self.errors == "linked"


def resolve(records: pd.DataFrame | None, own: Params) -> Identity:
    """Tell which records are one person.

    Parameters
    ----------
    records
        One row per record of a customer list, with the columns of `records.COLUMNS`; any may be missing. None
        where there is no list.
    own
        identity_method, match_probability, confidence, bootstrap and seed are used.

    Raises
    ------
    ParamsError
        When Splink is asked for by name and is not installed.

    Notes
    -----
    The same records give the same result, to the bit and in any order of rows: records are sorted by list,
    record_id and what they say, and golden and made numbers follow from that. A declared customer number is
    never split.
    """
    if records is None or records.empty:
        return _nothing("no_records", ())
    held = read(records)
    try:
        return _resolved(held, own)
    finally:
        held.connection.close()


def _resolved(held: Records, own: Params) -> Identity:
    apart = tuple(told_apart(held))
    if not held.known["identifiable"].any() and held.known["customer_id"].isna().all():
        return _nothing("no_identifying_field", apart)
    linkage = link(held, own)
    persons = gather(held.connection, held.known, linkage.links)
    taken, errors = _census(held, persons, linkage, own)
    weight = best_weight(persons, len(held.known))
    customers = golden.golden_records(held, persons.person, weight)
    customers["lowest_probability"] = probability(customers.pop("weight"))
    links = held.recorded[["entry", "record_id"]].copy()
    links["customer_id"] = customers["customer_id"].to_numpy()[persons.person]
    links["match_probability"] = probability(pd.Series(weight))
    fields, by_list = agreement.agreement(held, persons.person, own.confidence)
    twice = agreement.duplicates(held.recorded["entry"], persons.person, own.confidence)
    caveats = (*linkage.caveats, *apart, *_caveats(persons, taken, errors, customers))
    return Identity(
        links[LINKS],
        customers,
        _numbers(held, links["customer_id"]),
        linkage.method,
        taken.count,
        taken.recall,
        taken.precision,
        fields,
        by_list,
        twice,
        errors,
        "",
        caveats,
    )


def _numbers(held: Records, person: pd.Series[str]) -> pd.DataFrame:
    """Give the person of each declared number; all records that declare it are hers."""
    declared = pd.DataFrame({"number": held.known["customer_id"], "customer_id": person})
    return declared.dropna().drop_duplicates("number").sort_values("number").reset_index(drop=True)


def _census(held: Records, persons: Persons, linkage: Linkage, own: Params) -> tuple[Census, str]:
    """Estimate the true number, and tell where the errors of the planted records come from."""
    records = len(held.known)
    groups = int(persons.group.max()) + 1
    if groups == 1:
        return census.undetermined(1, records, "one_person"), ""
    if records < LEAST_RECORDS:
        return census.undetermined(persons.count, records, "few_records"), ""
    planted: Planted | None = plant(held.connection, held.known, persons, linkage, own.seed)
    who = pd.DataFrame({"row": held.known["row"], "person": persons.person})
    alike = census.resemblances(held.connection, who)
    size = np.bincount(persons.person)[persons.person]
    silent = int((~held.known["telling"].to_numpy(dtype=bool) & (size == 1)).sum())
    taken = census.take(persons, planted, alike, silent, own)
    return census.widened(taken, *_undecided(held, persons, linkage)), planted.errors if planted else ""


def _undecided(held: Records, persons: Persons, linkage: Linkage) -> tuple[int, int]:
    """By how many persons there would be fewer were doubtful pairs linked, and more were they not."""
    if not linkage.doubted:
        return 0, 0
    loose, strict = (gather(held.connection, held.known, links).count for links in linkage.doubted)
    return max(persons.count - loose, 0), max(strict - persons.count, 0)


def _caveats(persons: Persons, taken: Census, errors: str, customers: pd.DataFrame) -> Iterator[Caveat]:
    if taken.count.reason:
        yield "count_undetermined", {"reason": taken.count.reason}
    if errors == "assumed":
        yield "error_rates_assumed", {"links": len(persons.ties)}
    if errors == "other_keys":
        yield "errors_taken_from_other_pairs", {}
    if persons.cut:
        yield "links_cut", {"links": persons.cut}
    large = customers["records"] > MOST_RECORDS
    if large.any():
        yield "large_persons", {"persons": int(large.sum()), "records": int(customers["records"].max())}


def _nothing(reason: str, caveats: tuple[Caveat, ...]) -> Identity:
    unknown = census.Estimate(np.nan, np.nan, np.nan, 0, reason)
    named = [part for field in golden.FIELDS for part in (field, f"{field}_from")]
    columns = ["customer_id", "customer_id_from", *named, "records", "lists", "sources", "lowest_probability"]
    return Identity(
        pd.DataFrame(columns=LINKS),
        pd.DataFrame(columns=columns),
        pd.DataFrame(columns=NUMBERS),
        "",
        unknown,
        unknown,
        unknown,
        pd.DataFrame(columns=["field", *SHARES]),
        pd.DataFrame(columns=["entry", "field", *SHARES]),
        pd.DataFrame(columns=["entry", "records", "duplicates", "share", "low", "high"]),
        "",
        reason,
        caveats,
    )
