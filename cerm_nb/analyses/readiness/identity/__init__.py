"""One customer: which records of the client's lists are the same person, and how many persons there are.

`resolve` links records, gathers them into persons, writes a golden record for each and estimates the true
number of customers. It never raises for data that cannot bear it: the reason travels in the result.
"""

from __future__ import annotations

from cerm_nb.analyses.readiness.identity.census import Census, Estimate
from cerm_nb.analyses.readiness.identity.resolving import Identity, resolve

__all__ = ["Census", "Estimate", "Identity", "resolve"]
