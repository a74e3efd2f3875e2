"""What an intervention did to a series."""

from __future__ import annotations

from cerm_nb.stats.intervention.effect import (
    PLACEBOS,
    Intervention,
    Structure,
    intervention_effect,
)

__all__ = ["PLACEBOS", "Intervention", "Structure", "intervention_effect"]
