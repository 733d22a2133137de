"""Keypoints that come from elsewhere than a config's model."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

if TYPE_CHECKING:  # neither for a suite file nor for a report
    from mmpose_scgcn.evaluation.face_samples import FaceSample

    from mmengine.config import Config


class Predictor(ABC):
    """Gives a row of a benchmark its keypoints: any program, any package.

    A suite file makes it, and suite files are read often. So making one has
    to be quick and must import nothing that may be absent: that belongs into
    :meth:`load`.
    """

    #: Modules that have to be there, and the packages that bring them.
    modules: ClassVar[Mapping[str, str]] = {}
    #: The command that installs those packages.
    install: ClassVar[str] = ''

    @property
    def absent(self) -> str:
        """Say what is not installed, and what installs it; '' if all is."""
        for module in self.modules:
            if find_spec(module) is None:
                return f'no module {module}; {self.install}'
        return ''

    def files(self) -> Iterable[Path]:
        """List the files of weights; the row is run anew if one changes."""
        return ()

    def load(self, cfg: 'Config') -> Mapping[str, Any]:
        """Make ready to predict.

        Args:
            cfg (Config): The row's config, for data sets to choose or to fit
                something on (:func:`.predicted_faces.annotated_faces`).

        Returns:
            Mapping[str, Any]: What was chosen, plain values, for the record.
        """
        return {}

    @abstractmethod
    def __call__(
        self, image: np.ndarray, face: 'FaceSample'
    ) -> np.ndarray | None:
        """Predict the keypoints of a face.

        Args:
            image (np.ndarray): (H, W, 3) uint8, BGR.
            face (FaceSample): What is annotated of the face: ``box`` (4,) and
                ``gt`` (K, 2), image px.

        Returns:
            np.ndarray | None: (K, 2), image px; None if the face was missed.
        """


def made_of(predictor: Predictor) -> dict[str, str]:
    """Tell what a predictor is made of.

    Returns:
        dict[str, str]: For each file the first 8 digits of its SHA-256, for
        each package its version.
    """
    parts = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        for path in predictor.files()
    }
    for package in predictor.modules.values():
        try:
            parts[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            parts[package] = 'unknown'
    return parts
