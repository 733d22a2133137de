"""The annotations of a data set, for all checks; no image is opened."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mmpose_scgcn.datasets.pipeline import pipelines_of
from mmpose_scgcn.datasets.wrappers import Sample, members_of, samples_of

from .findings import Findings, some

#: Up to so many annotations are kept, some kB each, and names of files looked
#: for: a file system answers some thousands a second.
_MOST = 20_000


@dataclass(frozen=True, eq=False)
class Faces:
    """The faces of one part of a run.

    Args:
        where (str): ``training``, ``validation`` or ``test``.
        dataset (BaseDataset): Wrapped or not.
        name (str, optional): ``dataset_name`` of those that are meant, of
            several data sets in one. Defaults to None: all.
    """

    where: str
    dataset: Any
    name: str | None = None

    @cached_property
    def samples(self) -> Sequence[Sample]:
        """Each annotation once."""
        found: Sequence[Sample] = samples_of(self.dataset)
        if self.name is not None:
            found = [s for s in found if data_set_name(s.dataset) == self.name]
        return (
            list(dict.fromkeys(found)) if members_of(self.dataset) else found
        )

    @property
    def infos(self) -> Iterable[dict]:
        """MMPose's data info of each, its keypoints converted.

        Where there are many, they are read anew each time.
        """
        if len(self.samples) <= _MOST:
            return self._kept
        return map(Sample.read, self.samples)

    @cached_property
    def _kept(self) -> list[dict]:
        """The data infos of few samples."""
        return [sample.read() for sample in self.samples]

    @property
    def topdown(self) -> bool:
        """Whether each sample is one face."""
        return all(
            getattr(leaf, 'data_mode', 'topdown') == 'topdown'
            for leaf in self.leaves
        )

    @property
    def leaves(self) -> list:
        """The data sets that wrap no other, each once."""
        found = {id(s.dataset): s.dataset for s in self.samples}
        leaves = list(found.values()) or _leaves(self.dataset)
        if self.name is None:
            return leaves
        return [leaf for leaf in leaves if data_set_name(leaf) == self.name]

    @property
    def pipelines(self) -> list[list]:
        """The transforms of each leaf."""
        return pipelines_of(self.dataset)

    def has_transform(self, name: str) -> bool:
        """Tell whether some sample goes through a transform of a class."""
        return any(
            name in {kind.__name__ for kind in type(step).__mro__}
            for steps in self.pipelines
            for step in steps
        )

    @cached_property
    def image_paths(self) -> list[str]:
        """The local image files, each once; of large sets, of some faces."""
        infos = self.infos
        if len(self.samples) > _MOST:
            step = -(-len(self.samples) // _MOST)
            infos = map(Sample.read, self.samples[::step])
        paths = (info.get('img_path') for info in infos)
        local = (p for p in paths if isinstance(p, str) and '://' not in p)
        return list(dict.fromkeys(local))


def check_images(faces: Faces) -> Findings:
    """Look for the image files; none is opened.

    Args:
        faces (Faces): Of one part of a run.

    Returns:
        Findings: An error with the first files that are not there.
    """
    if not faces.has_transform('LoadImage'):  # or ours, which inherits
        return Findings()
    paths = faces.image_paths
    missing = [p for p in paths if not os.path.isfile(p)]
    if not missing:
        return Findings()
    some_of = ' that were looked for' if len(faces.samples) > _MOST else ''
    return Findings(
        errors=[
            f'{faces.where}: {len(missing)} of {len(paths)} images{some_of} '
            'are not there; set data_root and data_prefix of '
            f'{setting_of(faces.where)}.dataset, or correct the annotation '
            f'file: {some(missing, 3)}'
        ]
    )


def setting_of(where: str) -> str:
    """Name the setting of a part of a run."""
    short = dict(training='train', validation='val').get(where, where)
    return f'{short}_dataloader'


def data_set_name(leaf: Any) -> str | None:
    """Read the ``dataset_name`` of a data set that wraps no other."""
    return (getattr(leaf, 'metainfo', None) or {}).get('dataset_name')


def _leaves(dataset: Any) -> list:
    members = members_of(dataset)
    return [leaf for m in members for leaf in _leaves(m)] or [dataset]
