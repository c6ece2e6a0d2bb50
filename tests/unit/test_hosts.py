"""Which hosts there are, which one it is, and what keeps them apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from machete_tui.core import hosts
from machete_tui.core.config import Config, load
from machete_tui.core.configured import settings_for
from machete_tui.core.errors import InvalidInput, NotFound
from machete_tui.core.settings import Settings


@pytest.fixture
def base(tmp_path: Path) -> Settings:
    return Settings(state_dir=tmp_path / "state", docker_config=tmp_path / "docker", docker_host="")


def context(folder: Path, name: str, url: str, *, tls: bool = False, current: bool = False) -> None:
    """Write a docker context as the docker client does."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    meta = folder / "contexts" / "meta" / digest / "meta.json"
    meta.parent.mkdir(parents=True)
    endpoint = {"Host": url, "SkipTLSVerify": False}
    meta.write_text(json.dumps({"Name": name, "Metadata": {}, "Endpoints": {"docker": endpoint}}))
    if tls:
        (folder / "contexts" / "tls" / digest / "docker").mkdir(parents=True)
    if current:
        (folder / "config.json").write_text(json.dumps({"currentContext": name}))


def configured(tmp_path: Path, text: str) -> Config:
    file = tmp_path / "config.toml"
    file.write_text(text)
    return load(file)


def of(
    base: Settings, config: Config | None = None, host: str = "", environ: Mapping[str, str] | None = None
) -> Settings:
    return settings_for(config, host, base=base, environ={"HOME": "/nowhere", **(environ or {})})


def test_nothing_said_is_this_machine_in_the_state_folder_itself(base: Settings) -> None:
    settings = of(base)
    assert (settings.host, settings.docker_host, settings.state_dir) == ("", "", base.state_dir)


def test_each_host_has_a_state_folder_of_its_own(base: Settings, tmp_path: Path) -> None:
    context(base.docker_config, "box", "ssh://ops@box", tls=True)
    config = configured(tmp_path, '[hosts.prod]\nurl = "ssh://prod"\nproduction = true\n')
    box, prod, url = of(base, config, "box"), of(base, config, "prod"), of(base, config, "tcp://far:2375")
    assert {s.state_dir.relative_to(base.state_dir).as_posix() for s in (box, prod, url)} == {
        "hosts/box",
        "hosts/prod",
        "hosts/tcp-far-2375",
    }
    assert all(s.home == base.state_dir for s in (box, prod, url))
    assert (box.docker_host, box.host, bool(box.docker_tls)) == ("ssh://ops@box", "box", True)
    assert (prod.production, prod.read_only) == (True, False)
    assert of(base, config, "local").state_dir == base.state_dir


def test_what_goes_before_what(base: Settings, tmp_path: Path) -> None:
    context(base.docker_config, "ctx", "tcp://ctx", current=True)
    context(base.docker_config, "env", "tcp://env")
    config = configured(
        tmp_path, 'host = "file"\n[hosts.file]\nurl = "tcp://file"\n[hosts.kept]\nurl = "tcp://kept"'
    )
    assert of(base).host == "ctx"
    assert of(base, config).host == "file"
    hosts.remember(base, "kept")
    assert of(base, config).host == "kept"
    assert of(base, config, environ={"DOCKER_CONTEXT": "env"}).host == "env"
    socket = {"DOCKER_CONTEXT": "env", "DOCKER_HOST": "unix:///run/x.sock"}
    assert of(base, config, environ=socket).docker_host == "unix:///run/x.sock"
    assert of(base, config, "ctx", environ=socket).host == "ctx"
    hosts.remember(base, "local")
    assert of(base, config).host == "file"
    assert of(base, environ={"DOCKER_CONTEXT": "default"}).host == ""


def test_a_remote_docker_host_keeps_its_services_to_itself(base: Settings) -> None:
    far = of(base, environ={"DOCKER_HOST": "tcp://far:2375"})
    assert far.state_dir == base.state_dir / "hosts" / "tcp-far-2375"
    near = of(base, environ={"DOCKER_HOST": "unix:///run/other.sock"})
    assert near.state_dir == base.state_dir


def test_a_host_is_protected_however_it_is_called(base: Settings, tmp_path: Path) -> None:
    context(base.docker_config, "box", "ssh://ops@box/")
    config = configured(
        tmp_path, '[hosts.prod]\nurl = "ssh://ops@box:22"\nread_only = true\nproduction = true\n'
    )
    for name in ("prod", "box", "ssh://ops@box", "ssh://ops@BOX:22/"):
        assert (of(base, config, name).read_only, of(base, config, name).production) == (True, True), name
    far = of(base, config, environ={"DOCKER_HOST": "ssh://ops@box"})
    assert far.production
    assert far.read_only


def test_this_machine_can_be_protected_too(base: Settings, tmp_path: Path) -> None:
    settings = of(base, configured(tmp_path, "[hosts.local]\nread_only = true\n"))
    assert (settings.read_only, settings.host, settings.state_dir) == (True, "", base.state_dir)


@pytest.mark.parametrize(
    ("host", "error", "said"),
    [
        ("nope", NotFound, "there is no host 'nope'"),
        ("prdo", NotFound, "there is no host 'prdo'"),
        ("ftp://x", InvalidInput, "must be like ssh://"),
        ("ssh://", InvalidInput, "must be like ssh://"),
        ("bad", InvalidInput, "read_ony is unknown"),
        ("empty", InvalidInput, "it has no url"),
    ],
)
def test_a_host_that_cannot_be_used_is_told(
    base: Settings, tmp_path: Path, host: str, error: type[Exception], said: str
) -> None:
    config = configured(
        tmp_path, '[hosts.prod]\nurl="tcp://p"\n[hosts.bad]\nurl="tcp://b"\nread_ony=true\n[hosts.empty]\n'
    )
    with pytest.raises(error, match=said):
        of(base, config, host)


def test_a_chosen_host_that_is_gone_refuses_rather_than_meaning_another(base: Settings) -> None:
    hosts.remember(base, "gone")
    settings = of(base)
    assert settings.host == ""
    assert "there is no host 'gone'" in settings.faults[0]


def test_contexts_that_cannot_be_read_are_left_out(base: Settings) -> None:
    context(base.docker_config, "good", "tcp://good")
    context(base.docker_config, "../../evil", "tcp://evil")
    for number, text in enumerate(("{", "[]", '{"Name": 3}', '{"Name": "x", "Endpoints": {}}')):
        file = base.docker_config / "contexts" / "meta" / str(number) / "meta.json"
        file.parent.mkdir()
        file.write_text(text)
    assert [c.name for c in hosts.contexts(base.docker_config)] == ["good"]
    (base.docker_config / "config.json").write_text("[]")
    assert hosts.current_context(base.docker_config) == ""
