"""Predictors made of others: other points, or the best of several."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmpose_scgcn.benchmark import Predictor

import numpy as np
from peers_ridge import fit_ridge


class Wrapped(Predictor):
    """What is the same for all predictors that others are made of.

    Args:
        inner (Predictor): What finds the points.
    """

    def __init__(self, inner: Predictor) -> None:
        self.inner = inner

    @property
    def modules(self) -> Mapping[str, str]:
        """Name those of the inner one."""
        return self.inner.modules

    @property
    def install(self) -> str:
        """Name that of the inner one."""
        return self.inner.install

    def files(self) -> Iterable[Path]:
        """List those of the inner one."""
        return self.inner.files()

    def load(self, cfg: Any) -> Mapping[str, Any]:
        """Make the inner one ready."""
        return self.inner.load(cfg)


class Picked(Wrapped):
    """Some of the points, each by its number or as the mean of two.

    Args:
        inner (Predictor): What finds the points.
        numbers (Sequence): For each keypoint a number or a pair of them.
    """

    def __init__(self, inner: Predictor, numbers: Sequence) -> None:
        super().__init__(inner)
        self.pairs = np.array([np.broadcast_to(n, 2) for n in numbers])

    def __call__(self, image: np.ndarray, face: Any) -> np.ndarray | None:
        """Predict the points, and pick."""
        points = self.inner(image, face)
        return None if points is None else points[self.pairs].mean(1)


class Adapted(Wrapped):
    """All of the points, turned into keypoints by a ridge.

    It is fitted on the config's ``train`` set, and its weight chosen on
    ``val``.
    """

    def load(self, cfg: Any) -> Mapping[str, Any]:
        """Make the inner one ready, and fit."""
        chosen = super().load(cfg)
        sets = (predict_points(self.inner, cfg, p) for p in ('train', 'val'))
        self.ridge = fit_ridge(*(part for both in sets for part in both))
        return dict(chosen, ridge=self.ridge.weight)

    def __call__(self, image: np.ndarray, face: Any) -> np.ndarray | None:
        """Predict the points, and map."""
        points = self.inner(image, face)
        return None if points is None else self.ridge(points[None])[0]


class Best(Wrapped):
    """The one of several that has the smallest error on ``val``.

    Args:
        choices (Mapping[str, Predictor]): By name, of one kind.
    """

    def __init__(self, choices: Mapping[str, Predictor]) -> None:
        super().__init__(next(iter(choices.values())))
        self.choices = choices

    def load(self, cfg: Any) -> Mapping[str, Any]:
        """Make all ready, and choose."""
        made = {name: one.load(cfg) for name, one in self.choices.items()}
        errors = {}
        for name, one in self.choices.items():
            points, wanted = predict_points(one, cfg, 'val')
            away = np.linalg.norm(points - wanted, axis=-1).mean(1)
            eyes = np.linalg.norm(wanted[:, 36] - wanted[:, 45], axis=-1)
            errors[name] = round(float(np.mean(away / eyes)), 5)
        best = min(errors, key=errors.__getitem__)
        self.inner = self.choices[best]
        return dict(made[best], chosen=best, val_NME=errors)

    def __call__(self, image: np.ndarray, face: Any) -> np.ndarray | None:
        """Predict with the chosen one."""
        return self.inner(image, face)


def predict_points(
    predictor: Predictor, cfg: Any, part: str
) -> tuple[np.ndarray, np.ndarray]:
    """Predict the faces of a config's data set; those missed are left out.

    Returns:
        tuple[np.ndarray, np.ndarray]: Points (N, K, 2) and annotated
        keypoints (N, M, 2), image px.
    """
    from mmpose_scgcn.benchmark.predicted_faces import annotated_faces

    found = [
        (points, face.gt)
        for image, face in annotated_faces(cfg, part)
        if (points := predictor(image, face)) is not None
    ]
    points, wanted = (np.stack(part) for part in zip(*found, strict=True))
    return points, wanted.astype(np.float64)
