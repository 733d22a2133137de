"""A keypoint graph that lives on the device and in the checkpoint."""

import logging
from collections.abc import Mapping
from typing import Any

from mmpose_scgcn.graph import adjacency_matrix, check_graph
from mmpose_scgcn.processes import inner_model

import numpy as np
import torch
from mmengine.logging import print_log
from torch import Tensor, nn

#: Graphs that differ by less are the same: rounded to five decimals.
SAME = 2e-5


def graphs_of(model: nn.Module) -> dict[str, 'KeypointGraph']:
    """Find the graphs of a model.

    Args:
        model (nn.Module): Wrapped for several processes or not.

    Returns:
        dict[str, KeypointGraph]: Each once, by its shortest name, for a
        head shares its graph with its loss.
    """
    inner = inner_model(model)
    named = [
        (name, module)
        for name, module in inner.named_modules(remove_duplicate=False)
        if isinstance(module, KeypointGraph)
    ]
    found: dict[KeypointGraph, str] = {}
    for name, module in sorted(named, key=lambda item: len(item[0])):
        found.setdefault(module, name)
    return {name: module for module, name in found.items()}


class KeypointGraph(nn.Module):
    """Buffers of one graph, filled by a config, a hook or a checkpoint.

    The buffers ``neighbors`` (K, k + 1) int64 and ``mean_shape`` (K, 2)
    float32 (normalised to the un-augmented crop) are part of the state dict,
    so a checkpoint brings its graph and inference needs no data set. While
    :attr:`ready` is false they are empty, and a checkpoint without a graph
    loads as well. A checkpoint's graph replaces one that is there, unless
    :attr:`held` is set, as before training starts on other data.

    Args:
        graph (Mapping, optional): The graph as a plain dict
            (:func:`mmpose_scgcn.graph.check_graph`). Defaults to None: to be
            filled by ``GraphHook`` or by a checkpoint.
        num_keypoints (int, optional): Size that any graph must have.
            Defaults to None: any.
        top_k (int, optional): Neighbours per keypoint that any graph must
            have. Defaults to None: any.

    Raises:
        ValueError: The graph is invalid or of another size.
    """

    neighbors: Tensor
    mean_shape: Tensor
    adjacency: Tensor

    def __init__(
        self,
        graph: Mapping | None = None,
        num_keypoints: int | None = None,
        top_k: int | None = None,
    ) -> None:
        super().__init__()
        self.num_keypoints = num_keypoints
        self.top_k = top_k
        self.refused = ''
        #: Whether a state dict leaves the graph as it is.
        self.held = False
        #: What a state dict had instead while it was held, in words.
        self.passed_over = ''
        #: Where the graph comes from, in words.
        self.origin = ''
        self.register_buffer('neighbors', torch.zeros(0, 0, dtype=torch.long))
        self.register_buffer('mean_shape', torch.zeros(0, 2))
        self.register_buffer('adjacency', torch.zeros(0, 0), persistent=False)
        if graph is not None:
            self.fill(graph)
            self.origin = 'given as graph= in the config'

    @property
    def ready(self) -> bool:
        """Whether there is a graph."""
        return self.neighbors.numel() > 0

    def fill(self, graph: Mapping) -> None:
        """Take over a graph given as a dict; replaces an earlier one.

        Raises:
            ValueError: The graph is invalid or of another size.
        """
        neighbors, shape = check_graph(graph)
        self._set(torch.from_numpy(neighbors), torch.from_numpy(shape))

    def require(self) -> None:
        """Raise if there is no graph yet.

        Raises:
            RuntimeError: Says how to get one.
        """
        if not self.ready:
            raise RuntimeError(
                'no keypoint graph: graph=None is filled from the training '
                "set by custom_hooks=[dict(type='mmpose_scgcn.GraphHook')] "
                'when training starts, or by a checkpoint that carries one; '
                'otherwise pass graph=dict(...) from tools/build_graph.py'
                + self.refused
            )

    def check_same_keypoints(self, other: 'KeypointGraph') -> None:
        """Raise if another graph is not over as many keypoints.

        Raises:
            ValueError: The two are of different sizes.
        """
        if self.num_keypoints not in (None, len(other.neighbors)):
            raise ValueError(
                f'one graph is over {self.num_keypoints} keypoints, the '
                f'other over {len(other.neighbors)}'
            )

    def extra_repr(self) -> str:
        """Show the size, or that the graph is still to come."""
        if not self.ready:
            return 'empty'
        return f'num_keypoints={len(self.neighbors)}, edges={self.num_edges}'

    def difference(self, neighbors: Tensor, mean_shape: Tensor) -> str:
        """Say how another graph differs from this one.

        Args:
            neighbors (Tensor): (K, k + 1) of the other.
            mean_shape (Tensor): (K, 2) of the other, normalised.

        Returns:
            str: The difference in words; empty if there is none.
        """
        if neighbors.shape != self.neighbors.shape:
            keypoints, columns = neighbors.shape
            return f'{keypoints} keypoints with {columns - 1} neighbours each'
        device = self.neighbors.device
        edges = neighbors.to(device) != self.neighbors
        apart = (mean_shape.to(device) - self.mean_shape).abs()
        if not edges.any() and apart.max() < SAME:
            return ''
        return (
            f'{int(edges.sum())} of {edges.numel()} entries of the neighbour '
            f'lists differ, and mean shapes by up to {float(apart.max()):.3f} '
            'of the crop'
        )

    @property
    def num_edges(self) -> int:
        """Directed edges, self loops included: K (k + 1)."""
        return self.neighbors.numel()

    def _set(self, neighbors: Tensor, mean_shape: Tensor) -> None:
        self._check_size(tuple(neighbors.shape))
        device = self.neighbors.device
        adjacency = adjacency_matrix(neighbors.cpu().numpy())
        self.neighbors = neighbors.to(device, torch.long).clone()
        self.mean_shape = mean_shape.to(device, torch.float32).clone()
        self.adjacency = torch.from_numpy(adjacency.astype(np.float32)).to(
            device
        )

    def _check_size(self, shape: tuple[int, ...]) -> None:
        expected = (self.num_keypoints, self.top_k)
        got = (shape[0], shape[1] - 1)
        for name, want, have in zip(
            ('num_keypoints', 'top_k'), expected, got, strict=True
        ):
            if want is not None and want != have:
                raise ValueError(
                    f'the graph has {name}={have}, but {name}={want} is '
                    'configured; build the graph anew (tools/build_graph.py) '
                    f'or set {name}={have}'
                )

    def _load_from_state_dict(
        self, state_dict: dict, prefix: str, *args: Any
    ) -> None:
        neighbors = state_dict.get(prefix + 'neighbors')
        shape = state_dict.get(prefix + 'mean_shape')
        if neighbors is None and shape is None:
            pass  # missing, as PyTorch tells it
        elif neighbors is None or shape is None:
            has, lacks = 'neighbors', 'mean_shape'
            if neighbors is None:
                has, lacks = lacks, has
            self._refuse(f'it has {has}, but no {lacks}', prefix, args[-1])
            return
        elif not neighbors.numel():
            if self.ready:
                # A checkpoint saved before its graph was built keeps ours.
                return
        elif self.held and self.ready:
            self.passed_over = self.difference(neighbors, shape)
            state_dict = {
                **state_dict,
                prefix + 'neighbors': self.neighbors,
                prefix + 'mean_shape': self.mean_shape,
            }
        elif not self._take_over(neighbors, shape, prefix, args[-1]):
            return
        super()._load_from_state_dict(state_dict, prefix, *args)

    def _take_over(
        self, neighbors: Tensor, shape: Tensor, prefix: str, errors: list[str]
    ) -> bool:
        """Take the graph of a checkpoint, and say so if it is another."""
        other = self.difference(neighbors, shape) if self.ready else ''
        try:
            self._set(neighbors, shape)
        except ValueError as error:
            self._refuse(str(error), prefix, errors)
            return False
        if other and self.origin:
            print_log(
                f'{prefix[:-1]}: the graph of the checkpoint replaces the one '
                f'{self.origin} ({other}); its weights were trained with it',
                logger='current',
                level=logging.WARNING,
            )
        self.origin = 'of the checkpoint'
        return True

    def _refuse(self, why: str, prefix: str, errors: list[str]) -> None:
        """Say why a checkpoint's graph is not loaded."""
        errors.append(f'{prefix[:-1]}: {why}')
        # MMEngine only logs what did not load; remember it.
        self.refused = f'. A checkpoint was refused: {why}'
