"""Write tables in the forms clients' files come in; the same rows give the same bytes.

No file holds the time it was made. Empty texts are written as empty cells.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)
_EXCEL_DAY_0 = np.datetime64("1899-12-30")


def csv(table: pd.DataFrame, path: Path, *, encoding: str = "utf-8", separator: str = ",") -> None:
    """Write a delimited text file with a header; ``.gz`` at the end of the name packs it."""
    text = table.to_csv(index=False, sep=separator, lineterminator="\n")
    _bytes(text.encode(encoding), path)


def jsonl(table: pd.DataFrame, path: Path) -> None:
    """Write one JSON object a line, without the keys that are empty."""
    kept = [
        {key: value for key, value in row.items() if value != ""} for row in table.to_dict(orient="records")
    ]
    lines = (json.dumps(row, ensure_ascii=False, default=float) for row in kept)
    _bytes(("\n".join(lines) + "\n").encode(), path)


def fixed(table: pd.DataFrame, path: Path, widths: dict[str, int]) -> None:
    """Write lines of fixed width, counted in characters, without a header."""
    padded = [table[name].astype(str).str.slice(0, width).str.ljust(width) for name, width in widths.items()]
    lines = padded[0].str.cat(padded[1:]).str.rstrip()
    _bytes(("\n".join(lines) + "\n").encode(), path)


def parquet(table: pd.DataFrame, path: Path) -> None:
    """Write a Parquet file without pandas' own metadata."""
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(arrow, path, compression="zstd", compression_level=9)


def xlsx(table: pd.DataFrame, path: Path, sheet: str) -> None:
    """Write a workbook of one sheet: numbers as numbers, everything else as text."""
    rows = [list(table.columns), *table.itertuples(index=False, name=None)]
    written = "".join(f'<row r="{at}">{_cells(row, at)}</row>' for at, row in enumerate(rows, start=1))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
        f'<sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{written}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, f'<?xml version="1.0" encoding="UTF-8"?>{text}')


def sqlite(tables: dict[str, pd.DataFrame], path: Path) -> None:
    """Write tables into a new SQLite file."""
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    try:
        for name, table in tables.items():
            table.to_sql(name, connection, index=False)
        connection.commit()
        connection.execute("VACUUM")
    finally:
        connection.close()


def serial(days: pd.Series) -> pd.Series:
    """Days as a workbook counts them: 1900-03-01 is 61."""
    return pd.Series((days.to_numpy().astype("datetime64[D]") - _EXCEL_DAY_0).astype(int))


def korean(days: pd.Series) -> pd.Series:
    """Days as 2011년 3월 5일; an empty text stays one."""
    read = pd.to_datetime(days.replace("", None), format="ISO8601")
    text = read.dt.year.astype("Int64").astype(str) + "년 " + read.dt.month.astype("Int64").astype(str)
    text = text + "월 " + read.dt.day.astype("Int64").astype(str) + "일"
    return text.where(read.notna(), "")


def _cells(row: list[object] | tuple[object, ...], at: int) -> str:
    return "".join(_cell(value, f"{chr(65 + column)}{at}") for column, value in enumerate(row) if value != "")


def _cell(value: object, place: str) -> str:
    if isinstance(value, (int, float, np.integer, np.floating)):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def _bytes(content: bytes, path: Path) -> None:
    packed = gzip.compress(content, compresslevel=9, mtime=0) if path.suffix == ".gz" else content
    path.write_bytes(packed)
