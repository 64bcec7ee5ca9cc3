"""Pictures as files, to be hosted anywhere."""

from pathlib import Path

from fondly.stack.pictures.drawing import picture, picture_names


def write_pictures(folder: Path) -> list[Path]:
    """Write every picture of the sample into `folder`, which is made if need be; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in picture_names()]
    for path in paths:
        path.write_bytes(picture(path.name))
    return paths
