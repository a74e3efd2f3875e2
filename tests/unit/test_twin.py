"""A view's twin has a slider for a range and a list for choices, and redraws by the same function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import pytest

from cerm_nb.twin import View

if TYPE_CHECKING:
    from collections.abc import Callable

LABELS = {"item": "Attribute", "level": "Level", "months": "Months", "b": "The second"}


@pytest.fixture
def drawn() -> list[tuple[str, dict[str, Any]]]:
    return []


@pytest.fixture
def view(drawn: list[tuple[str, dict[str, Any]]]) -> View:
    def draw(found: str, **at: Any) -> str:
        drawn.append((found, at))
        return found

    return View(lambda **at: " ".join(map(str, at.values())), draw, LABELS)


def explored(view: View, ranges: dict[str, Any], **start: Any) -> list[Any]:
    """Give the controls without what they draw into."""
    box = view.explore(ranges, **start)
    assert isinstance(box.children[-1], widgets.Output)
    return list(box.children[:-1])


def test_a_list_becomes_a_choice_and_a_range_a_slider(view: View) -> None:
    item, level = explored(view, {"item": ["a", "b"], "level": (1.0, 7.0, 0.1)}, item="b", level=6.0)
    assert isinstance(item, widgets.Dropdown)
    assert item.options == (("a", "a"), ("The second", "b"))
    assert (item.value, item.label, item.description) == ("b", "The second", "Attribute")
    assert isinstance(level, widgets.FloatSlider)
    assert (level.min, level.max, level.step, level.value) == (1.0, 7.0, 0.1, 6.0)
    assert not level.continuous_update


def test_whole_numbers_move_in_whole_steps(view: View) -> None:
    (months,) = explored(view, {"months": (1, 24, 1)}, months=12)
    assert isinstance(months, widgets.IntSlider)


@pytest.mark.parametrize(("start", "ends"), [(9.0, (1.0, 9.0)), (-2.0, (-2.0, 7.0)), (1.0, (1.0, 7.0))])
def test_a_start_beyond_the_range_widens_it_rather_than_being_moved(
    view: View, start: float, ends: tuple[float, float]
) -> None:
    (level,) = explored(view, {"level": (1.0, 7.0, 0.1)}, level=start)
    assert (level.min, level.max, level.value) == (*ends, start)


def test_a_range_of_one_point_is_still_a_slider(view: View) -> None:
    (level,) = explored(view, {"level": (4.0, 4.0, 0.1)}, level=4.0)
    assert (level.min, level.max, level.value) == (4.0, 4.0, 4.0)


def test_a_choice_that_is_not_in_the_list_is_refused(view: View) -> None:
    with pytest.raises(Exception, match="Invalid selection"):
        view.explore({"item": ["a", "b"]}, item="c")


def test_choosing_another_draws_again_with_all_arguments(
    view: View, drawn: list[tuple[str, dict[str, Any]]]
) -> None:
    item, level = explored(view, {"item": ["a", "b"], "level": (1.0, 7.0, 0.1)}, item="a", level=2.0)
    assert drawn[-1] == ("a 2.0", {"item": "a", "level": 2.0})
    item.value = "b"
    assert drawn[-1] == ("b 2.0", {"item": "b", "level": 2.0})
    level.value = 5.0
    assert drawn[-1] == ("b 5.0", {"item": "b", "level": 5.0})
    assert view(item="b", level=5.0) == "b 5.0"


def test_controls_stand_in_the_order_of_the_static_views_arguments(view: View) -> None:
    reorder: Callable[..., list[Any]] = explored
    level, item = reorder(view, {"item": ["a"], "level": (1.0, 7.0, 0.1)}, level=2.0, item="a")
    assert (level.description, item.description) == ("Level", "Attribute")
