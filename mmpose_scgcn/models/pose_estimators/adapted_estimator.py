"""An estimator whose keypoints are those of another convention."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mmpose_scgcn.models.layers import KeypointAdapter
from mmpose_scgcn.models.units import codec_input_size
from mmpose_scgcn.registry import MODELS

import numpy as np
import torch
from mmengine.model import BaseModel
from torch import Tensor


@MODELS.register_module()
class AdaptedEstimator(BaseModel):
    """A trained estimator, and a linear map of its keypoints.

    ``tools/adapt_labels.py`` makes it from a model and annotated faces. The
    estimator predicts as before, with its own keypoints in the flip test; the
    map (:class:`.layers.KeypointAdapter`) makes of them those that the data
    set has. Its settings stay where they were in the config, beside
    ``adapter``. Predictions also have ``source_keypoints``, the estimator's
    own, image px.

    Args:
        adapter (Mapping): ``num_sources``, ``num_keypoints`` and
            ``flip_indices``, the partner of each source keypoint in a mirror.
        estimator_type (str): Of the estimator. Defaults to
            ``TopdownPoseEstimator``.
        data_preprocessor (Mapping, optional): As in any estimator.
        init_cfg (Mapping, optional): MMEngine initialisation.
        **settings: Those of the estimator.
    """

    def __init__(
        self,
        adapter: Mapping,
        estimator_type: str = 'TopdownPoseEstimator',
        data_preprocessor: Mapping | None = None,
        init_cfg: Mapping | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(data_preprocessor, init_cfg)
        self.estimator = MODELS.build(dict(settings, type=estimator_type))
        sizes = ('num_sources', 'num_keypoints')
        self.adapter = KeypointAdapter(*(adapter[name] for name in sizes))
        self.flip_indices = list(adapter['flip_indices'])

    @property
    def test_cfg(self) -> dict:
        """The estimator's."""
        return self.estimator.test_cfg

    @test_cfg.setter
    def test_cfg(self, value: dict) -> None:
        self.estimator.test_cfg = value

    def forward(
        self,
        inputs: Tensor,
        data_samples: list | None = None,
        mode: str = 'tensor',
    ) -> Any:
        """Predict.

        Args:
            inputs (Tensor): (B, C, H, W).
            data_samples (list[PoseDataSample], optional): B samples, for
                ``predict``.
            mode (str): ``predict``, or ``tensor`` for coordinates alone.

        Returns:
            list[PoseDataSample] | Tensor: The samples with
            ``pred_instances``; or (B, J, 2), normalised to the crop.

        Raises:
            RuntimeError: ``loss``: an adapted model is not trained.
            ValueError: ``tensor`` of an estimator whose output is not
                normalised coordinates.
        """
        if mode == 'predict':
            return self._predict(inputs, data_samples or [])
        if mode == 'tensor':
            return self._adapt_output(self.estimator(inputs, None, 'tensor'))
        raise RuntimeError(
            'an adapted model is not trained: train the model without its '
            'adapter, and fit the adapter anew (tools/adapt_labels.py)'
        )

    def _predict(self, inputs: Tensor, data_samples: list) -> list:
        """Predict with the mirror partners of the source keypoints."""
        partners = [s.metainfo.get('flip_indices') for s in data_samples]
        _set_partners(data_samples, [self.flip_indices] * len(data_samples))
        try:
            results = self.estimator(inputs, data_samples, 'predict')
        finally:
            _set_partners(data_samples, partners)
        for sample in results:
            self._adapt_instances(sample.pred_instances)
        return results

    def _adapt_instances(self, instances: Any) -> None:
        """Put adapted keypoints in the place of the estimator's."""
        source = np.asarray(instances.keypoints)
        instances.keypoints = self._through(self.adapter, source)
        for name in ('keypoint_scores', 'keypoints_visible'):
            if name in instances:
                scores = np.asarray(instances.get(name))
                adapted = self._through(self.adapter.adapt_scores, scores)
                instances.set_field(adapted, name)
        instances.source_keypoints = source

    @torch.no_grad()
    def _through(
        self, function: Callable[[Tensor], Tensor], values: np.ndarray
    ) -> np.ndarray:
        """Compute on the device of the adapter."""
        inputs = torch.from_numpy(values.astype(np.float32))
        return function(inputs.to(self.adapter.matrix.device)).cpu().numpy()

    def _adapt_output(self, output: Any) -> Tensor:
        """Adapt normalised coordinates (B, K, 2)."""
        head = getattr(self.estimator, 'head', None)
        size = codec_input_size(getattr(head, 'decoder', None))
        shape = tuple(getattr(output, 'shape', ()))
        if size is None or len(shape) != 3 or shape[-1] != 2:
            raise ValueError(
                'expected an estimator whose output is normalised coordinates '
                f'(B, K, 2), got {shape or type(output).__name__}'
            )
        sides = output.new_tensor(size)
        return self.adapter(output * sides) / sides


def _set_partners(
    data_samples: Sequence, partners: Sequence[list | None]
) -> None:
    """Say which keypoints change places in a mirror."""
    for sample, indices in zip(data_samples, partners, strict=True):
        sample.set_metainfo(dict(flip_indices=indices))
