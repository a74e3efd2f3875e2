"""The parameters of the question what must change inside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from cerm_nb.surveys import SurveyParams, Text

if TYPE_CHECKING:
    from collections.abc import Collection

NO_LIMIT = -1.0


class Cell(BaseModel):
    """What a promise asks for at a touchpoint, for some customers: one record of the service blueprint."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    promise: str = Field("", description="short name of the promise; empty: the only one")
    touchpoint: str = Field(description="touchpoint, as the survey names it")
    segment: str = Field("", description="segment, by number or name; empty: all")
    customer: Literal["", "first_time", "returning"] = Field("", description="whom it is for; empty: all")
    scenario: Text = Field(default_factory=dict, description="what the customer is to live through")
    role: Text = Field(default_factory=dict, description="who of the staff does it")
    process: Text = Field(default_factory=dict, description="what happens behind the scene")
    information: Text = Field(default_factory=dict, description="what must be known at that moment")


class Params(SurveyParams):
    """Parameters of the roadmap question, with their meaning, unit and range."""

    outcome: str = Field("satisfaction", description="overall judgement that gains are told in")
    floor: float = Field(0.0, description="rating below which an experience fails; 0: middle of the scale")
    target: float = Field(0.0, description="level aimed at; 0: what is expected, or the best competitor's")
    targets: dict[str, float] = Field(
        default_factory=dict, description="level aimed at by 'touchpoint / attribute', before target"
    )
    budget: float = Field(NO_LIMIT, description="money for new initiatives, above 0; -1: no limit")
    staff: float = Field(NO_LIMIT, description="staff months for new initiatives, above 0; -1: no limit")
    staff_per_month: float = Field(
        NO_LIMIT, description="staff who can work on initiatives in one month, above 0; -1: no limit"
    )
    extra: float = Field(
        0.1, gt=0, le=1, description="share of a limit that is added to see what more would bring, 0–1"
    )
    start_month: str = Field(
        "", description="first month of the schedule such as '2026-07'; empty: the month after as_of"
    )
    feasibility: list[float] = Field(
        default_factory=lambda: [0.2, 0.4, 0.6, 0.8, 0.95],
        description="chance of success at feasibility 1, 2, 3, 4 and 5",
    )
    contact_months: int = Field(
        12, ge=1, description="months up to as_of whose contacts are counted, 1 or more"
    )
    reasons_left_out: list[str] = Field(
        default_factory=list, description="reasons of contacts that are no fault of ours, such as praise"
    )
    vital_share: float = Field(
        0.8, gt=0, lt=1, description="share of the contacts that the vital few reasons make up, 0–1"
    )
    gain_margin: float = Field(
        0.05, ge=0, description="smallest gain worth beginning for, points of the outcome, 0 or more"
    )
    pilot_margin: float = Field(
        0.2, gt=0, description="smallest effect of a pilot worth having, in the unit of its values, above 0"
    )
    pilot_shares: dict[str, float] = Field(
        default_factory=dict,
        description="planned share of the pilot arm by initiative, 0–1; unset: not known",
    )
    pilot_spread: float = Field(
        0.0, ge=0, description="standard deviation of single values to plan pilots by, if no pilot tells it"
    )
    lower_is_better: list[str] = Field(
        default_factory=list, description="initiatives whose pilot's values are better when lower"
    )
    pilots_in_points: list[str] = Field(
        default_factory=list, description="initiatives whose pilot measured the rating they are to raise"
    )
    power: float = Field(
        0.8, gt=0.5, lt=1, description="chance by which a pilot is to find the effect looked for, 0.5–1"
    )
    blueprint: list[Cell] = Field(
        default_factory=list, description="what the promise asks for by touchpoint and customer"
    )

    @property
    def named_attributes(self) -> Collection[str]:
        """Attributes a target is set for."""
        return self.targets

    @field_validator("budget", "staff", "staff_per_month")
    @classmethod
    def _above_zero(cls, limit: float) -> float:
        if limit == 0:
            raise ValueError("more than 0, since nothing can be done with 0, or -1 for no limit")
        if limit < 0 and limit != NO_LIMIT:
            raise ValueError("more than 0, or -1 for no limit")
        return limit

    @field_validator("start_month")
    @classmethod
    def _month(cls, month: str) -> str:
        if month and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
            raise ValueError("a year and a month in quotes, such as '2026-07'")
        return month

    @field_validator("pilot_shares")
    @classmethod
    def _parts(cls, shares: dict[str, float]) -> dict[str, float]:
        if wrong := [name for name, share in shares.items() if not 0 < share < 1]:
            raise ValueError(f"{', '.join(wrong)}: a share between 0 and 1")
        return shares

    @field_validator("pilots_in_points")
    @classmethod
    def _better_higher(cls, names: list[str], given: ValidationInfo) -> list[str]:
        if both := sorted(set(names) & set(given.data.get("lower_is_better", []))):
            raise ValueError(f"{', '.join(both)}: a rating is not better when lower; take it out of one list")
        return names

    @field_validator("feasibility")
    @classmethod
    def _chances(cls, chances: list[float]) -> list[float]:
        if len(chances) != 5 or min(chances) < 0 or max(chances) > 1 or sorted(chances) != chances:
            raise ValueError("five chances from 0 to 1, none smaller than the one before")
        return chances
