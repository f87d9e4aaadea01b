"""Each linter refuses a planted fault: one that finds nothing at all would look just like good work."""

import shutil

import pytest
from linters import (
    CHART, DEPLOY, compose_schema, hadolint, haproxy, helm_lint, kube_score, kubernetes_schema, rendered, systemd,
    yamllint,
)


def replaced(text: str, good: str, bad: str) -> str:
    assert good in text, f"the fault has no place to be planted: {good}"
    return text.replace(good, bad)


@pytest.mark.parametrize("good, bad, word", [
    ("NoNewPrivileges=yes", "NoNewPrivilege=yes", "NoNewPrivilege"),
    ("Restart=on-failure", "Restart=perhaps", "Restart"),
    ("ProtectSystem=strict\n", "", "exposure"),
    ("CapabilityBoundingSet=\n", "", "exposure"),
    ("User=unlade\n", "User=root\n", "exposure"),
])
def test_a_unit(unit, good, bad, word):
    unit.write_text(replaced(unit.read_text(), good, bad))
    assert word in systemd(unit)


@pytest.mark.parametrize("good, bad, word", [
    ("USER 10001:10001", "USER root", "DL3002"),
    ("rust:1.95-slim-bookworm", "rust", "DL3006"),
    ("ENTRYPOINT [\"unlade\"]", "ENTRYPOINT unlade", "DL3025"),
])
def test_a_containerfile(tmp_path, good, bad, word):
    file = tmp_path / "Containerfile"
    file.write_text(replaced((DEPLOY / "container/Containerfile").read_text(), good, bad))
    assert word in hadolint(file)


def test_a_compose_file(tmp_path):
    file = tmp_path / "compose.yaml"
    file.write_text(replaced((DEPLOY / "compose/compose.yaml").read_text(), "restart: unless-stopped", "restarts: 1"))
    assert "restarts" in compose_schema(file)


def test_a_balancer(tmp_path):
    file = tmp_path / "haproxy.cfg"
    file.write_text(replaced((DEPLOY / "compose/haproxy.cfg").read_text(), "option httpchk", "option httpcheck"))
    assert "httpcheck" in haproxy(file)


def test_yaml_with_a_key_twice(tmp_path):
    file = tmp_path / "values.yaml"
    file.write_text("key: 1\nkey: 2\n")
    assert "duplication" in yamllint(file)


def test_a_chart(tmp_path):
    chart = shutil.copytree(CHART, tmp_path / "unlade")
    service = chart / "templates/service.yaml"
    service.write_text(replaced(service.read_text(), ".Values.service.type", ".Values.service.type | nothing"))
    assert "nothing" in helm_lint(chart, CHART / "ci/single.yaml")


@pytest.mark.parametrize("judge, good, bad, word", [
    (kubernetes_schema, "readinessProbe:", "readynessProbe:", "readynessProbe"),
    (kubernetes_schema, "replicas: 3", "replicas: three", "replicas"),
    (kube_score, "runAsUser: 10001", "runAsUser: 0", "low user ID"),
    (kube_score, "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "writable root filesystem"),
    (kube_score, "kind: PodDisruptionBudget", "kind: PodDisruption", "PodDisruptionBudget"),
    (kube_score, "memory: 1Gi", "another: 1Gi", "Memory limit"),
])
def test_manifests(tmp_path, judge, good, bad, word):
    manifests = tmp_path / "manifests.yaml"
    manifests.write_text(replaced(rendered(CHART / "ci/many.yaml"), good, bad))
    assert word.lower() in judge(manifests).lower()
