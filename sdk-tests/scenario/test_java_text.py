"""What becomes of a download that the Java SDK is to make a text of, as its source types it: nothing.

Its core makes a text only of a body whose Content-Type begins with application/json, application/xml or text, and leaves
the field empty otherwise, also for application/octet-stream. So docs/sdk.md shows the stream, and so does the scenario.
"""

import os
import subprocess


def test_a_text_of_a_download_is_null(server):
    caller, root = server.caller(), server.credentials
    task_id = caller.batch("freezeDevices", targets=["no-such-device"])
    caller.finished(task_id)
    export_id = caller.export(task_id)
    caller.exported(export_id)
    where = {"UNLADE_SDK_ENDPOINT": server.endpoint, "UNLADE_SDK_PROJECT_ID": root.project_id}
    key = {"CLOUD_SDK_AK": root.ak, "CLOUD_SDK_SK": root.sk}
    command = ["java", "-cp", os.environ["UNLADE_SDK_CLASSPATH"], "Text", export_id]
    done = subprocess.run(command, env={**os.environ, **where, **key}, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "null", done.stderr
