"""Kinds of the engines' column types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cerm_nb.sources.engine import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from cerm_nb.sources.rewriting import ValueKind

_WHOLE = frozenset(
    f"{sign}{size}" for sign in ("", "U") for size in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
)


def kind_of_type(name: str) -> ValueKind:
    """Kind of a DuckDB type by its name."""
    if name in _WHOLE:
        return "whole"
    if name in ("FLOAT", "DOUBLE") or name.startswith("DECIMAL"):
        return "number"
    if name.startswith("TIMESTAMP"):
        return "instant" if name == "TIMESTAMP WITH TIME ZONE" else "time"
    plain: dict[str, ValueKind] = {"VARCHAR": "text", "UUID": "text", "DATE": "date", "BOOLEAN": "boolean"}
    return plain.get("VARCHAR" if name.startswith("ENUM") else name, "other")


def kind_of_postgres_type(name: str) -> ValueKind:
    """Kind of a PostgreSQL type by its name in the catalogue."""
    if name.startswith("timestamp"):
        return "instant" if name == "timestamptz" else "time"
    plain: dict[str, ValueKind] = {"date": "date", "bool": "boolean", "numeric": "number"}
    plain |= dict.fromkeys(("text", "varchar", "bpchar", "name"), "text")
    plain |= dict.fromkeys(("int2", "int4", "int8"), "whole")
    plain |= dict.fromkeys(("float4", "float8"), "number")
    return plain.get(name, "other")


def kind_of_mysql_type(name: str, places: int) -> ValueKind:
    """Kind of a MySQL type by its name in the catalogue and its decimal places."""
    if name == "decimal":
        return "number" if places else "whole"
    plain: dict[str, ValueKind] = {"date": "date", "datetime": "time", "timestamp": "instant"}
    plain |= dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint", "year", "bit"), "whole")
    plain |= dict.fromkeys(("float", "double"), "number")
    texts = "char varchar tinytext text mediumtext longtext enum set json time uuid inet4 inet6"
    plain |= dict.fromkeys(texts.split(), "text")
    return plain.get(name, "other")


def kind_of_spark_type(name: str) -> ValueKind:
    """Kind of a Spark type by its short name."""
    if name.startswith("decimal"):
        return "whole" if name.endswith(",0)") else "number"
    if name.startswith(("varchar", "char")):
        return "text"
    plain: dict[str, ValueKind] = {"string": "text", "date": "date", "boolean": "boolean"}
    plain |= {"timestamp": "instant", "timestamp_ntz": "time", "float": "number", "double": "number"}
    plain |= dict.fromkeys(("tinyint", "smallint", "int", "bigint"), "whole")
    return plain.get(name, "other")


def described(connection: duckdb.DuckDBPyConnection, select: str) -> dict[str, str]:
    """Columns of a SELECT and DuckDB's names of their types; no row is read."""
    rows = connection.execute(f"DESCRIBE {select}").fetchall()
    return {str(row[0]): str(row[1]) for row in rows}


def readable(types: Mapping[str, str]) -> str:
    """Write an SQL list of columns: UUIDs as text, and NaN as what it means in files of pandas, no value."""
    forms = dict.fromkeys(("FLOAT", "DOUBLE"), "CASE WHEN NOT isnan({0}) THEN {0} END AS {0}")
    forms["UUID"] = "CAST({0} AS VARCHAR) AS {0}"
    return ", ".join(forms.get(kind, "{0}").format(quoted(name)) for name, kind in types.items())
