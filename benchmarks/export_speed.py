"""Time a network in PyTorch and in ONNX Runtime, and a photo's whole way.

python tools/export.py face68 exported/face68 --int8
python benchmarks/export_speed.py face68 exported/face68

One thread each. Prints milliseconds for a batch of 1 and faces a second at 32,
the network alone, without the flip test; the whole way of one face from an
image and a box to keypoints, beside dlib and MediaPipe where these are
installed (``requirements/peers.txt``); and what decoding, finding the face,
cutting it and predicting it take of a photo that is drawn. Each figure is the
median of --repeats runs after three that are not counted.
"""

import argparse
import os

os.environ.setdefault('OMP_NUM_THREADS', '1')

import json
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from types import SimpleNamespace

from mmpose_scgcn import load_model
from mmpose_scgcn.export import graph_of
from mmpose_scgcn.images import decode_image
from mmpose_scgcn.runtime import ExportedModel, load_exported
from mmpose_scgcn.structures.boxes import tight_boxes
from mmpose_scgcn.structures.conventions import WFLW_AS_300W
from mmpose_scgcn.synthetic import make_face

import cv2
import numpy as np
import torch
from peers_dlib import Dlib
from peers_mediapipe import FaceMeshInTrueCrops

BATCHES = (1, 32)


def milliseconds(function: Callable, repeats: int) -> float:
    """Time a function: the median, ms."""
    for _ in range(3):
        function()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        taken.append(time.perf_counter() - start)
    return 1e3 * float(np.median(taken))


def torch_networks(name: str) -> dict[str, Callable]:
    """Give PyTorch's network, as it is and compiled."""
    graph = graph_of(load_model(name, device='cpu').model)
    compiled = torch.compile(graph)

    def run(network: Callable) -> Callable:
        def predict(image: np.ndarray) -> None:
            with torch.inference_mode():
                network(torch.from_numpy(image))

        return predict

    return {'PyTorch': run(graph), 'PyTorch, compiled': run(compiled)}


def onnx_networks(folder: str) -> dict[str, Callable]:
    """Give the networks of an exported folder."""

    def run(precision: str) -> Callable:
        model = load_exported(folder, precision=precision)
        names = [n for n in model.network.outputs if n != 'edges']
        return lambda image: model.network.run({'image': image}, names)

    there = load_exported(folder).folder.precisions
    return {f'ONNX Runtime, {name}': run(name) for name in there}


def time_networks(
    networks: dict[str, Callable], size: tuple[int, int], repeats: int
) -> None:
    """Print a table."""
    rng = np.random.default_rng(0)
    print('| network | ms, batch 1 | faces a second, batch 32 |')
    print('|---|---|---|')
    for name, predict in networks.items():
        taken = []
        for batch in BATCHES:
            image = rng.standard_normal((batch, 3, *size[::-1]), np.float32)
            count = repeats if batch == 1 else max(repeats // 8, 5)
            call = partial(predict, image)
            taken.append(milliseconds(call, count))
        rate = 1e3 * BATCHES[1] / taken[1]
        print(f'| {name} | {taken[0]:.2f} | {rate:.0f} |', flush=True)


class DlibInGivenBox(Dlib):
    """dlib's trees in a box that is given, without its detector."""

    def box(self, image: np.ndarray, face: SimpleNamespace) -> np.ndarray:
        """Give the box, (4,)."""
        return face.box


def peers() -> dict[str, Callable]:
    """Give dlib's trees and MediaPipe's mesh, where they are installed."""
    found = {
        'dlib': DlibInGivenBox(),
        'MediaPipe, face mesh': FaceMeshInTrueCrops(1.55, 0.06),
    }
    there = {
        name: predictor
        for name, predictor in found.items()
        if all(find_spec(module) for module in predictor.modules)
    }
    for predictor in there.values():
        predictor.load(None)
    return there


def our_models(name: str, folder: str) -> dict[str, Callable]:
    """Give whole predictions, with the flip test and without it."""

    def run(model: Callable) -> Callable:
        return lambda image, face: model(image, boxes=face.box[None])

    calls = {}
    for flips in (True, False):
        said = 'with flip test' if flips else 'without'
        model = load_model(name, device='cpu', detector=None)
        model.model.test_cfg['flip_test'] = flips
        calls[f'PyTorch, {said}'] = run(model)
        for precision in load_exported(folder).folder.precisions:
            exported = load_exported(
                folder, precision=precision, detector=None
            )
            exported.decoder.flips = flips
            calls[f'ONNX Runtime, {precision}, {said}'] = run(exported)
    return calls


def time_faces(calls: dict[str, Callable], repeats: int) -> None:
    """Print what a face takes, from an image and its box to keypoints."""
    drawn = make_face(5, 0, 240)
    points = drawn.keypoints[list(WFLW_AS_300W)].astype(np.float64)
    face = SimpleNamespace(gt=points, box=tight_boxes(points[None])[0])
    print('\n| one face, its box given | ms |\n|---|---|')
    for name, call in calls.items():
        taken = milliseconds(partial(call, drawn.image, face), repeats)
        print(f'| {name} | {taken:.2f} |', flush=True)


def time_photo(folder: str, side: int, repeats: int) -> None:
    """Print what each step of a photo takes, from the file to JSON."""
    image = cv2.resize(make_face(5, 0, 240).image, (side, side))
    content = cv2.imencode('.jpg', image)[1].tobytes()
    for precision in load_exported(folder).folder.precisions:
        model = load_exported(folder, precision=precision)
        boxes, _ = model.detector(image)
        crops = [model.cropper.place(box) for box in boxes]
        inputs = np.stack([model.cropper.cut(image, c) for c in crops])
        faces = model(image, boxes=boxes)
        steps: dict[str, Callable] = {
            'decode': lambda: decode_image(content),
            'detect': lambda m=model: m.detector(image),
            'crop': lambda m=model, c=crops: [
                m.cropper.cut(image, crop) for crop in c
            ],
            'predict, with flip test': lambda m=model, i=inputs: m._run(
                i, False
            ),
            'JSON': lambda f=faces: json.dumps(f.keypoints.tolist()),
        }
        print(
            f'\n{precision}, {len(boxes)} face in {side} x {side} px, ', end=''
        )
        print(f'{type(model.detector).__name__}:')
        show_shares(steps, model, content, repeats)


def show_shares(
    steps: dict[str, Callable],
    model: ExportedModel,
    content: bytes,
    repeats: int,
) -> None:
    """Print the time of each step, and of all in one."""
    taken = {name: milliseconds(f, repeats) for name, f in steps.items()}
    total = sum(taken.values())
    for name, value in taken.items():
        print(f'  {name:24s} {value:7.2f} ms {100 * value / total:5.1f} %')
    whole = milliseconds(
        lambda: json.dumps(
            model(decode_image(content).pixels).keypoints.tolist()
        ),
        repeats,
    )
    print(f'  {"all in one":24s} {whole:7.2f} ms')


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add('model', help='what was exported: a name or a published file')
    add('folder', help='what tools/export.py made of it')
    add('--repeats', type=int, default=100)
    add('--side', type=int, default=640, help='of the photo, px')
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    size = load_exported(args.folder).cropper.size
    networks = {**torch_networks(args.model), **onnx_networks(args.folder)}
    time_networks(networks, size, args.repeats)
    time_faces(
        {**our_models(args.model, args.folder), **peers()}, args.repeats
    )
    time_photo(args.folder, args.side, args.repeats)


if __name__ == '__main__':
    main()
