"""The cells of an executed notebook as blocks of a page: what a reader of one language is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape
from typing import TYPE_CHECKING, Any

from nbconvert import filters
from nbconvert.filters import markdown_mistune

from cerm_nb.report.sanitize import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cerm_nb.report.words import PageWords

# The page has its own place for parameters (the foot) and the answer (the top); a widget needs a kernel.
_NOT_SHOWN = frozenset({"parameters", "injected-parameters", "interactive", "answer"})
# nbconvert carries no types.
_convert: Any = filters
_mistune: Any = markdown_mistune
_WIDGET = "application/vnd.jupyter.widget-view+json"
_HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.DOTALL)


@dataclass
class Block:
    """One cell as the page shows it.

    Parameters
    ----------
    kind
        ``"prose"`` or ``"code"``.
    html
        Prose, or what the code showed: sanitised.
    code
        Highlighted code; empty where the cell hides it.
    printed
        What the code printed or how it failed, escaped: shown folded only.
    error
        Name and message of what failed, escaped; empty where nothing did.
    """

    kind: str
    html: str
    code: str = ""
    printed: str = ""
    error: str = ""


@dataclass
class Headings:
    """Ids of headings, each given once, and the contents they make."""

    contents: list[tuple[str, str]] = field(default_factory=list)
    title: str = ""
    _used: set[str] = field(default_factory=set)

    def number(self, markup: str) -> str:
        """Give every heading of a fragment an id made of its words."""
        return _HEADING.sub(self._with_id, markup)

    def _with_id(self, found: re.Match[str]) -> str:
        level, inner = found[1], found[2]
        text = unescape(re.sub(r"<[^>]*>", "", inner)).strip()
        name = base = re.sub(r"[^\w]+", "-", text.lower()).strip("-") or "section"
        again = 2
        while name in self._used:
            name, again = f"{base}-{again}", again + 1
        self._used.add(name)
        if level == "1" and not self.title:
            self.title = text
        if level == "2":
            self.contents.append((name, text))
        return f'<h{level} id="{escape(name)}">{inner}</h{level}>'


def blocks(cells: Iterable[Any], lang: str, words: PageWords, headings: Headings) -> list[Block]:
    """Choose and convert the cells a reader of one language is shown.

    Parameters
    ----------
    cells
        Cells of an executed notebook.
    lang
        ``"ko"`` or ``"en"``: prose tagged with the other language is left out.
    words
        The page's wording.
    headings
        Where headings get their ids; filled in passing.

    Returns
    -------
    list of Block
    """
    shown: list[Block] = []
    for cell in cells:
        tags = set(cell.metadata.get("tags", []))
        if tags & _NOT_SHOWN or not cell.source.strip() or _other_language(tags, lang):
            continue
        if cell.cell_type == "markdown":
            shown.append(Block("prose", headings.number(prose(cell.source, words))))
        elif cell.cell_type == "code":
            _add(shown, _code(cell, hide="hide-input" in tags, words=words))
    return shown


def prose(source: str, words: PageWords) -> str:
    """Convert markdown to sanitised HTML."""
    return clean(
        _mistune.MarkdownWithMath(
            renderer=_mistune.IPythonRenderer(escape=False, exclude_anchor_links=True)
        ).render(source),
        words.image,
    )


def _add(shown: list[Block], block: Block) -> None:
    """Fold code that shows nothing together with the code before it, rather than on its own."""
    quiet = not (block.html or block.error)
    if quiet and shown and shown[-1].kind == "code":
        last = shown[-1]
        last.code += block.code
        last.printed = "\n".join(part for part in (last.printed, block.printed) if part)
    else:
        shown.append(block)


def _other_language(tags: set[str], lang: str) -> bool:
    languages = {tag for tag in tags if tag.startswith("lang-")}
    return bool(languages) and f"lang-{lang}" not in languages


def _code(cell: Any, *, hide: bool, words: PageWords) -> Block:
    printed = [_convert.strip_ansi(text) for text in _printed(cell.outputs)]
    errors = [output for output in cell.outputs if output.output_type == "error"]
    parts = [part for output in cell.outputs if (part := _shown(output, words))]
    return Block(
        "code",
        "".join(parts),
        code="" if hide else _convert.Highlight2HTML()(cell.source).strip(),
        printed=escape("\n".join(printed).strip()),
        error=escape("\n".join(f"{error.ename}: {_convert.strip_ansi(error.evalue)}" for error in errors)),
    )


def _printed(outputs: Iterable[Any]) -> Iterator[str]:
    for output in outputs:
        if output.output_type == "stream":
            yield _joined(output.text)
        elif output.output_type == "error":
            yield "\n".join(output.traceback)


def _shown(output: Any, words: PageWords) -> str:
    """Convert the richest form of an output that a page can show."""
    data = output.get("data", {})
    if not data or _WIDGET in data:
        return ""
    for kind in ("text/html", "image/svg+xml"):
        if kind in data:
            return clean(_joined(data[kind]), words.image)
    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            packed = "".join(_joined(data[kind]).split())
            return clean(f'<p><img src="data:{kind};base64,{escape(packed)}"></p>', words.image)
    if "text/markdown" in data:
        return prose(_joined(data["text/markdown"]), words)
    return f"<pre>{escape(_joined(data['text/plain']))}</pre>" if "text/plain" in data else ""


def _joined(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text)
