"""The parameters of the question which experience is promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from cerm_nb.analyses.promise.records import Level, Promise  # noqa: TC001  # pydantic reads them
from cerm_nb.surveys import SurveyParams

if TYPE_CHECKING:
    from collections.abc import Collection


class Params(SurveyParams):
    """Parameters of the promise question, with their meaning, unit and range."""

    parity_margin: float = Field(
        0.25, gt=0, description="difference between brands too small to matter, points of the scale, above 0"
    )
    floor: float = Field(0.0, description="rating below which an experience fails; 0: middle of the scale")
    target: float = Field(0.0, description="level aimed at; 0: what is expected, or the best competitor's")
    targets: dict[str, float] = Field(
        default_factory=dict, description="level aimed at by 'touchpoint / attribute', before target"
    )
    clear_neff: float = Field(
        50.0, ge=2, description="effective number of answers from which none is flagged"
    )
    promises: list[Promise] = Field(
        default_factory=list, description="promises to be judged, each with what carries it"
    )
    own_profile: dict[str, Level] = Field(
        default_factory=dict, description="our own levels today by attribute of the choice tasks"
    )
    scenarios: dict[str, dict[str, Level]] = Field(
        default_factory=dict, description="levels of each competitor by attribute of the choice tasks"
    )
    price_attribute: str = Field(
        "", description="attribute of the choice tasks that is the price; empty: none"
    )
    hb_draws: int = Field(
        2_000, ge=100, le=50_000, description="draws of individual part-worths kept, 100–50000"
    )
    hb_burn_in: int = Field(
        2_000, ge=0, le=50_000, description="draws of individual part-worths before those, 0–50000"
    )

    @property
    def named_attributes(self) -> Collection[str]:
        """Attributes a target is set for."""
        return self.targets
