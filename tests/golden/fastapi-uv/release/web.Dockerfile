FROM python:3.14-slim AS build
RUN --mount=type=cache,target=/root/.cache/pip python -m venv /opt/tool && /opt/tool/bin/pip install 'uv==0.*'
ENV VIRTUAL_ENV=/opt/venv \
    PATH=/opt/venv/bin:/opt/tool/bin:$PATH
ENV UV_PROJECT_ENVIRONMENT=/opt/venv \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_PYTHON_DOWNLOADS=never
RUN python -m venv /opt/venv
WORKDIR /app
COPY pyproject.toml uv.lock .python-version /app/
RUN --mount=type=cache,target=/root/.cache uv sync --frozen --no-dev --no-editable --no-install-project
COPY . /app/
RUN --mount=type=cache,target=/root/.cache uv sync --frozen --no-dev --no-editable

FROM python:3.14-slim AS run
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
ENV PORT=8000 \
    UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN=8
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build --chown=10001:10001 /app/ /app/
USER 10001:10001
EXPOSE 8000
LABEL org.opencontainers.image.title="fastapi-uv-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["uvicorn", "shop.main:app", "--host", "0.0.0.0", "--port", "8000"]
