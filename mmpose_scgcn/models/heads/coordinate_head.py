"""What heads that regress coordinates share: losses and predictions."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from mmpose_scgcn.models.agreement import check_batch, check_crop
from mmpose_scgcn.models.losses import StructureCoherentLoss
from mmpose_scgcn.models.units import codec_input_size, warn_of_units
from mmpose_scgcn.registry import MODELS

import torch
from mmpose.models.heads.base_head import BaseHead
from mmpose.registry import KEYPOINT_CODECS
from torch import Tensor

from .mirror import mirror_coordinates


class CoordinateHead(BaseHead):
    """Base of the heads whose ``forward`` gives normalised coordinates.

    Args:
        in_channels (int): Channels C of the last feature map.
        in_featuremap_size (tuple[int, int]): Its width and height.
        loss (Mapping, optional): Config of the loss. Defaults to None:
            ``StructureCoherentLoss``, the published one at the decoder's
            ``input_size``, with target weights.
        decoder (Mapping, optional): Config of the codec. Defaults to None.
        init_cfg (Mapping, optional): MMEngine initialisation.
    """

    def __init__(
        self,
        in_channels: int,
        in_featuremap_size: tuple[int, int],
        loss: Mapping | None = None,
        decoder: Mapping | None = None,
        init_cfg: Mapping | None = None,
    ) -> None:
        super().__init__(init_cfg)
        width, height = in_featuremap_size
        self.map_shape = (in_channels, height, width)
        self.decoder = decoder and KEYPOINT_CODECS.build(decoder)
        self.loss_module = MODELS.build(loss or _published_loss(self.decoder))
        warn_of_units(self.loss_module, self.decoder)

    @abstractmethod
    def forward(self, feats: Sequence[Tensor]) -> Tensor:
        """Predict (B, K, 2), normalised to the crop."""

    def check_map(self, feats: Sequence[Tensor]) -> Tensor:
        """Return the last feature map (B, C, H, W).

        One that is pooled, (B, C), is a map of 1 x 1.

        Raises:
            ValueError: It is not of the configured size.
        """
        feature_map = feats[-1]
        if feature_map.ndim == 2:
            feature_map = feature_map[..., None, None]
        if feature_map.shape[1:] != self.map_shape:
            raise ValueError(
                'feature map: in_channels and in_featuremap_size promise '
                f'(C, H, W) = {self.map_shape}, got '
                f'{tuple(feature_map.shape[1:])}'
            )
        return feature_map

    def loss(
        self,
        feats: Sequence[Tensor],
        batch_data_samples: list,
        train_cfg: Mapping | None = None,
    ) -> dict[str, Tensor]:
        """Compute the losses of a batch, without leaving the device.

        Args:
            feats (Sequence[Tensor]): Feature maps.
            batch_data_samples (list[PoseDataSample]): With
                ``keypoint_labels`` (normalised) and ``keypoint_weights``.
            train_cfg (Mapping, optional): Not used.

        Returns:
            dict[str, Tensor]: ``loss_kpt``, with a relative term also
            ``loss_relative``, and for the log ``mean_error``: the mean
            distance of the keypoints that count, as a fraction of the crop.
        """
        return self.learn(feats, *self.read_labels(batch_data_samples))[1]

    def learn(
        self, feats: Sequence[Tensor], target: Tensor, weight: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Predict keypoints, and compute all losses of this head.

        Args:
            feats (Sequence[Tensor]): Feature maps.
            target (Tensor): (B, K, 2), normalised.
            weight (Tensor): (B, K).

        Returns:
            tuple[Tensor, dict[str, Tensor]]: (B, K, 2), normalised, and the
            losses; see :meth:`loss`.
        """
        output = self.forward(feats)
        return output, self.losses_of(output, target, weight)

    def read_labels(self, batch_data_samples: list) -> tuple[Tensor, Tensor]:
        """Take the targets out of data samples, and check them.

        Args:
            batch_data_samples (list[PoseDataSample]): B samples.

        Returns:
            tuple[Tensor, Tensor]: See :func:`stack_labels`.

        Raises:
            ValueError: Labels of another kind than this head learns from, or
                crops of another size than the decoder's.
        """
        size = codec_input_size(self.decoder)
        check_batch(
            batch_data_samples, type(self).__name__, 'model.head.decoder', size
        )
        return stack_labels(batch_data_samples)

    def losses_of(
        self, output: Tensor, target: Tensor, weight: Tensor
    ) -> dict[str, Tensor]:
        """Compute the losses of a prediction.

        Args:
            output (Tensor): (B, K, 2), normalised.
            target (Tensor): (B, K, 2), normalised.
            weight (Tensor): (B, K).

        Returns:
            dict[str, Tensor]: See :meth:`loss`.
        """
        inputs = (output, target, weight.unsqueeze(-1))
        if isinstance(self.loss_module, StructureCoherentLoss):
            losses = self.loss_module.terms(*inputs)
        else:
            losses = dict(loss_kpt=self.loss_module(*inputs))
        losses['mean_error'] = _mean_distance(output.detach(), target, weight)
        return losses

    def predict(
        self,
        feats: Sequence,
        batch_data_samples: list,
        test_cfg: Mapping | None = None,
    ) -> list:
        """Predict and decode keypoints.

        Args:
            feats (Sequence[Tensor] | list[Sequence[Tensor]]): Feature maps;
                for a flip test those of the images and of the mirrored
                images.
            batch_data_samples (list[PoseDataSample]): For ``flip_indices``
                and ``input_size``.
            test_cfg (Mapping, optional): ``flip_test`` and ``shift_coords``
                (default True: pixel centres mirror onto pixel centres).

        Returns:
            list[InstanceData]: ``keypoints`` in crop px, and
            ``keypoint_scores``, see :meth:`locate`.

        Raises:
            ValueError: The crops are of another size than the decoder's.
        """
        size = codec_input_size(self.decoder)
        check_crop(batch_data_samples, 'model.head.decoder', size, 'test')
        test_cfg = test_cfg or {}
        if test_cfg.get('flip_test', False):
            plain, mirrored = feats
            output, certainty = self._locate_with_flip(
                plain,
                mirrored,
                batch_data_samples[0].metainfo,
                test_cfg.get('shift_coords', True),
            )
        else:
            output, certainty = self.locate(feats)
        # (B, N=1, K, 2); NumPy has no bfloat16.
        found = self.decode(output.float().unsqueeze(1))
        if certainty is not None:
            scores = certainty.detach().float().unsqueeze(1).cpu().numpy()
            for instances, score in zip(found, scores, strict=True):
                instances.keypoint_scores = score  # (N=1, K)
        return found

    def _locate_with_flip(
        self,
        feats: Sequence[Tensor],
        feats_flip: Sequence[Tensor],
        meta: Mapping,
        shift: bool,
    ) -> tuple[Tensor, Tensor | None]:
        """Average over images and mirrored images; see :meth:`locate`.

        Args:
            feats (Sequence[Tensor]): Feature maps of the images.
            feats_flip (Sequence[Tensor]): Those of the mirrored images.
            meta (Mapping): ``flip_indices`` and ``input_size``.
            shift (bool): Whether pixel centres mirror onto pixel centres.
        """
        partners = list(meta['flip_indices'])
        width = meta['input_size'][0] if shift else None
        mirrored, mirrored_certainty = self.locate(feats_flip)
        mirrored = mirror_coordinates(mirrored, partners, width)
        output, certainty = self.locate(feats)
        output = (output + mirrored) * 0.5
        if certainty is not None and mirrored_certainty is not None:
            certainty = (certainty + mirrored_certainty[:, partners]) * 0.5
        return output, certainty

    def locate(self, feats: Sequence[Tensor]) -> tuple[Tensor, Tensor | None]:
        """Predict keypoints, and how certain they are.

        Args:
            feats (Sequence[Tensor]): Feature maps.

        Returns:
            tuple[Tensor, Tensor | None]: (B, K, 2), normalised to the crop,
            and certainties (B, K) in [0, 1]; None, as here, for a head that
            regresses coordinates and knows of no certainty. MMPose's codec
            then gives scores of one.
        """
        return self.forward(feats), None


def stack_labels(batch_data_samples: list) -> tuple[Tensor, Tensor]:
    """Take the targets out of data samples.

    Args:
        batch_data_samples (list[PoseDataSample]): B samples with
            ``keypoint_labels`` and ``keypoint_weights``.

    Returns:
        tuple[Tensor, Tensor]: (B, K, 2), normalised, and weights (B, K).
    """
    labels = [d.gt_instance_labels for d in batch_data_samples]
    target = torch.cat([d.keypoint_labels for d in labels])
    return target, torch.cat([d.keypoint_weights for d in labels])


def _published_loss(codec: Any) -> dict:
    """Configure the loss of the paper for a codec's input size."""
    return dict(
        type='mmpose_scgcn.StructureCoherentLoss',
        input_size=codec_input_size(codec),
        use_target_weight=True,
    )


def _mean_distance(output: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Mean distance (B, K, 2) of keypoints with weight (B, K), a scalar."""
    distance = torch.linalg.vector_norm(output.float() - target, dim=-1)
    counted = weight > 0
    total = torch.where(counted, distance, 0.0).sum()
    return total / counted.sum().clamp_min(1)
