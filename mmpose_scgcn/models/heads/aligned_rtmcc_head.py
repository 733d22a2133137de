"""RTMPose's head with a flip test that does not move keypoints."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mmpose_scgcn.registry import MODELS

from mmpose.models.heads import RTMCCHead
from mmpose.models.utils.tta import flip_vectors
from torch import Tensor
from torch.nn.functional import pad


class _Averaged(NamedTuple):
    """Vectors that stand for the features they were found in.

    Args:
        x (Tensor): (B, K, width times bins per pixel).
        y (Tensor): (B, K, height times bins per pixel).
    """

    x: Tensor
    y: Tensor


@MODELS.register_module()
class AlignedRTMCCHead(RTMCCHead):
    """MMPose's ``RTMCCHead`` with a flip test that does not move keypoints.

    With r bins for each pixel (``simcc_split_ratio``), pixel x has bin r x
    and its mirror image, pixel W - 1 - x, has bin r (W - 1 - x). MMPose
    mirrors the bins themselves, bin b to r W - 1 - b, so that the vector of
    the mirrored crop lies r - 1 bins too far right, and the mean of the two
    half of that: a quarter of a pixel with two bins. Here these bins are
    taken away. Training is that of ``RTMCCHead``, and so is all else.

    Args:
        *args: Of ``RTMCCHead``.
        **kwargs: Of ``RTMCCHead``.

    Raises:
        ValueError: ``simcc_split_ratio`` is not a whole number.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.simcc_split_ratio != int(self.simcc_split_ratio):
            raise ValueError(
                'AlignedRTMCCHead: expected a whole number of bins for each '
                f'pixel, got simcc_split_ratio={self.simcc_split_ratio}'
            )

    def forward(self, feats: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Give the vectors along both axes.

        Args:
            feats (Sequence[Tensor]): Feature maps; the last one is used.

        Returns:
            tuple[Tensor, Tensor]: (B, K, bins) of x, and of y.
        """
        if isinstance(feats, _Averaged):
            return feats
        return super().forward(feats)

    def predict(
        self,
        feats: Sequence,
        batch_data_samples: Sequence,
        test_cfg: Mapping | None = None,
    ) -> Any:
        """Predict keypoints, px of the crop.

        Args:
            feats (Sequence): Feature maps; with ``flip_test`` those of the
                crops and those of the mirrored crops.
            batch_data_samples (Sequence): Samples.
            test_cfg (Mapping, optional): As of ``RTMCCHead``. Defaults to
                None.

        Returns:
            Any: As ``RTMCCHead``.
        """
        settings = dict(test_cfg or {})
        if settings.get('flip_test', False):
            straight, mirrored = feats
            indices = batch_data_samples[0].metainfo['flip_indices']
            x, y = self.forward(straight)
            back_x, back_y = flip_vectors(
                *self.forward(mirrored), flip_indices=indices
            )
            too_far = int(self.simcc_split_ratio) - 1
            if too_far:
                moved = back_x[..., too_far:]
                back_x = pad(moved, (0, too_far), mode='replicate')
            feats = _Averaged((x + back_x) / 2, (y + back_y) / 2)
            settings['flip_test'] = False
        return super().predict(feats, batch_data_samples, settings)
