"""The linters, each as a function that answers what it found fault with: an empty text if nothing."""

import os
import subprocess
import sys
from pathlib import Path

DEPLOY = Path(__file__).resolve().parent.parent
CHART = DEPLOY / "helm/unlade"
VALUES = sorted((CHART / "ci").glob("*.yaml"))
# The newest whose schemas kubectl-validate carries with it, and the oldest that the chart allows.
KUBERNETES = "1.30"


def faults(*command: object) -> str:
    """What a linter says if it refuses; its own words, or its exit code if it has none."""
    # Whoever has a cluster at hand must not have it asked.
    environment = {**os.environ, "KUBECONFIG": os.devnull}
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, timeout=120)
    return "" if done.returncode == 0 else (done.stdout + done.stderr).strip() or f"exit code {done.returncode}"


def built(name: str) -> Path:
    """A linter that `cargo xtask` has built from its Go module."""
    return Path(os.environ["UNLADE_LINTERS"]) / name


def installed(name: str) -> Path:
    """A linter of the environment that runs the tests."""
    return Path(sys.executable).parent / name


def hadolint(file: Path) -> str:
    return faults(installed("hadolint"), "--failure-threshold", "style", file)


def compose_schema(file: Path) -> str:
    return faults(installed("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", file)


def yamllint(*files: Path) -> str:
    return faults(installed("yamllint"), "--strict", "--config-file", DEPLOY / "tests/yamllint.yaml", *files)


def haproxy(file: Path) -> str:
    return faults("haproxy", "-c", "-f", file)


def systemd(unit: Path) -> str:
    """`verify` for what is wrong, `security` for what is open: an exposure of more than 1.4 of 10 is refused."""
    wrong = faults("systemd-analyze", "verify", "--recursive-errors=no", unit)
    return wrong + faults("systemd-analyze", "security", "--offline=true", "--threshold=14", unit)


def helm_lint(chart: Path, values: Path) -> str:
    return faults(built("helm"), "lint", "--strict", chart, "--values", values)


def template(values: Path, *sets: str) -> list[object]:
    given = [word for one in sets for word in ("--set", one)]
    return [built("helm"), "template", "release", CHART, "--kube-version", KUBERNETES, "--values", values, *given]


def helm_refuses(values: Path, *sets: str) -> str:
    return faults(*template(values, *sets))


def rendered(values: Path, *sets: str) -> str:
    """The manifests that the chart makes."""
    return subprocess.run(template(values, *sets), capture_output=True, text=True, check=True, timeout=120).stdout


def kubernetes_schema(manifests: Path) -> str:
    return faults(built("kubectl-validate"), "--version", KUBERNETES, manifests)


# A tag is pinned or a digest is given, so it need not be asked for at each start; and where the database is, so what
# egress to allow, the chart does not know. Nor is a CPU limit asked for: it throttles a burst that nobody else needs.
NOT_ASKED = ["container-image-pull-policy", "pod-networkpolicy"]


def kube_score(manifests: Path) -> str:
    ignored = [word for test in NOT_ASKED for word in ("--ignore-test", test)]
    options = ["--ignore-container-cpu-limit", "--exit-one-on-warning", "--kubernetes-version", f"v{KUBERNETES}"]
    return faults(built("kube-score"), "score", *options, *ignored, manifests)
