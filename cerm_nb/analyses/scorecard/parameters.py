"""The parameters of the question whether the strategy is working."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field, field_validator


def _iso_day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("an ISO date in quotes, such as '2025-09-01'") from None


class Rebase(BaseModel):
    """A day from which an indicator's limits are made anew, since the process was changed, and how."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: str = Field(alias="from", description="first day of the new level, ISO date")
    reason: str = Field(min_length=1, description="what was changed then")

    @field_validator("start")
    @classmethod
    def _day(cls, text: str) -> str:
        return _iso_day(text)


class Params(BaseModel):
    """Parameters of the scorecard question, with their meaning, unit and range."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rebase: dict[str, list[Rebase]] = Field(
        default_factory=dict,
        description="by indicator: days from which limits are made anew, with the reason",
    )
    min_points: int = Field(12, ge=4, le=60, description="points from which limits and status are told, 4–60")
    max_lag: int = Field(6, ge=1, le=24, description="longest lag looked for between indicators, periods")
    focus: int = Field(7, ge=1, le=12, description="indicators in focus at most, 1–12")
    importance: dict[str, float] = Field(
        default_factory=dict, description="weight of an indicator against the others, above 0; unset: 1"
    )
    campaign_indicators: dict[str, str] = Field(
        default_factory=dict, description="indicator that a campaign was to move, by campaign"
    )
    known_events: dict[str, list[str]] = Field(
        default_factory=dict,
        description="days of what else is known to have moved an indicator, by indicator",
    )
    confidence: float = Field(0.95, ge=0.5, le=0.999, description="coverage of intervals, 0.5–0.999")
    simulations: int = Field(2000, ge=200, le=20_000, description="courses simulated per forecast, 200–20000")
    seed: int = Field(1, ge=0, description="seed of the random draws, 0 or more")
    min_group: int = Field(10, ge=1, description="smallest group that is shown, customers, 1 or more")

    @property
    def rebased(self) -> dict[str, list[dict[str, str]]]:
        """Indicator → days from which limits are made anew, as they stand in the params."""
        return {name: [one.model_dump(by_alias=True) for one in days] for name, days in self.rebase.items()}

    @property
    def significance(self) -> float:
        """Adjusted p below which a relation counts."""
        return round(1 - self.confidence, 9)  # .05, not .05 and a little

    @field_validator("importance")
    @classmethod
    def _weights(cls, weights: dict[str, float]) -> dict[str, float]:
        if wrong := [name for name, weight in weights.items() if not weight > 0]:
            raise ValueError(f"{', '.join(wrong)}: a weight above 0")
        return weights

    @field_validator("known_events")
    @classmethod
    def _days(cls, events: dict[str, list[str]]) -> dict[str, list[str]]:
        return {name: [_iso_day(day) for day in days] for name, days in events.items()}
