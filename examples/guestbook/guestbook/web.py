"""The pages."""

import os

import psycopg
import redis
from flask import Flask, redirect, render_template, request, url_for

from guestbook import VERSION, store

NAME_LIMIT, MESSAGE_LIMIT = 60, 500

app = Flask(__name__)
store.prepare()


@app.get("/")
def index():
    return render_template(
        "index.html", entries=store.latest(), version=VERSION, title=os.environ.get("TITLE", "Guestbook")
    )


@app.post("/")
def sign():
    name = request.form.get("name", "").strip()[:NAME_LIMIT]
    message = request.form.get("message", "").strip()[:MESSAGE_LIMIT]
    if not name or not message:
        return redirect(url_for("index"))
    store.sign(name, message)
    return redirect(url_for("index"), code=303)


@app.get("/entries")
def entries():
    return [
        {"name": e["name"], "message": e["message"], "words": e["words"], "read": e["read"] is not None}
        for e in store.latest()
    ]


@app.get("/health")
def health():
    """Answer 200 when both PostgreSQL and Redis answer, else 503 with what is wrong."""
    said = {"version": VERSION, "database": "ok", "redis": "ok"}
    try:
        with store.database() as db:
            db.execute("SELECT 1")
    except psycopg.Error as error:
        said["database"] = type(error).__name__
    try:
        store.queue().ping()
    except redis.RedisError as error:
        said["redis"] = type(error).__name__
    well = said["database"] == said["redis"] == "ok"
    return said, 200 if well else 503
