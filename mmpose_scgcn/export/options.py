"""What can be chosen about an export."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """Options of an export.

    Args:
        int8 (bool): Whether a network of 8 bits is written too. Defaults to
            False.
        calibrate (Path, optional): Folder of images that it is calibrated
            on. Defaults to None: drawn faces.
        images (Path, optional): Folder of images that the export is checked
            on. Defaults to None: drawn faces.
        config (str, optional): Config whose test set says what 8 bits cost.
            Defaults to None: drawn faces, for a model of their 98 keypoints.
        overwrite (bool): Whether an earlier export is replaced. Defaults to
            False.
        num_faces (int): Faces that are checked. Defaults to 16.
        num_calibration (int): Faces that are calibrated on. Defaults to 128.
    """

    int8: bool = False
    calibrate: Path | None = None
    images: Path | None = None
    config: str | None = None
    overwrite: bool = False
    num_faces: int = 16
    num_calibration: int = 128
