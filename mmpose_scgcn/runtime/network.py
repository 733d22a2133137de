"""A network in ONNX Runtime."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .folder import ExportedFolder

_PROVIDERS = {'cpu': 'CPUExecutionProvider', 'cuda': 'CUDAExecutionProvider'}


class Network:
    """Runs an ONNX file.

    Args:
        content (bytes): The file.
        name (str): What to call it in messages.
        device (str, optional): ``cpu`` or ``cuda``, with a number or not.
            Defaults to None: the CPU.

    Raises:
        ImportError: ONNX Runtime is not installed.
        ValueError: It is no network that ONNX Runtime can read, or there is
            no such device, or none that can be used.
    """

    def __init__(
        self, content: bytes, name: str, device: object = None
    ) -> None:
        runtime = _import_runtime()
        options = runtime.SessionOptions()
        options.log_severity_level = 3
        threads = os.environ.get('OMP_NUM_THREADS', '')
        if threads.isdecimal():
            options.intra_op_num_threads = int(threads)
        provider = _choose(device, runtime.get_available_providers())
        try:
            self.session = runtime.InferenceSession(
                content, options, providers=[provider]
            )
        except Exception as error:  # it has a class for each kind of damage
            raise ValueError(
                f'{name} is no network that ONNX Runtime '
                f'{runtime.__version__} can read: {error}'
            ) from error
        _check_chosen(device, provider[0], self.session.get_providers())
        self.name = name
        self.outputs = [value.name for value in self.session.get_outputs()]

    def run(
        self, inputs: Mapping[str, np.ndarray], names: Sequence[str] = ()
    ) -> dict[str, np.ndarray]:
        """Compute outputs by their names; all of them if none is given."""
        wanted = list(names) or self.outputs
        found = self.session.run(wanted, dict(inputs))
        return dict(zip(wanted, found, strict=True))

    def check(self, folder: ExportedFolder) -> None:
        """Compare inputs and outputs with what ``model.json`` says.

        Raises:
            ValueError: They are others.
        """
        settings = folder.settings
        size = settings['input']
        shapes = {i.name: list(i.shape) for i in self.session.get_inputs()}
        want = [3, size['height'], size['width']]
        shape = shapes.get('image', [])
        if list(shapes) != ['image'] or shape[1:] != want:
            raise ValueError(
                f'{self.name}: expected one input image (N, '
                f'{", ".join(map(str, want))}), got {shapes}'
            )
        if isinstance(shape[0], int):
            raise ValueError(
                f'{self.name}: expected an input of any batch size, got one '
                f'of {shape[0]}'
            )
        self._check_outputs(settings, folder.num_keypoints)

    def _check_outputs(self, settings: Mapping, count: int) -> None:
        """Compare the outputs with the decoder's."""
        shapes = {o.name: list(o.shape) for o in self.session.get_outputs()}
        wanted: dict[str, list] = {'keypoints': [count, 2]}
        if settings['decoder']['type'] == 'simcc':
            ratio, size = settings['decoder']['split_ratio'], settings['input']
            wanted = {
                'simcc_x': [count, int(size['width'] * ratio)],
                'simcc_y': [count, int(size['height'] * ratio)],
            }
        if 'adapter' in settings['files']:
            sources = len(settings['flip_test']['indices'])
            wanted['source_keypoints'] = [sources, 2]
        for name, shape in wanted.items():
            if shapes.get(name, [])[1:] != shape:
                raise ValueError(
                    f'{self.name}: expected an output {name} (N, '
                    f'{", ".join(map(str, shape))}), got {shapes}'
                )


def _import_runtime() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise ImportError(
            'an exported model needs ONNX Runtime, which is not installed '
            'here. Install with: pip install onnxruntime'
        ) from error
    return onnxruntime


def _choose(
    device: object, available: Sequence[str]
) -> tuple[str, dict[str, int]]:
    """Choose what the network runs on: a provider and its options.

    Raises:
        ValueError: There is no such device.
    """
    kind, _, number = str(device or 'cpu').partition(':')
    provider = _PROVIDERS.get(kind, '')
    if provider not in available or not (number or '0').isdecimal():
        raise ValueError(
            f'device {str(device)!r} cannot be used: this ONNX Runtime has '
            f'{", ".join(available)}'
        )
    if kind == 'cpu':
        return provider, {}
    return provider, {'device_id': int(number or 0)}


def _check_chosen(device: object, provider: str, used: Sequence[str]) -> None:
    """Check that the network runs on what was chosen.

    ONNX Runtime takes the CPU where the libraries of a device cannot be
    loaded, and says so in its log at most.

    Raises:
        ValueError: It runs on something else.
    """
    if provider not in used:
        raise ValueError(
            f'device {str(device)!r} cannot be used: ONNX Runtime could not '
            f'load {provider} and would run on {", ".join(used)}. Libraries '
            'of the device may be missing, or of another version'
        )
