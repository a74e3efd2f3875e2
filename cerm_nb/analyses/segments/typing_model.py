"""The typing tool as it is written to a file, and its use on new customers."""

from __future__ import annotations

import difflib
import unicodedata
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cerm_nb.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cerm_nb.stats import Floats, Truths

LARGEST = 1e6  # coefficient beyond which a tool is damaged
SURE = 0.5  # posterior from which no other segment can be likelier


class Asked(BaseModel):
    """One field the tool asks.

    A number is transformed (``identity`` or ``log``: log(1 + x)), less its centre, over its scale; outside
    low … high it is refused (an answer off the scale) or moved to the end (``clip``); what is taken as
    ``log`` is an amount or a count, and refused below 0. A text gives one column per level.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=500)
    kind: Literal["number", "text"]
    transform: Literal["identity", "log"] = "identity"
    outside: Literal["refuse", "clip"] = "clip"
    low: float = Field(default=0.0, allow_inf_nan=False)
    high: float = Field(default=0.0, allow_inf_nan=False)
    centre: float = Field(default=0.0, allow_inf_nan=False)
    scale: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    levels: list[str] = Field(default_factory=list, max_length=100)

    @property
    def width(self) -> int:
        """Columns the field gives."""
        return len(self.levels) if self.kind == "text" else 1


class TypingModel(BaseModel):
    """The whole tool: multinomial logistic regression on few fields; names are what readers call segments."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    fields: list[Asked] = Field(min_length=1, max_length=100)
    segments: list[str] = Field(min_length=2, max_length=100)
    intercepts: list[float]
    coefficients: list[list[float]]
    threshold: float = Field(ge=0, lt=1)
    accuracy: float = Field(ge=0, le=1)
    accuracy_low: float = Field(ge=0, le=1)
    accuracy_high: float = Field(ge=0, le=1)
    n: int = Field(ge=1)
    names: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fit_together(self) -> TypingModel:
        width = sum(field.width for field in self.fields)
        rows = [len(row) for row in self.coefficients]
        if len(self.intercepts) != len(self.segments) or rows != [width] * len(self.segments):
            raise ValueError(
                f"coefficients must be {len(self.segments)} rows of {width}, and an intercept each"
            )
        if len({field.name for field in self.fields}) < len(self.fields):
            raise ValueError("each field must stand once")
        if len(set(self.segments)) < len(self.segments):
            raise ValueError("each segment must stand once")
        numbers = [*self.intercepts, *(value for row in self.coefficients for value in row)]
        if not (np.abs(numbers) <= LARGEST).all():
            raise ValueError(f"coefficients must be numbers of at most {LARGEST:,.0f}")
        if not self.accuracy_low <= self.accuracy <= self.accuracy_high:
            raise ValueError("the accuracy must lie within its interval")
        return self

    @model_validator(mode="after")
    def _can_be_read(self) -> TypingModel:
        for field in self.fields:
            if field.low > field.high:
                raise ValueError(f"{field.name}: low must not lie above high")
            if len(set(field.levels)) < len(field.levels) or "" in field.levels:
                raise ValueError(f"{field.name}: levels must differ, and none be empty")
        if set(self.names) - set(self.segments):
            raise ValueError("names must be those of the segments")
        texts = [*self.segments, *self.names.values(), *(field.name for field in self.fields)]
        if any(unicodedata.category(letter) == "Cc" for text in texts for letter in text):
            raise ValueError("names must hold no control characters")
        return self


def read_typing(model: Mapping[str, Any]) -> TypingModel:
    """Check a typing tool that was read from a file.

    Raises
    ------
    DataError
        With everything that is wrong in it.
    """
    try:
        return TypingModel.model_validate(dict(model))
    except ValidationError as error:
        raise DataError(
            Problem(
                " → ".join(["typing tool", *(str(part) for part in one["loc"])]),
                one["msg"],
                next_step="export the typing tool again from 30_segments",
            )
            for one in error.errors(include_url=False, include_input=False)
        ) from error


def apply_typing(model: Mapping[str, Any], frame: pd.DataFrame) -> pd.DataFrame:
    """Tell the segment of new customers.

    Parameters
    ----------
    model
        The tool as it was exported.
    frame
        One row per customer with the fields the tool asks, on the scales they were asked on.

    Returns
    -------
    DataFrame
        With the index of `frame`: segment (None where nobody is assigned), likeliest, posterior (of the
        likeliest; NaN where the row is refused) and reason: empty, ``out_of_range``, ``unknown_level``,
        ``fields_missing`` (what an empty field holds could change the segment, or leave it uncertain) or
        ``uncertain`` (posterior below the threshold). The posterior takes an empty field for its mean.

    Raises
    ------
    DataError
        For a damaged tool, fields that are not there, and numbers that are none.
    """
    tool = read_typing(model)
    problems = [problem for field in tool.fields for problem in _problems(field, frame)]
    if problems:
        raise DataError(problems)
    posteriors = posteriors_of(tool, frame)
    reasons = _reasons(tool, frame)
    best = posteriors.argmax(axis=1)
    posterior = np.where(reasons == "", posteriors.max(axis=1), np.nan)
    reasons = np.where((reasons == "") & (posterior < tool.threshold), "uncertain", reasons)
    likeliest = np.array(tool.segments, dtype=object)[best]
    likeliest[np.isnan(posterior)] = None
    segment = likeliest.copy()
    segment[reasons != ""] = None
    return pd.DataFrame(
        {
            "segment": segment,
            "likeliest": likeliest,
            "posterior": posterior,
            "reason": reasons,
        },
        index=frame.index,
    )


