"""From a model's keypoints to those of another convention."""

from collections.abc import Mapping

from mmpose_scgcn.adaptation import find_frame

import torch
from torch import Tensor, nn


class KeypointAdapter(nn.Module):
    r"""A linear map of keypoints, the same for faces of any place and size.

    .. math::
        q = M\, T(p) + c, \qquad p' = T^{-1}(q)

    with T the similarity transform that puts the face p into the frame of a
    reference shape (:func:`mmpose_scgcn.adaptation.find_frame`). Its numbers
    are fitted by :func:`mmpose_scgcn.adaptation.fit_adapters` and not
    trained further; until they are loaded, they are not a number.

    Args:
        num_sources (int): Keypoints K that go in.
        num_keypoints (int): Keypoints J that come out.
    """

    reference: nn.Parameter
    matrix: nn.Parameter
    constant: nn.Parameter
    shares: nn.Parameter

    def __init__(self, num_sources: int, num_keypoints: int) -> None:
        super().__init__()
        shapes = dict(
            reference=(num_sources, 2),
            matrix=(2 * num_keypoints, 2 * num_sources),
            constant=(2 * num_keypoints,),
            shares=(num_keypoints, num_sources),
        )
        for name, shape in shapes.items():
            empty = torch.full(shape, torch.nan)
            parameter = nn.Parameter(empty, requires_grad=False)
            self.register_parameter(name, parameter)

    def fill(self, state: Mapping[str, Tensor]) -> None:
        """Take over what was fitted.

        Args:
            state (Mapping[str, Tensor]): Of
                :meth:`mmpose_scgcn.adaptation.Adapters.state`.
        """
        self.load_state_dict({k: v.float() for k, v in state.items()})

    def forward(self, keypoints: Tensor) -> Tensor:
        """Adapt keypoints.

        Args:
            keypoints (Tensor): (N, K, 2), px of an image or a crop that is
                not distorted.

        Returns:
            Tensor: (N, J, 2), the same px.
        """
        frame = find_frame(keypoints, self.reference)
        found = frame.enter(keypoints).flatten(1) @ self.matrix.T
        found = found + self.constant
        return frame.leave(found.reshape(-1, found.shape[1] // 2, 2))

    def adapt_scores(self, scores: Tensor) -> Tensor:
        """Average scores over the keypoints that one comes from.

        Args:
            scores (Tensor): (N, K).

        Returns:
            Tensor: (N, J), each by its shares of the source keypoints.
        """
        return scores @ self.shares.T
