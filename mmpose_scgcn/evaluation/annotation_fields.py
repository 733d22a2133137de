"""Fields of annotations that MMPose's data set classes do not pass on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath

import numpy as np
from mmengine.fileio import load


@dataclass(frozen=True, eq=False)
class FaceFields:
    """What was wanted of the annotation of one face.

    Args:
        members (Mapping[str, bool]): For each subset whether the face
            belongs to it.
        flags (np.ndarray, optional): (K,): 0 not annotated, 1 occluded, 2
            visible.
    """

    members: Mapping[str, bool] = field(default_factory=dict)
    flags: np.ndarray | None = None


#: Of a face whose annotation is not asked for anything. One object for all:
#: Python's garbage collector looks at each object again and again.
NO_FIELDS = FaceFields()


class AnnotationFields:
    """Subsets and occlusion flags of faces, found by annotation id.

    Args:
        subsets (Mapping): For each subset a function from an annotation to a
            bool (:func:`~mmpose_scgcn.evaluation.functional.build_subsets`).
        occlusion (bool): Whether occlusion flags are wanted.
        ann_file (str, optional): COCO file to join; without it, each data
            sample must carry its ``raw_ann_info``.
    """

    def __init__(
        self,
        subsets: Mapping[str, Callable[[Mapping], bool]],
        occlusion: bool,
        ann_file: str | None,
    ) -> None:
        self.subsets = subsets
        self.occlusion = occlusion
        self.ann_file = ann_file

    @cached_property
    def by_id(self) -> dict[int | str, tuple[FaceFields, str | None]]:
        """What is wanted of each annotation of the file, read once."""
        content = load(self.ann_file)
        files = {i['id']: i['file_name'] for i in content.get('images', ())}
        return {
            key: (self._read(value), files.get(value.get('image_id')))
            for key, value in index_annotations(
                content, str(self.ann_file)
            ).items()
        }

    def prepare(self) -> None:
        """Read the file now, if it is needed, rather than at first use."""
        if self.ann_file and (self.subsets or self.occlusion):
            _ = self.by_id

    def find(
        self,
        face_id: int | str,
        img_path: str = '',
        annotation: Mapping | None = None,
    ) -> FaceFields:
        """Find what is wanted of one face.

        Args:
            face_id (int | str): Annotation id.
            img_path (str): The face's image, to be compared with that of the
                annotation file; not compared if empty.
            annotation (Mapping, optional): The annotation, where there is no
                annotation file and the data set passes it on
                (``raw_ann_info``).

        Returns:
            FaceFields: The fields; nothing in it if nothing is wanted.

        Raises:
            KeyError: No annotation to be found.
            ValueError: The annotation of this id is of another image, or has
                not what a subset goes by.
        """
        if not self.subsets and not self.occlusion:
            return NO_FIELDS
        if self.ann_file:
            return self._look_up(face_id, img_path, self.ann_file)
        if not annotation:
            raise KeyError(
                'subsets and split_occluded need annotations, which this '
                'data set class does not pass on: give ann_file'
            )
        return self._read(annotation)

    def _look_up(
        self, face_id: int | str, img_path: str, ann_file: str
    ) -> FaceFields:
        """Find a face in the annotation file."""
        if face_id not in self.by_id:
            raise KeyError(
                f'annotation id {face_id!r} is not in {ann_file}: give '
                'ann_file that of the tested data set'
            )
        found, file = self.by_id[face_id]
        if (
            file
            and img_path
            and PurePath(file).name != PurePath(img_path).name
        ):
            raise ValueError(
                f'annotation id {face_id!r} is of {file} in {ann_file}, but '
                f'of {img_path} in the data set that is tested: give '
                'ann_file that of the tested data set'
            )
        return found

    def _read(self, annotation: Mapping) -> FaceFields:
        """Take out of an annotation what is wanted."""
        members = {
            name: bool(belongs(annotation))
            for name, belongs in self.subsets.items()
        }
        if not self.occlusion:
            return FaceFields(members)
        # COCO writes x, y and a flag for each keypoint.
        flags = np.asarray(annotation['keypoints'], dtype=float)[2::3]
        return FaceFields(members, flags)


def index_annotations(content: Mapping, ann_file: str) -> dict:
    """Find the annotations of a COCO file by id.

    Args:
        content (Mapping): Of the file.
        ann_file (str): Its path, for the message.

    Returns:
        dict: From annotation id to annotation.

    Raises:
        ValueError: An id that occurs twice.
    """
    annotations = content['annotations']
    by_id = {annotation['id']: annotation for annotation in annotations}
    if len(by_id) != len(annotations):
        raise ValueError(
            f'{ann_file}: {len(annotations)} annotations have only '
            f'{len(by_id)} different ids'
        )
    return by_id
