"""Colours and styles of one person, and their draws. Colours are BGR."""

from dataclasses import dataclass
from typing import Any

import numpy as np

_SKIN = np.array(
    [
        (186, 208, 246),
        (160, 190, 238),
        (130, 168, 226),
        (100, 142, 206),
        (74, 112, 176),
        (56, 84, 138),
        (46, 66, 108),
        (40, 54, 86),
    ],
    dtype=np.float64,
)
_HAIR = np.array(
    [
        (18, 17, 20),
        (25, 30, 40),
        (35, 50, 75),
        (50, 80, 120),
        (95, 145, 190),
        (150, 190, 220),
        (40, 60, 140),
        (165, 165, 165),
        (215, 215, 215),
    ],
    dtype=np.float64,
)
_HAIR_LIGHT_SKIN = [0.18, 0.2, 0.2, 0.14, 0.1, 0.06, 0.05, 0.05, 0.02]
_HAIR_DARK_SKIN = [0.6, 0.26, 0.06, 0, 0, 0, 0, 0.06, 0.02]
_IRIS = [
    (30, 45, 70),
    (35, 60, 100),
    (60, 95, 110),
    (120, 110, 80),
    (170, 140, 100),
    (100, 130, 90),
]
STYLES = (
    'bald',
    'receding',
    'short',
    'fringe',
    'long',
    'parted',
    'scarf',
    'cap',
)
_STYLE_ODDS = [0.06, 0.09, 0.38, 0.12, 0.13, 0.10, 0.05, 0.07]


@dataclass(frozen=True)
class Appearance:
    """Everything of a person that the surface does not say.

    ``tone`` runs from 0 (light skin) to 1 (dark); ``beard``,
    ``moustache``, ``lipstick``, ``eye_shadow``, ``blush``, ``freckles``,
    ``age``, ``lashes``, ``brow_density``, ``crease`` (of the upper lid) and
    ``bags`` (below the eyes) are strengths in [0, 1]; ``crease_height`` is
    above the lid, in the chart.
    """

    tone: float
    skin: tuple
    hair: tuple
    brow: tuple
    iris: tuple
    lips: tuple
    style: str
    hair_volume: float
    cloth: tuple
    beard: float = 0.0
    moustache: float = 0.0
    lipstick: float = 0.0
    eye_shadow: float = 0.0
    shadow_color: tuple = (120, 80, 90)
    blush: float = 0.0
    freckles: float = 0.0
    age: float = 0.0
    teeth: float = 1.0
    lashes: float = 0.75
    brow_density: float = 1.0
    crease: float = 0.5
    crease_height: float = 0.035
    bags: float = 0.2


def _between(palette: np.ndarray, where: float) -> np.ndarray:
    """A colour at ``where`` in [0, 1] along a palette."""
    position = np.linspace(0, 1, len(palette))
    return np.array([np.interp(where, position, c) for c in palette.T])


def _color(values: np.ndarray) -> tuple:
    return tuple(float(v) for v in np.clip(values, 0, 255))


def _lip_color(
    rng: np.random.Generator, skin: np.ndarray, lipstick: float
) -> np.ndarray:
    """Natural lips, redder than the skin, by much or little, or painted."""
    natural = skin * [0.72, 0.68, 0.86] + [6, 0, 8]
    natural = skin + (natural - skin) * rng.uniform(0.25, 1.2)
    red = rng.uniform([20, 10, 120], [110, 70, 225])
    return natural * (1 - 0.85 * lipstick) + red * 0.85 * lipstick


def sample_appearance(rng: np.random.Generator) -> Appearance:
    """Draw a person; make-up and beards exclude each other."""
    tone = float(rng.beta(1.0, 1.8))
    skin = _between(_SKIN, tone) * rng.normal(1, 0.015, 3)
    odds = _HAIR_DARK_SKIN if tone > 0.55 else _HAIR_LIGHT_SKIN
    hair = _HAIR[rng.choice(len(_HAIR), p=odds)] * rng.uniform(0.8, 1.25)
    style = str(rng.choice(STYLES, p=_STYLE_ODDS))
    bearded, made_up = rng.random() < 0.28, rng.random() < 0.25
    extra: dict[str, Any] = {}
    if bearded and style not in ('long', 'scarf'):
        extra.update(
            beard=float(rng.uniform(0, 1)),
            moustache=float(rng.uniform(0.2, 1)),
        )
    elif made_up:
        extra.update(
            lipstick=float(rng.uniform(0.3, 1)),
            eye_shadow=float(rng.uniform(0, 1)),
            shadow_color=_color(rng.uniform(20, 170, 3)),
            blush=float(rng.uniform(0, 1)),
        )
    lips = _lip_color(rng, skin, extra.get('lipstick', 0.0))
    return Appearance(
        tone=tone,
        skin=_color(skin),
        hair=_color(hair),
        brow=_color(hair * 0.75 + skin * 0.1 if tone < 0.5 else hair * 0.8),
        iris=_IRIS[rng.choice(2 if tone > 0.5 else len(_IRIS))],
        lips=_color(lips),
        style=style,
        hair_volume=float(rng.uniform(0.4, 1.6)),
        cloth=_color(rng.uniform(15, 235, 3)),
        freckles=float(max(rng.normal(-0.6, 0.6), 0)) * (tone < 0.4),
        age=float(rng.beta(1, 2)),
        teeth=float(rng.uniform(0.7, 1)),
        lashes=float(rng.uniform(0.5, 1)),
        crease=float(rng.uniform(0, 0.8)),
        crease_height=float(rng.uniform(0.015, 0.07)),
        bags=float(max(rng.uniform(-0.3, 0.7), 0)),
        brow_density=float(1 - 0.8 * rng.beta(1, 2)),
        **extra,
    )
