"""What deploy/ holds is found good, and says the same as the rest of the repository."""

import re
import tomllib

import pytest
import yaml
from linters import (
    CHART, DEPLOY, VALUES, compose_schema, hadolint, haproxy, helm_lint, helm_refuses, kube_score, kubernetes_schema,
    rendered, systemd, yamllint,
)

ROOT = DEPLOY.parent
MANY = CHART / "ci/many.yaml"
each_values = pytest.mark.parametrize("values", VALUES, ids=lambda file: file.stem)


def test_the_unit_is_sound_and_closed(unit):
    assert systemd(unit) == ""


def test_the_containerfile_is_found_good():
    assert hadolint(DEPLOY / "container/Containerfile") == ""


def test_the_image_is_built_by_the_rust_that_we_ask_for():
    asked = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["rust-version"]
    assert f"/rust:{asked}-" in (DEPLOY / "container/Containerfile").read_text()


def test_compose_is_what_its_specification_says():
    assert compose_schema(DEPLOY / "compose/compose.yaml") == ""


def test_the_balancer_understands_its_settings():
    assert haproxy(DEPLOY / "compose/haproxy.cfg") == ""


def test_yaml_is_in_good_style():
    files = [DEPLOY / "compose/compose.yaml", CHART / "Chart.yaml", CHART / "values.yaml", *VALUES]
    assert yamllint(*files) == ""


@each_values
def test_the_chart_is_found_good(values):
    assert helm_lint(CHART, values) == ""


@each_values
def test_what_the_chart_makes_is_what_kubernetes_takes(values, tmp_path):
    manifests = tmp_path / "manifests.yaml"
    manifests.write_text(rendered(values))
    assert kubernetes_schema(manifests) == ""
    assert kube_score(manifests) == ""


def of_kind(text: str, kind: str) -> list[dict]:
    return [one for one in yaml.safe_load_all(text) if one and one["kind"] == kind]


@each_values
def test_the_settings_that_the_chart_writes_are_read_back(values):
    given = {**yaml.safe_load((CHART / "values.yaml").read_text()), **(yaml.safe_load(values.read_text()) or {})}
    [settings] = of_kind(rendered(values), "ConfigMap")
    written = tomllib.loads(settings["data"]["unlade.toml"])
    for section, keys in given["settings"].items():
        assert written[section] == keys


def default_of(setting: str) -> int:
    document = (ROOT / "docs/settings.md").read_text()
    return int(re.search(rf"(?m)^\| `{re.escape(setting)}` \| `(\d+)`", document)[1])


def test_nodes_end_later_than_they_drain():
    serve = (ROOT / "crates/unlade/src/serve/mod.rs").read_text()
    requests = re.search(r"DRAIN_MAX: Duration = Duration::from_secs\((\d+)\)", serve)
    assert requests, "the drain has another name now"
    drain = max(int(requests[1]), default_of("jobs.drain_seconds"))
    unit = (DEPLOY / "systemd/unlade.service").read_text()
    ends = [int(re.search(r"(?m)^TimeoutStopSec=(\d+)$", unit)[1])]
    for pods in of_kind(rendered(MANY), "Deployment"):
        pod = pods["spec"]["template"]["spec"]
        waits = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        ends.append(pod["terminationGracePeriodSeconds"] - waits)
    assert min(ends) >= drain + 30


def test_every_setting_that_is_named_is_one():
    document = (ROOT / "docs/settings.md").read_text()
    known = set(re.findall(r"(?m)^\| `([a-z]+\.[a-z_]+)` \|", document))
    variables = {"UNLADE_" + setting.replace(".", "_").upper() for setting in known}
    apart = set(re.findall(r"`(UNLADE_[A-Z_]+)`", document))
    # What Kubernetes, the compose file and these tests themselves call so.
    others = {"UNLADE_IMAGE", "UNLADE_LINTERS", "UNLADE_SERVICE_HOST", "UNLADE_ROOT_"}
    named = set()
    for file in DEPLOY.rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            named |= set(re.findall(r"UNLADE_[A-Z_]+", file.read_text()))
    assert named - variables - apart - others == set()
    written = tomllib.loads(re.sub(r"(?m)^# (?=\[|\w+ = )", "", (DEPLOY / "systemd/unlade.toml").read_text()))
    assert {f"{section}.{key}" for section, keys in written.items() for key in keys} <= known


@each_values
def test_a_pod_does_not_make_a_directory_private_that_belongs_to_root(values):
    text = rendered(values)
    for pods in of_kind(text, "Deployment") + of_kind(text, "StatefulSet"):
        [node] = pods["spec"]["template"]["spec"]["containers"]
        [directory] = [one["value"] for one in node["env"] if one["name"] == "UNLADE_SERVER_DATA_DIR"]
        [volume] = [one["mountPath"] for one in node["volumeMounts"] if one["name"] == "data"]
        assert directory.startswith(f"{volume}/")


def says_how(environment) -> bool:
    """A node that others reach refuses to start unless it has a certificate or is told that none is needed."""
    secure = {"UNLADE_TLS_CERTIFICATE", "UNLADE_TLS_KEY"} <= set(environment)
    return secure != (environment.get("UNLADE_SERVER_INSECURE_HTTP") == "true")


@each_values
def test_a_pod_says_how_it_is_reached(values):
    text = rendered(values)
    for pods in of_kind(text, "Deployment") + of_kind(text, "StatefulSet"):
        [node] = pods["spec"]["template"]["spec"]["containers"]
        environment = {one["name"]: one["value"] for one in node["env"]}
        assert says_how(environment)
        secure = "UNLADE_TLS_KEY" in environment
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            assert node[probe]["httpGet"]["scheme"] == ("HTTPS" if secure else "HTTP")


def test_a_node_of_compose_says_how_it_is_reached():
    compose = yaml.safe_load((DEPLOY / "compose/compose.yaml").read_text())
    nodes = [one for one in compose["services"].values() if "UNLADE_SERVER_LISTEN" in one.get("environment", {})]
    assert len(nodes) == 3 and all(says_how(node["environment"]) for node in nodes)


def test_metrics_are_found_by_prometheus_where_it_is_asked_for():
    [monitor] = of_kind(rendered(MANY, "metrics.podMonitor.enabled=true"), "PodMonitor")
    assert monitor["spec"]["podMetricsEndpoints"][0]["port"] == "metrics"
    assert of_kind(rendered(MANY), "PodMonitor") == []


def test_a_secret_lies_in_a_secret_alone():
    text = rendered(MANY, "secret.UNLADE_ROOT_SECRET_KEY=marked")
    holders = [one["kind"] for one in yaml.safe_load_all(text) if one and "marked" in str(one)]
    assert holders == ["Secret"]
    existing = rendered(CHART / "ci/everything.yaml")
    assert of_kind(existing, "Secret") == []


@pytest.mark.parametrize("fault, word", [
    ("settings.storage.bucket=", "settings.storage.bucket"),
    ("secret.UNLADE_MASTER_KEY=", "UNLADE_MASTER_KEY"),
    ("secret.UNLADE_MASTER_KEY=short", "UNLADE_MASTER_KEY"),
    ("worker.replicas=0", "nobody works"),
    ("topology=single", "topology many"),
    ("terminationGracePeriodSeconds=10", "terminationGracePeriodSeconds"),
    ("settings.database.url=postgresql://a:b@c/d", "settings"),
    ("settings.server.listen=x", "settings"),
    ("wokrer.replicas=3", "wokrer"),
])
def test_values_that_cannot_work_are_refused_by_name(fault, word):
    assert word in helm_refuses(MANY, fault)
