"""What is written into an exported folder."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmpose_scgcn.runtime import SETTINGS

#: All that an exported folder may hold.
FILES = ('model.onnx', 'model.int8.onnx', 'adapter.onnx', SETTINGS)


@dataclass(frozen=True)
class Contents:
    """A folder that is being written.

    Args:
        folder (Path): The folder.
        settings (dict): What becomes ``model.json``; it is added to.
    """

    folder: Path
    settings: dict[str, Any]

    def add_file(self, kind: str, name: str, **facts: Any) -> None:
        """Note a file that was written, with its hash.

        Args:
            kind (str): ``float32``, ``int8`` or ``adapter``.
            name (str): Of the file.
            **facts: Whatever else is to be known of it.
        """
        content = (self.folder / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        files = self.settings.setdefault('files', {})
        files[kind] = dict(file=name, sha256=digest, **facts)

    def add_parity(self, kind: str, measured: dict[str, Any]) -> None:
        """Note how far a network is from PyTorch's."""
        self.settings.setdefault('parity', {})[kind] = measured

    def save(self) -> None:
        """Write ``model.json``."""
        text = json.dumps(self.settings, indent=1)
        path = self.folder / SETTINGS
        path.write_text(f'{text}\n', encoding='utf-8')
