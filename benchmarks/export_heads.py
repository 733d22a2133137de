"""Export every head and estimator, and compare it with PyTorch.

python benchmarks/export_heads.py

Weights are random, also where a layer starts at zero, and so are the images:
this is about the arithmetic alone. Prints a table of the largest distance of
two keypoints in px of the crop (for SimCC: of two values of a vector), over
batches of 1, 2 and 5, by both of PyTorch's exporters. docs/export.md has it.
"""

import argparse
import copy
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from mmpose_scgcn.config_files import read_config
from mmpose_scgcn.export import graph_of
from mmpose_scgcn.export.graphs import ImageGraph
from mmpose_scgcn.export.onnx_files import EXAMPLE, quiet, write_onnx
from mmpose_scgcn.graph import build_graph
from mmpose_scgcn.models.layers import KeypointGraph
from mmpose_scgcn.runtime.network import Network

import numpy as np
import torch
from mmengine.model import BaseModel
from mmengine.registry import init_default_scope
from zoo_rows import GAU

BATCHES = (1, 2, 5)
RELATIONAL = 'td-reg_cnn6-scgcn_1xb32-60e_300w-64x64'
REFINEMENT = 'td-reg_cnn6-graph-refinement_1xb32-90e_300w-64x64'
TWO_STAGES = 'td-reg_cnn6-cnn7-wing_1xb32-60e_300w-160x160'
ADJACENCIES = ('dynamic', 'certainty', 'learned', 'uniform')


def from_config(name: str, **head: object) -> dict:
    """Read the settings of a model, with other arguments of its head."""
    settings = read_config(name, {}).model.to_dict()
    if head:
        settings['head'].update(head)
    return settings


def adapted() -> dict:
    """Settings of the refinement head with a map to five keypoints."""
    settings = from_config(REFINEMENT)
    kind = settings.pop('type')
    adapter = dict(
        num_sources=68, num_keypoints=5, flip_indices=list(range(68))
    )
    return dict(
        settings,
        type='mmpose_scgcn.AdaptedEstimator',
        adapter=adapter,
        estimator_type=kind,
    )


def simcc() -> dict:
    """Settings of MMPose's RTMCCHead on CNN-6."""
    codec = dict(
        type='SimCCLabel',
        input_size=(64, 64),
        sigma=(5.66, 5.66),
        simcc_split_ratio=2.0,
        normalize=False,
        use_dark=False,
    )
    settings = from_config(RELATIONAL)
    head = dict(
        type='RTMCCHead',
        in_channels=settings['head']['in_channels'],
        out_channels=68,
        input_size=(64, 64),
        in_featuremap_size=settings['head']['in_featuremap_size'],
        simcc_split_ratio=2.0,
        final_layer_kernel_size=1,
        gau_cfg=dict(GAU, hidden_dims=64, s=32),
        loss=dict(type='KLDiscretLoss', use_target_weight=True),
        decoder=codec,
    )
    return dict(settings, head=head)


def hrnet() -> dict:
    """Settings of the relational head on HRNetV2-W18's first branch."""
    stage = dict(num_branches=1, block='BASIC')
    extra = dict(
        stage1=dict(
            stage,
            num_modules=1,
            block='BOTTLENECK',
            num_blocks=(4,),
            num_channels=(64,),
        ),
        stage2=dict(
            stage,
            num_modules=1,
            num_branches=2,
            num_blocks=(4, 4),
            num_channels=(18, 36),
        ),
        stage3=dict(
            stage,
            num_modules=1,
            num_branches=3,
            num_blocks=(4, 4, 4),
            num_channels=(18, 36, 72),
        ),
        stage4=dict(
            stage,
            num_modules=1,
            num_branches=4,
            num_blocks=(4, 4, 4, 4),
            num_channels=(18, 36, 72, 144),
            multiscale_output=True,
        ),
    )
    settings = from_config(
        RELATIONAL, in_channels=144, in_featuremap_size=(2, 2)
    )
    backbone = dict(type='HRNet', in_channels=3, extra=extra)
    return dict(settings, backbone=backbone)


