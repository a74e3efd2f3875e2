"""Write the params file of a new client, with every parameter's default and meaning."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from cerm_nb import schemas, sources
from cerm_nb.artifacts import replace_file
from cerm_nb.errors import ParamsError, Problem
from cerm_nb.params import CommonParams
from cerm_nb.sources import TableSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from cerm_nb.batch.plan import Step
    from cerm_nb.project import Project

# How clients call the columns of a transactions table, in lower case without blanks and signs.
_KNOWN_AS = {
    "customer_id": "customerid customer custid clientid memberid userid 고객번호 고객id 회원번호",
    "order_id": "orderid order invoiceno invoice receipt 주문번호 전표번호 영수증번호",
    "date": "date orderdate invoicedate purchasedate day timestamp 일자 날짜 구매일 결제일 주문일",
    "amount": "amount revenue sales total price value dollars 금액 결제금액 매출 매출액",
}


def write_params(
    client: str, data: Path | None, encoding: str, project: Project, steps: Sequence[Step]
) -> Path:
    """Write ``params/<client>.yml``.

    Parameters
    ----------
    client
        Short name of the client.
    data
        A transactions file to propose the columns from, or None.
    encoding
        Encoding of that file, for example ``cp949``.
    project
        Where the file goes.
    steps
        The notebooks, whose parameters are written with their defaults.

    Returns
    -------
    Path
        The new file.

    Raises
    ------
    ParamsError
        For a name that cannot be a client's, or a client that is there already.
    DataError
        When the data file cannot be read.
    """
    path = project.params_file(client)
    if not re.fullmatch(r"[\w][\w-]{0,63}", client):
        raise ParamsError(
            Problem(f"client {client!r}", "cannot be a file name", "letters, digits, _ and -, up to 64")
        )
    if path.exists():
        raise ParamsError(
            Problem(project.label(path), "is there already", next_step="edit it, or choose another name")
        )
    replace_file(path, _text(client, _table(data, encoding, project), steps))
    return path


def propose(columns: Iterable[str]) -> dict[str, str | None]:
    """Guess which of a source's columns holds each column of a transactions table; None where none does.

    Examples
    --------
    >>> propose(["CustomerID", "InvoiceDate", "Total"])["date"]
    'InvoiceDate'
    """
    named = {re.sub(r"[\W_]+", "", column).lower(): column for column in columns}
    return {
        target: next((named[alias] for alias in aliases.split() if alias in named), None)
        for target, aliases in _KNOWN_AS.items()
    }


def _table(data: Path | None, encoding: str, project: Project) -> list[str]:
    told = project.label(data) if data else "data/CLIENT/transactions.csv"
    columns = _columns(data, told, encoding, project) if data else []
    proposed = propose(columns)
    lines = [f"    from: {_scalar(told)}"]
    lines += [f"    encoding: {encoding}"] if encoding != "utf-8" else []
    # A name may hold a line break; as JSON it stays inside the comment.
    lines += [f"    # columns found: {json.dumps(columns, ensure_ascii=False)}"] if columns else []
    lines.append("    columns:")
    for meaning in schemas.describe("transactions"):
        guess = proposed.get(meaning.name)
        if guess is None and not meaning.required:
            continue
        expression = _scalar(_identifier(guess)) if guess else "FILL_IN"
        lines.append(f"      {meaning.name}: {expression}  # {meaning.meaning}")
    return lines


def _columns(data: Path, told: str, encoding: str, project: Project) -> list[str]:
    try:
        spec = TableSpec.model_validate({"from": str(data.resolve()), "encoding": encoding})
    except ValidationError as error:
        told = "; ".join(detail["msg"] for detail in error.errors())
        raise ParamsError(Problem("--encoding", told)) from None
    return sources.column_names(spec, project.root, label=told)


def _identifier(column: str) -> str:
    """Quote a column name where SQL would read it as something else."""
    return column if re.fullmatch(r"[^\W\d]\w*", column) else '"' + column.replace('"', '""') + '"'


def _text(client: str, table: list[str], steps: Sequence[Step]) -> str:
    head = {
        "client": client,
        "title": {"en": client, "ko": client},
        "as_of": datetime.now().astimezone().date().isoformat(),
    }
    lines = [f"# Params of {client}. What is left out has the default of the notebook's parameters cell."]
    lines += [
        _line(name, head.get(name, _default(field)), field.description)
        for name, field in CommonParams.model_fields.items()
        if name != "data"
    ]
    lines += ["data:", "  transactions:", *table]
    for step in steps:
        lines += ["", f"# {step.name}"]
        own = step.parameters.model_fields
        lines += [_line(name, _default(field), field.description) for name, field in own.items()]
    return "\n".join(lines) + "\n"


def _line(name: str, value: Any, meaning: str | None) -> str:
    return f"{name}: {_scalar(value)}" + (f"  # {meaning}" if meaning else "")


def _default(field: Any) -> Any:
    return field.get_default(call_default_factory=True)


def _scalar(value: Any) -> str:
    """Write one value as YAML on one line."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return json.dumps(value)
    text: str = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=10_000)
    return text.removesuffix("\n").removesuffix("...").strip()
