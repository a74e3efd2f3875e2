"""What an analysis and its notebook can ask the messages for, read from their source.

A question's wording test begins so:

    SCAN = Scan("80_scorecard", scorecard)
    CAVEATS = SCAN.caveats()

    @pytest.mark.parametrize("caveat", sorted(CAVEATS))
    def test_a_caveat_of_the_scorecard_is_worded_from_what_comes_with_it(caveat: str) -> None:
        assert SCAN.is_worded_from(f"caveat.{caveat}", CAVEATS[caveat])

    @pytest.mark.parametrize("reason", sorted(SCAN.firsts("NotEnoughData") | SCAN.told_why_not()))
    def test_a_reason_why_a_scorecard_cannot_be_told_is_worded(reason: str) -> None:
        assert worded(f"not_enough.{reason}")
"""

from __future__ import annotations

import ast
import json
import re
from itertools import product
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from cerm_nb import findings, messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import ModuleType

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def texts(node: ast.AST) -> set[str]:
    """Texts a choice can give: one, the other, or what stands in for an empty one."""
    if isinstance(node, ast.IfExp):
        return texts(node.body) | texts(node.orelse)
    if isinstance(node, ast.BoolOp):
        return set().union(*map(texts, node.values))
    return {node.value} - {""} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def calls(found: Iterable[ast.AST], *names: str) -> Iterator[ast.Call]:
    """Calls of functions or methods of these names."""
    for node in found:
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in names:
            yield node


def given_to(found: Iterable[ast.AST], *names: str) -> Iterator[ast.expr]:
    """What is assigned, or added, to variables of these names."""
    for node in found:
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
            if {getattr(target, "id", "") for target in targets} & {*names}:
                yield node.value


def keys(node: ast.AST) -> set[str]:
    """Keys written out in a mapping."""
    written = node.keys if isinstance(node, ast.Dict) else ()
    return {str(key.value) for key in written if isinstance(key, ast.Constant)}


def worded(key: str) -> bool:
    """Whether a message is there in every language."""
    told = messages.catalogue().get(key, {})
    return all(told.get(language) for language in messages.LANGUAGES)


def fields(key: str) -> set[str]:
    """Values a message is filled with."""
    told = messages.catalogue()[key]
    parts = (part for language in messages.LANGUAGES for part in Formatter().parse(told[language]))
    return {name.partition(".")[0] for _, name, _, _ in parts if name}


