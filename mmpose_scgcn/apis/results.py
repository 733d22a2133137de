"""What becomes of predicted files: pictures, JSON, a table, a window."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmpose_scgcn.structures import Faces

from .table import TABLE_START, Table
from .window import close_window, show_picture
from .writers import (
    VideoFile,
    VideoPictures,
    to_instances,
    write_image,
    write_json,
)


class ResultFiles:
    """Writes and shows what was predicted of images and videos.

    Args:
        pictures (Path, optional): Folder of the pictures and videos.
            Defaults to None: they are not written.
        records (Path, optional): Folder of the JSON files. Defaults to None:
            they are not written.
        table (Table, optional): Gets a row for each face. Defaults to None.
        show (bool): Whether pictures are shown in a window. Defaults to
            False.
        drawing (Mapping, optional): Options of
            :func:`mmpose_scgcn.visualization.drawing.draw_faces`.
    """

    def __init__(
        self,
        pictures: Path | None = None,
        records: Path | None = None,
        table: Table | None = None,
        show: bool = False,
        drawing: Mapping[str, Any] | None = None,
    ) -> None:
        self.pictures = pictures
        self.records = records
        self.table = table
        self.show = show
        self.drawing = dict(drawing or {})

    def add_image(self, name: str, path: Path, faces: Faces) -> bool:
        """Write and show what was found in an image, but for the table.

        Returns:
            bool: Whether Q or Escape was pressed in the window.

        Raises:
            OSError: A file cannot be written.
            NoWindowError: There is no window to show it in.
        """
        if self.records:
            write_json(self.records / f'{name}.json', to_instances(faces))
        if self.pictures or self.show:
            picture = faces.draw(**self.drawing)
            if self.pictures:
                write_image(self.pictures / _picture_name(name, path), picture)
            if self.show:
                return show_picture(picture, str(path), wait_ms=0)
        return False

    def add_row(self, path: Path, faces: Faces) -> None:
        """Add an image to the table, once its files are written."""
        if self.table:
            self.table.add(str(path), faces)

    def open_video(self, name: str, rate: float) -> VideoPictures:
        """Begin a video: a context."""
        if self.pictures is None:
            return VideoPictures(None)
        path = self.pictures / f'{name}.mp4'
        return VideoPictures(VideoFile(path, rate))

    def add_frame(self, file: VideoPictures, name: str, faces: Faces) -> bool:
        """Write and show a frame.

        Args:
            file (VideoPictures): Of :meth:`open_video`.
            name (str): Title of the window.
            faces (Faces): Those of the frame, with its image.

        Returns:
            bool: Whether Q or Escape was pressed in the window.

        Raises:
            NoWindowError: There is no window to show it in.
        """
        if not (file.is_open or self.show):
            return False
        picture = faces.draw(**self.drawing)
        file.add(picture)
        return self.show and show_picture(picture, name, wait_ms=1)

    def add_video(
        self,
        name: str,
        path: Path,
        frames: Sequence[Faces],
        times: Sequence[float],
    ) -> None:
        """Write what was found in all frames of a video.

        Args:
            name (str): Of the results.
            path (pathlib.Path): The video.
            frames (Sequence[Faces]): Those of each frame.
            times (Sequence[float]): When each frame is shown, s.

        Raises:
            OSError: A file cannot be written.
        """
        if self.records:
            records = (
                dict(
                    frame_id=number,
                    time_s=round(time_s, 6),
                    instances=to_instances(faces),
                )
                for number, (faces, time_s) in enumerate(
                    zip(frames, times, strict=True)
                )
            )
            write_json(self.records / f'{name}.json', records)
        if self.table:
            for number, faces in enumerate(frames):
                self.table.add(str(path), faces, number)

    def close(self) -> None:
        """Close the window, if there is one."""
        if self.show:
            close_window()

    def earlier(self, name: str) -> Path | None:
        """Give the JSON file of these results that an earlier run left."""
        if self.records is None:
            return None
        path = self.records / f'{name}.json'
        return path if _is_there(path) else None

    @property
    def has_numbers(self) -> bool:
        """Whether anything but pictures is written."""
        return self.records is not None or self.table is not None

    @property
    def goes_on(self) -> bool:
        """Whether a video has results without its picture."""
        return self.has_numbers or self.show

    def places(self) -> list[str]:
        """List the folders and files that are written to."""
        places = [self.pictures, self.records]
        places += [self.table.path if self.table else None]
        return [str(place) for place in places if place]


def _is_there(path: Path) -> bool:
    """Tell whether a file is there; one of too long a name is not."""
    try:
        return path.is_file()
    except OSError:
        return False


def _picture_name(name: str, path: Path) -> str:
    """Keep JPEG files JPEG; everything else is written without loss."""
    jpeg = path.suffix.lower() in ('.jpg', '.jpeg')
    return name + (path.suffix.lower() if jpeg else '.png')


def check_places(
    inputs: Iterable[Path],
    pictures: Path | None,
    table: Path | None,
    settings: Iterable[Path] = (),
    records: Iterable[Path] = (),
) -> None:
    """Find out whether results would replace what they are made of.

    Args:
        inputs (Iterable[Path]): Files that are predicted.
        pictures (Path, optional): Folder of the pictures.
        table (Path, optional): CSV file.
        settings (Iterable[Path]): Other files that are read.
        records (Iterable[Path]): JSON files that would be written.

    Raises:
        ValueError: Results would replace such a file, or a JSON or CSV file
            that holds no predictions, or the table's name is that of a
            folder.
    """
    records = list(records)
    inputs, settings = set(inputs), {path.resolve() for path in settings}
    folders = {path.resolve().parent for path in inputs}
    folders |= {path.parent.resolve() for path in inputs}  # of links
    inputs = {path.resolve() for path in inputs}
    if pictures and pictures.resolve() in folders:
        raise ValueError(
            f'there are inputs in {pictures}, which pictures would replace; '
            'choose another --out-dir or --vis-out-dir'
        )
    for record in records:
        if record.resolve() in settings or _holds_something_else(record):
            raise ValueError(
                f'{record} is a file that predictions would replace; choose '
                'another --out-dir or --pred-out-dir'
            )
    if table is None:
        return
    if table.resolve() in inputs | settings:
        raise ValueError(f'--csv: {table} is a file that is read')
    if table.resolve() in {record.resolve() for record in records}:
        raise ValueError(
            f'--csv: {table} is the name of a JSON file of this run; choose '
            'another one'
        )
    if table.is_dir():
        raise ValueError(f'--csv: {table} is a folder; expected a file')
    if _is_other_table(table):
        raise ValueError(
            f'--csv: {table} is there and no table of predictions, which '
            'would replace it; choose another name'
        )


def _holds_something_else(path: Path) -> bool:
    """Tell whether a JSON file is there that holds no predictions."""
    if not _is_there(path):
        return False
    with path.open('rb') as file:
        start = b''.join(file.read(64).split())
    starts = b'[]', b'[{"keypoints":', b'[{"frame_id":'
    return bool(start) and not start.startswith(starts)


def _is_other_table(path: Path) -> bool:
    """Tell whether a file is there that is no table of ours."""
    if not _is_there(path):
        return False
    expected = ','.join(TABLE_START).encode()
    with path.open('rb') as file:
        start = file.read(len(expected))
    return bool(start) and start != expected
