"""The whole texture of one face, layer upon layer."""

import numpy as np

from .appearance import Appearance
from .features import paint_brow, paint_eye
from .folds import paint_folds
from .hair import hair_mask, paint_clothes, paint_hair
from .mouth import paint_mouth, paint_nostrils
from .parameters import Expression
from .skin import paint_skin


def paint_face(
    points: np.ndarray,
    expression: Expression,
    appearance: Appearance,
    rng: np.random.Generator,
) -> tuple:
    """Paint skin, features, hair and clothes.

    Args:
        points (np.ndarray): (98, 2) landmarks, chart frame.
        expression (Expression): For teeth and lips.
        appearance (Appearance): Colours and styles.
        rng (np.random.Generator): For grain, hairs and strands.

    Returns:
        tuple: Texture (HEIGHT, WIDTH, 3) uint8 and hair cover
        (HEIGHT, WIDTH) uint8.
    """
    image = paint_skin(appearance, rng)
    paint_folds(image, points, expression, appearance, rng)
    paint_nostrils(image, points, appearance)
    paint_mouth(image, points, expression, appearance, rng)
    for side in (0, 1):
        paint_eye(image, points, side, appearance)
        paint_brow(image, points, side, appearance, rng)
    cover = hair_mask(appearance, rng)
    paint_hair(image, cover, appearance, rng)
    paint_clothes(image, appearance)
    return image, cover
