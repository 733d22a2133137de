"""Graph refinement head."""

from collections.abc import Mapping, Sequence

from mmpose_scgcn.models.layers import (
    FeaturePyramid,
    GraphRelation,
    KeypointGraph,
    RefinementStep,
    build_adjacency,
)
from mmpose_scgcn.registry import MODELS

import torch
from mmcv.cnn import ConvModule
from torch import Tensor, nn

from .coordinate_head import CoordinateHead, share_graph

#: Spread of a heatmap, a fraction of the crop, at which a score is 1 / e.
CERTAIN_SPREAD = 0.05

_PRIORS = ('graph', 'mean shape', None)


@MODELS.register_module()
class GraphRefinementHead(CoordinateHead):
    r"""Propose keypoints by their relations, and refine them on a fine map.

    .. math::
        Q &= \bar P + \mathrm{relate}(H_0, A(H_0)) \\
        P_i &= \sum_x x\, \operatorname{softmax}_x(\mathrm{heatmap}_i(F)_x -
        \|x - Q_i\|^2 / 2 \sigma_i^2)

    The structure-coherent method, made precise. The proposal Q comes from
    the layers of its graph relational head, fewer of them, on the coarsest
    map: nodes with weighted edges that follow the image. It is the centre of
    a Gaussian prior, of one learned width per keypoint, for heatmaps on the
    finest map: where a keypoint is seen, the heatmap decides, and where it is
    covered, the proposal does. The heatmaps are trained by the cross-entropy
    to a Gaussian about the keypoint, a gradient at every place, where an
    expectation alone is slow; proposal and result by the absolute and the
    relative location loss.

    Note:
        The method has no publication of its own; ``docs/refinement.md`` has
        the measurements that led to it.

    Args:
        in_channels (Sequence[int]): Channels of the backbone's maps, the
            finest first (``out_indices`` of the backbone).
        in_featuremap_size (tuple[int, int]): Width and height of the finest
            map; each further map has half of it.
        num_keypoints (int): Keypoints K.
        graph (Mapping, optional): The graph, as ``tools/build_graph.py``
            writes it. Defaults to None: filled by ``GraphHook`` or from a
            checkpoint.
        top_k (int): Neighbours of each keypoint. Defaults to 3.
        expansion (int): Channels n per keypoint of the proposal. Defaults to
            4.
        hidden_channels (int): Channels of the relational layers. Defaults
            to 128.
        num_layers (int): Residual blocks of two relational layers, between
            the first and the last one. Defaults to 0.
        adjacency (str): ``dynamic`` (edge weights follow the image),
            ``learned`` or ``uniform``. Defaults to ``dynamic``.
        pyramid_channels (Sequence[int]): Of the merged maps, the finest
            first. Defaults to (64, 128, 128, 128).
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
        num_steps (int): Steps of
            :class:`~mmpose_scgcn.models.layers.RefinementStep` after the
            heatmaps. Defaults to 0.
        loss (Mapping, optional): Config of the loss of every stage. Defaults
            to None: ``StructureCoherentLoss`` in the decoder's
            ``input_size``, with target weights.
        decoder (Mapping, optional): Config of the codec. Defaults to None.
        init_cfg (Mapping, optional): MMEngine initialisation.

    Raises:
        ValueError: A graph of another size, an unknown adjacency or prior,
            or arguments that are out of range or do not fit together.
    """

    columns: Tensor
    rows: Tensor

    def __init__(
        self,
        in_channels: Sequence[int],
        in_featuremap_size: tuple[int, int],
        num_keypoints: int,
        graph: Mapping | None = None,
        top_k: int = 3,
        expansion: int = 4,
        hidden_channels: int = 128,
        num_layers: int = 0,
        adjacency: str = 'dynamic',
        pyramid_channels: Sequence[int] = (64, 128, 128, 128),
        prior: str | None = 'graph',
        prior_std: float = 0.12,
        heatmap_sigma: float = 0.7,
        heatmap_weight: float = 1.0,
        num_steps: int = 0,
        loss: Mapping | None = None,
        decoder: Mapping | None = None,
        init_cfg: Mapping | None = None,
    ) -> None:
        halvings = _check(
            in_channels, in_featuremap_size, pyramid_channels, prior, num_steps
        )
        for name, value in dict(
            prior_std=prior_std, heatmap_sigma=heatmap_sigma
        ).items():
            if not value > 0:
                raise ValueError(
                    f'{name}: expected a positive number, got {value}'
                )
        super().__init__(
            in_channels[0], in_featuremap_size, loss, decoder, init_cfg
        )
        width, height = in_featuremap_size
        self.map_shapes = [
            (channels, height >> level, width >> level)
            for level, channels in enumerate(in_channels)
        ]
        self.prior = prior
        self.prior_std = prior_std
        self.heatmap_sigma = heatmap_sigma
        self.heatmap_weight = heatmap_weight
        self.graph = KeypointGraph(graph, num_keypoints, top_k)
        self.pyramid = FeaturePyramid(in_channels, pyramid_channels)
        # A bias would be the same at all places.
        self.heatmap = nn.Conv2d(
            pyramid_channels[0], num_keypoints, 1, bias=False
        )
        crop = getattr(self.decoder, 'input_size', None)
        columns, rows = (
            _centers(side, crop and crop[axis])
            for axis, side in enumerate(in_featuremap_size)
        )
        self.register_buffer('columns', columns, False)
        self.register_buffer('rows', rows, False)
        if prior is not None:  # factor of the prior's width
            self.log_width = nn.Parameter(torch.zeros(num_keypoints, 1))
        if prior == 'graph':
            self.embedding = ConvModule(
                pyramid_channels[-1],
                num_keypoints * expansion,
                3,
                padding=1,
                norm_cfg=dict(type='BN'),
            )
            self.adjacency = build_adjacency(
                adjacency, num_keypoints, top_k, expansion
            )
            self.relation = GraphRelation(
                expansion * (width >> halvings) * (height >> halvings),
                hidden_channels,
                num_layers,
            )
        self.steps = nn.ModuleList(
            RefinementStep(
                pyramid_channels[0], num_keypoints, top_k, hidden_channels
            )
            for _ in range(num_steps)
        )
        share_graph(self.graph, self.loss_module)

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
        return list(self.stages(feats).values())[-1]

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
        fine, logits, proposal = self._read(feats)
        stages = self._stages(fine, logits, proposal)
        return list(stages.values())[-1], self._certainty(logits)

    def _certainty(self, logits: Tensor) -> Tensor:
        """Measure the heatmaps (B, K, H, W) as :meth:`locate` says."""
        shares = logits.flatten(2).softmax(-1).view(logits.shape)
        variance = _variance(shares.sum(-2), self.columns) + _variance(
            shares.sum(-1), self.rows
        )
        return (-variance.sqrt() / CERTAIN_SPREAD).exp()

    def stages(self, feats: Sequence[Tensor]) -> dict[str, Tensor]:
        """Predict keypoints, and keep what each stage finds.

        Args:
            feats (Sequence[Tensor]): Feature maps, the finest first.

        Returns:
            dict[str, Tensor]: ``proposal`` where there is one, ``heatmap``,
            and ``step0`` and so on: (B, K, 2), normalised to the crop.
        """
        return self._stages(*self._read(feats))

    def _read(
        self, feats: Sequence[Tensor]
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """Merge the maps, propose keypoints and draw the heatmaps.

        Returns:
            tuple[Tensor, Tensor, Tensor | None]: (B, C, H, W), logits
            (B, K, H, W) and (B, K, 2).
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
        logits = self.heatmap(fine).float()
        proposal = None
        if self.prior == 'graph':
            proposal = self._propose(coarse)
            logits = self._add_prior(logits, proposal)
        elif self.prior == 'mean shape':
            logits = self._add_prior(logits, self.graph.mean_shape)
        return fine, logits, proposal

    def _propose(self, coarse: Tensor) -> Tensor:
        """Regress (B, K, 2) from the coarsest map through the relations."""
        nodes = self.embedding(coarse)
        nodes = nodes.unflatten(1, (len(self.graph.mean_shape), -1))
        edge_weight = self.adjacency(nodes)  # (B, K, k + 1)
        neighbors = self.graph.neighbors
        offset = self.relation(nodes.flatten(2), neighbors, edge_weight)
        return self.graph.mean_shape + offset.float()

    def _add_prior(self, logits: Tensor, center: Tensor) -> Tensor:
        """Add a Gaussian's exponent, along one axis and then the other."""
        scale = (-self.log_width).exp() / (2**0.5 * self.prior_std)  # (K, 1)
        x, y = center[..., 0:1], center[..., 1:2]
        columns = ((self.columns - x) * scale).square()  # (..., K, W)
        rows = ((self.rows - y) * scale).square()
        return logits - columns[..., None, :] - rows[..., :, None]

    def _stages(
        self, fine: Tensor, logits: Tensor, proposal: Tensor | None
    ) -> dict[str, Tensor]:
        """Go from the heatmaps to the last step."""
        found = {} if proposal is None else dict(proposal=proposal)
        shares = logits.flatten(2).softmax(-1).view(logits.shape)
        # No matrix products, which autocast would round.
        x = (shares.sum(-2) * self.columns).sum(-1)
        y = (shares.sum(-1) * self.rows).sum(-1)
        points = torch.stack([x, y], dim=-1)
        found['heatmap'] = points
        nodes = None
        for number, step in enumerate(self.steps):
            # 1 where all is in a single pixel.
            certainty = shares.detach().square().sum((-2, -1)).sqrt()
            # Where a step reads is not what the stages before are trained by.
            points = points.detach()
            offset, nodes = step(
                fine, points, certainty[..., None], self.graph.neighbors, nodes
            )
            points = found[f'step{number}'] = points + offset
        return found

    def loss(
        self,
        feats: Sequence[Tensor],
        batch_data_samples: list,
        train_cfg: Mapping | None = None,
    ) -> dict[str, Tensor]:
        """Compute the losses of a batch, those of every stage.

        Args:
            feats (Sequence[Tensor]): Feature maps.
            batch_data_samples (list[PoseDataSample]): With
                ``keypoint_labels`` (normalised) and ``keypoint_weights``.
            train_cfg (Mapping, optional): Not used.

        Returns:
            dict[str, Tensor]: The terms of the loss, with the name of the
            stage before all but the last one's, ``loss_heatmap``, and
            ``mean_error`` of the last one.
        """
        labels = self.read_labels(batch_data_samples)
        fine, logits, proposal = self._read(feats)
        *before, last = self._stages(fine, logits, proposal).items()
        losses = self.losses_of(last[1], *labels)
        if self.heatmap_weight:
            losses['loss_heatmap'] = self._heatmap_loss(logits, *labels)
        for stage, points in before:
            for name, value in self.losses_of(points, *labels).items():
                losses[f'{stage}.{name}'] = value
        return losses

    def _heatmap_loss(
        self, logits: Tensor, target: Tensor, weight: Tensor
    ) -> Tensor:
        """Compute the cross-entropy to Gaussians about the keypoints.

        Args:
            logits (Tensor): (B, K, H, W).
            target (Tensor): (B, K, 2), normalised.
            weight (Tensor): (B, K).

        Returns:
            Tensor: Its mean over the keypoints that count, a scalar.
        """
        # A place that is not known must not get into the gradient.
        target = torch.where(weight[..., None] > 0, target, 0.5)
        columns, rows = (
            _gaussian(places, target[..., axis : axis + 1], self.heatmap_sigma)
            for axis, places in enumerate((self.columns, self.rows))
        )
        # The target is a product of the two, which each sum to one.
        along = (logits * columns[..., None, :]).sum(-1)
        mean = (along * rows).sum(-1)
        entropy = logits.flatten(2).logsumexp(-1) - mean
        total = (entropy * weight).sum()
        return self.heatmap_weight * total / weight.sum().clamp_min(1e-6)


def _check(
    in_channels: Sequence[int],
    in_featuremap_size: tuple[int, int],
    pyramid_channels: Sequence[int],
    prior: str | None,
    num_steps: int,
) -> int:
    """Check arguments of the head; returns how often maps are halved."""
    if not isinstance(in_channels, Sequence):
        raise ValueError(
            'in_channels: expected a sequence, one number for each feature '
            f'map, got {in_channels!r}'
        )
    if len(pyramid_channels) != len(in_channels):
        raise ValueError(
            f'pyramid_channels: expected {len(in_channels)} numbers, one for '
            f'each of in_channels, got {tuple(pyramid_channels)}'
        )
    halvings = len(in_channels) - 1
    if any(side % 2**halvings for side in in_featuremap_size):
        raise ValueError(
            f'in_featuremap_size: expected multiples of {2**halvings}, which '
            f'{halvings} further maps halve, got {tuple(in_featuremap_size)}'
        )
    if prior not in _PRIORS:
        raise ValueError(f'prior: expected one of {_PRIORS}, got {prior!r}')
    if num_steps < 0:
        raise ValueError(f'num_steps: expected at least 0, got {num_steps}')
    return halvings


def _centers(places: int, crop: int | None) -> Tensor:
    """Give the centres of a map's pixels as labels count them.

    Labels are the pixel's number over the crop's size: half of a pixel of
    the crop less than the share of the crop that is before its centre.
    """
    centers = (torch.arange(places) + 0.5) / places
    return centers - 0.5 / crop if crop else centers


def _variance(shares: Tensor, places: Tensor) -> Tensor:
    """Compute the variance (...) of shares (..., L) over (L,) places."""
    mean = (shares * places).sum(-1, keepdim=True)
    return (shares * (places - mean).square()).sum(-1)


def _gaussian(places: Tensor, center: Tensor, sigma: float) -> Tensor:
    """Draw a Gaussian on (L,) places about (..., 1), sigma in pixels."""
    offset = (places - center) * len(places)
    return (-0.5 * (offset / sigma).square()).softmax(-1)
