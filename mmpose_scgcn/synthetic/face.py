"""One synthetic face from a seed and an index."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .appearance import Appearance, sample_appearance
from .attributes import face_attributes
from .background import paint_background
from .camera import Camera, frame_face, unit_camera
from .contour import contour_uv, visible_contour
from .degrade import Degradation, degrade, sample_degradation
from .hair import hair_thickness
from .head import chart_to_uv, sample_grid
from .landmarks import chart_landmarks
from .lighting import Lighting, expose, sample_lighting
from .lines import divide_lines
from .mane import paint_mane
from .occluders import add_occluder
from .parameters import (
    Expression,
    Identity,
    Pose,
    sample_expression,
    sample_identity,
    sample_pose,
)
from .render import render_head
from .surface import add_hair, head_surface
from .template import CONTOUR
from .texture import paint_face


@dataclass(frozen=True)
class SyntheticFace:
    """A picture with its truth.

    Attributes:
        image (np.ndarray): (size, size, 3) uint8 BGR.
        keypoints (np.ndarray): (98, 2) float32, image px.
        attributes (dict): The six WFLW attributes, 0 or 1.
        factors (dict): What was generated: angles in degrees, strengths.
    """

    image: np.ndarray
    keypoints: np.ndarray
    attributes: dict
    factors: dict


@dataclass(frozen=True)
class Recipe:
    """Everything that decides one face but the grain of its paint."""

    identity: Identity
    expression: Expression
    pose: Pose
    appearance: Appearance
    light: Lighting
    degradation: Degradation


def sample_recipe(rngs: Sequence[np.random.Generator]) -> Recipe:
    """Draw a recipe.

    Args:
        rngs (Sequence[np.random.Generator]): Six generators, one for each
            part, in the order of ``Recipe``.

    Returns:
        Recipe: The recipe.
    """
    identity, expression, pose, appearance, light, degradation = rngs
    return Recipe(
        identity=sample_identity(identity),
        expression=sample_expression(expression),
        pose=sample_pose(pose),
        appearance=sample_appearance(appearance),
        light=sample_lighting(light),
        degradation=sample_degradation(degradation),
    )


def project_landmarks(
    skin: np.ndarray, points: np.ndarray, camera: Camera, roll: float
) -> np.ndarray:
    """The 98 landmarks in the picture.

    Args:
        skin (np.ndarray): (H, W, 3) head without hair, head frame.
        points (np.ndarray): (98, 2) landmarks, chart frame.
        camera (Camera): The view.
        roll (float): In-plane angle, degrees.

    Returns:
        np.ndarray: (98, 2) image px.
    """
    uv = chart_to_uv(points[CONTOUR.stop :])
    inner = camera.project(sample_grid(skin, uv))[:, :2]
    outline = visible_contour(skin, camera, roll)
    return divide_lines(np.concatenate([outline, inner]))


def _hidden(
    keypoints: np.ndarray,
    occluder: np.ndarray,
    points: np.ndarray,
    hair: np.ndarray,
) -> np.ndarray:
    """(98,) bool: covered by an occluder, or by hair or cloth."""
    column, row = np.rint(keypoints).astype(int).T
    limit = occluder.shape[0] - 1
    seen = occluder[np.clip(row, 0, limit), np.clip(column, 0, limit)]
    uv = np.concatenate([contour_uv(), chart_to_uv(points[CONTOUR.stop :])])
    cover = sample_grid(hair[..., None], uv)[:, 0]
    return (seen > 127) | (cover > 127)


def render_face(
    recipe: Recipe,
    rngs: Sequence[np.random.Generator],
    size: int = 160,
    occluder: str | None = None,
) -> SyntheticFace:
    """Build and draw the face of a recipe.

    Args:
        recipe (Recipe): What to draw.
        rngs (Sequence[np.random.Generator]): Three generators: of the paint,
            of the background, of occluder and noise.
        size (int): Image side in px. Defaults to 160.
        occluder (str, optional): Kind of occluder. Defaults to None: it is
            drawn at random.

    Returns:
        SyntheticFace: Picture and truth.
    """
    paint, scene, front = rngs
    pose, expression = recipe.pose, recipe.expression
    appearance = recipe.appearance
    points = chart_landmarks(recipe.identity, expression)
    texture, hair = paint_face(points, expression, appearance, paint)
    ears = appearance.style not in ('scarf', 'long', 'parted')
    skin = head_surface(recipe.identity, expression, points, float(ears))
    unit = project_landmarks(skin, points, unit_camera(pose), pose.roll)
    camera = frame_face(pose, unit, size)
    keypoints = unit * camera.scale + camera.center
    head = add_hair(skin, hair_thickness(appearance, hair))
    behind = paint_mane(
        paint_background(size, scene), camera, appearance, recipe.light, scene
    )
    image = render_head(head, texture, camera, recipe.light, behind)
    image, mask, kind = add_occluder(
        image, keypoints, camera, appearance.skin, front, occluder
    )
    image = degrade(expose(image, recipe.light), recipe.degradation, front)
    share = float(_hidden(keypoints, mask, points, hair).mean())
    attributes = face_attributes(
        pose, expression, recipe.light, appearance, recipe.degradation, share
    )
    factors = _factors(recipe, kind, share)
    return SyntheticFace(
        image, keypoints.astype(np.float32), attributes, factors
    )


def _factors(recipe: Recipe, occluder: str, hidden: float) -> dict:
    """The values behind the attributes, ready for JSON."""
    pose, expression, light = recipe.pose, recipe.expression, recipe.light
    return dict(
        yaw=round(pose.yaw, 3),
        pitch=round(pose.pitch, 3),
        roll=round(pose.roll, 3),
        jaw_open=round(expression.jaw_open, 4),
        smile=round(expression.smile, 4),
        pucker=round(expression.pucker, 4),
        eyes_closed=round(
            min(expression.close_left, expression.close_right), 4
        ),
        gain=round(light.gain, 4),
        key_to_ambient=round(light.key / light.ambient, 4),
        lipstick=round(recipe.appearance.lipstick, 4),
        eye_shadow=round(recipe.appearance.eye_shadow, 4),
        skin_tone=round(recipe.appearance.tone, 4),
        hair=recipe.appearance.style,
        occluder=occluder,
        hidden_share=round(hidden, 4),
        blur_sigma=round(recipe.degradation.blur, 4),
    )


def make_face(seed: int, index: int, size: int = 160) -> SyntheticFace:
    """A face that depends on (seed, index, size) alone.

    Args:
        seed (int): Of the data set, at least 0.
        index (int): Of the face, at least 0.
        size (int): Image side in px, at least 32. Defaults to 160.

    Returns:
        SyntheticFace: Picture and truth.

    Raises:
        ValueError: For a negative seed or index, or a size below 32.

    Example:
        >>> make_face(seed=0, index=0).keypoints.shape
        (98, 2)
    """
    if seed < 0 or index < 0 or size < 32:
        raise ValueError(
            'expected seed >= 0, index >= 0 and size >= 32, '
            f'got {seed}, {index} and {size}'
        )
    streams = np.random.SeedSequence([seed, index]).spawn(9)
    rngs = [np.random.default_rng(stream) for stream in streams]
    return render_face(sample_recipe(rngs[:6]), rngs[6:], size)
