import dataclasses

from machete_tui.core.secrets import MASK
from machete_tui.ui.wizard.connections import Connection, connections, injected
from tests.unit.wizard.sample import DB, SHOP


def test_each_component_is_told_of_what_it_uses_with_passwords_masked() -> None:
    assert connections(SHOP) == (
        Connection("db", "web", "DATABASE_URL", f"postgresql://app:{MASK}@db:5432/app"),
        Connection("redis", "worker", "REDIS_URL", "redis://redis:6379/0"),
    )
    assert injected(SHOP) == {"web": {"DATABASE_URL": "db"}, "worker": {"REDIS_URL": "redis"}}


def test_a_service_that_is_off_tells_nobody_anything() -> None:
    off = dataclasses.replace(SHOP, backing_services=(dataclasses.replace(DB, enabled=False),), edges=())
    assert connections(off) == ()