#: What is exported -> gives the settings of the model.
CASES: dict[str, Callable[[], dict]] = {
    **{
        f'GraphRelationalHead, {kind}': lambda kind=kind: from_config(
            RELATIONAL, adjacency=kind
        )
        for kind in ADJACENCIES
    },
    'GraphRelationalHead, 300 keypoints': lambda: from_config(
        RELATIONAL, num_keypoints=300
    ),
    'GraphRelationalHead, batch norm, ResNet-34': lambda: from_config(
        'td-reg_res34-scgcn-authors_1xb64-500e_wflw-256x256'
    ),
    'GraphRelationalHead, ResNet-50': lambda: from_config(
        'td-reg_res50-scgcn_8xb64-210e_wflw-256x256'
    ),
    'GraphRelationalHead, HRNetV2-W18': hrnet,
    **{
        f'GraphRefinementHead, {kind}': lambda kind=kind: from_config(
            REFINEMENT, separable=False, adjacency=kind
        )
        for kind in ADJACENCIES
    },
    'GraphRefinementHead, prior mean shape': lambda: from_config(
        REFINEMENT, separable=False, prior='mean shape'
    ),
    'GraphRefinementHead, no prior': lambda: from_config(
        REFINEMENT, separable=False, prior=None
    ),
    'GraphRefinementHead, separable': lambda: from_config(REFINEMENT),
    'FullyConnectedHead, CNN-6': lambda: from_config(
        'td-reg_cnn6-wing_1xb32-60e_300w-64x64'
    ),
    'TwoStageEstimator, CNN-6 and CNN-7': lambda: from_config(TWO_STAGES),
    'AdaptedEstimator, GraphRefinementHead': adapted,
    'RegressionHead, CNN-6': lambda: from_config(
        'td-reg_cnn6_1xb32-60e_300w-64x64'
    ),
    'RegressionHead, ResNet-50': lambda: from_config(
        'td-reg_res50-wing-pdb_8xb64-210e_wflw-256x256'
    ),
    'RTMCCHead, CNN-6': simcc,
}


def build(settings: dict) -> BaseModel:
    """Build a model with random weights and graphs."""
    from mmpose.registry import MODELS

    init_default_scope('mmpose')
    settings = copy.deepcopy(settings)
    settings['backbone'].pop('init_cfg', None)
    torch.manual_seed(0)
    model = MODELS.build(settings).eval()
    for name, value in model.named_parameters():
        if not value.any() or name.startswith('adapter.'):
            torch.nn.init.normal_(value, std=0.05)
    rng = np.random.default_rng(3)
    for module in model.modules():
        if isinstance(module, KeypointGraph) and not module.ready:
            shapes = rng.random((9, module.num_keypoints, 2)) * 0.8 + 0.1
            seen = np.ones(shapes.shape[:2], bool)
            top_k = module.top_k or 3
            module.fill(build_graph(shapes, seen, shapes, top_k, None))
    if hasattr(model, 'coarse'):  # keypoints that a crop can be made of
        start = (model.reference.mean_shape - 0.5) * 0.7 + 0.03
        model.coarse.head.out.bias.data.copy_(start.flatten())
    return model


def write_traced(graph: ImageGraph, path: Path) -> None:
    """Export by the legacy exporter, as mmdeploy does."""
    width, height = graph.size
    names = graph.names()
    with quiet(), torch.no_grad():
        torch.onnx.export(
            graph,
            (torch.randn(EXAMPLE, 3, height, width),),
            path,
            dynamo=False,
            opset_version=17,
            input_names=['image'],
            output_names=names,
            dynamic_axes={n: {0: 'N'} for n in ('image', *names)},
        )


def write_exported(graph: ImageGraph, path: Path) -> None:
    """Export as ``tools/export.py`` does."""
    width, height = graph.size
    example = torch.randn(EXAMPLE, 3, height, width)
    write_onnx(graph, [example], ['image'], graph.names(), path)


EXPORTERS = dict(dynamo=write_exported, legacy=write_traced)


def largest_distances(graph: ImageGraph, path: Path) -> Iterator[float]:
    """Compare a file with PyTorch, for each batch size."""
    network = Network(path.read_bytes(), str(path))
    width, height = graph.size
    first = graph.names()[0]
    for size in BATCHES:
        image = torch.randn(size, 3, height, width)
        with torch.no_grad():
            wanted = graph(image)[0].numpy()
        found = network.run({'image': image.numpy()}, [first])[first]
        apart = np.abs(wanted - found)
        if first == 'keypoints':
            apart = np.linalg.norm(wanted - found, axis=-1)
        yield float(apart.max())


def measure(name: str, exporter: str) -> list[float]:
    """Export a case, and compare it with PyTorch."""
    graph = graph_of(build(CASES[name]()))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, 'model.onnx')
        EXPORTERS[exporter](graph, path)
        return list(largest_distances(graph, path))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--only', default='', help='part of a name')
    args = parser.parse_args()
    print('| model | dynamo | legacy |\n|---|---|---|', flush=True)
    for name in CASES:
        if args.only in name:
            most = [max(measure(name, kind)) for kind in EXPORTERS]
            print(f'| {name} | {most[0]:.1e} | {most[1]:.1e} |', flush=True)


if __name__ == '__main__':
    main()
