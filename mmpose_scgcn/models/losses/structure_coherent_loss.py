"""Absolute and relative location loss in one module."""

from collections.abc import Mapping

from mmpose_scgcn.registry import MODELS

from torch import Tensor, nn


@MODELS.register_module()
class StructureCoherentLoss(nn.Module):
    r"""Sum of a loss on locations and one on relative locations.

    .. math::
        L = L_{absolute} + L_{relative}

    For heads that take a single loss, such as MMPose's ``RegressionHead``;
    the terms are weighted by their own ``loss_weight``. Constants that the
    terms leave out are the published ones at any input size
    (:class:`.pixel_loss.PixelLoss`).

    Args:
        absolute (Mapping): Config of the loss on coordinates. Defaults to
            ``SoftWingLoss``.
        relative (Mapping): Config of the loss on relative locations.
            Defaults to ``RelativeLocationLoss``.
        input_size (tuple[int, int], optional): Width and height of the
            network input, px, for each of this package's terms that does
            not set its own. Defaults to None.
        use_target_weight (bool, optional): For both terms unless they set
            their own. Defaults to None: the terms' own defaults.

    Example:
        >>> import torch
        >>> graph = dict(num_keypoints=2, top_k=1, neighbors=[[0, 1], [1, 0]],
        ...              mean_shape=[[0.25, 0.5], [0.75, 0.5]])
        >>> loss = StructureCoherentLoss(
        ...     relative=dict(
        ...         type='mmpose_scgcn.RelativeLocationLoss', graph=graph
        ...     ),
        ...     input_size=(256, 256),
        ...     use_target_weight=True,
        ... )
        >>> target = torch.full((1, 2, 2), 0.5)
        >>> terms = loss.terms(target + 1 / 256, target, torch.ones(1, 2))
        >>> {name: float(term) for name, term in terms.items()}
        {'loss_kpt': 1.0, 'loss_relative': 0.0}
    """

    def __init__(
        self,
        absolute: Mapping = dict(type='mmpose_scgcn.SoftWingLoss'),
        relative: Mapping = dict(type='mmpose_scgcn.RelativeLocationLoss'),
        input_size: tuple[int, int] | None = None,
        use_target_weight: bool | None = None,
    ) -> None:
        super().__init__()
        shared = (input_size, use_target_weight)
        self.absolute = MODELS.build(_with_defaults(absolute, *shared))
        self.relative = MODELS.build(_with_defaults(relative, *shared))

    def terms(
        self,
        output: Tensor,
        target: Tensor,
        target_weight: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Compute both terms; arguments as in :meth:`forward`.

        Returns:
            dict[str, Tensor]: Scalars ``loss_kpt`` and ``loss_relative``.
        """
        inputs = (output, target, target_weight)
        return dict(
            loss_kpt=self.absolute(*inputs),
            loss_relative=self.relative(*inputs),
        )

    def forward(
        self,
        output: Tensor,
        target: Tensor,
        target_weight: Tensor | None = None,
    ) -> Tensor:
        """Compute the sum of both terms.

        Args:
            output (Tensor): Predicted coordinates (B, K, D).
            target (Tensor): True coordinates (B, K, D).
            target_weight (Tensor, optional): (B, K) or (B, K, 1).

        Returns:
            Tensor: Scalar.
        """
        terms = self.terms(output, target, target_weight)
        return terms['loss_kpt'] + terms['loss_relative']


def _with_defaults(
    term: Mapping,
    input_size: tuple[int, int] | None,
    use_target_weight: bool | None,
) -> dict:
    """Add what a term's config leaves open; MMPose's know no size."""
    term = dict(term)
    if use_target_weight is not None:
        term.setdefault('use_target_weight', use_target_weight)
    kind = term.get('type', '')
    origin = kind if isinstance(kind, str) else kind.__module__
    if input_size is not None and origin.startswith('mmpose_scgcn.'):
        term.setdefault('input_size', input_size)
    return term
