"""Tell the segment of new customers by the typing tool that a run has left."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from cerm_nb.analyses.segments import apply_typing, read_typing
from cerm_nb.artifacts import csv_text, replace_file
from cerm_nb.batch.new_customers import contradictions, read_customers
from cerm_nb.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cerm_nb.analyses.segments import TypingModel
    from cerm_nb.analyses.segments.typing_model import Asked
    from cerm_nb.project import Project

TOLD = ["segment", "name", "likeliest", "posterior", "reason"]
WRONG_SCALE = 0.5  # share of the answers off a field's scale from which the whole file is refused
WRONG_UNIT = (
    0.5  # share of amounts or counts far beyond one end of what they have been, from which it is, too
)
UNIT = 10.0  # how many times beyond an end of amounts and counts another unit is thought of
FEWEST = 5  # values of which that can be told
_PACKED = {".gz", ".zip"}


@dataclass(frozen=True, eq=False)
class Typed:
    """Customers with their segments.

    Parameters
    ----------
    written
        The file that was written.
    tool
        The tool that told them.
    frame
        One row per customer: the identifying columns and `TOLD`.
    notes
        Sentences about how the file was read and used, where there is something to know.
    """

    written: Path
    tool: TypingModel
    frame: pd.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> Iterator[tuple[str, str, int]]:
        """Segment or empty, its name or the reason why nobody was assigned, and the customers."""
        for segment in self.tool.segments:
            yield segment, self.tool.names.get(segment, ""), int((self.frame["segment"] == segment).sum())
        for reason, number in self.frame.loc[self.frame["segment"].isna(), "reason"].value_counts().items():
            yield "", str(reason), int(number)

    @property
    def trust(self) -> str:
        """How far the tool is to be trusted."""
        tool = self.tool
        return (
            f"The tool is right for {tool.accuracy:.1%} of customers [{tool.accuracy_low:.1%}, "
            f"{tool.accuracy_high:.1%}], cross-validated on n = {tool.n:,}; it assigns nobody it is less "
            f"sure of than {tool.threshold:.0%}."
        )

    @property
    def closing(self) -> str:
        """How far the tool is to be trusted, and what there is to know about the file."""
        return " ".join((self.trust, *self.notes))


def find_tool(project: Project) -> Path:
    """Find the newest typing tool under the results folder, where it holds those of one client.

    Raises
    ------
    DataError
        When there is none, or there are those of several clients, which are listed.
    """
    tools = sorted(project.out.glob("*/*/[0-9]*_*/typing.json"))
    where = project.label(project.out)
    if not tools:
        next_step = "name one with --tool, or `cerm run` a client whose 30_segments finds segments"
        raise DataError(Problem(where, "holds no typing.json", next_step=next_step))
    newest = {tool.parents[2].name: tool for tool in sorted(tools, key=lambda tool: tool.parents[1].name)}
    if len(newest) > 1:
        lines = tuple(f"  --tool {project.label(tool)}" for tool in newest.values())
        got = f"holds typing tools of {len(newest)} clients"
        raise DataError(Problem(where, got, "one client", "name the tool that is meant:", lines))
    return next(iter(newest.values()))


def type_file(
    file: Path,
    tool: Path,
    project: Project,
    *,
    target: Path | None = None,
    ids: Sequence[str] = (),
    encoding: str = "utf-8",
    force: bool = False,
) -> Typed:
    """Tell the segment of every customer in a file, and write it down.

    Parameters
    ----------
    file
        One row per customer with the fields the tool asks: any file the sources read.
    tool
        The typing tool, ``typing.json``.
    project
        Tells how files are named.
    target
        CSV file to write; ``<file>_segments.csv`` beside the file where unset.
    ids
        Columns that tell customers apart, taken over as they are; the first one where unset.
    encoding
        Of a text file.
    force
        Write although the target is there.

    Raises
    ------
    DataError
        With everything that is wrong with the tool, the file, its columns, cells, scales or units, and with
        customers who stand there twice with different answers. Nothing is written then.
    OutputError
        When the target cannot be written.
    """
    model, told = read_tool(tool, project.label(tool)), project.label(file)
    written = target or _beside(file)
    _refuse_target(written, (file, tool), project, force=force)
    fields = [field.name for field in model.fields]
    new = read_customers(file, model, project.root, ids, encoding, told=told, taken=TOLD)
    wrong = [*_wrong_scales(model, new.frame, told), *contradictions(new, fields, told)]
    if wrong:
        raise DataError(wrong)
    frame, repeated = new.once(fields)
    typed = _typed(model, frame, told)
    result = pd.concat([frame[list(new.ids)].set_axis(list(new.ids.values()), axis=1), typed], axis=1)
    replace_file(written, csv_text(result), option="--to")
    return Typed(written, model, result, (*new.notes, *_notes(model, frame, repeated)))


def read_tool(path: Path, told: str) -> TypingModel:
    """Read a typing tool.

    Raises
    ------
    DataError
        When the file is not there, no JSON, or no typing tool.
    """
    next_step = "export it again: `cerm run` with 30_segments"
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        got = f"cannot be read ({error.strerror})"
        raise DataError(Problem(told, got, "the typing.json of a run", "name it with --tool")) from None
    except (ValueError, RecursionError) as error:
        raise DataError(Problem(told, f"is no JSON ({error})", next_step=next_step)) from None
    if not isinstance(content, dict):
        raise DataError(Problem(told, "holds no typing tool", "an object with fields", next_step))
    try:
        return read_typing(content)
    except DataError as error:
        raise DataError(_within(error, told)) from None


def _within(error: DataError, told: str) -> Iterator[Problem]:
    for problem in error.problems:
        where = problem.where.removeprefix("typing tool → ").removeprefix("field ").strip("'")
        yield replace(problem, where=f"{told} → {where}")


def _beside(file: Path) -> Path:
    plain = file.with_suffix("") if file.suffix.lower() in _PACKED else file
    return file.with_name(f"{plain.stem}_segments.csv")


def _refuse_target(target: Path, read: tuple[Path, Path], project: Project, *, force: bool) -> None:
    where = project.label(target)
    if target.resolve() in [path.resolve() for path in read]:
        raise DataError(Problem(where, "is a file that is read", "another file", "choose one with --to"))
    if target.exists() and not force:
        next_step = "choose another with --to, or replace it with --force"
        raise DataError(Problem(where, "is there already", next_step=next_step))


def _typed(model: TypingModel, frame: pd.DataFrame, told: str) -> pd.DataFrame:
    try:
        typed = apply_typing(model.model_dump(), frame)
    except DataError as error:
        raise DataError(_within(error, told)) from None
    named = typed["segment"].map(model.names).astype(object)
    return typed.assign(name=named, posterior=typed["posterior"].round(6))[TOLD]


def _wrong_scales(model: TypingModel, frame: pd.DataFrame, told: str) -> Iterator[Problem]:
    """Fields most of whose values cannot be what the tool asks for."""
    for field in model.fields:
        if field.kind != "number":
            continue
        check = _off_scale if field.outside == "refuse" else _off_unit
        yield from check(field, frame[field.name].dropna(), f"{told} → {field.name}")


def _off_scale(field: Asked, given: pd.Series, where: str) -> Iterator[Problem]:
    """Tell that another scale was used than that of the survey."""
    wrong = int(((given < field.low) | (given > field.high)).sum())
    if wrong > WRONG_SCALE * len(given):
        got = f"{wrong:,} of {len(given):,} answers are off the scale, {given.min():g} to {given.max():g}"
        yield Problem(where, got, f"{field.low:g} to {field.high:g}", "give the answers on that scale")


def _off_unit(field: Asked, given: pd.Series, where: str) -> Iterator[Problem]:
    """Tell that amounts or counts are in another unit than that of the run."""
    if field.transform != "log":
        return
    negative = int((given < 0).sum())
    if negative > WRONG_SCALE * len(given):
        got = f"{negative:,} of {len(given):,} values are negative"
        yield Problem(
            where, got, "amounts and counts from 0 on", "leave the cell empty where it is not known"
        )
        return
    # thousands of won are far off; one who came today, or buys more than anybody did, is not
    below = int(((given > 0) & (given < field.low / UNIT)).sum())
    above = int((given > field.high * UNIT).sum())
    if len(given) >= FEWEST and max(below, above) > WRONG_UNIT * len(given):
        side = "below" if below > above else "above"
        got = f"{max(below, above):,} of {len(given):,} values lie far {side} what the tool has mostly seen"
        next_step = "give them in the unit of the run's own data, such as won rather than thousands of won"
        yield Problem(where, got, f"mostly {field.low:g} to {field.high:g}", next_step)


def _notes(model: TypingModel, frame: pd.DataFrame, repeated: int) -> Iterator[str]:
    if repeated:
        rows, verb = ("1 row repeats", "is") if repeated == 1 else (f"{repeated:,} rows repeat", "are")
        yield f"{rows} the identifier and the answers of another row, and {verb} left out."
    for field in model.fields:
        if field.kind == "number" and field.outside == "clip":
            given = frame[field.name].dropna()
            used = given[given >= 0] if field.transform == "log" else given
            yield from _clipped(field, int(((used < field.low) | (used > field.high)).sum()), len(used))


def _clipped(field: Asked, beyond: int, given: int) -> Iterator[str]:
    if beyond:
        verbs = ("lies", "counts") if beyond == 1 else ("lie", "count")
        yield (
            f"{field.name}: {beyond:,} of {given:,} values {verbs[0]} beyond what the tool has mostly seen, "
            f"{field.low:g} to {field.high:g}, and {verbs[1]} as its ends."
        )
