"""Export a model to a folder that needs neither PyTorch nor MMPose.

python tools/export.py face68 exported/face68
python tools/export.py face68 exported/face68 --int8
python tools/export.py CONFIG CHECKPOINT exported/mine --images photos/

Writes ``model.onnx``, ``model.json`` (all that a program has to know) and
with ``--int8`` ``model.int8.onnx``. Before anything is there, the network is
run in ONNX Runtime beside PyTorch: in float32 keypoints must agree to 0.001
px. ``tools/predict.py --model exported/face68`` predicts with it.
"""

import argparse
import sys
from pathlib import Path
from pickle import UnpicklingError

from mmpose_scgcn.export import Options
from mmpose_scgcn.terminal import steady_output

#: What is wrong with the input, the settings or the machine.
STOPPED_BY = (OSError, ValueError, ImportError, RuntimeError, UnpicklingError)


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage='%(prog)s [options] MODEL [CHECKPOINT] OUT',
    )
    add = parser.add_argument
    text = 'a name such as face68, a published file, or a config'
    add('model', metavar='MODEL', help=text)
    text = 'the weights, for a config; and the folder to be written'
    add('rest', nargs='+', metavar='[CHECKPOINT] OUT', help=text)
    text = 'write a network of 8 bits as well'
    add('--int8', action='store_true', help=text)
    text = 'images to calibrate it on (default: drawn faces)'
    add('--calibrate', type=Path, metavar='FOLDER', help=text)
    text = 'images to check the export on (default: drawn faces)'
    add('--images', type=Path, metavar='FOLDER', help=text)
    text = 'what finds the faces in these, as of tools/predict.py'
    add('--det-model', default='auto', metavar='DETECTOR', help=text)
    text = 'config whose test set tells what 8 bits cost'
    add('--config', metavar='CONFIG', help=text)
    text = 'replace an earlier export'
    add('--overwrite', action='store_true', help=text)
    args = parser.parse_args()
    if len(args.rest) > 2:
        parser.error(
            f'expected MODEL [CHECKPOINT] OUT, got {args.rest[2]} too'
        )
    for name in ('calibrate', 'config'):
        if getattr(args, name) and not args.int8:
            parser.error(f'--{name} is for --int8; give it as well')
    return args


def export(args: argparse.Namespace) -> None:
    """Export, and say where to."""
    # Here, not above: `-h` has to be quick.
    from mmpose_scgcn.export.needed import require_exporters

    require_exporters()
    from mmpose_scgcn import load_model
    from mmpose_scgcn.export import export_model
    from mmpose_scgcn.runtime import ExportedModel

    *checkpoint, out = args.rest
    model = load_model(
        args.model, *checkpoint, device='cpu', detector=args.det_model
    )
    if isinstance(model, ExportedModel):
        raise ValueError(f'{args.model} is exported already')
    options = Options(
        int8=args.int8,
        calibrate=args.calibrate,
        images=args.images,
        config=args.config,
        overwrite=args.overwrite,
    )
    exported = export_model(model, Path(out), options)
    for record in exported.settings['files'].values():
        file = exported.folder.path / record['file']
        print(f'{file} ({file.stat().st_size / 1e6:.2f} MB)')


def main() -> None:
    """Run the command line."""
    steady_output()
    args = parse_args()
    try:
        export(args)
    except KeyError as error:  # its str() has quotation marks
        sys.exit(f'export: {error.args[0]}')
    except STOPPED_BY as error:
        sys.exit(f'export: {error}')


if __name__ == '__main__':
    main()