def posteriors_of(tool: TypingModel, frame: pd.DataFrame) -> Floats:
    """Probability of each segment, shape (rows, segments); an empty field counts as its mean."""
    logs = encoded(tool.fields, frame) @ np.array(tool.coefficients).T + np.array(tool.intercepts)
    grown = np.exp(logs - logs.max(axis=1, keepdims=True)) if len(frame) else logs
    return np.asarray(grown / grown.sum(axis=1, keepdims=True))


def encoded(fields: list[Asked], frame: pd.DataFrame) -> Floats:
    """Fields as columns of numbers, shape (rows, columns); 0 where empty."""
    blocks = []
    for field in fields:
        if field.kind == "text":
            given = frame[field.name].astype(str).to_numpy(dtype=object)
            blocks.append((given[:, None] == np.array(field.levels, dtype=object)).astype(float))
        else:
            given = (
                frame[field.name].to_numpy(dtype=float, na_value=np.nan)[:, None].clip(field.low, field.high)
            )
            moved = np.log1p(given.clip(min=0)) if field.transform == "log" else given
            blocks.append(np.nan_to_num((moved - field.centre) / field.scale))
    return np.column_stack(blocks)


def _problems(field: Asked, frame: pd.DataFrame) -> Iterator[Problem]:
    if field.name not in frame:
        there = {str(name).casefold(): str(name) for name in frame.columns}
        near = difflib.get_close_matches(field.name.casefold(), there, 1)
        hint = f"did you mean {there[near[0]]!r}?" if near else "add the column"
        yield Problem(f"field {field.name!r}", "not among the columns", next_step=hint)
    elif field.kind == "number" and not pd.api.types.is_numeric_dtype(frame[field.name]):
        values = frame[field.name]
        wrong = int((pd.to_numeric(values, errors="coerce").isna() & values.notna()).sum())
        yield Problem(
            f"field {field.name!r}",
            f"{wrong} of {len(values)} are no numbers" if wrong else "numbers written as text",
            "numbers",
        )


def _reasons(tool: TypingModel, frame: pd.DataFrame) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    """Why a row can be given no posterior; the first reason counts."""
    reasons = np.full(len(frame), "", dtype=object)
    for field in tool.fields:
        wrong = _wrong(field, frame[field.name])
        reasons[wrong & (reasons == "")] = "unknown_level" if field.kind == "text" else "out_of_range"
    missing = frame[[field.name for field in tool.fields]].isna().to_numpy()
    unsure = missing.any(axis=1) & (_least_posterior(tool, frame, missing) < max(tool.threshold, SURE))
    reasons[unsure & (reasons == "")] = "fields_missing"
    return reasons


def _least_posterior(tool: TypingModel, frame: pd.DataFrame, missing: Truths) -> Floats:
    """Posterior of the likeliest segment in the worst case of what empty fields hold.

    Log odds between two segments are a sum over the fields, so the worst case of each is at an end of its
    range, or one of its levels.
    """
    slopes = np.array(tool.coefficients)
    logs = encoded(tool.fields, frame) @ slopes.T + np.array(tool.intercepts)
    best = logs.argmax(axis=1) if len(frame) else np.zeros(0, dtype=np.int64)
    lead = logs[np.arange(len(logs)), best][:, None] - logs
    first = 0
    for place, field in enumerate(tool.fields):
        own = slopes[:, first : first + field.width]
        first += field.width
        worst = _worst(field, own)
        lead += np.where(missing[:, place, None], worst[best], 0.0)
    return np.asarray(1 / np.exp(-np.clip(lead, -700, 700)).sum(axis=1))


def _worst(field: Asked, slopes: Floats) -> Floats:
    """Least a field can add to the log odds of each segment over each other, shape (segments, segments)."""
    if field.kind == "text":
        added = slopes.T
    else:
        ends = np.array([field.low, field.high])
        moved = np.log1p(ends.clip(min=0)) if field.transform == "log" else ends
        added = ((moved - field.centre) / field.scale)[:, None] * slopes.T
    return np.asarray((added[:, :, None] - added[:, None, :]).min(axis=0))


def _wrong(field: Asked, given: pd.Series) -> Truths:
    there = given.notna().to_numpy(dtype=bool)
    if field.kind == "text":
        return there & ~given.astype(str).isin(field.levels).to_numpy(dtype=bool)
    numbers = given.to_numpy(dtype=float, na_value=np.nan)
    if field.outside == "refuse":
        off = (numbers < field.low) | (numbers > field.high)
    else:
        off = (numbers < 0) & (field.transform == "log")
    return np.asarray(there & (np.isinf(numbers) | off))
