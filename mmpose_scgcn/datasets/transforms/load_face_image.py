"""Reading images in training as everywhere else in this package."""

import logging
import os
from pathlib import Path

from mmpose_scgcn.datasets.pixel_cache import PixelCache
from mmpose_scgcn.datasets.unreadable import Told, UnreadableImageError
from mmpose_scgcn.images import decode_image, read_image
from mmpose_scgcn.images.reading import shown
from mmpose_scgcn.registry import TRANSFORMS

import mmengine.fileio as fileio
import numpy as np
from mmengine.logging import print_log
from mmpose.datasets.transforms import LoadImage

#: What may happen to an image that cannot be read.
CHOICES = ('stop', 'skip')


@TRANSFORMS.register_module()
class LoadFaceImage(LoadImage):
    """Read an image with the reader that checked it.

    MMPose's ``LoadImage`` cannot read GIF, AVIF or TGA files with many builds
    of OpenCV, and turns some formats by their EXIF orientation and others not.
    This transform reads what ``tools/prepare_dataset.py`` has checked, and
    gives the pixels that :func:`mmpose_scgcn.read_image` gives
    (``docs/images.md``).

    Added keys: ``img``, (H, W, 3) uint8, BGR, upright; ``img_shape``,
    ``ori_shape``, (H, W). An ``img`` that is there already, as in inference,
    is brought into that form.

    Args:
        to_float32 (bool): Whether the image becomes float32. Defaults to
            False.
        unreadable (str): What happens to an image that cannot be read:
            ``stop`` ends the run, and says which file and why; ``skip`` takes
            another sample in training, and names each file once in the log.
            In validation and testing ``skip`` ends the run too: a metric must
            not lose faces. Defaults to ``stop``.
        backend_args (dict, optional): Of MMEngine, for files elsewhere.
            Defaults to None.
        cache (str, optional): Folder in which decoded images are kept
            (:class:`~mmpose_scgcn.datasets.pixel_cache.PixelCache`): each is
            decoded once, and results are the same to the bit. Of local files
            only. Defaults to None: images are decoded each time.

    Raises:
        ValueError: An unknown ``unreadable``, or a ``cache`` of files
            elsewhere.
    """

    def __init__(
        self,
        to_float32: bool = False,
        unreadable: str = 'stop',
        backend_args: dict | None = None,
        cache: str | None = None,
    ) -> None:
        if unreadable not in CHOICES:
            raise ValueError(
                f'unreadable: expected one of {", ".join(CHOICES)}, got '
                f'{unreadable!r}'
            )
        if cache is not None and backend_args is not None:
            raise ValueError(
                'cache: expected images in local files, got backend_args='
                f'{backend_args}'
            )
        super().__init__(to_float32=to_float32, backend_args=backend_args)
        self.cache = cache
        self._reader = read_image if cache is None else PixelCache(cache).read
        self.unreadable = unreadable
        self._told = Told() if unreadable == 'skip' else None

    def transform(self, results: dict) -> dict | None:
        """Read the image.

        Args:
            results (dict): With ``img_path``, or with ``img``.

        Returns:
            dict | None: With the image; None for an image that is skipped.

        Raises:
            UnreadableImageError: A ValueError that names the file, the sample
                and the reason.
        """
        try:
            image = self._read(results)
        except (OSError, ValueError) as error:
            words = f'{error}{_place(results)}'
            training = _is_training(results)
            if self._told is None and training:
                words += (
                    "; LoadFaceImage(unreadable='skip') goes on without such "
                    'images in training'
                )
            if self._told is None or not training:
                raise UnreadableImageError(words) from error
            if self._told.first_time(str(results.get('img_path'))):
                text = f'skipped in training: {words}'
                print_log(text, logger='current', level=logging.WARNING)
            return None
        results.setdefault('img_path', None)
        results['img'] = image.astype(np.float32) if self.to_float32 else image
        results['img_shape'] = results['ori_shape'] = image.shape[:2]
        return results

    def _read(self, results: dict) -> np.ndarray:
        """Read a local file, another one, or an array."""
        if 'img' in results:
            return read_image(results['img'])
        path = os.fspath(results['img_path'])
        if self.backend_args is None and '://' not in path:
            return self._reader(Path(path))
        content = fileio.get(path, backend_args=self.backend_args)
        try:
            return decode_image(bytes(content)).pixels
        except ValueError as error:
            raise ValueError(f'{shown(path)} {error}') from error

    def __repr__(self) -> str:
        """Show the options."""
        return (
            f'{type(self).__name__}(to_float32={self.to_float32}, '
            f"unreadable='{self.unreadable}', "
            f'backend_args={self.backend_args}, cache={self.cache!r})'
        )


def _is_training(results: dict) -> bool:
    """Tell whether another sample may be taken instead."""
    dataset = results.get('dataset')
    return not getattr(dataset, 'test_mode', True)


def _place(results: dict) -> str:
    """Say which sample of which data set an image belongs to."""
    known = {
        'sample': results.get('sample_idx'),
        'annotation': results.get('id'),
    }
    parts = [f'{name} {n}' for name, n in known.items() if n is not None]
    file = getattr(results.get('dataset'), 'ann_file', '')
    if file:
        parts.append(f'of {file}')
    return f' ({" ".join(parts)})' if parts else ''
