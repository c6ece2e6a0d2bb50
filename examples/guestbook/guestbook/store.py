"""What both processes share: the table of entries and the queue of those still to be read."""

import os

import psycopg
import redis
from psycopg.rows import dict_row

QUEUE = "guestbook:unread"
LOCK = 7_265_110

SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    message text NOT NULL,
    signed timestamptz NOT NULL DEFAULT now(),
    words integer,
    read timestamptz
)
"""


def database():
    """Open a connection; use it in a with block, which commits and closes it."""
    return psycopg.connect(os.environ["DATABASE_URL"], row_factory=dict_row, connect_timeout=3)


def queue():
    """Return a client of Redis; it connects when it is first used."""
    return redis.Redis.from_url(
        os.environ["REDIS_URL"], socket_connect_timeout=3, socket_timeout=30, decode_responses=True
    )


def prepare():
    """Make the table where it is missing; two processes that start at once take turns."""
    with database() as db:
        db.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        db.execute(SCHEMA)


def sign(name, message):
    """Keep an entry and hand it to the worker; returns its number."""
    with database() as db:
        row = db.execute(
            "INSERT INTO entries (name, message) VALUES (%s, %s) RETURNING id", (name, message)
        ).fetchone()
    queue().lpush(QUEUE, row["id"])
    return row["id"]


def latest(limit=50):
    """Return the newest entries first."""
    with database() as db:
        return db.execute("SELECT * FROM entries ORDER BY id DESC LIMIT %s", (limit,)).fetchall()


def read(number):
    """Count an entry's words and mark it as read; returns the count, or None when it is gone."""
    with database() as db:
        row = db.execute("SELECT message FROM entries WHERE id = %s", (number,)).fetchone()
        if row is None:
            return None
        words = len(row["message"].split())
        db.execute("UPDATE entries SET words = %s, read = now() WHERE id = %s", (words, number))
        return words


def unread():
    """Return the numbers of entries that were never read, oldest first."""
    with database() as db:
        return [row["id"] for row in db.execute("SELECT id FROM entries WHERE read IS NULL ORDER BY id")]
