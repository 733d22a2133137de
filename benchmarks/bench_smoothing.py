"""Measure what One-Euro smoothing does to jitter and to lag.

python benchmarks/bench_smoothing.py --oracle
python benchmarks/bench_smoothing.py --oracle --search
python benchmarks/bench_smoothing.py --model NAME
python benchmarks/bench_smoothing.py --model CONFIG --checkpoint FILE

One synthetic face, filmed twice: still, and swaying sideways by half an
inter-ocular distance at several top speeds. The oracle knows the keypoints
but for noise; a model sees pictures with sensor noise, with boxes from its own
keypoints in the frame before. Errors of a model are taken against its own mean
prediction, moved as the face moves: what is always wrong is no lag.

jitter: root mean square of a keypoint's way from frame to frame, face still
error: root mean square distance of keypoints from where they should be
lag: how many frames late the keypoints are, by least squares
"""

import argparse
from collections.abc import Callable
from itertools import product

from mmpose_scgcn.structures.boxes import tight_boxes
from mmpose_scgcn.synthetic import SyntheticFace, make_face
from mmpose_scgcn.tracking import OneEuroFilter

import cv2
import numpy as np

SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0)  # inter-ocular distances per second
SWAY = 0.5  # inter-ocular distances to each side
EYES = 60, 72  # outer corners among the 98 keypoints
SETTLED = 1.0  # seconds before measuring starts


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument('--oracle', action='store_true')
    source.add_argument('--model', help='what mmpose_scgcn.load_model takes')
    add('--checkpoint', help='weights of a model that is a config')
    add(
        '--noise',
        type=float,
        default=0.01,
        help="standard deviation of the oracle's error in each coordinate, "
        'inter-ocular distances (0.01)',
    )
    add(
        '--sensor-noise',
        type=float,
        default=4.0,
        help='standard deviation of the noise in pictures, grey levels (4)',
    )
    add('--search', action='store_true', help='try a grid of constants')
    default = OneEuroFilter()
    add('--min-cutoff', type=float, default=default.min_cutoff)
    add('--beta', type=float, default=default.beta)
    add('--derivate-cutoff', type=float, default=default.derivate_cutoff)
    add('--fps', type=float, default=30.0)
    add('--seconds', type=float, default=8.0)
    add('--face', type=int, default=1, help='index of the face (1)')
    add('--size', type=int, default=256, help='of its picture, px (256)')
    return parser.parse_args()


def sway(speed: float, args: argparse.Namespace) -> np.ndarray:
    """Positions (T,) in inter-ocular distances; speed 0 is a still face."""
    times = np.arange(round(args.seconds * args.fps)) / args.fps
    return SWAY * np.sin(speed / SWAY * times)


def oracle(
    face: SyntheticFace, shifts: np.ndarray, noise: float
) -> np.ndarray:
    """Keypoints (T, K, 2), image px, with noise of that many px."""
    rng = np.random.default_rng(0)
    points = face.keypoints + shifts[:, None]
    return points + rng.normal(0, noise, points.shape)


