"""The container files: what they copy is there, and every service is looked after."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name for name, service in SERVICES.items() if service.get("image") == "numeneon"}
# They end by themselves, or PostgreSQL and Redis leave root behind on their own.
ROOTS = {"postgres", "redis", "cache"}


def copied() -> set[str]:
    """What the image is given: the exceptions of the file that keeps all else outside."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    return {line[1:] for line in lines if line.startswith("!")}


def test_the_image_gets_all_of_the_product_and_nothing_else() -> None:
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}

    assert copied() == {"manage.py", "requirements.txt"} | apps
    assert all((ROOT / name).exists() for name in copied())


def test_the_image_is_not_of_root_and_tells_whether_it_lives() -> None:
    *_, image = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)

    assert image.index("USER numeneon") < image.index("HEALTHCHECK") < image.index('CMD ["granian')
    assert "requirements-dev" not in DOCKERFILE


def test_the_client_programs_are_of_the_version_of_the_server() -> None:
    [major] = re.findall(r"^ARG POSTGRES_MAJOR=(\d+)$", DOCKERFILE, re.MULTILINE)

    assert COMPOSE["x-app"]["build"]["args"]["POSTGRES_MAJOR"] == major
    assert {SERVICES[name]["image"] for name in ("postgres", "replica")} == {
        f"postgres:{major}-trixie"
    }


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_is_looked_after(name: str) -> None:
    service = SERVICES[name]

    assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")
    assert service["deploy"]["resources"]["limits"]["memory"]
    # The image's own, for web and live; what migrates has an end instead.
    assert "healthcheck" in service or name in {"web", "live", "pgbouncer"}
    for other, condition in service.get("depends_on", {}).items():
        ends = other == "migrate"
        expected = "service_completed_successfully" if ends else "service_healthy"
        assert condition == {"condition": expected}
    for port in service.get("ports", []):
        assert port.startswith("127.0.0.1:")


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - ROOTS - {"replica"}))
def test_a_service_cannot_become_more_than_it_is(name: str) -> None:
    service = SERVICES[name]

    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    # Compose copies files into these two, which it could not otherwise.
    assert service["read_only"] is (name not in {"pgbouncer", "prometheus"})


def test_only_what_migrates_goes_past_the_pooler() -> None:
    pooled = {name: SERVICES[name]["environment"]["DATABASE_POOLED"] for name in OURS}
    reached = {name: SERVICES[name]["environment"]["DATABASE_URL"].split("@")[1] for name in OURS}

    assert pooled == {name: "0" if name == "migrate" else "1" for name in OURS}
    assert reached == {
        name: "postgres:5432/numeneon" if name == "migrate" else "pgbouncer:6432/numeneon"
        for name in OURS
    }


def test_the_broker_loses_and_evicts_nothing_and_the_cache_keeps_nothing() -> None:
    broker, cache = (" ".join(SERVICES[name]["command"]) for name in ("redis", "cache"))

    assert "--appendonly yes" in broker
    assert "--maxmemory-policy noeviction" in broker
    assert "redis:/data" in SERVICES["redis"]["volumes"]
    assert "--save  " in cache
    assert "--maxmemory-policy volatile-lru" in cache
    assert "volumes" not in SERVICES["cache"]


def test_there_is_one_schedule_and_a_worker_has_time_to_hand_back(settings) -> None:
    grace = SERVICES["worker"]["stop_grace_period"]

    assert SERVICES["beat"]["deploy"]["replicas"] == 1
    assert int(grace.removesuffix("s")) > settings.WORKER_STOP_S


def test_what_is_mounted_is_there_and_every_volume_is_declared() -> None:
    volumes = [volume.split(":") for one in SERVICES.values() for volume in one.get("volumes", [])]
    files = [source for source, *_ in volumes if source.startswith("./")]
    files += [config["file"] for config in COMPOSE["configs"].values() if "file" in config]

    assert [file for file in files if not (ROOT / file).exists()] == []
    assert {source for source, *_ in volumes if "/" not in source} == COMPOSE["volumes"].keys()
