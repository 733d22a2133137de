"""Coarse keypoints on a small view, fine ones on a rectified crop."""

from collections.abc import Mapping, Sequence
from typing import Any

from mmpose_scgcn.models.agreement import check_batch
from mmpose_scgcn.models.heads.coordinate_head import stack_labels
from mmpose_scgcn.models.heads.mirror import mirror_coordinates
from mmpose_scgcn.models.layers import KeypointGraph
from mmpose_scgcn.registry import MODELS

import numpy as np
import torch
from mmengine.structures import InstanceData
from mmpose.models.pose_estimators import TopdownPoseEstimator
from torch import Tensor, nn

from .rectification import Rectification, disturb, rectify
from .shrinking import resize
from .stage import Stage

#: What can be trained.
TRAIN_STAGES = ('joint', 'coarse', 'fine')

#: Ranges by which the rectified crop is disturbed in training.
JITTER = dict(rotate_factor=10.0, scale_factor=0.1, shift_factor=0.05)


@MODELS.register_module()
class TwoStageEstimator(TopdownPoseEstimator):
    """Two networks, the second on a crop that the first has put upright.

    Stage one sees the whole input, reduced; its keypoints give a similarity
    transform (:func:`.rectification.rectify`); the crop is resampled from
    the input on its device; stage two predicts on it; the exact inverse of
    the transform takes its keypoints back. After "Wing Loss for Robust
    Facial Landmark Localisation with Convolutional Neural Networks" (CVPR
    2018), where CNN-6 and CNN-7 are the stages.

    The pipeline's crop is the input: make it larger than stage two's view
    (``input_size``) and padded generously, so that the rectified crop lies
    inside. Targets of stage two are the same labels through the same
    transform, those outside its crop included.

    Predictions also have ``coarse_keypoints``, image px, which
    ``FaceAlignmentMetric(field='coarse_keypoints')`` evaluates.

    Note:
        MMPose maps predictions to the image without the crop's rotation;
        here the rotation is inside the network, and its input is not rotated
        in testing.

    Args:
        coarse (Mapping): ``backbone``, ``head`` and ``input_size`` of stage
            one; see :class:`.stage.Stage`.
        fine (Mapping): Those of stage two.
        num_keypoints (int): Keypoints K.
        input_size (tuple[int, int]): Width and height of the input, px.
        graph (Mapping, optional): Its mean shape is what upright means.
            Defaults to None: filled by ``GraphHook`` or from a checkpoint.
        margin (float): Size of the rectified crop over that of the coarse
            keypoints' box. Defaults to 1.25.
        usable_size (tuple[float, float]): Where the box of the coarse
            keypoints is not between these parts of the input's longer side,
            the crop is the whole input. Defaults to (0.1, 2.0).
        train_stages (str): ``'joint'``, both, with no gradient from one to
            the other; ``'coarse'``, stage one alone, whose keypoints are the
            prediction then; ``'fine'``, stage two on a frozen stage one,
            which comes from ``load_from``. Defaults to ``'joint'``.
        jitter (Mapping, optional): ``rotate_factor`` (degrees),
            ``scale_factor`` and ``shift_factor`` (fractions) of the
            disturbance of the rectified crop in training. Defaults to 10,
            0.1 and 0.05.
        backbone (Mapping, optional): Not used: the stages have one each.
            MMPose's ``init_model`` asks every config for one, so that ours
            have ``backbone=dict()``.
        **kwargs: ``test_cfg`` (``flip_test``, and ``shift_coords``, by
            default True), ``data_preprocessor``, ``metainfo`` and
            ``init_cfg`` of MMPose's estimators.

    Raises:
        ValueError: An unknown ``train_stages`` or disturbance.
    """

    def __init__(
        self,
        coarse: Mapping,
        fine: Mapping,
        num_keypoints: int,
        input_size: tuple[int, int],
        graph: Mapping | None = None,
        margin: float = 1.25,
        usable_size: tuple[float, float] = (0.1, 2.0),
        train_stages: str = 'joint',
        jitter: Mapping | None = None,
        backbone: Mapping | None = None,
        **kwargs: Any,
    ) -> None:
        _check_training(train_stages, jitter or {})
        # The parent insists on building a network; the stages have theirs.
        nothing = dict(type=nn.Identity)
        super().__init__(backbone=nothing, head=nothing, **kwargs)
        del self.backbone, self.head
        self.coarse = Stage(**coarse)
        self.fine = Stage(**fine)
        self.reference = KeypointGraph(graph, num_keypoints)
        width, height = input_size
        self.input_size = (width, height)
        self.margin = margin
        self.usable_size = tuple(usable_size)
        self.train_stages = train_stages
        self.jitter = {**JITTER, **(jitter or {})}
        # Distributed training wants a gradient of all that could have one.
        self.coarse.requires_grad_(train_stages != 'fine')
        self.fine.requires_grad_(train_stages != 'coarse')
        # In the checkpoint: whether stage one has seen a training step.
        self.register_buffer('coarse_trained', torch.tensor(False))
        self._coarse_is_known = False

    def train(self, mode: bool = True) -> 'TwoStageEstimator':
        """Set the mode; a frozen stage one stays in evaluation mode."""
        super().train(mode)
        if self.train_stages == 'fine':
            self.coarse.eval()
        return self

    def predict_coarse(self, inputs: Tensor) -> Tensor:
        """Predict with stage one.

        Args:
            inputs (Tensor): (B, C, H, W).

        Returns:
            Tensor: (B, K, 2), normalised to the input.

        Raises:
            ValueError: The input is of another size.
        """
        return self.coarse(self._coarse_view(inputs))

    def _coarse_view(self, inputs: Tensor) -> Tensor:
        """Reduce inputs (B, C, H, W) to what stage one sees.

        Raises:
            ValueError: They are of another size.
        """
        width, height = self.input_size
        if inputs.shape[-2:] != (height, width):
            raise ValueError(
                f'inputs: expected (B, C, {height}, {width}) for input_size='
                f'{self.input_size}, got {tuple(inputs.shape)}'
            )
        # Not implemented for half precision on a CPU.
        view = resize(inputs.float(), self.coarse.input_size)
        return view.to(inputs.dtype)

    def find_crops(self, coarse: Tensor) -> Rectification:
        """Find the crops of stage two.

        Args:
            coarse (Tensor): (B, K, 2), normalised to the input.

        Returns:
            Rectification: The crops, without gradient.
        """
        self.reference.require()
        width, height = self.fine.input_size
        smallest, largest = self.usable_size
        return rectify(
            coarse.detach() * coarse.new_tensor(self.input_size),
            self.reference.mean_shape,
            self.input_size,
            self.margin,
            smallest,
            largest,
            aspect_ratio=width / height,
        )

    def run_stages(
        self, inputs: Tensor
    ) -> tuple[Tensor, Rectification, Tensor, Tensor]:
        """Run both stages, and keep what comes between them.

        Args:
            inputs (Tensor): (B, C, H, W).

        Returns:
            tuple: Coarse keypoints (B, K, 2), normalised to the input; the
            rectification; the crops (B, C, h, w); fine keypoints (B, K, 2),
            normalised to the crops.
        """
        coarse, crop, view = self._view_of_fine(inputs)
        return coarse, crop, view, self.fine(view)

    def _view_of_fine(
        self, inputs: Tensor
    ) -> tuple[Tensor, Rectification, Tensor]:
        """Run stage one, and cut out what stage two sees."""
        coarse = self.predict_coarse(inputs)
        crop = self.find_crops(coarse)
        return coarse, crop, crop.sample(inputs, self.fine.input_size)

    def _forward(self, inputs: Tensor, data_samples: Any = None) -> tuple:
        """Predict with both stages.

        Args:
            inputs (Tensor): (B, C, H, W).
            data_samples (list, optional): Not used.

        Returns:
            tuple[Tensor, Tensor]: Fine and coarse keypoints (B, K, 2),
            normalised to the input; the coarse ones twice where stage two is
            not trained yet.
        """
        fine, coarse, _ = self._locate(inputs)
        return fine, coarse

    def _locate(self, inputs: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """Predict as :meth:`_forward`; and how certain it is (B, K)."""
        if self.train_stages == 'coarse':
            coarse, certainty = self.coarse.locate(self._coarse_view(inputs))
            return coarse, coarse, certainty
        coarse, crop, view = self._view_of_fine(inputs)
        fine, certainty = self.fine.locate(view)
        points = crop.to_input(fine.to(crop.center.dtype))
        return points / points.new_tensor(self.input_size), coarse, certainty

    def loss(self, inputs: Tensor, data_samples: list) -> dict[str, Tensor]:
        """Compute the losses of the stages that are trained.

        Args:
            inputs (Tensor): (B, C, H, W).
            data_samples (list[PoseDataSample]): With labels normalised to
                the input.

        Returns:
            dict[str, Tensor]: The heads' losses, named ``coarse.`` and
            ``fine.``.

        Raises:
            RuntimeError: Stage one is frozen and was never trained.
            ValueError: Labels of another kind, or an input of another size.
        """
        self._note_coarse()
        check_batch(
            data_samples,
            type(self).__name__,
            'model.input_size',
            self.input_size,
        )
        target, weight = stack_labels(data_samples)
        losses = {}
        view = self._coarse_view(inputs)
        if self.train_stages == 'fine':
            with torch.no_grad():
                coarse = self.coarse(view)
        else:
            coarse, found = self.coarse.learn(view, target, weight)
            losses.update({f'coarse.{k}': v for k, v in found.items()})
        if self.train_stages != 'coarse':
            found = self._fine_losses(inputs, coarse, target, weight)
            losses.update({f'fine.{k}': v for k, v in found.items()})
        return losses

    def _fine_losses(
        self, inputs: Tensor, coarse: Tensor, target: Tensor, weight: Tensor
    ) -> dict[str, Tensor]:
        """Compute the losses of stage two, on disturbed crops.

        Args:
            inputs (Tensor): (B, C, H, W).
            coarse (Tensor): (B, K, 2), normalised to the input.
            target (Tensor): (B, K, 2), likewise.
            weight (Tensor): (B, K).

        Returns:
            dict[str, Tensor]: The head's.
        """
        crop = disturb(self.find_crops(coarse), **self.jitter)
        points = target * target.new_tensor(self.input_size)
        labels = crop.from_input(points.to(crop.center.dtype))
        view = crop.sample(inputs, self.fine.input_size)
        return self.fine.learn(view, labels, weight)[1]

    def _note_coarse(self) -> None:
        """Note that stage one is trained now, or check that it was."""
        if self._coarse_is_known:
            return
        if self.train_stages != 'fine':
            self.coarse_trained.fill_(True)
        elif not self.coarse_trained:
            raise RuntimeError(
                "train_stages='fine': stage one is frozen and was never "
                "trained; give load_from a checkpoint of train_stages='coarse'"
                " or 'joint'"
            )
        self._coarse_is_known = True

    def predict(self, inputs: Tensor, data_samples: list) -> list:
        """Predict keypoints in the images.

        Args:
            inputs (Tensor): (B, C, H, W).
            data_samples (list[PoseDataSample]): With ``flip_indices`` and
                where the input lies in the image.

        Returns:
            list[PoseDataSample]: With ``pred_instances``: ``keypoints`` and
            ``coarse_keypoints`` (1, K, 2), image px, and ``keypoint_scores``
            (1, K), of stage two: ones where its head knows of no certainty.
        """
        *outputs, certainty = self._locate(inputs)
        if self.test_cfg.get('flip_test', False):
            *outputs, certainty = self._average_flipped(
                inputs, outputs, certainty, data_samples
            )
        size = outputs[0].new_tensor(self.input_size)
        fine, coarse = (
            (o.detach().float() * size).cpu().numpy() for o in outputs
        )
        scores = np.ones(fine.shape[:2], np.float32)
        if certainty is not None:
            scores = certainty.detach().float().cpu().numpy()
        instances = [
            InstanceData(keypoints=points[None], keypoint_scores=score[None])
            for points, score in zip(fine, scores, strict=True)
        ]
        samples = self.add_pred_to_datasample(instances, None, data_samples)
        for sample, points in zip(samples, coarse, strict=True):
            meta = sample.metainfo
            sample.pred_instances.coarse_keypoints = (
                points[None] / meta['input_size'] * meta['input_scale']
                + meta['input_center']
                - 0.5 * meta['input_scale']
            )
        return samples

    def _average_flipped(
        self,
        inputs: Tensor,
        outputs: Sequence[Tensor],
        certainty: Tensor | None,
        data_samples: list,
    ) -> tuple:
        """Average with what is found in the mirrored inputs.

        Returns:
            tuple: See :meth:`_locate`.
        """
        indices = list(data_samples[0].metainfo['flip_indices'])
        shift = self.test_cfg.get('shift_coords', True)
        width = self.input_size[0] if shift else None
        *flipped, other = self._locate(inputs.flip(-1))
        fine, coarse = (
            (a + mirror_coordinates(b, indices, width)) * 0.5
            for a, b in zip(outputs, flipped, strict=True)
        )
        if certainty is not None and other is not None:
            certainty = (certainty + other[:, indices]) * 0.5
        return fine, coarse, certainty


def _check_training(train_stages: str, jitter: Mapping) -> None:
    """Check the arguments that say what is trained, and on which crops."""
    if train_stages not in TRAIN_STAGES:
        raise ValueError(
            f'train_stages: expected one of {TRAIN_STAGES}, got '
            f'{train_stages!r}'
        )
    unknown = set(jitter) - set(JITTER)
    if unknown:
        raise ValueError(
            f'jitter: expected {sorted(JITTER)}, got {sorted(unknown)}'
        )
