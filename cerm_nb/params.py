"""One flat YAML per client → checked values; every problem of a file is told at once."""

from __future__ import annotations

import difflib
import re
import reprlib
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import yaml
from babel.core import get_global
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from cerm_nb.errors import ParamsError, Problem
from cerm_nb.sources import TableSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails

_LONGEST = 200
Model = TypeVar("Model", bound=BaseModel)


def _iso_day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("an ISO date such as 2011-06-30") from None


def _known_currency(code: str) -> str:
    if code not in get_global("all_currencies"):
        raise ValueError("an ISO 4217 currency code such as KRW")
    return code


class CommonParams(BaseModel):
    """What every question of a client shares."""

    model_config = ConfigDict(extra="forbid")

    # A client's name becomes a folder: letters, digits, _ and - only, so that it can never leave out/.
    client: Annotated[str, StringConstraints(pattern=r"^[\w][\w-]{0,63}$")] = Field(
        default="cdnow_sample", description="client, the name of its file in params/"
    )
    title: dict[str, str] = Field(default={}, description="client's name as readers see it, per language")
    lang: Annotated[str, StringConstraints(pattern="^(ko|en)$")] = Field(
        default="en", description="language of the report, ko or en"
    )
    currency: Annotated[str, AfterValidator(_known_currency)] = Field(
        default="USD", description="currency of all amounts, ISO 4217 code"
    )
    as_of: Annotated[str, AfterValidator(_iso_day)] = Field(
        default="1998-06-30", description="last day the analysis may see, ISO date"
    )
    data: dict[str, TableSpec] = Field(
        default={}, description="client tables: where each is and how it is read"
    )


class _UniqueKeys(yaml.SafeLoader):
    """YAML loader that refuses a key given twice; plain YAML keeps the last one silently."""


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[Any, int] = {}
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} is given twice (line {seen[key]} too)", key_node.start_mark
            )
        seen[key] = key_node.start_mark.line + 1
    return loader.construct_mapping(node, deep=True)


