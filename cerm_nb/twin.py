"""A static view and its interactive twin: the same function with the same arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Range = tuple[float, float, float] | list[str]


class View:
    """One question asked of a result with changeable arguments.

    Parameters
    ----------
    compute
        From keyword arguments to a result.
    draw
        From that result and the same arguments to something a notebook can display.
    labels
        What the reader sees for each argument.

    Examples
    --------
    >>> view = View(lambda months: 2 * months, lambda found, months: f"{found} in {months}", {})
    >>> view(months=6)
    '12 in 6'
    """

    def __init__(
        self, compute: Callable[..., Any], draw: Callable[..., Any], labels: Mapping[str, str]
    ) -> None:
        self._compute = compute
        self._draw = draw
        self._labels = labels

    def __call__(self, **arguments: Any) -> Any:
        """Show the view at these arguments."""
        return self._draw(self._compute(**arguments), **arguments)

    def explore(self, ranges: Mapping[str, Range], **start: Any) -> Any:
        """Show sliders and lists of choices that redraw the view.

        Parameters
        ----------
        ranges
            Argument → lowest, highest, step; or the list of what can be chosen.
        **start
            Where each begins: the arguments of the static view.
        """
        import ipywidgets as widgets

        controls = {
            name: _control(widgets, self._labels, name, ranges[name], value) for name, value in start.items()
        }
        output = widgets.interactive_output(self._show, controls)
        return widgets.VBox([*controls.values(), output])

    def _show(self, **arguments: Any) -> None:
        from IPython.display import display

        display(self(**arguments))


def _control(widgets: Any, labels: Mapping[str, str], name: str, choices: Range, value: Any) -> Any:
    # A label beside its control, as wide as the figure below.
    room = {
        "description": labels.get(name, name),
        "style": {"description_width": "16em"},
        "layout": widgets.Layout(width="46rem", max_width="100%"),
    }
    if isinstance(choices, list):
        options = [(labels.get(choice, choice), choice) for choice in choices]
        return widgets.Dropdown(options=options, value=value, **room)
    return _slider(widgets, choices, value, room)


def _slider(widgets: Any, limits: Sequence[float], value: float, room: Mapping[str, Any]) -> Any:
    low, high, step = limits
    # An analyst may start beyond the usual range; a slider that moved her value would not be a twin.
    low, high = min(low, value), max(high, value)
    whole = all(isinstance(number, int) for number in (*limits, value))
    kind = widgets.IntSlider if whole else widgets.FloatSlider
    return kind(
        value=value,
        min=low,
        max=high,
        step=step,
        # Redraw when the slider is let go: a frame per pixel would lag behind the hand.
        continuous_update=False,
        **room,
    )
