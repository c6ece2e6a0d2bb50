"""Reads entries one by one as they come: counts their words and marks them as read."""

import signal
import sys
import time

import psycopg
import redis

from guestbook import VERSION, store


def work():
    """Read what was left over from before, then whatever the queue hands over."""
    store.prepare()
    for number in store.unread():
        report(number)
    line = store.queue()
    while True:
        job = line.brpop(store.QUEUE, timeout=20)
        if job is not None:
            report(int(job[1]))


def report(number):
    print(f"entry {number}: {store.read(number)} words", flush=True)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"guestbook worker {VERSION}", flush=True)
    while True:
        try:
            work()
        except (psycopg.OperationalError, redis.RedisError) as error:
            print(f"waiting: {error}", file=sys.stderr, flush=True)
            time.sleep(1)


if __name__ == "__main__":
    main()
