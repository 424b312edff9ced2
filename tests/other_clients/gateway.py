"""What the folder of a local gateway over TLS says."""

import json
import pathlib
import sys

FOLDER = pathlib.Path(sys.argv[1])
PORT = (FOLDER / "port").read_text().strip()
ENDPOINT = f"127.0.0.1:{PORT}"
CA = str(FOLDER / "ca.pem")
ACCESS_KEY = json.loads((FOLDER / "access_key.json").read_text())
ID = ACCESS_KEY["access_key_id"]
SECRET = ACCESS_KEY["access_key_secret"]
TEMPORARY = ACCESS_KEY["temporary"]
BEARER_TOKEN = ACCESS_KEY["bearer_token"]
CLIENT_KEY = str(FOLDER / "client_key.json")
PASSWORD = (FOLDER / "password").read_text()
