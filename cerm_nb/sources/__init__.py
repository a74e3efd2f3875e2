"""The only door to data: files and databases become checked client tables."""

from __future__ import annotations

from cerm_nb.sources.engine import collect
from cerm_nb.sources.entries import entries, source_of, table_of
from cerm_nb.sources.fingerprint import DATABASE, fingerprint
from cerm_nb.sources.history import PurchaseHistory, purchase_history
from cerm_nb.sources.information import CustomerInformation, customer_information
from cerm_nb.sources.load import Loaded, Provenance, check_as_of, open_table
from cerm_nb.sources.opening import column_names
from cerm_nb.sources.proposals import Proposal, proposals_or_none, propose
from cerm_nb.sources.spec import TableSpec

Data = dict[str, TableSpec]
"""The params' ``data``: table name → entry."""

__all__ = [
    "DATABASE",
    "CustomerInformation",
    "Data",
    "Loaded",
    "Proposal",
    "Provenance",
    "PurchaseHistory",
    "TableSpec",
    "check_as_of",
    "collect",
    "column_names",
    "customer_information",
    "entries",
    "fingerprint",
    "open_table",
    "proposals_or_none",
    "propose",
    "purchase_history",
    "source_of",
    "table_of",
]
