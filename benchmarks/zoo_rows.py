"""Rows of suites that are not this package's method.

They have heads of MMPose's zoo, and that of the Wing loss paper.
"""

from dataclasses import dataclass

_WEIGHT = dict(use_target_weight=True)
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


@dataclass(frozen=True)
class ZooRows:
    """Rows of a suite with such heads on one backbone.

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
    """

    channels: int
    map_size: tuple[int, int]
    input_size: tuple[int, int]
    keypoints: int
    deconvs: int
    sigma: float
    blur: int
    deconv_channels: int = 256

    @property
    def units(self) -> dict:
        """What losses need to count in pixels."""
        return dict(input_size=self.input_size, **_WEIGHT)

    def stock(self) -> dict[str, dict]:
        """Give all of them.

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
        rows['SimCC'] = self.simcc(2 * self.input_size[0])
        return rows

    def label(self, kind: str, **arguments) -> dict:
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
            codec=self.label('RegressionLabel'),
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
            loss=dict(type='mmpose_scgcn.WingLoss', **self.units),
        )
        return dict(
            kind='regression',
            group='fully connected',
            codec=self.label('RegressionLabel'),
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
        return self.label(kind, heatmap_size=size, **arguments)

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

    def heatmap(self) -> dict:
        """Give a row with heatmaps, decoded below their pixel by DARK.

        Corner pixels of heatmaps are those of the crop, as UDP has it, so
        that a map and that of the mirrored crop agree. Of MMPose's other
        heatmaps (``MSRAHeatmap``) they do not: its flip test moves keypoints
        by a quarter of their pixel.

        Returns:
            dict: The row.
        """
        deconvs = self.deconvs
        head = dict(
            type='HeatmapHead',
            out_channels=self.keypoints,
            loss=dict(type='KeypointMSELoss', **_WEIGHT),
            **self._upsampling(deconvs),
        )
        return dict(
            kind='heatmap',
            group='heatmap',
            transforms={'TopdownAffine': {'use_udp': True}},
            codec=self._heatmap_label(
                'UDPHeatmap',
                deconvs,
                sigma=self.sigma,
                blur_kernel_size=self.blur,
            ),
            options={
                'model.head': head,
                'model.test_cfg': dict(
                    _delete_=True,
                    flip_test=True,
                    flip_mode='heatmap',
                    shift_heatmap=False,
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
            codec=self.label(
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
