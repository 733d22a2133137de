"""MMPose's inferencer for faces: without MMDetection, with boxes of yours."""

import mimetypes
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from mmpose_scgcn.compat.inferencers import MMDetLike, is_ours
from mmpose_scgcn.detection import check_in_image
from mmpose_scgcn.images import ImageLike, read_to_predict
from mmpose_scgcn.runtime import SETTINGS, exported_folder

import numpy as np
import torch
from mmengine.structures import InstanceData
from mmpose.apis.inferencers import Pose2DInferencer
from mmpose.structures import PoseDataSample

from .face_predictor import check_sides
from .image_boxes import Boxes, boxes_by_image
from .resolving import read_model_config
from .sources import find_sources

#: Files that MMEngine reads as configs.
CONFIG_SUFFIXES = ('.py', '.json', '.yaml', '.yml')

WHOLE_IMAGE = ('whole_image', 'whole-image')


class FaceInferencer(Pose2DInferencer):
    """MMPose's inferencer of 2D keypoints, for faces.

    It is called, draws and writes as MMPose's does, but

    * finds faces with :mod:`mmpose_scgcn.detection` where MMPose needs
      MMDetection;
    * takes paths and PIL images, folders that hold other files too, and
      images with any suffix;
    * takes ``bboxes``, which MMPose accepts and ignores (its issue 3233);
    * gives no instances for an image without a face, where MMPose takes the
      whole image for one.

    Example:
        >>> import numpy as np
        >>> from mmpose_scgcn import FaceInferencer
        >>> infer = FaceInferencer('face68', device='cpu')
        Loads checkpoint by package backend from path: ...
        >>> image = np.zeros((96, 96, 3), np.uint8)
        >>> result = next(infer(image, bboxes=[[20, 20, 70, 70]]))
        >>> len(result['predictions'][0][0]['keypoints'])
        68

    Args:
        model (str | Config): A name of our metafiles, an alias of it, a
            config, or a name of MMPose's. Defaults to ``face68``.
        weights (str, optional): A checkpoint. Defaults to None: the one that
            belongs to the name.
        device (str, optional): Defaults to None: the GPU if there is one.
        scope (str): MMEngine's scope. Defaults to ``mmpose``.
        det_model (str | Callable | Config, optional): ``auto``, ``yunet``,
            ``haar``, ``whole_image``, a YuNet file (``.onnx``), a function
            from an image to boxes, or a config or name of MMDetection.
            Defaults to None: ``auto``, made when it is first needed.
        det_weights (str, optional): Of MMDetection's detector.
        det_cat_ids (int | Sequence[int], optional): Classes of MMDetection's
            detector that are faces. Defaults to None: 0.
        show_progress (bool): Whether to show a bar. Defaults to False.

    Raises:
        ValueError: No such model or detector.
        FileNotFoundError: A model without published weights and without
            ``weights``, or no such file.
    """

    def __init__(
        self,
        model: Any = 'face68',
        weights: str | None = None,
        device: str | None = None,
        scope: str = 'mmpose',
        det_model: Any = None,
        det_weights: str | None = None,
        det_cat_ids: int | Sequence[int] | None = None,
        show_progress: bool = False,
    ) -> None:
        if model is None:
            # MMEngine would run the text of a config in the weights.
            raise ValueError(
                'model: expected the name of a model or a config, got None'
            )
        if isinstance(model, (str, os.PathLike)):
            model = os.fspath(model)
            _check_model_file(Path(model))
        super().__init__(
            model,
            weights,
            device,
            scope,
            det_model,
            det_weights,
            0 if det_cat_ids is None else det_cat_ids,
            show_progress,
        )

    def _init_detector(
        self,
        det_model: Any = None,
        det_weights: Any = None,
        det_cat_ids: Any = None,
        device: Any = None,
    ) -> None:
        """Make the detector, unless it is the one that is made on demand."""
        self.det_cat_ids = (0,)
        self.detector: Callable | None = None
        if det_model is None:
            return
        if is_ours(det_model) or det_model in WHOLE_IMAGE:
            self.detector = _detector(det_model)
        else:
            super()._init_detector(det_model, det_weights, det_cat_ids, device)

    def _inputs_to_list(self, inputs: Any) -> Iterable:
        """List what is predicted; MMPose's fails on most other files."""
        if isinstance(inputs, os.PathLike):
            inputs = os.fspath(inputs)
        if isinstance(inputs, str):
            if os.path.isdir(inputs):
                found = find_sources([inputs])[0]
                inputs = [str(s.path) for s in found if s.kind == 'image']
            elif mimetypes.guess_type(inputs)[0] is None:
                inputs = [inputs]
        elif not isinstance(inputs, Iterable):  # an image of PIL
            inputs = [inputs]
        return super()._inputs_to_list(inputs)

    def preprocess(
        self,
        inputs: Any,
        batch_size: int = 1,
        bboxes: Boxes | None = None,
        bbox_thr: float = 0.3,
        nms_thr: float = 0.3,
        **kwargs: Any,
    ) -> Iterator[tuple[dict, list]]:
        """Make batches, one of all faces of each image.

        Args:
            inputs (Sequence[str | np.ndarray]): Files, or images (H, W, 3)
                uint8, BGR; they are read by :func:`mmpose_scgcn.read_image`.
            batch_size (int): Not used, as in MMPose.
            bboxes (np.ndarray | Sequence, optional): See
                :func:`~mmpose_scgcn.apis.image_boxes.boxes_by_image`.
                Defaults to None: faces are found.
            bbox_thr (float): Least score of a face that is found. Defaults
                to 0.3.
            nms_thr (float): Overlap from which two found boxes are one face.
                Defaults to 0.3.
            **kwargs: Not used.

        Yields:
            tuple[dict, list]: The batch, and the image as it was read.

        Raises:
            FileNotFoundError: There is no such image.
            ValueError: An image that cannot be read, no boxes, not as many
                as images, or a box outside its image.
        """
        given = None
        if bboxes is not None:
            count = len(inputs) if hasattr(inputs, '__len__') else None
            given = boxes_by_image(bboxes, count)
        for index, image in enumerate(inputs):
            boxes = None if given is None else given[index]
            info = _image_info(image, index)
            if boxes is not None:
                source = f'bboxes of image {index}'
                check_in_image(boxes[:, :4], info['img'], source)
            data = self._crop_faces(info, bbox_thr, nms_thr, boxes)
            if data:
                yield self.collate_fn(data), [info['img']]
            else:
                sample = self._without_faces(info)
                yield dict(inputs=[], data_samples=[sample]), [info['img']]

    def preprocess_single(
        self,
        input: str | np.ndarray,
        index: int,
        bbox_thr: float = 0.3,
        nms_thr: float = 0.3,
        bboxes: np.ndarray | None = None,
    ) -> list[dict]:
        """Cut the faces out of an image.

        Args:
            input (str | np.ndarray): A file, or an image (H, W, 3) uint8,
                BGR.
            index (int): Number of the image, its name if it has none.
            bbox_thr (float): Least score of a face that is found. Defaults
                to 0.3.
            nms_thr (float): Overlap from which two found boxes are one face.
                Defaults to 0.3.
            bboxes (np.ndarray, optional): (N, 5), x1, y1, x2, y2 in image px
                and score. Defaults to None: faces are found.

        Returns:
            list[dict]: What the pipeline makes of each face.
        """
        info = _image_info(input, index)
        return self._crop_faces(info, bbox_thr, nms_thr, bboxes)

    def _crop_faces(
        self,
        info: dict,
        bbox_thr: float,
        nms_thr: float,
        bboxes: np.ndarray | None,
    ) -> list[dict]:
        """Cut the faces out of an image that was read."""
        if bboxes is None:
            bboxes = self._find_faces(info['img'], bbox_thr, nms_thr)
        shared = {**info, **self.model.dataset_meta}
        return [
            self.pipeline(
                {**shared, 'bbox': box[None, :4], 'bbox_score': box[4:5]}
            )
            for box in bboxes
        ]

    def _find_faces(
        self, image: np.ndarray, bbox_thr: float, nms_thr: float
    ) -> np.ndarray:
        """Find boxes (N, 5) with a score of more than ``bbox_thr``."""
        from mmpose_scgcn.detection import suppress

        if self.detector is None:
            self.detector = _detector('auto')
        answer = self.detector(image, return_datasamples=True)
        found = answer['predictions'][0].pred_instances.cpu().numpy()
        kept = np.isin(found.labels, self.det_cat_ids)
        kept &= found.scores > bbox_thr
        boxes, scores = found.bboxes[kept], found.scores[kept]
        best = suppress(boxes, scores, nms_thr)
        return np.column_stack([boxes[best], scores[best]]).astype(np.float32)

    def _without_faces(self, info: dict) -> PoseDataSample:
        """Make the result of an image without faces."""
        shape = info['img'].shape[:2]
        meta = dict(img_path=info['img_path'], ori_shape=shape)
        points = self.model.dataset_meta['num_keypoints']
        sample = PoseDataSample(metainfo=meta)
        sample.pred_instances = InstanceData(
            keypoints=np.zeros((0, points, 2), np.float32),
            keypoint_scores=np.zeros((0, points), np.float32),
            bboxes=np.zeros((0, 4), np.float32),
            bbox_scores=np.zeros(0, np.float32),
        )
        sample.gt_instances = InstanceData(
            bboxes=np.zeros((0, 4), np.float32),
            bbox_scores=np.zeros(0, np.float32),
        )
        return sample

    @torch.no_grad()
    def forward(
        self, inputs: dict, *args: Any, **kwargs: Any
    ) -> list[PoseDataSample]:
        """Predict the faces of an image.

        Args:
            inputs (dict): A batch of :meth:`preprocess`.
            *args: As in MMPose.
            **kwargs: As in MMPose.

        Returns:
            list[PoseDataSample]: With ``pred_instances``, none of them if
            the image has no face.
        """
        if not inputs['inputs']:
            return inputs['data_samples']
        return super().forward(inputs, *args, **kwargs)


def _check_model_file(model: Path) -> None:
    """Check what a model is given as, if it is a file or a folder.

    Raises:
        ValueError: It is no config of a model.
    """
    if model.suffix in CONFIG_SUFFIXES and model.is_file():
        read_model_config(str(model))
    elif model.suffix and model.is_file():
        raise ValueError(
            f'{model} is no config; expected the name of a model or a config '
            f'({", ".join(CONFIG_SUFFIXES)}), and its checkpoint as weights='
        )
    elif exported_folder(model) and (model / SETTINGS).is_file():
        raise ValueError(
            f'{model} is an exported model, which load_model runs; expected '
            'the name of a model or a config'
        )


def _image_info(image: ImageLike, index: int) -> dict:
    """Read an image, and name it as MMPose does."""
    path = f'{index:06d}.jpg'
    if isinstance(image, (str, os.PathLike)):
        path = os.fspath(image)
    pixels = read_to_predict(image, index)
    check_sides(pixels, index)
    return dict(img=pixels, img_path=path)


def _detector(spec: Any) -> MMDetLike:
    """Build one of our detectors, to be called as MMDetection's."""
    from mmpose_scgcn.detection import build_detector

    return MMDetLike(build_detector(spec))