class Scan:
    """The source of one question's analysis, and of its notebook.

    Parameters
    ----------
    notebook
        Its name, such as ``40_experience``; what follows the number begins the keys of its messages.
    analysis
        The analysis's package. Its files are called by their names.
    **rooms
        Packages it takes results from: their files are called ``<name>/<file>``.
    """

    def __init__(self, notebook: str, analysis: ModuleType, **rooms: ModuleType) -> None:
        self.question = notebook.partition("_")[2]
        self.trees = _parsed("", analysis)
        for name, room in rooms.items():
            self.trees |= _parsed(f"{name}/", room)
        self.notebook = json.loads((NOTEBOOKS / f"{notebook}.ipynb").read_text(encoding="utf-8"))
        self.cells = [
            ast.parse("".join(cell["source"]))
            for cell in self.notebook["cells"]
            if cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", [])
        ]

    # Where to look ------------------------------------------------------------------------------------------

    def nodes(self, *files: str) -> Iterator[ast.AST]:
        """Walk some files of the analysis, or all of them."""
        for file in files or self.trees:
            yield from ast.walk(self.trees[file])

    def shown(self) -> Iterator[ast.AST]:
        """Walk the notebook's cells."""
        for cell in self.cells:
            yield from ast.walk(cell)

    def function(self, name: str, file: str) -> list[ast.AST]:
        """Walk the functions of a name in a file."""
        made = [node for node in self.nodes(file) if getattr(node, "name", "") == name]
        assert made, f"{file} has no {name}: the scan is out of date"
        return [node for part in made for node in ast.walk(part)]

    # What is found there ------------------------------------------------------------------------------------

    def firsts(self, *names: str, at: int = 0, files: tuple[str, ...] = ()) -> set[str]:
        """Texts that calls are given in one place, the first: reasons, mostly."""
        found = (call for call in calls(self.nodes(*files), *names) if len(call.args) > at)
        return set().union(*(texts(call.args[at]) for call in found))

    def told_why_not(self, *names: str) -> set[str]:
        """Reasons why the notebook draws nothing, as written where it would have drawn."""
        found = calls(self.shown(), *(names or ("unless",)))
        return set().union(*(texts(call.args[0]) for call in found))

    def assigned(self, *names: str, files: tuple[str, ...] = ()) -> set[str]:
        """Texts given to variables of these names in the analysis."""
        return set().union(*map(texts, given_to(self.nodes(*files), *names)))

    def returned(self, name: str, file: str) -> set[str]:
        """Texts a function can give back, or choose from in a mapping or a list of rules."""
        body = self.function(name, file)
        given = [node.value for node in body if isinstance(node, ast.Return) and node.value]
        parts = [part for value in given for part in (value, *getattr(value, "elts", ()))]
        for value in given:
            inner = list(ast.walk(value))
            parts += [part for call in calls(inner, "next") for part in call.args]
            parts += [part for call in calls(inner, "get") for part in call.args[1:]]
        parts += [value for node in body if isinstance(node, ast.Dict) for value in node.values]
        return set().union(*map(texts, parts))

    def rulings(self, *files: str) -> set[tuple[str, str]]:
        """Verdicts with their reasons, as the rules of some files list them."""
        rules = [node for node in self.nodes(*files) if isinstance(node, ast.Tuple) and len(node.elts) >= 2]
        pairs = {pair for rule in rules for pair in product(*map(texts, rule.elts[:2]))}
        return {(verdict, reason) for verdict, reason in pairs if verdict in findings.VERDICTS}

    def caveats(self) -> dict[str, set[str]]:
        """Caveat → the values it comes with, as far as they stand beside it."""
        told = [node.value if isinstance(node, ast.Yield) else node for node in self.nodes()]
        found: dict[str, set[str]] = {}
        for pair in told:
            if isinstance(pair, ast.Tuple) and len(pair.elts) == 2 and isinstance(pair.elts[1], ast.Dict):
                found |= dict.fromkeys(texts(pair.elts[0]), keys(pair.elts[1]))
        return found

    def variants(self, known: Mapping[str, set[str]]) -> dict[str, set[str]]:
        """Figure → titles its variants can ask for; ``known`` says what names in the notebook can be."""
        found: dict[str, set[str]] = {}
        for call in calls(self.shown(), "words"):
            for option in call.keywords:
                if option.arg == "variant":
                    inner = set(re.findall(r"\w+", ast.unparse(option.value)))
                    given = set().union(*(known[name] for name in known if name in inner))
                    found |= {title: given | texts(option.value) for title in texts(call.args[0])}
        return found

    def drawn(self, *names: str, options: tuple[str, ...] = ()) -> set[str]:
        """Columns named where the notebook draws, one by one or in lists."""
        found: set[str] = set()
        for call in calls(self.shown(), *names):
            for part in (*call.args, *(each.value for each in call.keywords if each.arg in options)):
                found |= texts(part).union(*map(texts, getattr(part, "elts", ())))
        return found

    def listed(self, *names: str) -> set[str]:
        """Columns in lists that calls are given, and in those called ``columns``."""
        parts = [
            node for call in calls(self.shown(), *names) for part in call.args for node in ast.walk(part)
        ]
        lists = [node for node in (*parts, *given_to(self.shown(), "columns")) if isinstance(node, ast.List)]
        return set().union(*(texts(part) for each in lists for part in each.elts))

    # What the messages hold ---------------------------------------------------------------------------------

    def titles(self, figure: str) -> set[str]:
        """Variants of a figure's title that are worded."""
        start = f"{self.question}.{figure}.title."
        found = {key.removeprefix(start) for key in messages.catalogue() if key.startswith(start)}
        return {title for title in found if worded(start + title)}

    def worded_caveats(self) -> set[str]:
        """Caveats there are messages for."""
        start = f"{self.question}.caveat."
        return {key.removeprefix(start) for key in messages.catalogue() if key.startswith(start)}

    def is_worded_from(self, key: str, values: set[str]) -> bool:
        """Whether a message of the question is there and asks for nothing but these values."""
        key = f"{self.question}.{key}"
        return worded(key) and fields(key) <= values | {"why", "own"}

    def is_named(self, name: str) -> bool:
        """Whether a column or value has a label, of the question's own or of all."""
        return worded(f"{self.question}.label.{name}") or worded(f"label.{name}")

    def format_of(self, name: str) -> str:
        """How a column's numbers are written; empty where nothing says so."""
        return messages.Messages("en", question=self.question).format_of(name)


def _parsed(start: str, room: ModuleType) -> dict[str, ast.Module]:
    folder = Path(str(room.__file__)).parent
    return {
        start + path.relative_to(folder).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.py"))
    }
