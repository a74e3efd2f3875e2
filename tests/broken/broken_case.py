"""What a broken input is: a params file, the files it names, and how `cerm check` must end on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Content = bytes | str | Callable[[Path], object]

SECRET = "ins3l-im-n3b3l"
"""A password that no output may show."""

HEADER = "customer,day,money\n"
GOOD = HEADER + "c1,2024-01-05,10\nc2,2024-02-05,20\nc1,2024-03-05,30\n"
COLUMNS = {"customer_id": "customer", "date": "day", "amount": "money"}


@dataclass(frozen=True)
class Case:
    """One broken or strange input.

    Parameters
    ----------
    name
        Of the params file, and of the folder below ``data/``.
    params
        The params file; text is written as UTF-8.
    files
        Name below ``data/<name>/`` → content, or a function that makes the file at the path it is given.
    error
        What the refusal must say: where, and what. Empty where the input works.
    shown
        What the screen must tell where the input works.
    holds
        Canonical column of the one table → the values that must be read.
    counted
        What the profile of the one table must flag, for example ``{"future": 1}``.
    never
        Texts no output may hold.
    environment
        Variables that are set.
    megabytes
        Most memory it may take; None where its input is small.
    skipped
        Why it cannot be tried here; empty where it can.
    """

    name: str
    params: str | bytes
    files: Mapping[str, Content] = field(default_factory=dict)
    error: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    holds: Mapping[str, list[Any]] = field(default_factory=dict)
    counted: Mapping[str, int] = field(default_factory=dict)
    never: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    megabytes: int | None = None
    skipped: str = ""

    @property
    def works(self) -> bool:
        """Whether the input is strange but right."""
        return not self.error

    def write(self, project: Path) -> Path:
        """Write the case into a project and give its params file."""
        path = project / "params" / f"{self.name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        _put(path, self.params)
        for name, content in self.files.items():
            file = project / "data" / self.name / name
            file.parent.mkdir(parents=True, exist_ok=True)
            _put(file, content)
        return path


def _put(path: Path, content: Content) -> None:
    if callable(content):
        content(path)
    else:
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def params(name: str, data: object, **changes: object) -> str:
    """Write a params file as an analyst would."""
    values = {"client": name, "lang": "en", "currency": "EUR", "as_of": "2024-12-31", "data": data} | changes
    kept = {key: value for key, value in values.items() if value is not None}
    return yaml.safe_dump(kept, allow_unicode=True, sort_keys=False)


def of(
    name: str,
    file: str,
    content: Content | None,
    *,
    table: str = "transactions",
    keys: Mapping[str, object] | None = None,
    files: Mapping[str, Content] | None = None,
    changes: Mapping[str, object] | None = None,
    **expected: Any,
) -> Case:
    """Make a case of one file that is read as one client table.

    Parameters
    ----------
    name
        Of the case.
    file, content
        The file ``from`` names below the case's folder; without content it is not written.
    table
        The client table.
    keys
        Other keys of the table's entry, or other values of them.
    files
        More files of the case.
    changes
        Other keys of the params.
    **expected
        The further fields of `Case`.
    """
    columns = {"columns": COLUMNS} if table == "transactions" else {}
    entry = {"from": f"data/{name}/{file}"} | columns | dict(keys or {})
    written: dict[str, Content] = {} if content is None else {file: content}
    return Case(
        name, params(name, {table: entry}, **(changes or {})), written | dict(files or {}), **expected
    )


def csv(name: str, content: Content, **more: Any) -> Case:
    """Make a case of one csv file."""
    return of(name, "shop.csv", content, **more)


def row(customer: str = "c3", day: str = "2024-04-05", money: str = "40") -> str:
    """Give the good rows and one more, on line 5."""
    return f"{GOOD}{customer},{day},{money}\n"
