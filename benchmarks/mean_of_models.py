"""Is the mean of several models better than one of them?

python benchmarks/mean_of_models.py face68 CONFIG CHECKPOINT CONFIG CHECKPOINT

Predicts 300W val with each model, in the box of the annotation and in four
that are moved and scaled a little. Prints the NME of each model, of means over
boxes and over models, how alike the errors of two models are (Pearson's
correlation of all x and y), the NME of parts of the face, and what is left of
it once each face is moved by its best similarity transform.
"""

import argparse
import itertools
from collections.abc import Iterable, Sequence

from mmpose_scgcn import load_model
from mmpose_scgcn.apis import read_image

import numpy as np
import torch
from boxes import read_set
from rich.progress import track

#: Shift in x and y as shares of the box, and scale.
BOXES = (
    (0, 0, 1),
    (0.03, 0.02, 1.04),
    (-0.03, 0.02, 0.97),
    (0.02, -0.03, 1.07),
    (-0.02, -0.02, 0.94),
)
PARTS = dict(
    jaw=slice(17),
    brows=slice(17, 27),
    nose=slice(27, 36),
    eyes=slice(36, 48),
    mouth=slice(48, 68),
)
#: Outer corners of the eyes.
_EYES = (36, 45)


def main() -> None:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        'models', nargs='+', help='names, or configs and checkpoints in turn'
    )
    args = parser.parse_args()
    torch.set_num_threads(1)
    faces = read_set('300W val')
    images = [read_image(file) for file in faces.files]
    found = {
        model: predict(model, images, faces.boxes)
        for model in named(args.models)
    }
    report(found, faces.keypoints)


def named(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Split the command line: a config is followed by its checkpoint."""
    models: list[tuple[str, ...]] = []
    for word in words:
        if word.endswith('.pth') and models and len(models[-1]) == 1:
            models[-1] = (*models[-1], word)
        else:
            models.append((word,))
    return models


def moved(box: np.ndarray, x: float, y: float, scale: float) -> np.ndarray:
    """Move and scale a box (4,), corners."""
    size = box[2:] - box[:2]
    center = (box[:2] + box[2:]) / 2 + size * (x, y)
    return np.concatenate(
        [center - scale * size / 2, center + scale * size / 2]
    )


def predict(
    names: tuple[str, ...], images: Iterable, boxes: np.ndarray
) -> np.ndarray:
    """Predict all faces in all boxes: (5, N, 68, 2), image px."""
    model = load_model(*names, device='cpu', detector=None)
    each = [
        [
            model(image, boxes=moved(box, *by)[None]).keypoints[0]
            for by in BOXES
        ]
        for image, box in track(
            list(zip(images, boxes, strict=True)), names[0]
        )
    ]
    return np.stack(each, axis=1)


def nme(
    points: np.ndarray, faces: np.ndarray, part: slice = slice(68)
) -> float:
    """Give the mean error of (N, 68, 2), percent of the eyes' distance."""
    errors = np.linalg.norm(points - faces, axis=2)[:, part].mean(axis=1)
    return 100 * float(np.mean(errors / eyes(faces)))


def eyes(faces: np.ndarray) -> np.ndarray:
    """Measure the distance of the outer eye corners (N,)."""
    left, right = _EYES
    return np.linalg.norm(faces[:, left] - faces[:, right], axis=1)


def best_similarity(points: np.ndarray, face: np.ndarray) -> np.ndarray:
    """Move a prediction (68, 2) onto its face as well as can be."""
    center = points.mean(axis=0)
    centred, wanted = points - center, face - face.mean(axis=0)
    z, w = (p[:, 0] + 1j * p[:, 1] for p in (centred, wanted))
    turned = z * (np.vdot(z, w) / np.vdot(z, z))
    return np.stack([turned.real, turned.imag], axis=1) + face.mean(axis=0)


def report(found: dict, faces: np.ndarray) -> None:
    """Print the figures."""
    for names, points in found.items():
        print(f'{names[-1]}: NME {nme(points[0], faces):.2f}', end='')
        print(f', mean of {len(BOXES)} boxes {nme(points.mean(0), faces):.2f}')
        for part, which in PARTS.items():
            print(f'  {part} {nme(points[0], faces, which):.2f}', end='')
        fitted = map(best_similarity, points[0], faces)
        print(f'  fitted {nme(np.stack(list(fitted)), faces):.2f}')
    for count in range(2, len(found) + 1):
        for group in itertools.combinations(found, count):
            points = np.mean([found[names] for names in group], axis=0)
            print(' + '.join(names[-1] for names in group), end=': ')
            print(f'NME {nme(points[0], faces):.2f}', end='')
            print(f', of all boxes {nme(points.mean(0), faces):.2f}')
    errors = [
        ((points[0] - faces) / eyes(faces)[:, None, None]).ravel()
        for points in found.values()
    ]
    print('correlation of errors:')
    print(np.corrcoef(errors).round(3))


if __name__ == '__main__':
    main()
