"""One executed notebook as one HTML document: no script, no request, one style sheet known by its hash."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert import exporters
from nbformat import v4

from cerm_nb import palette
from cerm_nb.report.answer import answer
from cerm_nb.report.cells import Headings, blocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbformat import NotebookNode

    from cerm_nb.report.words import PageWords

# nbconvert and nbformat carry no types.
_exporters: Any = exporters
_notebooks: Any = v4
LANGUAGES = ("ko", "en")
_TEMPLATES = Path(__file__).parent / "templates"
_SHORT_HASH = 12


def page(
    notebook: NotebookNode,
    *,
    lang: str,
    words: PageWords,
    findings: Sequence[Mapping[str, Any]],
    meta: Mapping[str, Any],
) -> str:
    """Write an executed notebook as one offline HTML document.

    Parameters
    ----------
    notebook
        The executed notebook. Cells tagged ``parameters``, ``injected-parameters``, ``interactive`` or
        ``answer`` are left out (the page shows parameters in its foot and the answer at its top), prose
        tagged with the other language too; ``hide-input`` leaves out the code.
    lang
        ``"ko"`` or ``"en"``.
    words
        Every text that is not in the notebook.
    findings
        The answers, the main one first; see `answer.answer`.
    meta
        ``client`` and ``as_of`` as the reader sees them, ``version``, ``params`` (name → text), ``inputs``
        (mappings with ``name`` and ``sha256``), ``index`` (file of the index, or nothing).

    Returns
    -------
    str
        The document; the same for the same inputs.

    Raises
    ------
    ValueError
        For another language, or a finding with an unknown verdict.
    """
    headings = Headings()
    shown = blocks(notebook.cells, lang, words, headings)
    view = {
        "title": headings.title or str(meta.get("title") or meta.get("client") or ""),
        "lead": shown[:1] if shown and "<h1" in shown[0].html else [],
        "blocks": shown[1:] if shown and "<h1" in shown[0].html else shown,
        "contents": headings.contents,
        "answers": [answer(finding, words) for finding in findings],
        "foot": foot(meta, words),
        "index": meta.get("index"),
        "client": meta.get("client", ""),
        "as_of": meta.get("as_of", ""),
    }
    return document("notebook_page.html.j2", view, lang=lang, words=words)


def document(template: str, view: Mapping[str, Any], *, lang: str, words: PageWords) -> str:
    """Fill a template and lock the document by its Content-Security-Policy.

    Raises
    ------
    ValueError
        For a language other than Korean or English.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"lang {lang!r} is not one of {list(LANGUAGES)}")
    style = style_sheet()
    # A hash rather than a nonce: the same every time, and of no use to a text that would smuggle in a style.
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    exporter = _exporters.TemplateExporter(
        template_name="cerm", template_file=template, extra_template_basedirs=[str(_TEMPLATES)]
    )
    exporter.environment.autoescape = True
    resources = {"view": view, "words": words, "lang": lang, "style": style, "policy": policy}
    body, _ = exporter.from_notebook_node(_notebooks.new_notebook(), resources=resources)
    return str(body)


def foot(meta: Mapping[str, Any], words: PageWords) -> dict[str, Any]:
    """Lay out where the numbers come from."""
    plain = [(words.client, "client"), (words.as_of, "as_of"), (words.version, "version")]
    return {
        "plain": [(name, str(meta[key])) for name, key in plain if meta.get(key)],
        "params": [(str(name), str(value)) for name, value in (meta.get("params") or {}).items()],
        "inputs": [(str(one["name"]), str(one["sha256"])[:_SHORT_HASH]) for one in meta.get("inputs") or []],
    }


@cache
def style_sheet() -> str:
    """Join the style of figures and tables with the page's own."""
    own = files("cerm_nb.report").joinpath("templates/cerm/page.css").read_text(encoding="utf-8")
    return f"{palette.css('page')}\n{own}"
