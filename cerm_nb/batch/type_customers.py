"""Tell the segment of new customers by the typing tool that a run has left."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from cerm_nb import sources
from cerm_nb.analyses.segments import apply_typing, read_typing
from cerm_nb.artifacts import csv_text, replace_file
from cerm_nb.batch.one_file import file_spec
from cerm_nb.errors import DataError, Problem
from cerm_nb.schemas import ColumnMeaning, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cerm_nb.analyses.segments import TypingModel
    from cerm_nb.project import Project

TOLD = ["segment", "name", "likeliest", "posterior", "reason"]
WRONG_SCALE = 0.5  # share of the answers off a field's scale from which the whole file is refused
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
    """

    written: Path
    tool: TypingModel
    frame: pd.DataFrame

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
        With everything that is wrong with the tool, the file, its columns, cells or scales. Nothing is
        written then.
    OutputError
        When the target cannot be written.
    """
    model, told = read_tool(tool, project.label(tool)), project.label(file)
    written = target or _beside(file)
    _refuse_target(written, (file, tool), project, force=force)
    there = sources.names_of(file_spec(file, encoding), project.root, told=told)
    kept = _identifying(there, ids, model, told)
    fields = {field.name for field in model.fields}
    aliases = {f"{name} (as text)" if name in fields else name: name for name in kept}
    stated = {alias: '"' + name.replace('"', '""') + '"' for alias, name in aliases.items()}
    spec = file_spec(file, encoding, columns=stated)
    frame = sources.read_columns(spec, project.root, _columns(model, aliases), told=told)
    typed = _typed(model, frame, told)
    result = pd.concat([frame[list(aliases)].set_axis(kept, axis=1), typed], axis=1)
    replace_file(written, csv_text(result), option="--to")
    return Typed(written, model, result)


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


def _identifying(there: list[str], ids: Sequence[str], model: TypingModel, told: str) -> list[str]:
    """Columns that tell customers apart."""
    fields = {field.name.casefold() for field in model.fields}
    chosen = list(dict.fromkeys(ids)) or there[:1]
    wrong = [
        Problem("--id", f"{told} has no column {name!r}", ", ".join(there[:20]), nearest(name, there))
        for name in chosen
        if name not in there
    ]
    if not ids and chosen[0].casefold() in fields:
        got = f"the first column of {told} is the field {chosen[0]!r} of the tool"
        wrong.append(Problem("--id", got, "a column that tells customers apart", "name it with --id"))
    wrong += [
        Problem(
            "--id", f"{name!r} is the name of a column that is written", next_step="rename it in the file"
        )
        for name in chosen
        if name in TOLD
    ]
    if wrong:
        raise DataError(wrong)
    return chosen


def _columns(model: TypingModel, aliases: dict[str, str]) -> list[ColumnMeaning]:
    ids = [ColumnMeaning(alias, "text", True, f"identifier {name}") for alias, name in aliases.items()]
    asked = [ColumnMeaning(field.name, field.kind, False, "field of the tool") for field in model.fields]
    return ids + asked


def _typed(model: TypingModel, frame: pd.DataFrame, told: str) -> pd.DataFrame:
    try:
        typed = apply_typing(model.model_dump(), frame)
    except DataError as error:
        raise DataError(_within(error, told)) from None
    off = list(_off_scale(model, frame, told))
    if off:
        raise DataError(off)
    named = typed["segment"].map(model.names).astype(object)
    return typed.assign(name=named, posterior=typed["posterior"].round(6))[TOLD]


def _off_scale(model: TypingModel, frame: pd.DataFrame, told: str) -> Iterator[Problem]:
    """Fields most of whose answers lie off the scale they were asked on: another scale was used."""
    for field in model.fields:
        if field.outside != "refuse":
            continue
        given = frame[field.name].dropna()
        wrong = int(((given < field.low) | (given > field.high)).sum())
        if wrong > WRONG_SCALE * len(given):
            got = f"{wrong:,} of {len(given):,} answers are off the scale, {given.min():g} to {given.max():g}"
            expected = f"{field.low:g} to {field.high:g}"
            yield Problem(f"{told} → {field.name}", got, expected, "give the answers on that scale")
