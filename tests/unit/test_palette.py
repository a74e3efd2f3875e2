import itertools

import numpy as np
import pytest

from cerm_nb import palette

# Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB.
SIGHT = {
    "usual": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
SIDES = pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])


def linear(colour):
    shares = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    light, dark = sorted((float(linear(colour) @ TO_XYZ[1]) for colour in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    share = TO_XYZ @ np.clip(rgb, 0, 1) / np.array([0.9505, 1, 1.089])
    curve = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    return np.array([116 * curve[1] - 16, 500 * (curve[0] - curve[1]), 200 * (curve[1] - curve[2])])


@SIDES
@pytest.mark.parametrize("sight", SIGHT)
def test_meanings_are_told_apart_whatever_the_readers_sight(side, sight):
    seen = {name: lab(SIGHT[sight] @ linear(pair[side])) for name, pair in palette.MEANINGS.items()}
    distances = {
        (one, other): float(np.linalg.norm(seen[one] - seen[other]))
        for one, other in itertools.combinations(seen, 2)
    }
    assert min(distances.values()) > 10, min(distances.items(), key=lambda entry: entry[1])


@SIDES
def test_what_is_drawn_stands_out_from_the_paper(side):
    paper = palette.SURFACES["paper"][side]
    for name, pair in palette.MEANINGS.items():
        assert contrast(pair[side], paper) >= 3, name


@SIDES
def test_every_text_reads_on_paper_and_panel(side):
    for text, ground in itertools.product(("ink", "muted", "link"), ("paper", "panel")):
        assert contrast(palette.SURFACES[text][side], palette.SURFACES[ground][side]) >= 4.5, (text, ground)


@SIDES
def test_every_verdict_reads_on_its_ground(side):
    for verdict, (_, *grounds) in palette.VERDICTS.items():
        ground, text = grounds[side]
        assert contrast(ground, text) >= 4.5, verdict


def test_verdicts_have_signs_of_their_own():
    assert len({sign for sign, *_ in palette.VERDICTS.values()}) == len(palette.VERDICTS)


def test_an_unknown_meaning_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="'blue' is not one of"):
        palette.colour("blue")


def test_the_page_follows_the_system_and_the_notebook_follows_jupyterlab():
    assert "@media screen and (prefers-color-scheme:dark)" in palette.css("page")
    assert "prefers-color-scheme" not in palette.css("notebook")
    assert '[data-jp-theme-light="false"]' in palette.css("notebook")


def test_the_style_loads_nothing():
    assert "url(" not in palette.css()
    assert "@import" not in palette.css()
