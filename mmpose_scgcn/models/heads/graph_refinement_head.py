"""Graph refinement head."""

from collections.abc import Sequence
from typing import Any

from mmpose_scgcn.models.layers import (
    FeaturePyramid,
    HeatmapGrid,
    probabilities,
    pyramid_shapes,
)
from mmpose_scgcn.models.units import codec_input_size
from mmpose_scgcn.registry import MODELS

import torch
from mmcv.cnn import ConvModule
from torch import Tensor, nn

from .graph_head import GraphHead

#: Spread of a heatmap, a fraction of the crop, at which a score is 1 / e.
CERTAIN_SPREAD = 0.05

_PRIORS = ('graph', 'mean shape', None)


@MODELS.register_module()
class GraphRefinementHead(GraphHead):
    r"""Propose keypoints by their relations, and refine them on a fine map.

    .. math::
        Q &= \bar P + \mathrm{relate}(H_0, A(H_0)) \\
        P_i &= \sum_x x\, \operatorname{softmax}_x(\mathrm{heatmap}_i(F)_x -
        \|x - Q_i\|^2 / 2 \sigma_i^2)

    A structure-coherent head that reads a fine map too. The proposal Q comes
    from the layers of :class:`GraphRelationalHead`, fewer of them, on the
    coarsest map: nodes with weighted edges that follow the image. It is the
    centre of a Gaussian prior, of one learned width per keypoint, for heatmaps
    on the finest map: where a keypoint is seen, the heatmap decides, and where
    it is covered, the proposal does. The heatmaps are trained by the
    cross-entropy to a Gaussian about the keypoint, a gradient at every place,
    where an expectation alone is slow; proposal and result by the absolute and
    the relative location loss.

    Note:
        The method has no publication of its own; ``docs/refinement.md`` has
        the measurements that led to it.

    Args:
        in_channels (Sequence[int]): Channels of the backbone's maps, the
            finest first (``out_indices`` of the backbone).
        in_featuremap_size (tuple[int, int]): Width and height of the finest
            map; each further map has half of it.
        num_keypoints (int): Keypoints K.
        num_layers (int): Residual blocks of two relational layers, between
            the first and the last one. Defaults to 0.
        pyramid_channels (Sequence[int]): Of the merged maps, the finest
            first. Defaults to (64, 128, 128, 128).
        separable (bool): Whether the maps are merged by depthwise separable
            convolutions, which are quicker. Defaults to False.
        prior (str, optional): Centre of the prior: ``graph`` (the proposal),
            ``mean shape`` (the graph's, and there is no proposal), or None
            for no prior. Defaults to ``graph``.
        prior_std (float): Standard deviation that the prior starts with, a
            fraction of the crop; a factor of it is learned for each keypoint.
            Defaults to 0.12.
        heatmap_sigma (float): Standard deviation of the Gaussian that the
            heatmaps are trained by, in pixels of the map. Defaults to 0.7.
        heatmap_weight (float): Weight of that loss; 0 for none. Defaults to
            1.
        **kwargs: ``graph`` (None), ``top_k`` (3), ``expansion`` (4),
            ``hidden_channels`` (128) and ``adjacency`` (``dynamic``) of
            :class:`GraphHead`; ``loss`` (of every stage), ``decoder`` and
            ``init_cfg`` of :class:`CoordinateHead`.

    Raises:
        ValueError: A graph of another size, an unknown adjacency or prior,
            or arguments that are out of range or do not fit together.
    """

    def __init__(
        self,
        in_channels: Sequence[int],
        in_featuremap_size: tuple[int, int],
        num_keypoints: int,
        num_layers: int = 0,
        pyramid_channels: Sequence[int] = (64, 128, 128, 128),
        separable: bool = False,
        prior: str | None = 'graph',
        prior_std: float = 0.12,
        heatmap_sigma: float = 0.7,
        heatmap_weight: float = 1.0,
        **kwargs: Any,
    ) -> None:
        map_shapes = pyramid_shapes(in_channels, in_featuremap_size)
        _check_prior(prior, prior_std, heatmap_sigma)
        super().__init__(
            in_channels[0], in_featuremap_size, num_keypoints, **kwargs
        )
        self.map_shapes = map_shapes
        self.prior = prior
        self.prior_std = prior_std
        self.heatmap_sigma = heatmap_sigma
        self.heatmap_weight = heatmap_weight
        self.pyramid = FeaturePyramid(in_channels, pyramid_channels, separable)
        # A bias would be the same at all places.
        self.heatmap = nn.Conv2d(
            pyramid_channels[0], num_keypoints, 1, bias=False
        )
        crop_size = codec_input_size(self.decoder)
        self.grid = HeatmapGrid(in_featuremap_size, crop_size)
        if prior is not None:  # factor of the prior's width
            self.log_width = nn.Parameter(torch.zeros(num_keypoints, 1))
        if prior == 'graph':
            self._add_proposal(pyramid_channels[-1], num_layers)

    def _add_proposal(self, channels: int, num_layers: int) -> None:
        """Add what proposes keypoints on the coarsest map."""
        self.embedding = ConvModule(
            channels,
            self.num_keypoints * self.expansion,
            3,
            padding=1,
            norm_cfg=dict(type='BN'),
        )
        _, height, width = self.map_shapes[-1]
        self.add_relations((width, height), num_layers)

    def forward(self, feats: Sequence[Tensor]) -> Tensor:
        """Predict keypoints.

        Args:
            feats (Sequence[Tensor]): Feature maps, the finest first.

        Returns:
            Tensor: (B, K, 2), normalised to the crop.

        Raises:
            RuntimeError: There is no graph yet.
            ValueError: Another number of maps, or of another size.
        """
        return self.stages(feats)['heatmap']

    def locate(self, feats: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        r"""Predict keypoints, and how certain the heatmaps are.

        .. math::
            s_i = \exp(-\sigma_i / 0.05)

        where sigma is the standard deviation of keypoint i's heatmap about
        its own mean, a fraction of the crop: 1 where all of it is in one
        place, 0.37 where it is spread over a twentieth of the crop.

        Args:
            feats (Sequence[Tensor]): Feature maps, the finest first.

        Returns:
            tuple[Tensor, Tensor]: (B, K, 2), normalised to the crop, and
            (B, K) in (0, 1].
        """
        logits, _ = self._read(feats)
        probability = probabilities(logits)
        certainty = (-self.grid.spread(probability) / CERTAIN_SPREAD).exp()
        return self.grid.mean(probability), certainty

    def stages(self, feats: Sequence[Tensor]) -> dict[str, Tensor]:
        """Predict keypoints, and keep what each stage finds.

        Args:
            feats (Sequence[Tensor]): Feature maps, the finest first.

        Returns:
            dict[str, Tensor]: ``proposal`` where there is one, and
            ``heatmap``: (B, K, 2), normalised to the crop.
        """
        logits, proposal = self._read(feats)
        found = {} if proposal is None else dict(proposal=proposal)
        return dict(found, heatmap=self.grid.mean(probabilities(logits)))

    def _read(self, feats: Sequence[Tensor]) -> tuple[Tensor, Tensor | None]:
        """Merge the maps, propose keypoints and draw the heatmaps.

        Returns:
            tuple[Tensor, Tensor | None]: Logits (B, K, H, W) and the
            proposal (B, K, 2).
        """
        self.graph.require()
        shapes = [tuple(feature_map.shape[1:]) for feature_map in feats]
        if shapes != self.map_shapes:
            raise ValueError(
                'feature maps: in_channels and in_featuremap_size promise '
                f'(C, H, W) = {self.map_shapes}, got {shapes}; see '
                'out_indices of the backbone'
            )
        fine, *_, coarse = self.pyramid(feats)
        # In one order, whatever that of the convolutions is.
        logits = self.heatmap(fine).to(
            torch.float32, memory_format=torch.contiguous_format
        )
        center = proposal = None
        if self.prior == 'graph':
            offset = self.relate(coarse).float()
            center = proposal = self.graph.mean_shape + offset
        elif self.prior == 'mean shape':
            center = self.graph.mean_shape
        if center is not None:
            scale = (-self.log_width).exp() / (2**0.5 * self.prior_std)
            logits = self.grid.add_gaussian(logits, center, scale)
        return logits, proposal

    def learn(
        self, feats: Sequence[Tensor], target: Tensor, weight: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Compute the losses of every stage; see :meth:`CoordinateHead.learn`.

        Those of the proposal are ``proposal.loss_kpt`` and so on;
        ``loss_heatmap`` is the cross-entropy of the heatmaps.
        """
        logits, proposal = self._read(feats)
        # A place that is not known must not get into the gradient.
        place = torch.where(weight[..., None] > 0, target, 0.5)
        points, entropy = self.grid.read(logits, place, self.heatmap_sigma)
        losses = self.losses_of(points, target, weight)
        if self.heatmap_weight:
            losses['loss_heatmap'] = self._heatmap_loss(entropy, weight)
        if proposal is not None:
            of_proposal = self.losses_of(proposal, target, weight)
            losses.update({f'proposal.{k}': v for k, v in of_proposal.items()})
        return points, losses

    def _heatmap_loss(self, entropy: Tensor, weight: Tensor) -> Tensor:
        """Average the cross-entropy (B, K) over the keypoints that count."""
        weight = torch.where(weight > 0, weight, 0.0)  # not so for NaN
        total = (entropy * weight).sum()
        return self.heatmap_weight * total / weight.sum().clamp_min(1e-6)


def _check_prior(
    prior: str | None, prior_std: float, heatmap_sigma: float
) -> None:
    """Check the arguments that describe the prior and the heatmaps."""
    if prior not in _PRIORS:
        raise ValueError(f'prior: expected one of {_PRIORS}, got {prior!r}')
    positive = dict(prior_std=prior_std, heatmap_sigma=heatmap_sigma)
    for name, value in positive.items():
        if not value > 0:
            raise ValueError(
                f'{name}: expected a positive number, got {value}'
            )
