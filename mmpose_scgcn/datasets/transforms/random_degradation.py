"""Random loss of picture quality."""

from mmpose_scgcn.registry import TRANSFORMS
from mmpose_scgcn.synthetic.degrade import Degradation, degrade

import numpy as np
from mmcv.transforms import BaseTransform
from mmcv.transforms.utils import cache_randomness


@TRANSFORMS.register_module()
class RandomDegradation(BaseTransform):
    """Blur, shrink, grey, add noise or compress, each by its own chance.

    What a cheap camera, a video or a file does to a picture. A model that
    is trained on clean or drawn pictures only does not expect any of it.
    Comes after ``TopdownAffine``; the keypoints stay as they are.

    Lengths are in pixels of a crop of 160 px and scale with the crop.

    Required and modified key: ``img``, (H, W, 3) uint8.

    Args:
        blur (float): Chance of a Gaussian blur of 0.5 to 2.5 px (standard
            deviation). Defaults to 0.25.
        motion (float): Chance of a straight smear of 3 to 10 px. Defaults
            to 0.15.
        shrink (float): Chance that the crop is made 1.5 to 4 times smaller
            and enlarged again. Defaults to 0.25.
        grey (float): Chance that the colours are lost. Defaults to 0.1.
        noise (float): Chance of noise of 2 to 12 grey levels (standard
            deviation). Defaults to 0.3.
        compression (float): Chance of JPEG compression of quality 20 to 90.
            Defaults to 0.25.

    Raises:
        ValueError: A chance is not in [0, 1].
    """

    def __init__(
        self,
        blur: float = 0.25,
        motion: float = 0.15,
        shrink: float = 0.25,
        grey: float = 0.1,
        noise: float = 0.3,
        compression: float = 0.25,
    ) -> None:
        self.chances = dict(
            blur=blur,
            motion=motion,
            shrink=shrink,
            grey=grey,
            noise=noise,
            compression=compression,
        )
        for name, chance in self.chances.items():
            if not 0 <= chance <= 1:
                raise ValueError(f'expected {name} in [0, 1], got {chance}')

    @cache_randomness
    def _draw(self) -> tuple[Degradation, int]:
        """Draw what happens, and the seed of its noise."""
        uniform = np.random.uniform
        happens = {
            name: np.random.random() < chance
            for name, chance in self.chances.items()
        }
        how = Degradation(
            sigma=uniform(0.5, 2.5) if happens['blur'] else 0.0,
            motion=uniform(3, 10) if happens['motion'] else 0.0,
            angle=uniform(0, 180),
            shrink=uniform(1.5, 4) if happens['shrink'] else 1.0,
            noise=uniform(2, 12) if happens['noise'] else 0.0,
            quality=np.random.randint(20, 91)
            if happens['compression']
            else 100,
            grey=happens['grey'],
        )
        return how, np.random.randint(2**31)

    def transform(self, results: dict) -> dict:
        """Degrade the image.

        Args:
            results (dict): With ``img``.

        Returns:
            dict: The same, with a new image.
        """
        how, seed = self._draw()
        noise = np.random.default_rng(seed)
        results['img'] = degrade(results['img'], how, noise)
        return results

    def __repr__(self) -> str:
        """Show the arguments."""
        chances = ', '.join(f'{k}={v}' for k, v in self.chances.items())
        return f'{type(self).__name__}({chances})'
