"""What one face looks like: identity, expression and pose, and their draws."""

from dataclasses import dataclass

import numpy as np

MAX_YAW, MAX_PITCH, MAX_ROLL = 75.0, 30.0, 40.0


@dataclass(frozen=True)
class Identity:
    """Proportions; 0 is the template, 1 about one standard deviation.

    ``asymmetry`` holds one number for each of the seven parts.
    """

    face_width: float = 0.0
    face_length: float = 0.0
    jaw_width: float = 0.0
    chin_length: float = 0.0
    chin_forward: float = 0.0
    cheeks: float = 0.0
    forehead: float = 0.0
    nose_width: float = 0.0
    nose_length: float = 0.0
    nose_height: float = 0.0
    nose_hump: float = 0.0
    eye_distance: float = 0.0
    eye_size: float = 0.0
    eye_tilt: float = 0.0
    brow_height: float = 0.0
    brow_thickness: float = 0.0
    brow_arch: float = 0.0
    mouth_width: float = 0.0
    mouth_height: float = 0.0
    lip_upper: float = 0.0
    lip_lower: float = 0.0
    brow_ridge: float = 0.0
    asymmetry: float = 0.0
    lip_fullness: float = 0.0


@dataclass(frozen=True)
class Expression:
    """Muscle actions: 0 is rest, 1 is strong.

    ``smile`` runs from -0.5 (sad) to 1, ``brow`` from -1 (frown) to 1
    (raised), ``gaze_x`` and ``gaze_y`` from -1 to 1. With ``closed`` the lips
    touch: the jaw is at rest, and a smile shows no teeth.
    """

    jaw_open: float = 0.0
    smile: float = 0.0
    pucker: float = 0.0
    brow: float = 0.0
    close_left: float = 0.0
    close_right: float = 0.0
    gaze_x: float = 0.0
    gaze_y: float = 0.0
    closed: bool = False


@dataclass(frozen=True)
class Pose:
    """Head angles in degrees and where the face lies.

    Positive yaw turns the face to the image right, positive pitch down,
    positive roll clockwise. ``fill`` is the longer side of the landmark
    box and ``shift`` the offset of its centre, both as parts of the image
    side; ``distance`` is that of the camera, in head units.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    fill: float = 0.6
    shift: tuple = (0.0, 0.0)
    distance: float = 14.0


def sample_identity(rng: np.random.Generator) -> Identity:
    """Draw proportions, each from a normal cut at 2.2 deviations."""
    names = Identity.__dataclass_fields__
    values = np.clip(rng.standard_normal(len(names)), -2.2, 2.2)
    return Identity(**dict(zip(names, values.tolist(), strict=True)))


def sample_expression(rng: np.random.Generator) -> Expression:
    """Draw an expression: most faces calm or smiling, some extreme."""
    kind = rng.choice(4, p=[0.42, 0.43, 0.10, 0.05])
    smile = rng.normal(0.05, 0.12)
    jaw = abs(rng.normal(0, 0.05))
    pucker = 0.0
    if kind == 1:
        smile, jaw = rng.uniform(0.3, 1.0), rng.uniform(0, 0.4)
    elif kind == 2:
        smile, jaw = rng.uniform(-0.4, 0.5), rng.uniform(0.25, 1.0)
    elif kind == 3:
        smile, pucker = rng.uniform(-0.4, 0.0), rng.uniform(0.2, 1.0)
    close = np.abs(rng.normal(0, 0.12)) + max(smile, 0) * rng.uniform(0, 0.4)
    if rng.random() < 0.08:
        close = rng.uniform(0.8, 1.0)
    wink = np.clip(close + rng.normal(0, 0.05, 2), 0, 1)
    brow = np.clip(rng.normal(0, 0.35 + 0.25 * (kind > 1)), -1, 1)
    gaze = np.clip(rng.normal(0, 0.4, 2), -1, 1)
    close_left, close_right = wink.tolist()
    gaze_x, gaze_y = gaze.tolist()
    closed = rng.random() < (0.75, 0.25, 0.0, 0.5)[kind]
    return Expression(
        jaw_open=0.0 if closed else float(jaw),
        smile=float(np.clip(smile, -0.5, 1)),
        pucker=float(pucker),
        brow=float(brow),
        close_left=close_left,
        close_right=close_right,
        gaze_x=gaze_x,
        gaze_y=gaze_y,
        closed=bool(closed),
    )


def sample_pose(rng: np.random.Generator) -> Pose:
    """Draw a pose: about a quarter of the faces turn by more than 30 deg."""
    if rng.random() < 0.65:
        yaw = rng.normal(0, 15)
    else:
        yaw = rng.uniform(-MAX_YAW, MAX_YAW)
    pitch, roll = rng.normal(0, 9), rng.normal(0, 10)
    return Pose(
        yaw=float(np.clip(yaw, -MAX_YAW, MAX_YAW)),
        pitch=float(np.clip(pitch, -MAX_PITCH, MAX_PITCH)),
        roll=float(np.clip(roll, -MAX_ROLL, MAX_ROLL)),
        fill=float(rng.uniform(0.52, 0.66)),
        shift=tuple(rng.uniform(-0.05, 0.05, 2).tolist()),
        distance=float(rng.uniform(6, 20)),
    )
