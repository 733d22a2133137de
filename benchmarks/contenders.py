"""Heads to compare: those of MMPose's zoo, and the graph relational head."""

from dataclasses import dataclass

from mmpose_scgcn.engine.optim_wrappers import has_bfloat16_units

import torch

_WEIGHT = dict(use_target_weight=True)
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


#: RTMPose's gated attention unit.
GAU = dict(
    hidden_dims=256,
    s=128,
    expansion_factor=2,
    dropout_rate=0.0,
    drop_path=0.0,
    act_fn='SiLU',
    use_rel_bias=False,
    pos_enc=False,
)


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
class Contenders:
    """Rows of a suite that compares heads on one backbone.

    Args:
        channels (int): Of the backbone's map.
        map_size (tuple[int, int]): Width and height of the map.
        input_size (tuple[int, int]): Width and height of the crop.
        keypoints (int): Their number.
        deconvs (int): Transposed convolutions of heads with heatmaps; each
            doubles the map.
        sigma (float): Of the heatmaps, in their pixels.
        blur (int): Kernel of DARK's blur, in their pixels.
        deconv_channels (int): Of each transposed convolution.
        finer (tuple[int, ...]): Channels of the backbone's maps before that
            one, the finest first, each twice as large as the next.
        stages (int): Of the backbone.
    """

    channels: int
    map_size: tuple[int, int]
    input_size: tuple[int, int]
    keypoints: int
    deconvs: int
    sigma: float
    blur: int
    deconv_channels: int = 256
    finer: tuple[int, ...] = ()
    stages: int = 4

    @property
    def _units(self) -> dict:
        """What losses need to count in pixels."""
        return dict(input_size=self.input_size, **_WEIGHT)

    def stock(self) -> dict[str, dict]:
        """Give the rows that are not this package's method.

        MMPose's regression heads come with an average over the map, as in
        the zoo.

        Returns:
            dict[str, dict]: For each name the arguments of
            :class:`~mmpose_scgcn.benchmark.Method`.
        """
        rows = {}
        losses = {
            'smooth L1': 'SmoothL1Loss',
            'stock Wing': 'WingLoss',
            'stock Soft Wing': 'SoftWingLoss',
        }
        for name, kind in losses.items():
            loss = dict(type=kind, **_WEIGHT)
            row = self._regression('RegressionHead', loss=loss)
            rows[f'pooled, {name}'] = dict(row, group='pooled')
        rows['fully connected, Wing'] = self._fully_connected()
        rows['RLE, pooled'] = dict(self._regression('RLEHead'), group='RLE')
        rows['integral'] = self._integral()
        rows['heatmap, UDP'] = self.heatmap()
        rows['heatmap, DARK'] = self.heatmap(udp=False)
        rows['SimCC'] = self.simcc(2 * self.input_size[0])
        return rows

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
        loss = dict(term, **self._units)
        if relative:
            loss = dict(
                type='mmpose_scgcn.StructureCoherentLoss',
                absolute=term,
                relative=dict(
                    type='mmpose_scgcn.RelativeLocationLoss', penalty=term
                ),
                **self._units,
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
            codec=self._label('RegressionLabel'),
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

    def _label(self, kind: str, **arguments) -> dict:
        """Give a codec."""
        return dict(type=kind, input_size=self.input_size, **arguments)

    def _regression(self, kind: str, **arguments) -> dict:
        """Give a row with one of MMPose's regression heads."""
        head = dict(
            type=kind,
            in_channels=self.channels,
            num_joints=self.keypoints,
            **arguments,
        )
        return dict(
            kind='regression',
            pooled=True,
            codec=self._label('RegressionLabel'),
            options={
                'model.head': head,
                'model.neck': dict(type='GlobalAveragePooling'),
            },
        )

    def _fully_connected(self) -> dict:
        """Give the row of the Wing loss paper's head."""
        head = dict(
            type='mmpose_scgcn.FullyConnectedHead',
            in_channels=self.channels,
            in_featuremap_size=self.map_size,
            num_keypoints=self.keypoints,
            hidden_channels=1024,
            loss=dict(type='mmpose_scgcn.WingLoss', **self._units),
        )
        return dict(
            kind='regression',
            group='fully connected',
            codec=self._label('RegressionLabel'),
            options={'model.head': head},
        )

    def _upsampling(self, deconvs: int) -> dict:
        """Give what heads with heatmaps share."""
        return dict(
            in_channels=self.channels,
            deconv_out_channels=(self.deconv_channels,) * deconvs,
            deconv_kernel_sizes=(4,) * deconvs,
        )

    def _heatmap_label(self, kind: str, deconvs: int, **arguments) -> dict:
        """Give a codec with heatmaps."""
        size = tuple(side * 2**deconvs for side in self.map_size)
        return self._label(kind, heatmap_size=size, **arguments)

    def _integral(self) -> dict:
        """Give the row with an expectation over a heatmap."""
        head = dict(
            type='IntegralRegressionHead',
            in_featuremap_size=self.map_size,
            num_joints=self.keypoints,
            **self._upsampling(self.deconvs),
        )
        return dict(
            kind='integral',
            group='integral',
            codec=self._heatmap_label(
                'IntegralRegressionLabel',
                self.deconvs,
                sigma=self.sigma,
                normalize=True,
            ),
            options={
                'model.head': head,
                'model.test_cfg': dict(
                    flip_test=True, shift_coords=True, shift_heatmap=True
                ),
            },
        )

    def heatmap(self, udp: bool = True) -> dict:
        """Give a row with heatmaps, decoded below their pixel.

        Args:
            udp (bool): Whether corner pixels of heatmaps are those of the
                crop, as UDP has it, so that a map and that of the mirrored
                crop agree. Defaults to True.

        Returns:
            dict: The row.
        """
        deconvs = self.deconvs
        kind = dict(kind='UDPHeatmap')
        if not udp:
            kind = dict(kind='MSRAHeatmap', unbiased=True)
        head = dict(
            type='HeatmapHead',
            out_channels=self.keypoints,
            loss=dict(type='KeypointMSELoss', **_WEIGHT),
            **self._upsampling(deconvs),
        )
        return dict(
            kind='heatmap',
            group='heatmap',
            transforms={'TopdownAffine': {'use_udp': True}} if udp else {},
            codec=self._heatmap_label(
                deconvs=deconvs,
                sigma=self.sigma,
                blur_kernel_size=self.blur,
                **kind,
            ),
            options={
                'model.head': head,
                'model.test_cfg': dict(
                    _delete_=True,
                    flip_test=True,
                    flip_mode='heatmap',
                    shift_heatmap=not udp,
                ),
            },
        )

    def simcc(self, bins: int) -> dict:
        """Give a row with classification along both axes, as in RTMPose.

        MMPose's flip test would move its keypoints
        (:class:`~mmpose_scgcn.models.AlignedRTMCCHead`).

        Args:
            bins (int): Across the crop.

        Returns:
            dict: The row.
        """
        ratio = bins / self.input_size[0]
        sigma = round((bins / 16) ** 0.5, 2)  # RTMPose's rule
        head = dict(
            type='mmpose_scgcn.AlignedRTMCCHead',
            in_channels=self.channels,
            out_channels=self.keypoints,
            input_size=self.input_size,
            in_featuremap_size=self.map_size,
            simcc_split_ratio=ratio,
            final_layer_kernel_size=7,
            gau_cfg=GAU,
            loss=dict(
                type='KLDiscretLoss', beta=10.0, label_softmax=True, **_WEIGHT
            ),
        )
        return dict(
            kind='simcc',
            group='SimCC',
            codec=self._label(
                'SimCCLabel',
                sigma=(sigma, sigma),
                simcc_split_ratio=ratio,
                normalize=False,
                use_dark=False,
            ),
            options={
                'model.head': head,
                'model.test_cfg': dict(_delete_=True, flip_test=True),
            },
        )
