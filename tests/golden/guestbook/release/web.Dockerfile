FROM python:3.13-slim AS build
ENV VIRTUAL_ENV=/opt/venv \
    PATH=/opt/venv/bin:$PATH
RUN python -m venv /opt/venv
WORKDIR /app
COPY requirements.txt /app/
RUN --mount=type=cache,target=/root/.cache/pip pip install --requirement requirements.txt
COPY . /app/

FROM python:3.13-slim AS run
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
ENV PORT=8000 \
    GUNICORN_CMD_ARGS="--graceful-timeout=8 --worker-tmp-dir=/dev/shm"
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build --chown=10001:10001 /app/ /app/
USER 10001:10001
EXPOSE 8000
LABEL org.opencontainers.image.title="guestbook-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "guestbook.web:app"]
