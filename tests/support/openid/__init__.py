"""A real OpenID provider in a process of its own, and people who sign in at it.

    with running(tmp_path) as provider:
        token = provider.access_token("ann")

The npm package `oidc-provider`, which is certified; `provider.mjs` only configures it.
"""

import base64
import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from tests.support.openid.keys import SigningKey, ec_key, ed_key, rsa_key

AUDIENCE = "https://expenseflow.example.com/api"
CLIENT = "expenseflow-web"
PUBLIC_CLIENT = "expenseflow-public"
SECRET = "the secret of the client, which is long"
SCRIPT = "a-script"
ADMIN_ROLE = "expenseflow-admin"
_MAIN = Path(__file__).with_name("provider.mjs")
_NODE = Path(__file__).parents[3] / ".venv" / "node-bin" / "node"
_SCRIPT_HOME = "http://127.0.0.1:1/back"
ACCOUNTS: Mapping[str, Any] = {
    "ann": {"email": "ann@example.com", "email_verified": True, "roles": []},
    "bob": {"email": "bob@example.com", "email_verified": True, "roles": []},
    "eve": {"email": "ann@example.com", "email_verified": False},
    "root": {"email": "root@example.com", "email_verified": True, "roles": ["x", ADMIN_ROLE]},
}


@dataclass
class OpenIdProvider:
    """One that runs; `keys` are those it signs with."""

    issuer: str
    keys: list[SigningKey]
    process: subprocess.Popen[str] = field(repr=False)

    @property
    def settings(self) -> dict[str, Any]:
        """What ExpenseFlow is told of it."""
        return settings_for(self.issuer)

    def access_token(self, login: str = "ann") -> str:
        """What a program gets for this person: a JWT for our audience."""
        return self.tokens(login)["access_token"]

    def tokens(self, login: str = "ann", *, resource: str | None = AUDIENCE) -> dict[str, Any]:
        """The answer of the token endpoint after a code flow of this person."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        wanted = {
            "client_id": SCRIPT,
            "redirect_uri": _SCRIPT_HOME,
            "response_type": "code",
            "scope": "openid email profile offline_access api",
            "prompt": "consent",
            "code_challenge": challenge.decode().rstrip("="),
            "code_challenge_method": "S256",
            **({"resource": resource} if resource else {}),
        }
        with httpx.Client() as browser:
            back = sign_in(browser, str(httpx.URL(f"{self.issuer}/auth", params=wanted)), login)
        [code] = parse_qs(urlsplit(back).query)["code"]
        return self._token_endpoint(
            grant_type="authorization_code",
            code=code,
            redirect_uri=_SCRIPT_HOME,
            code_verifier=verifier,
            **({"resource": resource} if resource else {}),
        )

    def token_of_a_script(self) -> str:
        """What a program gets for itself."""
        answer = self._token_endpoint(
            grant_type="client_credentials", resource=AUDIENCE, scope="api"
        )
        return answer["access_token"]

    def rotate(self, *keys: SigningKey) -> None:
        """From now on it publishes these keys, and signs with them."""
        self.keys = list(keys)
        self.tell("keys", {"keys": [key.jwk for key in keys]})

    def tell(self, name: str, news: Any) -> None:
        """Change its accounts, or anything else it was told."""
        httpx.post(f"{self.issuer}/_test/{name}", json=news).raise_for_status()

    def asked(self, path: str) -> int:
        """How often somebody asked for this path."""
        return httpx.get(f"{self.issuer}/_test/asked").json().get(path, 0)

    def stop(self) -> None:
        """Nobody answers any more."""
        self.process.kill()
        self.process.wait()

    @contextmanager
    def silent(self) -> Generator[None]:
        """It takes connections and says nothing for as long as the block runs."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def _token_endpoint(self, **wanted: str) -> dict[str, Any]:
        answer = httpx.post(f"{self.issuer}/token", data=wanted, auth=(SCRIPT, SECRET))
        assert answer.is_success, answer.text
        return answer.json()


def settings_for(issuer: str) -> dict[str, Any]:
    """Those of an installation whose people sign in there."""
    return {
        "auth_mode": "oidc",
        "oidc_issuer": issuer,
        "oidc_audience": AUDIENCE,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "signing_key": "a signing key of the tests, long enough",
    }


def sign_in(browser: httpx.Client, url: str, login: str) -> str:
    """Follow the provider's pages as this person; the address it sends the browser back to."""
    ours = urlsplit(url).netloc
    for _ in range(12):
        answer = browser.get(url)
        if form := re.search(r'<form[^>]*action="([^"]+)"', answer.text):
            [prompt] = re.findall(r'name="prompt" value="(\w+)"', answer.text)
            told = {"prompt": prompt, "login": login, "password": "any"}
            answer = browser.post(urljoin(url, form[1]), data=told)
        assert answer.is_redirect, f"{answer.status_code} {url}: {answer.text[:2000]}"
        url = urljoin(url, answer.headers["location"])
        if urlsplit(url).netloc != ours:
            return url
    raise AssertionError(f"the provider never came to an end; last {url}")


@contextmanager
def running(
    folder: Path,
    *,
    redirects: tuple[str, ...] = (),
    signs_out_to: tuple[str, ...] = (),
    port: int = 0,
    **told: Any,
) -> Generator[OpenIdProvider]:
    """A provider of these clients for as long as the block runs."""
    keys = [rsa_key(), ec_key(), ed_key()]
    given = {
        "jwks": {"keys": [key.jwk for key in keys]},
        "clients": _clients(redirects, signs_out_to),
        "audience": AUDIENCE,
        "accounts": ACCOUNTS,
        "port": port,
        **told,
    }
    log = folder / "openid.log"
    process = _start(given, log)
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first.startswith("openid at "), log.read_text()
        yield OpenIdProvider(first.removeprefix("openid at ").strip(), keys, process)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _start(given: dict[str, Any], log: Path) -> subprocess.Popen[str]:
    node = str(_NODE) if _NODE.exists() else shutil.which("node")
    assert node, "there is no Node.js; make setup finds or installs one"
    environment = {"PATH": os.environ["PATH"], "NODE_ENV": "test"}
    with log.open("w") as errors:
        process = subprocess.Popen(
            [node, str(_MAIN)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
        )
    assert process.stdin is not None
    process.stdin.write(json.dumps(given))
    process.stdin.close()
    return process


def _clients(redirects: tuple[str, ...], signs_out_to: tuple[str, ...]) -> list[dict[str, Any]]:
    ours: dict[str, Any] = {
        "redirect_uris": list(redirects) or ["http://127.0.0.1:1/unused"],
        "post_logout_redirect_uris": list(signs_out_to),
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
    }
    script = {
        "client_id": SCRIPT,
        "client_secret": SECRET,
        "application_type": "native",
        "redirect_uris": [_SCRIPT_HOME],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_method": "client_secret_basic",
    }
    return [
        {**ours, "client_id": CLIENT, "client_secret": SECRET},
        {**ours, "client_id": PUBLIC_CLIENT, "token_endpoint_auth_method": "none"},
        script,
    ]
