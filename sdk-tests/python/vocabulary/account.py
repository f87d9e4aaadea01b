"""Who may do what: users, keys, policies, agencies and projects, administered as somebody over the identity paths."""

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkiotda import v5 as iotda

from .caller import Caller
from .raw import raw


def allow(*actions, **more):
    return {"Effect": "Allow", "Action": list(actions), **more}


def deny(*actions, **more):
    return {"Effect": "Deny", "Action": list(actions), **more}


def caller_of(server, ak, sk, security_token=None, project_id=None):
    """Somebody with the official SDK; without a project id, it asks the server for its project."""
    credentials = BasicCredentials(ak, sk, project_id).with_iam_endpoint(server.endpoint)
    if security_token:
        credentials = credentials.with_security_token(security_token)
    caller = Caller(server)
    builder = iotda.IoTDAClient.new_builder().with_credentials(credentials)
    caller.sdk = builder.with_region(Region("cn-north-4", server.endpoint)).build()
    return caller


class Account:
    """The account as the root, or as whoever has `ak` and `sk` or a `token`, sees it."""

    def __init__(self, server, token=None, **key):
        self.server = server
        self.who = {"signed": False} if token else key
        self.headers = {"X-Auth-Token": token} if token else {}

    def ask(self, method, path, body=None, query=(), headers=()):
        return raw(self.server, method, path, list(query), body, {**self.headers, **dict(headers)}, **self.who)

    def done(self, method, path, body=None, **more):
        """What is answered to a request that is not refused."""
        answer = self.ask(method, path, body, **more)
        assert answer.status < 300, (method, path, answer.status, answer.body)
        return answer.json() if answer.body else None

    def domain_id(self):
        (domain,) = self.done("GET", "/v3/auth/domains")["domains"]
        return domain["id"]

    def user(self, name, **more):
        return self.done("POST", "/v3/users", {"user": {"name": name, **more}})["user"]["id"]

    def key(self, user_id):
        made = self.done("POST", "/v3.0/OS-CREDENTIAL/credentials", {"credential": {"user_id": user_id}})["credential"]
        return {"ak": made["access"], "sk": made["secret"]}

    def policy(self, name, *statements):
        document = {"Version": "1.1", "Statement": list(statements)}
        role = {"display_name": name, "type": "XA", "description": "", "policy": document}
        return self.done("POST", "/v3.0/OS-ROLE/roles", {"role": role})["role"]["id"]

    def group(self, name, *user_ids):
        group_id = self.done("POST", "/v3/groups", {"group": {"name": name}})["group"]["id"]
        for user_id in user_ids:
            self.done("PUT", f"/v3/groups/{group_id}/users/{user_id}")
        return group_id

    def agency(self, name):
        agency = {"name": name, "domain_id": self.domain_id(), "trust_domain_name": "unlade", "duration": "FOREVER"}
        return self.done("POST", "/v3.0/OS-AGENCY/agencies", {"agency": agency})["agency"]["id"]

    def project(self, name):
        return self.done("POST", "/v3/projects", {"project": {"name": name}})["project"]["id"]

    def grant(self, role_id, to, project_id=None):
        """To `("groups" | "users" | "agencies", id)`, in a project or in the account with all of them."""
        kind, grantee_id = to
        version = "/v3.0/OS-AGENCY" if kind == "agencies" else "/v3"
        place = f"projects/{project_id}" if project_id else f"domains/{self.domain_id()}"
        self.done("PUT", f"{version}/{place}/{kind}/{grantee_id}/roles/{role_id}")

    def person(self, name, *statements, project_id=None, **more):
        """A user with a key and a policy of its own: their id, and the key."""
        user_id = self.user(name, **more)
        if statements:
            self.grant(self.policy(f"{name}'s", *statements), ("users", user_id), project_id)
        return user_id, self.key(user_id)

    def login(self, name, password, project_id=None, **scope):
        """The answer to a name and a password."""
        user = {"name": name, "password": password, "domain": {"name": "unlade"}}
        auth = {"identity": {"methods": ["password"], "password": {"user": user}}}
        auth["scope"] = scope or ({"project": {"id": project_id}} if project_id else {"domain": {"name": "unlade"}})
        return raw(self.server, "POST", "/v3/auth/tokens", body={"auth": auth}, signed=False)

    def temporary_key(self, policy=None, agency=None, **more):
        """The answer to a wish for a key that ends by itself."""
        method, what = ("assume_role", {"agency_name": agency, **more}) if agency else ("token", more)
        identity = {"methods": [method], method: what, **({"policy": policy} if policy else {})}
        return self.ask("POST", "/v3.0/OS-CREDENTIAL/securitytokens", {"auth": {"identity": identity}})
