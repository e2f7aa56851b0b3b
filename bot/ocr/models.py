"""The models as PaddleOCR wants them, made from the files in the `rapidocr` wheel. Nothing is downloaded."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

DETECTION = "PP-OCRv6_small_det"
RECOGNITION = "PP-OCRv6_small_rec"
_FILES = {DETECTION: "PP-OCRv6_det_small.onnx", RECOGNITION: "PP-OCRv6_rec_small.onnx"}


@dataclass(frozen=True, slots=True)
class Models:
    """Two folders, each with `inference.onnx` and `inference.yml`, and the names PaddleOCR knows them by."""

    detection: Path
    recognition: Path
    detection_name: str = DETECTION
    recognition_name: str = RECOGNITION


def bundled_models(under: Path) -> Models:
    """The PP-OCRv6 small models of the installed wheel, laid out under this folder; made once per wheel version.

    Safe when several processes start at the same time: every file is put in its place by one rename.
    """
    root = under / f"rapidocr-{version('rapidocr')}"
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the rapidocr wheel is not installed")
    source = Path(spec.origin).parent / "models"
    for name, file in _FILES.items():
        _prepare(root / name, source / file, name)
    return Models(root / DETECTION, root / RECOGNITION)


def _prepare(folder: Path, onnx: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    model, config = folder / "inference.onnx", folder / "inference.yml"
    if not model.exists() or model.resolve() != onnx.resolve():
        link = folder / f".inference.onnx.{os.getpid()}"
        link.unlink(missing_ok=True)
        link.symlink_to(onnx.resolve())
        link.replace(model)
    if not config.exists():
        text = json.dumps(_detection() if name == DETECTION else _recognition(onnx))  # every JSON text is YAML
        draft = folder / f".inference.yml.{os.getpid()}"
        draft.write_text(text, encoding="utf-8")
        draft.replace(config)


def _detection() -> dict[str, Any]:
    """As published with PP-OCRv6_small_det, the limits of the side left to the caller."""
    return {
        "Global": {"model_name": DETECTION},
        "PreProcess": {
            "transform_ops": [
                {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
                {"DetResizeForTest": {"resize_long": 960}},
                {
                    "NormalizeImage": {
                        "mean": [0.485, 0.456, 0.406],
                        "order": "hwc",
                        "scale": "1./255.",
                        "std": [0.229, 0.224, 0.225],
                    }
                },
                {"ToCHWImage": None},
            ]
        },
        "PostProcess": {
            "name": "DBPostProcess",
            "thresh": 0.3,
            "box_thresh": 0.6,
            "max_candidates": 1000,
            "unclip_ratio": 1.5,
        },
    }


def _recognition(onnx: Path) -> dict[str, Any]:
    """The character list stands in the model's own metadata, one character a line."""
    import onnxruntime  # type: ignore[import-untyped]

    session = onnxruntime.InferenceSession(str(onnx), providers=["CPUExecutionProvider"])
    characters = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    return {
        "Global": {"model_name": RECOGNITION},
        "PreProcess": {
            "transform_ops": [
                {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
                {"RecResizeImg": {"image_shape": [3, 48, 320]}},
            ]
        },
        "PostProcess": {"name": "CTCLabelDecode", "character_dict": characters},
    }
