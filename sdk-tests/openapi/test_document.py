"""The document that is served: a valid one, the committed one under the usual settings, and nobody need be known to read it."""

import json
import os
import subprocess

from conftest import KEPT


def served(server):
    status, text = server.get("/openapi.json")
    assert status == 200
    return json.loads(text)


def test_the_document_is_valid_openapi(kept):
    assert kept["openapi"] == "3.1.0"
    command = [os.environ["UNLADE_OPENAPI_PYTHON"], "-m", "openapi_spec_validator", "--schema", "3.1", str(KEPT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_usual_server_serves_the_document_that_is_committed(serve, kept):
    assert served(serve()) == kept


def test_a_server_with_limits_of_its_own_serves_those(serve):
    stop = served(serve(limits_batch_named_targets=7))["paths"]["/v5/iot/{project_id}/batchtasks/{task_id}/stop"]["post"]
    targets = stop["requestBody"]["content"]["application/json"]["schema"]["properties"]["targets"]
    assert targets["maxItems"] == 7


def test_a_strict_server_offers_no_more_than_the_cloud(serve):
    create = served(serve(server_strict="true"))["paths"]["/v5/iot/{project_id}/export-tasks"]["post"]
    formats = create["requestBody"]["content"]["application/json"]["schema"]["properties"]["export_format"]
    assert [word for word in formats["enum"] if word] == ["xls"]