_BOOL, _DAY = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"
# A date stays the text it was written as, quoted or not: parameters travel through papermill as plain values.
# So do no, yes, on and off, which YAML 1.1 takes for truth values: a column may be called so.
_UniqueKeys.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in (_BOOL, _DAY)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_UniqueKeys.add_implicit_resolver(_BOOL, re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
_UniqueKeys.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read(path: Path, label: str) -> dict[str, Any]:
    """Read a params file without judging its values.

    Parameters
    ----------
    path
        The YAML file.
    label
        How errors name it, for example ``"params/hotel.yml"``.

    Raises
    ------
    ParamsError
        When the file is missing, not UTF-8, not YAML, or not a mapping of keys to values.
    """
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)  # noqa: S506  # a SafeLoader
    except OSError as error:
        raise ParamsError(
            Problem(label, f"cannot be read ({error.strerror})", next_step="`cerm new CLIENT` makes one")
        ) from None
    except UnicodeDecodeError as error:
        raise ParamsError(
            Problem(label, f"is not UTF-8 (byte {error.start})", next_step="save the file as UTF-8")
        ) from None
    except (yaml.YAMLError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise ParamsError(_yaml_problem(label, error)) from None
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise ParamsError(Problem(label, "holds no `key: value` lines", "for example `client: hotel`"))
    return values


def check(values: Mapping[str, Any], own: Iterable[type[BaseModel]], label: str) -> CommonParams:
    """Check a client's whole file against the shared parameters and those of all questions.

    Parameters
    ----------
    values
        What `read` gave.
    own
        The parameter model of each question.
    label
        How errors name the file.

    Returns
    -------
    CommonParams
        The shared values; a question takes its own with `select`.

    Raises
    ------
    ParamsError
        With every unknown key (and the nearest known one) and every wrong value.
    """
    models: list[type[BaseModel]] = [CommonParams, *own]
    known = {name for model in models for name in model.model_fields}
    unknown = [key for key in values if key not in known]
    problems = [_unknown(label, key, known, tell_all=key == unknown[0]) for key in unknown]
    problems += [
        Problem(f"{label} → {name}", "is missing", CommonParams.model_fields[name].description or "")
        for name in ("client", "as_of")
        if name not in values
    ]
    for model in models:
        problems += _problems(model, values, label)
    if problems:
        raise ParamsError(problems)
    return select(CommonParams, values)


def select(model: type[Model], values: Mapping[str, Any]) -> Model:
    """Take one model's values out of a client's checked file."""
    return model.model_validate(_of(model, values), strict=True)


def dump(*checked: BaseModel) -> dict[str, Any]:
    """Give checked values back as they would stand in a params file, defaults included."""
    return {
        name: value
        for model in checked
        for name, value in model.model_dump(by_alias=True, exclude_none=True).items()
    }


def _of(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in model.model_fields if name in values}


def _problems(model: type[BaseModel], values: Mapping[str, Any], label: str) -> list[Problem]:
    try:
        select(model, values)
    except ValidationError as error:
        return [_problem(model, detail, label) for detail in error.errors(include_url=False)]
    return []


def _problem(model: type[BaseModel], detail: ErrorDetails, label: str) -> Problem:
    path = [str(part) for part in detail["loc"] if not str(part).startswith(("function-", "list[", "str"))]
    field = model.model_fields[path[0]]
    meaning = f" ({field.description})" if field.description else ""
    where = f"{label} → {'.'.join(path)}"
    if detail["type"] == "extra_forbidden":
        return Problem(where, "is not known here", next_step=f"remove it or correct its spelling{meaning}")
    if detail["type"] == "missing":
        return Problem(where, "is missing", next_step=f"add it{meaning}")
    return Problem(where, f"got {_shown(detail['input'])}", _expected(detail) + meaning)


def _shown(value: object) -> str:
    """Write a value for an error: in short, and without the password of a database."""
    text = re.sub(r"(//[^\s'\":/]*):[^\s'\"]*@", r"\1:***@", _brief(value))
    text = re.sub(r"(\w+:[^/\\\s:'\"][^:'\"]*):.*@", r"\1:***@", text)  # a URL whose slashes were forgotten
    text = re.sub(r"(?is)((?:password|passwd|pwd)\s*=).*", r"\1***", text)  # its end is not sure
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _brief(value: object) -> str:
    """Write a value as Python would, though not all of what YAML's anchors can make of a few lines."""
    writer = reprlib.Repr()
    writer.maxlevel, writer.maxlist, writer.maxdict = 4, 12, 12
    writer.maxstring = writer.maxother = 2 * _LONGEST
    try:
        return writer.repr(value)
    except ValueError:  # a whole number of thousands of digits
        return "a number too long to be shown"


# Pydantic's own wording speaks to programmers; these speak to whoever wrote the YAML.
_EXPECTED = {
    "greater_than_equal": "{ge} or more",
    "greater_than": "more than {gt}",
    "less_than_equal": "{le} or less",
    "less_than": "less than {lt}",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "text (put it in quotes)",
    "bool_type": "true or false",
    "list_type": "a list, such as [0.2, 0.8]",
    "dict_type": "`name: value` lines",
    "model_type": "`name: value` lines",
    "string_pattern_mismatch": "text that matches {pattern}",
    "value_error": "{error}",
}


def _expected(detail: ErrorDetails) -> str:
    wording = _EXPECTED.get(detail["type"])
    return wording.format(**detail.get("ctx", {})) if wording else detail["msg"]


def _unknown(label: str, key: str, known: set[str], *, tell_all: bool) -> Problem:
    """Tell of a key nobody knows: with the nearest one, or with all there are, once."""
    near = difflib.get_close_matches(key, sorted(known), n=1, cutoff=0.5)
    listed = f"known keys: {', '.join(sorted(known))}" if tell_all else ""
    advice = f"did you mean {near[0]!r}?" if near else listed
    return Problem(f"{label} → {key}", "is no parameter of any notebook", next_step=advice)


def _yaml_problem(label: str, error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    where = f"{label}, line {mark.line + 1}, column {mark.column + 1}" if mark else label
    told = str(getattr(error, "problem", None) or error).replace("\n", " ")
    return Problem(
        where, f"is not valid YAML: {told}", next_step="check quotes, colons and indentation there"
    )
