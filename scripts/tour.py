"""Play what a team sees that works with mlaudit, and print one scene of it.

python scripts/tour.py hook|gate
python scripts/tour.py comment docs/comment.png

The repository is the churn project, with what was found in it known; a branch adds a script that
leaks.  The picture is the Markdown of the comments as a browser draws it (needs Chromium).
"""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NEW = """\
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

customers = pd.read_csv("data/customers.csv")
y = customers["tenure_months"]
X = StandardScaler().fit_transform(customers[["monthly_charges", "data_gb"]])
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
print(Ridge().fit(X_train, y_train).score(X_test, y_test))
"""
STYLE = """
body { font: 16px/1.5 -apple-system, "Segoe UI", "Liberation Sans", Arial, sans-serif;
       color: #1f2328; margin: 0; background: #fff; }
main { border: 1px solid #d1d9e0; border-radius: 6px; margin: 12px; padding: 0 16px 8px; }
h1 { font-size: 24px; border-bottom: 1px solid #d1d9e0; }
code { background: #eff1f3; border-radius: 6px; padding: .2em .4em; font-size: 85%; }
pre { background: #f6f8fa; border-radius: 6px; padding: 12px; line-height: 1.3; }
pre code { background: none; padding: 0; }
pre.added { background: #dafbe1; margin: 0 -16px; border-radius: 6px 6px 0 0; }
.sign { display: inline-block; width: 22px; height: 22px; border-radius: 50%; vertical-align: -3px;
        background: linear-gradient(#d1242f 40%, #fff 40% 60%, #d1242f 60%); }
"""
WIDTH, HEIGHT = 880, 690
_HOOK_COLUMNS = 80


def played(scene: str, folder: Path) -> str:
    """Play one scene in a repository of its own and give what it prints."""
    run = _Run(folder)
    run("git", "init", "-q", "-b", "main")
    shutil.copytree(ROOT / "fixtures" / "projects" / "churn", folder, dirs_exist_ok=True)
    run(sys.executable, "-m", "mlaudit", "init", "--baseline")
    run("git", "add", "-A")
    run("git", "commit", "-qm", "Add mlaudit")
    run("git", "checkout", "-qb", "tenure")
    (folder / "tenure.py").write_text(NEW, encoding="utf-8")
    if scene == "hook":
        _hooked(folder)
        run("git", "add", "-A")
        run(sys.executable, "-m", "pre_commit", "install")
        return run("git", "commit", "-m", "Predict the tenure")
    run("git", "add", "-A")
    run("git", "commit", "-qm", "Predict the tenure")
    gate = [sys.executable, "-m", "mlaudit", "review", "--changed-since", "main"]
    if scene == "gate":
        return run(*gate)
    return run(*gate, "--format", "json")


class _Run:
    """Runs commands in a folder, the same on every machine; gives what they print."""

    def __init__(self, folder: Path):
        person = {f"GIT_{role}_{what}": "you@example.org" for role in ("AUTHOR", "COMMITTER")
                  for what in ("NAME", "EMAIL")}  # fmt: skip
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        paths = os.pathsep.join([str(ROOT), str(ROOT / "rules")])
        self._folder = folder
        self._environment = os.environ | person | quiet | {
            "COLUMNS": str(_HOOK_COLUMNS),
            "NO_COLOR": "1",
            "PRE_COMMIT_COLOR": "never",
            "PRE_COMMIT_HOME": str(folder.parent / "hooks"),
            "PYTHONPATH": paths,
        }  # fmt: skip

    def __call__(self, *command: str) -> str:
        """Run a command, whatever its exit code."""
        run = subprocess.run(
            command,
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return run.stdout


def _hooked(folder: Path) -> None:
    """Let the hook use what is installed here, and not fetch a release."""
    path = folder / ".pre-commit-config.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if "additional_dependencies" not in line]
    text = "\n".join(kept).replace("language: python", "language: system")
    text = text.replace("entry: mlaudit", f"entry: {sys.executable} -m mlaudit")
    path.write_text(f"{text}\n", encoding="utf-8")


def draw(stored: str, folder: Path, target: Path) -> None:
    """Draw the head of the comment that a stored review makes, and a comment on its line."""
    from markdown_it import MarkdownIt

    from mlaudit.model import interchange
    from mlaudit.report import comment, markdown

    review = interchange.load(stored)
    (finding,) = review.findings
    written = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    head = written.render("\n\n".join(markdown.judgement(review)))
    head = head.replace("\N{NO ENTRY}", "<b class=sign></b>")  # which few fonts have
    added = NEW.splitlines()[finding.location.line - 1]
    line = f"<pre class=added>{finding.location.line} + {html.escape(added)}</pre>"
    body = f"<main>{head}</main><main>{line}{written.render(comment.remark(finding))}</main>"
    page = folder.parent / "comment.html"
    page.write_text(f"<meta charset=utf-8><style>{STYLE}</style>{body}", encoding="utf-8")
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("no Chromium to draw with")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={target}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def main() -> None:
    """Print a scene, or draw it."""
    scene = sys.argv[1]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "churn"
        folder.mkdir()
        printed = played(scene, folder)
        if scene == "comment":
            draw(printed, folder, Path(sys.argv[2]).absolute())
        else:
            sys.stdout.write(f"{printed.strip()}\n")


if __name__ == "__main__":
    main()
