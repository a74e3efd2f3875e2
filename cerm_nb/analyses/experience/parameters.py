"""The parameters of the question what customers live through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from cerm_nb.surveys import SurveyParams

if TYPE_CHECKING:
    from collections.abc import Collection


class Params(SurveyParams):
    """Parameters of the experience question, with their meaning, unit and range."""

    outcome: str = Field("satisfaction", description="overall judgement that importance is derived from")
    all_brands: bool = Field(False, description="whether importance is derived from ratings of all brands")
    floor: float = Field(0.0, description="rating below which an experience fails; 0: middle of the scale")
    target: float = Field(0.0, description="level aimed at; 0: what is expected, or the best competitor's")
    targets: dict[str, float] = Field(
        default_factory=dict, description="level aimed at by 'touchpoint / attribute', before target"
    )
    exact_up_to: int = Field(
        18, ge=2, le=20, description="attributes up to which LMG is exact, then relative weights, 2–20"
    )
    class_probability: float = Field(
        0.8, gt=0.5, lt=1, description="probability from which an attribute is given a class, 0.5–1"
    )
    themes: int = Field(16, ge=2, le=30, description="themes looked for in open answers, 2–30")
    clear_neff: float = Field(
        50.0, ge=2, description="effective number of answers from which none is flagged"
    )

    @property
    def named_attributes(self) -> Collection[str]:
        """Attributes a target is set for."""
        return self.targets
