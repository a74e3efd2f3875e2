"""The only door to data: files and databases become checked client tables."""

from __future__ import annotations

from cerm_nb.sources.engine import collect
from cerm_nb.sources.entries import entries, source_of, table_of
from cerm_nb.sources.fingerprint import DATABASE, fingerprint
from cerm_nb.sources.history import PurchaseHistory, purchase_history
from cerm_nb.sources.information import CustomerInformation, customer_information
from cerm_nb.sources.load import Loaded, Provenance, check_as_of, open_table
from cerm_nb.sources.named_columns import names_of, read_columns
from cerm_nb.sources.opening import column_names
from cerm_nb.sources.proposals import Proposal, proposals_or_none, propose
from cerm_nb.sources.purchases import between
from cerm_nb.sources.spec import TableSpec
from cerm_nb.sources.wide import WIDE, items_or_none

Data = dict[str, TableSpec]
"""The params' ``data``: table name → entry."""

__all__ = [
    "DATABASE",
    "WIDE",
    "CustomerInformation",
    "Data",
    "Loaded",
    "Proposal",
    "Provenance",
    "PurchaseHistory",
    "TableSpec",
    "between",
    "check_as_of",
    "collect",
    "column_names",
    "customer_information",
    "entries",
    "fingerprint",
    "items_or_none",
    "names_of",
    "open_table",
    "proposals_or_none",
    "propose",
    "purchase_history",
    "read_columns",
    "source_of",
    "table_of",
]
