"""What the web asks."""

from pathlib import Path

from flask import Flask

app = Flask(__name__)
VERSION = Path(__file__).with_name("VERSION").read_text().strip()


@app.get("/")
def index():
    return f"api {VERSION}\n"


@app.get("/health")
def health():
    return "ok\n"
