"""One of the networks of a two-stage estimator."""

from collections.abc import Mapping

from mmpose_scgcn.registry import MODELS

from mmengine.model import BaseModule
from torch import Tensor


class Stage(BaseModule):
    """A backbone and a head on a view of their own.

    Args:
        backbone (Mapping): Config of the backbone.
        head (Mapping): Config of a head of this package, whose ``forward``
            gives normalised coordinates (B, K, 2). Its ``decoder`` defaults
            to ``RegressionLabel`` in the view's size, the unit that its loss
            is checked against.
        input_size (tuple[int, int]): Width and height of the view, px.
    """

    def __init__(
        self, backbone: Mapping, head: Mapping, input_size: tuple[int, int]
    ) -> None:
        super().__init__()
        width, height = input_size
        self.input_size = (width, height)
        decoder = dict(type='RegressionLabel', input_size=self.input_size)
        self.backbone = MODELS.build(backbone)
        self.head = MODELS.build({'decoder': decoder, **head})

    def forward(self, view: Tensor) -> Tensor:
        """Predict (B, K, 2), normalised, on views (B, C, H, W)."""
        return self.head.forward(self.backbone(view))

    def locate(self, view: Tensor) -> tuple[Tensor, Tensor | None]:
        """Predict as :meth:`forward`; and how certain that is (B, K).

        The certainty is None where the head knows of none.
        """
        return self.head.locate(self.backbone(view))

    def learn(
        self, view: Tensor, target: Tensor, weight: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Predict as :meth:`forward`; and compute all losses of the head.

        Args:
            view (Tensor): (B, C, H, W).
            target (Tensor): (B, K, 2), normalised to the view.
            weight (Tensor): (B, K).
        """
        return self.head.learn(self.backbone(view), target, weight)