def film(
    face: SyntheticFace,
    shift: np.ndarray,
    rng: np.random.Generator,
    noise: float,
) -> np.ndarray:
    """Draw the picture at a shift (2,) px over what continues its rim."""
    matrix = np.column_stack([np.eye(2), shift])
    height, width = face.image.shape[:2]
    image = cv2.warpAffine(
        face.image,
        matrix,
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT,
    )
    noisy = image + rng.normal(0, noise, image.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def model_track(
    predict: Callable, face: SyntheticFace, shifts: np.ndarray, noise: float
) -> np.ndarray:
    """Predict each frame, (T, K, 2) image px."""
    rng = np.random.default_rng(0)
    boxes = tight_boxes(face.keypoints[None])
    track = []
    for shift in shifts:
        image = film(face, shift, rng, noise)
        track.append(predict(image, boxes=boxes).keypoints[0])
        boxes = tight_boxes(track[-1][None])
    return np.stack(track).astype(np.float64)


def smooth(
    track: np.ndarray, filter_: OneEuroFilter, fps: float
) -> np.ndarray:
    """Filter a track (T, K, 2) image px from its start."""
    scales = np.linalg.norm(np.ptp(track, axis=1), axis=1)
    return np.stack(
        [
            filter_(points, number / fps, float(scale))
            for number, (points, scale) in enumerate(
                zip(track, scales, strict=True)
            )
        ]
    )


def rms(vectors: np.ndarray) -> float:
    """Root mean square length of vectors (..., 2)."""
    return float(np.sqrt((vectors**2).sum(axis=-1).mean()))


def error_and_lag(
    track: np.ndarray, raw: np.ndarray, shifts: np.ndarray, skip: int
) -> tuple[float, float]:
    """Error of a track (T, K, 2), px, and its lag, frames."""
    still = (raw - shifts[:, None]).mean(axis=0)
    errors = (track - shifts[:, None] - still)[skip:]
    velocity = np.gradient(shifts[:, 0])[skip:]
    late = -(errors[..., 0].mean(axis=1) * velocity).sum()
    return rms(errors), float(late / (velocity**2).sum())


def measure(
    tracks: dict,
    shifts: dict,
    args: argparse.Namespace,
    filter_: OneEuroFilter | None,
) -> list[float]:
    """Jitter in px, then error in px and lag in frames for each speed."""
    skip = round(SETTLED * args.fps)
    figures = []
    for speed, raw in tracks.items():
        track = raw
        if filter_ is not None:
            filter_.reset()
            track = smooth(raw, filter_, args.fps)
        if speed == 0:
            figures.append(rms(np.diff(track[skip:], axis=0)))
        else:
            figures += error_and_lag(track, raw, shifts[speed], skip)
    return figures


def show(
    name: str, figures: list[float], distance: float, base: float
) -> None:
    """Print one line, lengths in percent of the inter-ocular distance."""
    jitter, *rest = figures
    cells = [
        f'{100 * error / distance:6.2f} %{lag:6.2f}'
        for error, lag in zip(rest[::2], rest[1::2], strict=True)
    ]
    share = f'{100 * jitter / distance:5.2f} % (x {jitter / base:.2f})'
    print(f'{name:15}{share}  ' + ' '.join(cells))


def main() -> None:
    """Run the command line."""
    args = parse_args()
    face = make_face(seed=0, index=args.face, size=args.size)
    distance = np.linalg.norm(np.subtract(*face.keypoints[list(EYES)]))
    shifts = {
        speed: distance * np.outer(sway(speed, args), [1, 0])
        for speed in (0.0, *SPEEDS)
    }
    if args.oracle:
        tracks = {
            speed: oracle(face, way, args.noise * distance)
            for speed, way in shifts.items()
        }
    else:
        from mmpose_scgcn import load_model

        predict = load_model(args.model, args.checkpoint)
        tracks = {
            speed: model_track(predict, face, way, args.sensor_noise)
            for speed, way in shifts.items()
        }
    print(
        'error and lag (frames) at top speeds of '
        f'{", ".join(map(str, SPEEDS))} inter-ocular distances per second, '
        f'{args.fps:g} frames per second\n'
        f'{"":15}jitter'
    )
    plain = measure(tracks, shifts, args, None)
    show('as it is', plain, distance, plain[0])
    grid = [(args.min_cutoff, args.beta, args.derivate_cutoff)]
    if args.search:
        betas = (5.0, 10.0, 20.0, 30.0, 45.0)
        grid = list(product((0.3, 1.0, 2.0), betas, (1.0, 2.0)))
    for constants in grid:
        figures = measure(tracks, shifts, args, OneEuroFilter(*constants))
        name = ' '.join(f'{value:g}' for value in constants)
        show(name, figures, distance, plain[0])


if __name__ == '__main__':
    main()
