"""Relative location loss: keypoints against the mean of their neighbours."""

from collections.abc import Mapping

from mmpose_scgcn.graph import laplacian_coordinates
from mmpose_scgcn.models.layers import KeypointGraph
from mmpose_scgcn.registry import MODELS

import torch
from torch import Tensor

from .pixel_loss import PixelLoss
from .weighted_loss import WeightedLoss


@MODELS.register_module()
class RelativeLocationLoss(WeightedLoss):
    r"""Penalise errors of the location relative to the neighbours.

    .. math::
        \delta_i = p_i - \frac{1}{|N_i|} \sum_{j \in N_i} p_j, \qquad
        L = \mathrm{penalty}(\delta(\hat p) - \delta(p))

    with the random-walk Laplacian of the keypoint graph; "Structure-Coherent
    Deep Feature Learning for Robust Face Alignment" (TIP 2021). A common
    shift of all keypoints costs nothing. An edge counts when both its ends
    have weight; a keypoint's term is multiplied by its own weight, and
    dropped where no neighbour counts.

    Args:
        graph (Mapping, optional): The graph as a plain dict. Defaults to
            None: the head's, or the one that ``GraphHook`` builds.
        penalty (Mapping): Config of a loss on coordinates, whose own
            ``input_size`` and ``loss_weight`` stay unset: its constants are
            converted to this loss's ``input_size``, as
            :class:`.pixel_loss.PixelLoss` says. Defaults to
            ``SoftWingLoss``.
        input_size (tuple[int, int], optional): Width and height of the
            network input, px: coordinates are normalised, and relative
            locations are compared in crop px. Defaults to None: units are
            left alone.
        use_target_weight (bool): Whether to weigh keypoints by
            ``target_weight``. Defaults to False.
        loss_weight (float): Factor of the loss. Defaults to 1.0.

    Raises:
        ValueError: An invalid graph, or a penalty that sets ``input_size``
            or ``loss_weight``.

    Example:
        >>> graph = dict(num_keypoints=2, top_k=1, neighbors=[[0, 1], [1, 0]],
        ...              mean_shape=[[0.25, 0.5], [0.75, 0.5]])
        >>> loss = RelativeLocationLoss(graph)
        >>> target = torch.rand(1, 2, 2)
        >>> float(loss(target + 1, target)) < 1e-6  # both moved alike
        True
        >>> moved = target + torch.tensor([[1.0, 1.0], [0.0, 0.0]])
        >>> round(float(loss(moved, target)), 4)  # one without the other
        1.0
    """

    def __init__(
        self,
        graph: Mapping | None = None,
        penalty: Mapping = dict(type='mmpose_scgcn.SoftWingLoss'),
        input_size: tuple[int, int] | None = None,
        use_target_weight: bool = False,
        loss_weight: float = 1.0,
    ) -> None:
        super().__init__(input_size, use_target_weight, loss_weight)
        taken = [k for k in ('input_size', 'loss_weight') if k in penalty]
        if taken:
            raise ValueError(
                f'penalty sets {" and ".join(taken)}: set it on '
                'RelativeLocationLoss, which compares in crop px'
            )
        self.graph = KeypointGraph(graph)
        # Weights are needed inside even where the caller's are not used:
        # keypoints without a neighbour that counts drop out.
        self.penalty = MODELS.build({**penalty, 'use_target_weight': True})
        if self.input_size and isinstance(self.penalty, PixelLoss):
            # The keypoint and its neighbours may err in opposite directions.
            self.penalty.convert(self.input_size, 2 * max(self.input_size))

    def forward(
        self,
        output: Tensor,
        target: Tensor,
        target_weight: Tensor | None = None,
    ) -> Tensor:
        """Compute the loss.

        Args:
            output (Tensor): Predicted coordinates (B, K, D).
            target (Tensor): True coordinates (B, K, D).
            target_weight (Tensor, optional): (B, K) or (B, K, 1), fractions
                allowed. Ignored unless ``use_target_weight``.

        Returns:
            Tensor: Scalar.

        Raises:
            ValueError: Shapes that do not fit each other or the graph.
            RuntimeError: There is no graph yet.
        """
        error, weight = self.errors(output, target, target_weight)
        self._check_graph(output)
        if weight is None:
            weight = error.new_ones(error.shape[:2])
        weight = weight.reshape(error.shape[:2]).to(error.dtype)  # (B, K)
        # The Laplacian is linear: one pass over the difference.
        relative, defined = laplacian_coordinates(
            error, self.graph.adjacency, weight > 0
        )
        weight = torch.where(defined, weight, 0.0).unsqueeze(-1)
        zero = relative.new_zeros(()).expand_as(relative)  # no memory
        return self.loss_weight * self.penalty(relative, zero, weight)

    def _check_graph(self, output: Tensor) -> None:
        self.graph.require()
        if len(self.graph.neighbors) != output.shape[1]:
            raise ValueError(
                f'the graph has {len(self.graph.neighbors)} keypoints, the '
                f'coordinates {output.shape[1]}'
            )
