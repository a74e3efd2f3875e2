"""The first page of a run: the verdict of every question, then the way in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cerm_nb.report.answer import chip
from cerm_nb.report.notebook_page import document, foot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cerm_nb.report.words import PageWords


def index(
    *,
    lang: str,
    words: PageWords,
    client: str,
    as_of: str,
    questions: Sequence[Mapping[str, Any]],
    meta: Mapping[str, Any],
) -> str:
    """Write the index of a run as one offline HTML document.

    Parameters
    ----------
    lang
        ``"ko"`` or ``"en"``.
    words
        Every text that is not in the questions.
    client, as_of
        As the reader sees them.
    questions
        In reading order, each with ``notebook``, ``title`` (the question), ``verdict`` (nothing or
        ``"not_run"`` where it did not run), ``sentence`` (the answer), ``page`` (file to open, or nothing),
        ``reason`` (why it did not run) and, as an option, ``action``, ``owner`` and ``further``, its other
        answers, each with ``verdict`` and ``sentence``.
    meta
        As for a page.

    Returns
    -------
    str
        The document; the same for the same inputs.

    Raises
    ------
    ValueError
        For another language, or an unknown verdict.
    """
    view = {
        "title": client,
        "client": client,
        "as_of": as_of,
        "questions": [_row(question, words) for question in questions],
        "foot": foot({**meta, "client": client, "as_of": as_of}, words),
    }
    return document("index_page.html.j2", view, lang=lang, words=words)


def _row(question: Mapping[str, Any], words: PageWords) -> dict[str, Any]:
    ran = question.get("verdict") not in {None, "", "not_run"}
    text = question.get("sentence") if ran else question.get("reason")
    return {
        "chip": chip(str(question["verdict"]) if ran else "not_run", words),
        "title": str(question["title"]),
        "page": question.get("page"),
        "text": str(text or ""),
        "ran": ran,
        "further": [
            {"chip": chip(str(one["verdict"]), words), "text": str(one["sentence"])}
            for one in (question.get("further") or () if ran else ())
        ],
        "steps": [
            (name, str(question[key]))
            for name, key in ((words.action, "action"), (words.owner, "owner"))
            if question.get(key)
        ],
    }
