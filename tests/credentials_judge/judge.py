"""What the official Python package `alibabacloud-credentials` makes of files of credentials.

Each file is put where the package looks for it, in a process and a home directory of its own. The
package's requests are answered here and written down, as far as they can be compared: whom they are
for, what they ask, and with what proof.

    judge.py check     compares with what is recorded
    judge.py record    records anew
"""

import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from urllib.parse import parse_qsl

DATA = pathlib.Path("data/credentials")
RECORD = DATA / "recorded.json"
END = "2099-01-01T00:00:00Z"

# Where the package looks in the home directory.
PLACES = {".json": ".aliyun/config.json", ".ini": ".alibabacloud/credentials.ini"}

# Of a request to STS: the rest is of the signature, which differs from ours.
STS_PARAMETERS = {
    "DurationSeconds", "RoleArn", "RoleSessionName", "Policy", "ExternalId", "OIDCProviderArn",
    "OIDCToken",
}

# Files that are asked for a profile by name too.
NAMED = {"cli/several.json": ["a", "b", "c"], "ini/several.ini": ["billing", "DEFAULT", "c"],
         "ini/spaces_in_the_name.ini": [" default "], "ini/defaults.ini": ["DEFAULT"]}


def key(name):
    return {"AccessKeyId": f"{name}-id", "AccessKeySecret": f"{name}-secret",
            "SecurityToken": f"{name}-token", "Expiration": END}


class Answer:
    status_code = 200
    headers = {}

    def __init__(self, content):
        text = content if isinstance(content, str) else json.dumps(content)
        self.body = text.encode()


class Servers:
    """Answers what the package asks, and writes it down."""

    def __init__(self):
        self.asked = []

    def answer(self, request, _options):
        host, path = request.headers["host"], request.pathname or "/"
        # 80 stands for no port, whatever the scheme.
        if request.port not in (None, 80):
            host = f"{host}:{request.port}"
        if host.startswith("sts"):
            asked = {"to": f"https://{host}/", "action": request.query["Action"],
                     "parameters": {name: value for name, value in request.query.items()
                                    if name in STS_PARAMETERS}}
            if "AccessKeyId" in request.query:
                asked["proof"] = [request.query["AccessKeyId"], request.query.get("SecurityToken")]
            return self.note(asked, {"Credentials": key("role")})
        asked = {"to": f"{request.method} {request.protocol}://{host}{path}"}
        if path == "/cloud-credentials":
            asked |= {"parameters": json.loads(body(request)),
                      "proof": request.headers["Authorization"]}
            return self.note(asked, {"CloudCredential": key("portal")})
        if path == "/v1/token":
            form = dict(parse_qsl(body(request)))
            del form["Timestamp"]
            asked |= {"parameters": form}
            return self.note(asked, {"access_token": "access-2", "refresh_token": "refresh-2",
                                     "expires_in": 3600})
        if path == "/v1/exchange":
            asked |= {"proof": request.headers["Authorization"]}
            return self.note(asked, key("oauth"))
        if path == "/latest/api/token":
            return self.note(asked, "metadata-token")
        asked |= {"proof": request.headers["X-aliyun-ecs-metadata-token"]}
        if path.endswith("/"):
            return self.note(asked, "found-role")
        return self.note(asked, {"Code": "Success", **key("instance")})

    def note(self, asked, content):
        # The package asks for some things twice.
        if asked not in self.asked:
            self.asked.append(asked)
        return Answer(content)


def body(request):
    content = request.body
    if isinstance(content, io.IOBase):
        content = content.read()
    return content.decode() if isinstance(content, bytes) else content


def judged(path):
    """In a process of its own: what the package gives."""
    from Tea.core import TeaCore
    from alibabacloud_credentials.provider import (
        CLIProfileCredentialsProvider, ProfileCredentialsProvider)

    servers = Servers()
    TeaCore.do_action = servers.answer
    result = {}
    try:
        is_cli = path.endswith(".json")
        given = (CLIProfileCredentialsProvider if is_cli else ProfileCredentialsProvider)()
        given = given.get_credentials()
        result["credential"] = [given.get_access_key_id(), given.get_access_key_secret(),
                                given.get_security_token()]
        if not all(result["credential"][:2]):
            raise ValueError("half a credential")
    except (Exception, RecursionError):
        return {"credential": None}
    if servers.asked:
        result["asked"] = servers.asked
    # What other modes write is read by nobody, and this crate does not write it.
    if any("/v1/" in asked["to"] for asked in servers.asked):
        written = json.loads(pathlib.Path(path).read_text())
        for profile in written["profiles"]:
            if profile.get("oauth_access_token") == "access-2":
                # It depends on the time.
                profile["oauth_access_token_expire"] = "in an hour"
        result["written"] = written
    return result


def cases():
    for path in sorted(DATA.glob("*/*.*")):
        name = f"{path.parent.name}/{path.name}"
        if path.parent.name in ("cli", "ini"):
            for profile in [None, *NAMED.get(name, [])]:
                yield name, profile


def judge(name, profile):
    with tempfile.TemporaryDirectory() as home:
        path = pathlib.Path(home, PLACES[pathlib.Path(name).suffix])
        path.parent.mkdir()
        shutil.copy(DATA / name, path)
        environment = {"HOME": home, "PATH": os.environ["PATH"]}
        if profile is not None:
            environment["ALIBABA_CLOUD_PROFILE"] = profile
        line = [sys.executable, __file__, "one", str(path)]
        done = subprocess.run(line, env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{name}: the package could not be asked\n{done.stderr}")
        case = {"file": name}
        if profile is not None:
            case["profile"] = profile
        return case | json.loads(done.stdout.splitlines()[-1])


def main():
    if sys.argv[1] == "one":
        print(json.dumps(judged(sys.argv[2])), flush=True)
        # The package leaves threads behind.
        os._exit(0)
    record = [judge(name, profile) for name, profile in cases()]
    if sys.argv[1] == "record":
        lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in record)
        RECORD.write_text(f"[\n{lines}\n]\n")
        return
    old = json.loads(RECORD.read_text())
    wrong = [case["file"] for case in record if case not in old]
    if wrong or len(old) != len(record):
        sys.exit(f"the record does not hold any more: {wrong}; see tests/credentials_judge/run")
    print(f"{len(record)} cases are as recorded")


main()
