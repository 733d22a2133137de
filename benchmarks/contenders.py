"""Heads to compare: those of MMPose's zoo, and this package's."""

from dataclasses import dataclass

from mmpose_scgcn.engine.optim_wrappers import has_bfloat16_units

import torch
from zoo_rows import ZooRows

#: Learning rates are searched with these rows.
GROUPS = {
    'pooled': 'pooled, smooth L1',
    'fully connected': 'fully connected, Wing',
    'RLE': 'RLE, pooled',
    'integral': 'integral',
    'heatmap': 'heatmap, UDP',
    'SimCC': 'SimCC',
    'graph': 'graph: dynamic, Soft Wing, relative',
    'refinement': 'refinement head',
}


def fastest_precision() -> str:
    """Choose how a row is trained on this machine: results are the same.

    Returns:
        str: Type of the optimiser's wrapper: float32 on a processor without
        units for bfloat16, bfloat16 otherwise.
    """
    on_cpu = not torch.cuda.is_available()
    if on_cpu and has_bfloat16_units() is False:
        return 'OptimWrapper'
    return 'mmpose_scgcn.BFloat16OptimWrapper'


@dataclass(frozen=True)
class Contenders(ZooRows):
    """Rows of a suite that compares heads on one backbone.

    Args:
        **kwargs: Those of :class:`ZooRows`.
        finer (tuple[int, ...]): Channels of the backbone's maps before the
            last one, the finest first, each twice as large as the next.
        stages (int): Of the backbone.
    """

    finer: tuple[int, ...] = ()
    stages: int = 4

    def graph_rows(self) -> dict[str, dict]:
        """Give the paper's method, and what is left without parts of it."""
        rows = {}
        for penalty, relative in (
            ('Soft Wing', True),
            ('Soft Wing', False),
            ('Wing', True),
            ('L1', True),
            ('L1', False),
        ):
            name = f'graph: dynamic, {penalty}'
            name += ', relative' if relative else ''
            rows[name] = self.graph(penalty, relative)
        for kind in ('learned', 'uniform', 'certainty'):
            rows[f'graph: {kind} adjacency'] = self.graph(adjacency=kind)
        for top_k, name in ((1, '1 neighbour'), (7, '7 neighbours')):
            rows[f'graph: {name}'] = self.graph(top_k=top_k)
        for expansion, name in ((1, '1 channel'), (8, '8 channels')):
            row = self.graph(expansion=expansion)
            rows[f'graph: {name} per keypoint'] = row
        sampler = dict(_delete_=True, type='mmpose_scgcn.PoseBalancedSampler')
        balanced = self.graph()
        balanced['options']['train_dataloader.sampler'] = sampler
        rows['graph: pose balancing'] = balanced
        return rows

    def graph(
        self, penalty: str = 'Soft Wing', relative: bool = True, **arguments
    ) -> dict:
        """Give a row with the graph relational head.

        Args:
            penalty (str): ``Soft Wing``, ``Wing`` or ``L1``.
            relative (bool): Whether there is a relative location loss.
            **arguments: Of the head.

        Returns:
            dict: The row.
        """
        penalties = {
            'Soft Wing': 'SoftWingLoss',
            'Wing': 'WingLoss',
            'L1': 'L1Loss',
        }
        term = dict(type=f'mmpose_scgcn.{penalties[penalty]}')
        loss = dict(term, **self.units)
        if relative:
            loss = dict(
                type='mmpose_scgcn.StructureCoherentLoss',
                absolute=term,
                relative=dict(
                    type='mmpose_scgcn.RelativeLocationLoss', penalty=term
                ),
                **self.units,
            )
        head = dict(
            type='mmpose_scgcn.GraphRelationalHead',
            in_channels=self.channels,
            in_featuremap_size=self.map_size,
            num_keypoints=self.keypoints,
            loss=loss,
            **arguments,
        )
        options = {'model.head': head}
        return dict(
            kind='graph',
            ours=True,
            group='graph',
            codec=self.label('RegressionLabel'),
            options=options,
        )

    def refined_rows(self) -> dict[str, dict]:
        """Give the refinement head, and what is left without parts of it."""
        parts = {
            'Soft Wing loss': self.refined('Soft Wing'),
            'no relative loss': self.refined(relative=False),
            'uniform adjacency': self.refined(adjacency='uniform'),
            'mean-shape prior': self.refined(prior='mean shape'),
            'no prior': self.refined(prior=None),
            'no heatmap loss': self.refined(heatmap_weight=0),
            'heatmap sigma 1': self.refined(heatmap_sigma=1.0),
            'fewer channels': self.refined(
                pyramid_channels=(48, 64, 96, 128), expansion=2
            ),
            '2 graph blocks': self.refined(num_layers=2),
        }
        return {
            'refinement head': self.refined(),
            **{f'refinement head: {name}': row for name, row in parts.items()},
        }

    def refined(
        self, penalty: str = 'L1', relative: bool = True, **arguments
    ) -> dict:
        """Give a row with the graph refinement head.

        Args:
            penalty (str): ``Soft Wing``, ``Wing`` or ``L1``.
            relative (bool): Whether there is a relative location loss.
            **arguments: Of the head.

        Returns:
            dict: The row.
        """
        row = self.graph(penalty, relative)
        levels = len(self.finer)
        head = dict(
            row['options']['model.head'],
            type='mmpose_scgcn.GraphRefinementHead',
            in_channels=[*self.finer, self.channels],
            in_featuremap_size=tuple(s << levels for s in self.map_size),
            **arguments,
        )
        last = self.stages - 1
        options = {
            'model.head': head,
            'model.backbone.out_indices': tuple(
                range(last - levels, last + 1)
            ),
        }
        return dict(
            row,
            group='refinement',
            options=options,
        )
