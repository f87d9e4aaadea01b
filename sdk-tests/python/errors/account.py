"""Refusals of the account: users, groups, passwords."""

from vocabulary import raw

from .raising import NOBODY, call, raises


@raises("IAM.0400")
def a_user_without_a_name(stage):
    return call(stage.idle(), "POST", "/v3/users", body={"user": {"description": "nobody"}})


@raises("IAM.0401")
def a_wrong_password(stage):
    user = {"name": "root", "password": "no-such-word1", "domain": {"name": "unlade"}}
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}}}
    return call(stage.idle(), "POST", "/v3/auth/tokens", body=body)


@raises("IAM.0403")
def the_end_of_the_root(stage):
    server = stage.idle()
    (root,) = raw(server, "GET", "/v3/users", [("name", "root")]).json()["users"]
    return call(server, "DELETE", f"/v3/users/{root['id']}")


@raises("IAM.0404")
def a_user_that_does_not_exist(stage):
    return call(stage.idle(), "GET", f"/v3/users/{NOBODY}")


@raises("IAM.0409")
def a_group_whose_name_is_taken(stage):
    server = stage.idle()
    raw(server, "POST", "/v3/groups", body={"group": {"name": "taken"}})
    return call(server, "POST", "/v3/groups", body={"group": {"name": "taken"}})


@raises("IAM.0410")
def one_user_more_than_there_may_be(stage):
    return call(stage.full(), "POST", "/v3/users", body={"user": {"name": "second"}})
