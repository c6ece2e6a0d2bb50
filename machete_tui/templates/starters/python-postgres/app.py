"""Notes in PostgreSQL: one page to read and add them, and a health path that asks the database."""

import os

import psycopg
from flask import Flask, redirect, render_template_string, request
from werkzeug.wrappers import Response

DATABASE_URL = os.environ["DATABASE_URL"]

PAGE = """<!doctype html><title>Notes</title><h1>Notes</h1>
<form method="post"><input name="text" required autofocus> <button>Add</button></form>
<ul>{% for note in notes %}<li>{{ note }}</li>{% endfor %}</ul>"""

app = Flask(__name__)


def connect() -> psycopg.Connection:
    connection = psycopg.connect(DATABASE_URL, connect_timeout=5)
    connection.execute("CREATE TABLE IF NOT EXISTS notes (id serial PRIMARY KEY, text text NOT NULL)")
    return connection


@app.get("/")
def index() -> str:
    with connect() as connection:
        rows = connection.execute("SELECT text FROM notes ORDER BY id DESC LIMIT 100").fetchall()
    return render_template_string(PAGE, notes=[text for (text,) in rows])


@app.post("/")
def add() -> Response:
    with connect() as connection:
        connection.execute("INSERT INTO notes (text) VALUES (%s)", (request.form["text"],))
    return redirect("/")


@app.get("/healthz")
def healthz() -> dict[str, str]:
    with connect() as connection:
        connection.execute("SELECT 1")
    return {"status": "ok"}
