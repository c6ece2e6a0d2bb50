"""A web app with one page and a health path."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index() -> str:
    return "<h1>It works</h1><p>Change <code>app.py</code> and deploy again.</p>"


@app.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok"}
