"""Pages of a run: what the report needs, taken from what was published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cerm_nb import __version__, artifacts, findings, manifest, report
from cerm_nb.batch import reviews
from cerm_nb.batch.plan import read_notebook
from cerm_nb.errors import OutputError
from cerm_nb.messages import Messages, catalogue
from cerm_nb.params import CommonParams, select

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import nbformat

    from cerm_nb.batch.run import Outcome
    from cerm_nb.project import Project

INDEX = "index.html"
ROWS = "index.json"
_TEXTS = (
    "programme", "skip", "contents", "all_questions", "questions", "value", "interval", "n", "action",
    "owner", "caveats", "code", "printed", "failed", "image", "provenance", "client", "as_of", "version",
    "params", "inputs",
)  # fmt: skip
_TOLD_ELSEWHERE = {"client", "title", "as_of", "data", "lang"}


def page_html(
    notebook: nbformat.NotebookNode,
    common: CommonParams,
    found: Sequence[dict[str, Any]],
    made: Mapping[str, Any],
    review: Mapping[str, Any] | None = None,
) -> str:
    """Draw the page of one executed notebook.

    Parameters
    ----------
    notebook
        As executed.
    common
        The client's shared parameters.
    found
        Its findings, as in ``findings.json``.
    made
        Its manifest, whose ``params`` and ``inputs`` are told at the foot.
    review
        What a look at earlier forecasts did to the verdict: see `reviews.read`.
    """
    messages = Messages(common.lang, common.currency)
    return report.page(
        notebook,
        lang=common.lang,
        words=page_words(messages),
        # Read aloud, "472 of 2,357 customers" says more than 472.
        findings=[finding | {"n": finding["basis"]} for finding in reviews.lowered(found, review, messages)],
        meta={**_meta(common, messages), **_basis(made, messages), "index": INDEX},
    )


def page_words(messages: Messages) -> report.PageWords:
    """Word everything on a page that is not in the notebook."""
    return report.PageWords(
        verdicts={name: messages(f"verdict.{name}") for name in (*findings.VERDICTS, "not_run")},
        number=messages.quantity,
        **{name: messages(f"page.{name}") for name in _TEXTS},
    )


def write_index(common: CommonParams, outcomes: Sequence[Outcome], folder: Path) -> None:
    """Write the index page of one client and day, keeping the rows of questions this run left out."""
    messages = Messages(common.lang, common.currency)
    rows = _read_rows(folder)
    rows |= {outcome.step.name: _row(outcome, folder, messages) for outcome in outcomes}
    artifacts.replace_file(folder / ROWS, artifacts.json_text(rows))
    artifacts.replace_file(folder / INDEX, _index_html(common, rows, messages, reviews.read(folder)))


def apply_reviews(folder: Path) -> None:
    """Draw again the pages of one client and day whose verdict a look at the forecasts lowers, or no longer.

    Parameters
    ----------
    folder
        ``out/<client>/<as_of>``; only results whose page a batch has drawn are touched.
    """
    found = reviews.read(folder)
    for path in sorted(folder.glob(f"[0-9]*/{manifest.NAME}")):
        made = manifest.read(path.parent)
        if made is None or "page" not in made or not _is_whole(path.parent):
            continue
        if made.get("review") != found.get(_question(path.parent.name)):
            _redraw_page(path.parent, made, found)


def redraw(project: Project) -> list[Path]:
    """Draw every page under the results folder again from its executed notebook.

    Returns
    -------
    list of Path
        The pages written; index pages included.
    """
    written: list[Path] = []
    for path in sorted(project.out.glob(f"*/*/[0-9]*/{manifest.NAME}")):
        made = manifest.read(path.parent)
        if made is not None and _is_whole(path.parent):
            written.append(_redraw_page(path.parent, made, reviews.read(path.parent.parent)))
            written.append(_redraw_index(path.parent.parent, made))
    return list(dict.fromkeys(written))


def _is_whole(folder: Path) -> bool:
    return all((folder / name).is_file() for name in ("notebook.ipynb", "findings.json"))


def _question(name: str) -> str:
    return name.partition("_")[2]


def _redraw_page(folder: Path, made: dict[str, Any], told: Mapping[str, Mapping[str, Any]]) -> Path:
    review = told.get(_question(folder.name))
    page = folder.with_name(f"{folder.name}.html")
    found = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    text = page_html(read_notebook(folder / "notebook.ipynb"), _common(made), found, made, review)
    artifacts.replace_file(page, text)
    renewed = made | {"page": artifacts.text_hash(text), "review": review}
    artifacts.replace_file(folder / manifest.NAME, artifacts.json_text(renewed))
    return page


def _redraw_index(folder: Path, made: dict[str, Any]) -> Path:
    common = _common(made)
    messages = Messages(common.lang, common.currency)
    text = _index_html(common, _read_rows(folder), messages, reviews.read(folder))
    artifacts.replace_file(folder / INDEX, text)
    return folder / INDEX


def _common(made: Mapping[str, Any]) -> CommonParams:
    return select(CommonParams, made["params"])


def _read_rows(folder: Path) -> dict[str, dict[str, Any]]:
    """Read the index's rows; without a readable file the index begins anew."""
    try:
        rows = json.loads((folder / ROWS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
        return {}
    return {
        name: _renewed(row, folder / name) if row.get("page") else row
        for name, row in rows.items()
        if (folder / name).is_dir() or row.get("page") is None
    }


def _renewed(row: dict[str, Any], place: Path) -> dict[str, Any]:
    """Give a row with the answers of its result; one whose findings are gone or damaged stays as it was."""
    try:
        return row | _answers(place)
    except (OSError, OutputError):
        return row


def _answers(place: Path) -> dict[str, Any]:
    """Give what a row shows of a result's answers: the first with what to do, of the others the sentence."""
    told = findings.from_json((place / "findings.json").read_text(encoding="utf-8"))
    if not told:
        return {}
    first, *others = told
    return {
        "verdict": first.verdict,
        "sentence": first.answer,
        "action": first.action,
        "owner": first.owner,
        "further": [{"verdict": one.verdict, "sentence": one.answer} for one in others],
    }


def _index_html(
    common: CommonParams,
    rows: Mapping[str, Mapping[str, Any]],
    messages: Messages,
    told: Mapping[str, Mapping[str, Any]],
) -> str:
    meta = _meta(common, messages)
    return report.index(
        lang=common.lang,
        words=page_words(messages),
        client=meta["client"],
        as_of=meta["as_of"],
        questions=[
            reviews.lowered_row(rows[name], told.get(_question(name)), messages) for name in sorted(rows)
        ],
        meta=meta,
    )


def _row(outcome: Outcome, folder: Path, messages: Messages) -> dict[str, Any]:
    key = f"{outcome.step.question}.question"
    row = {
        "notebook": outcome.step.name,
        "title": messages(key) if key in catalogue() else outcome.step.name,
        "verdict": "not_run",
        "sentence": "",
        "page": None,
        "reason": outcome.public,
    }
    if outcome.page is None:
        failed = outcome.status == "failed"
        return row | ({"reason": messages("notrun.failed", reason=outcome.public)} if failed else {})
    return row | _answers(folder / outcome.step.name) | {"page": outcome.page.name}


def _meta(common: CommonParams, messages: Messages) -> dict[str, Any]:
    return {
        "client": messages.pick(common.title, common.client),
        "as_of": messages.format(common.as_of, "date"),
        "version": f"cerm-nb {__version__}",
    }


def _basis(made: Mapping[str, Any], messages: Messages) -> dict[str, Any]:
    inputs = [
        {"name": name, "sha256": hashed}
        for files in made["inputs"].values()
        for name, hashed in files.items()
    ]
    return {"params": page_params(made, messages), "inputs": inputs}


def page_params(made: Mapping[str, Any], messages: Messages) -> dict[str, str]:
    """Write the parameters of a manifest by their names, as a reader would."""
    shown = {
        messages.label(name): _setting(value, messages)
        for name, value in made["params"].items()
        if name not in _TOLD_ELSEWHERE
    }
    return dict(sorted(shown.items()))


def _setting(value: object, messages: Messages) -> str:
    """Write a parameter's value as a reader would; of records only how many there are."""
    if isinstance(value, bool):
        return messages("page.yes" if value else "page.no")
    if value in ("", [], {}):
        return messages("page.unset")
    if isinstance(value, int | float):
        return messages.format(value, "integer" if float(value).is_integer() else "figure")
    if isinstance(value, list):
        plain = all(isinstance(one, str | int | float) for one in value)
        return ", ".join(map(str, value)) if plain else messages("page.entries", n=len(value))
    if isinstance(value, dict):
        plain = all(isinstance(one, str | int | float) for one in value.values())
        pairs = (f"{name}: {one}" for name, one in value.items())
        return ", ".join(pairs) if plain else messages("page.entries", n=len(value))
    return str(value)
