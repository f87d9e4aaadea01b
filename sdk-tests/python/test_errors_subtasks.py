"""The codes of docs/errors.md that no call is refused with: a subtask fails with them, or a target of a call. Each
function returns the code and the text that it has seen."""

import re
from pathlib import Path

import pytest

from test_batch_life import created, retry
from test_downlink_kinds import COMMAND, LATER, MESSAGE
from vocabulary import rows, until

# Read by test_errors.py, too.
FAILED_BY = {}
TABLE = Path(__file__).resolve().parents[2] / "docs" / "errors.md"


def fails(code):
    def keep(function):
        assert code not in FAILED_BY
        FAILED_BY[code] = function
        return function

    return keep


def known():
    """The table: a code, its status and its texts."""
    row = re.compile(r"^\| `([A-Z]+\.\d+)`(?: †)? \| (\d+) \| (.+?) \| (.+?) \|", re.MULTILINE)
    return {code: more for code, *more in row.findall(TABLE.read_text("utf-8"))}


def failure(caller, task_type, targets, document):
    task_id = created(caller, task_type, targets=targets, document=document).task_id
    caller.finished(task_id)
    (subtask,) = caller.subtasks(task_id)
    return subtask.error_code, subtask.error_msg


def lamp(caller):
    return caller.device(caller.product(), "lamp")


@fails("IOTDA.014016")
def a_command_to_nobody(server, caller):
    return failure(caller, "createCommands", [lamp(caller)], COMMAND)


@fails("IOTDA.014018")
def a_message_to_a_frozen_device(server, caller):
    device_id = lamp(caller)
    caller.freeze(device_id)
    return failure(caller, "createMessages", [device_id], MESSAGE)


@fails("IOTDA.014101")
def a_command_too_many(server, caller):
    device_id = lamp(caller)
    for _ in range(20):
        kept = created(caller, "createAsyncCommands", targets=[device_id], document=LATER)
        assert caller.finished(kept.task_id).status == "Success"
    return failure(caller, "createAsyncCommands", [device_id], LATER)


@fails("IOTDA.014106")
def a_command_to_a_device_that_knows_none(server, caller):
    deaf = caller.device(caller.product(service_capabilities=[]), "deaf")
    return failure(caller, "createCommands", [deaf], COMMAND)


@fails("IOTDA.014108")
def a_command_that_the_model_does_not_have(server, caller):
    return failure(caller, "createAsyncCommands", [lamp(caller)], {**LATER, "command_name": "explode"})


@fails("IOTDA.014115")
def a_parameter_that_the_command_does_not_have(server, caller):
    return failure(caller, "createCommands", [lamp(caller)], {**COMMAND, "paras": {"colour": "red"}})


@fails("IOTDA.014111")
def a_command_whose_sender_has_died(server, caller):
    device_id = lamp(caller)
    task = created(caller, "createCommands", targets=[device_id], document=COMMAND)
    caller.finished(task.task_id)
    # As a process leaves it that dies between the order and the answer.
    rows(server, "UPDATE subtask SET status = 'Processing', stage = 'answer', due_ms = 1, error_code = NULL")
    rows(server, "UPDATE batch_task SET status = 'Processing', processing = 1, fail = 0, due_ms = 1")
    until(lambda: caller.task(task.task_id).status == "Fail", "the answer is overdue")
    (subtask,) = caller.subtasks(task.task_id)
    return subtask.error_code, subtask.error_msg


@fails("IOTDA.014150")
def a_message_id_twice(server, caller):
    device_id, document = lamp(caller), {**MESSAGE, "message_id": "m1"}
    caller.finished(created(caller, "createMessages", targets=[device_id], document=document).task_id)
    return failure(caller, "createMessages", [device_id], document)


@fails("IOTDA.014219")
def a_target_that_is_not_in_the_task(server, caller):
    task = created(caller, "freezeDevices", targets=["a", "b"])
    until(lambda: caller.task(task.task_id).status == "Fail", "it has failed")
    (target,) = retry(caller, task.task_id, "nobody").targets
    return target.error_code, target.error_msg


@pytest.mark.parametrize("code", FAILED_BY)
def test_a_subtask_fails_with_the_code_and_text_of_the_table(server, caller, code):
    _, english, _ = known()[code]
    seen, text = FAILED_BY[code](server, caller)
    assert seen == code
    assert text.startswith(english)
