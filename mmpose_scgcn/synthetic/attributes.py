"""The six WFLW attributes, decided by thresholds on what was generated."""

from mmpose_scgcn.structures.conventions import WFLW_ATTRIBUTES

from .appearance import Appearance
from .degrade import Degradation
from .lighting import Lighting
from .parameters import Expression, Pose

LARGE_YAW, LARGE_PITCH, LARGE_ROLL = 30.0, 20.0, 25.0  # degrees
OPEN_JAW, BIG_SMILE, BIG_PUCKER, CLOSED_EYES = 0.4, 0.65, 0.5, 0.8
DIM_GAIN, HARD_RATIO, CAST_RATIO = 0.65, 2.2, 1.35
STRONG_LIPSTICK, STRONG_SHADOW = 0.5, 0.6
HIDDEN_SHARE = 0.15
BLUR_SIGMA = 1.0  # px of a 160 px picture


def has_large_pose(pose: Pose) -> bool:
    """A head turned, tilted or rolled beyond the thresholds."""
    return (
        abs(pose.yaw) >= LARGE_YAW
        or abs(pose.pitch) >= LARGE_PITCH
        or abs(pose.roll) >= LARGE_ROLL
    )


def has_expression(expression: Expression) -> bool:
    """An open mouth, a big smile, a pucker, or both eyes shut."""
    shut = min(expression.close_left, expression.close_right) >= CLOSED_EYES
    return (
        expression.jaw_open >= OPEN_JAW
        or expression.smile >= BIG_SMILE
        or expression.pucker >= BIG_PUCKER
        or shut
    )


def has_special_light(light: Lighting) -> bool:
    """A dim picture, a hard light, or a colour cast."""
    return (
        light.gain <= DIM_GAIN
        or light.key >= HARD_RATIO * light.ambient
        or max(light.cast) >= CAST_RATIO * min(light.cast)
    )


def face_attributes(
    pose: Pose,
    expression: Expression,
    light: Lighting,
    appearance: Appearance,
    degradation: Degradation,
    hidden: float,
) -> dict:
    """The attributes of one face.

    Args:
        pose (Pose): Angles.
        expression (Expression): Muscle actions.
        light (Lighting): Lights and exposure.
        appearance (Appearance): For make-up.
        degradation (Degradation): For blur.
        hidden (float): Share of the 98 landmarks that something covers.

    Returns:
        dict: 0 or 1 for each of ``WFLW_ATTRIBUTES``.
    """
    made_up = (
        appearance.lipstick >= STRONG_LIPSTICK
        or appearance.eye_shadow >= STRONG_SHADOW
    )
    values = (
        has_large_pose(pose),
        has_expression(expression),
        has_special_light(light),
        made_up,
        hidden >= HIDDEN_SHARE,
        degradation.blur >= BLUR_SIGMA,
    )
    return dict(zip(WFLW_ATTRIBUTES, map(int, values), strict=True))
