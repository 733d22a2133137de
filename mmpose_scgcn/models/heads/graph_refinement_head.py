"""Graph refinement head."""

from collections.abc import Mapping, Sequence

from mmpose_scgcn.models.layers import (
    FeaturePyramid,
    KeypointGraph,
    RefinementStep,
)
from mmpose_scgcn.registry import MODELS

import torch
from torch import Tensor, nn

from .coordinate_head import CoordinateHead, share_graph, stack_labels


@MODELS.register_module()
class GraphRefinementHead(CoordinateHead):
    r"""Find keypoints roughly, then refine them through their relations.

    .. math::
        P_0 &= \sum_x x\, \operatorname{softmax}(\mathrm{heatmap}(F)_x -
        \|x - \bar P\|^2 / 2 \sigma^2) \\
        P_{t+1} &= P_t + \mathrm{relate}(F(P_t), P_t, A(F(P_t)))

    What the structure-coherent method needs to be precise: nodes that stand
    where the keypoints are. The heatmaps start as a Gaussian about the mean
    shape, and are trained by the cross-entropy to one about the keypoint: a
    gradient at every place, where an expectation alone is slow. The features
    of a node are read at its present place on a fine map; the weights of its
    edges follow them, so that a node that sees nothing leans on its
    neighbours; and every step is trained with the absolute and the relative
    location loss.

    Args:
        in_channels (Sequence[int]): Channels of the backbone's maps, the
            finest first (``out_indices`` of the backbone).
        in_featuremap_size (tuple[int, int]): Width and height of the finest
            map.
        num_keypoints (int): Keypoints K.
        graph (Mapping, optional): The graph, as ``tools/build_graph.py``
            writes it. Defaults to None: filled by ``GraphHook`` or from a
            checkpoint.
        top_k (int): Neighbours of each keypoint. Defaults to 3.
        pyramid_channels (int): Of the map that is read. Defaults to 96.
        hidden_channels (int): Of a node. Defaults to 128.
        num_steps (int): Refinements; 0 leaves the rough ones. Defaults to 2.
        num_layers (int): Graph layers of each. Defaults to 2.
        radius (int): Of the window that is read, in pixels of the map.
            Defaults to 1.
        adjacency (str): ``attentive`` (edge weights follow the nodes) or
            ``uniform``. Defaults to ``attentive``.
        prior_std (float, optional): Standard deviation of the Gaussian about
            the mean shape, a fraction of the crop. Defaults to 0.12; None for
            no prior.
        heatmap_sigma (float): Standard deviation of the Gaussian that the
            heatmaps are trained by, in pixels of the map. Defaults to 1.
        heatmap_weight (float): Weight of that loss; 0 for none. Defaults to
            1.
        loss (Mapping, optional): Config of the loss of every step. Defaults
            to None: ``StructureCoherentLoss`` in the decoder's
            ``input_size``, with target weights.
        decoder (Mapping, optional): Config of the codec. Defaults to None.
        init_cfg (Mapping, optional): MMEngine initialisation.

    Raises:
        ValueError: A graph of another size, or an unknown adjacency.
    """

    places: Tensor

    def __init__(
        self,
        in_channels: Sequence[int],
        in_featuremap_size: tuple[int, int],
        num_keypoints: int,
        graph: Mapping | None = None,
        top_k: int = 3,
        pyramid_channels: int = 96,
        hidden_channels: int = 128,
        num_steps: int = 2,
        num_layers: int = 2,
        radius: int = 1,
        adjacency: str = 'attentive',
        prior_std: float | None = 0.12,
        heatmap_sigma: float = 1.0,
        heatmap_weight: float = 1.0,
        loss: Mapping | None = None,
        decoder: Mapping | None = None,
        init_cfg: Mapping | None = None,
    ) -> None:
        super().__init__(
            in_channels[0], in_featuremap_size, loss, decoder, init_cfg
        )
        width, height = in_featuremap_size
        self.prior_std = prior_std
        self.heatmap_sigma = heatmap_sigma
        self.heatmap_weight = heatmap_weight
        self.graph = KeypointGraph(graph, num_keypoints, top_k)
        self.pyramid = FeaturePyramid(in_channels, pyramid_channels)
        self.heatmap = nn.Conv2d(pyramid_channels, num_keypoints, 1)
        ys, xs = torch.meshgrid(
            (torch.arange(height) + 0.5) / height,
            (torch.arange(width) + 0.5) / width,
            indexing='ij',
        )
        places = torch.stack([xs, ys], dim=-1).flatten(0, 1)
        self.register_buffer('places', places, False)
        self.steps = nn.ModuleList(
            RefinementStep(
                pyramid_channels,
                num_keypoints,
                top_k,
                hidden_channels,
                num_layers,
                radius,
                adjacency,
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
            ValueError: Another number of maps.
        """
        return self.stages(feats)[-1]

    def stages(self, feats: Sequence[Tensor]) -> list[Tensor]:
        """Predict keypoints, and keep what each step finds.

        Args:
            feats (Sequence[Tensor]): Feature maps, the finest first.

        Returns:
            list[Tensor]: The rough ones, then those of each step, (B, K, 2),
            normalised to the crop.
        """
        fine, logits = self._read(feats)
        return self._refine(fine, logits)

    def _read(self, feats: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Merge the maps, and draw the heatmaps.

        Returns:
            tuple[Tensor, Tensor]: (B, C, H, W), and logits (B, K, HW).
        """
        self.graph.require()
        self.check_map(feats[:1])
        fine = self.pyramid(feats)
        logits = self.heatmap(fine).flatten(2).float()
        if self.prior_std is not None:
            offset = self.places - self.graph.mean_shape[:, None]  # (K, HW, 2)
            logits = logits - _exponent(offset, self.prior_std)
        return fine, logits

    def _refine(self, fine: Tensor, logits: Tensor) -> list[Tensor]:
        """Go from the heatmaps to the last step."""
        points, certainty = self._locate(logits)
        found, nodes = [points], None
        for step in self.steps:
            # Where a step reads is not what the steps before are trained by.
            points = points.detach()
            offset, nodes = step(
                fine, points, certainty, self.graph.neighbors, nodes
            )
            points = points + offset
            found.append(points)
        return found

    def _locate(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Take the expectation over a heatmap of each keypoint.

        Returns:
            tuple[Tensor, Tensor]: (B, K, 2), and how concentrated the
            heatmaps are (B, K, 1): 1 for a single pixel.
        """
        shares = logits.softmax(-1)
        concentration = shares.detach().square().sum(-1, keepdim=True).sqrt()
        return shares @ self.places, concentration

    def loss(
        self,
        feats: Sequence[Tensor],
        batch_data_samples: list,
        train_cfg: Mapping | None = None,
    ) -> dict[str, Tensor]:
        """Compute the losses of a batch, those of every step.

        Args:
            feats (Sequence[Tensor]): Feature maps.
            batch_data_samples (list[PoseDataSample]): With
                ``keypoint_labels`` (normalised) and ``keypoint_weights``.
            train_cfg (Mapping, optional): Not used.

        Returns:
            dict[str, Tensor]: The terms of the loss, with the number of the
            step before the last one's, ``loss_heatmap``, and ``mean_error``
            of the last one.
        """
        labels = stack_labels(batch_data_samples)
        fine, logits = self._read(feats)
        *before, last = self._refine(fine, logits)
        losses = self.losses_of(last, *labels)
        if self.heatmap_weight:
            losses['loss_heatmap'] = self._heatmap_loss(logits, *labels)
        for number, points in enumerate(before):
            for name, value in self.losses_of(points, *labels).items():
                losses[f'step{number}.{name}'] = value
        return losses

    def _heatmap_loss(
        self, logits: Tensor, target: Tensor, weight: Tensor
    ) -> Tensor:
        """Compute the cross-entropy to Gaussians about the keypoints.

        Args:
            logits (Tensor): (B, K, HW).
            target (Tensor): (B, K, 2), normalised.
            weight (Tensor): (B, K).

        Returns:
            Tensor: Its mean over the keypoints that count, a scalar.
        """
        _, height, width = self.map_shape
        size = target.new_tensor([width, height])
        offset = (self.places - target[:, :, None]) * size  # (B, K, HW, 2)
        shares = (-_exponent(offset, self.heatmap_sigma)).softmax(-1)
        entropy = -(shares * logits.log_softmax(-1)).sum(-1)
        total = torch.where(weight > 0, entropy * weight, 0.0).sum()
        return self.heatmap_weight * total / weight.sum().clamp_min(1e-6)


def _exponent(offset: Tensor, std: float) -> Tensor:
    """Give the exponent of a Gaussian at offsets (..., 2), not negative."""
    return offset.square().sum(-1) / (2 * std**2)
