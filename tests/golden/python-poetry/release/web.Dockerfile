FROM python:3.13-slim AS build
RUN --mount=type=cache,target=/root/.cache/pip python -m venv /opt/tool && /opt/tool/bin/pip install 'poetry==2.*' 'poetry-plugin-export==1.*'
ENV VIRTUAL_ENV=/opt/venv \
    PATH=/opt/venv/bin:/opt/tool/bin:$PATH
RUN python -m venv /opt/venv
WORKDIR /app
COPY pyproject.toml poetry.lock /app/
RUN --mount=type=cache,target=/root/.cache/pip poetry export --only main --without-hashes --output /tmp/requirements.txt && pip install --requirement /tmp/requirements.txt
COPY . /app/

FROM python:3.13-slim AS run
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
ENV PORT=8000
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build --chown=10001:10001 /app/ /app/
USER 10001:10001
EXPOSE 8000
LABEL org.opencontainers.image.title="python-poetry-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["hypercorn", "--bind", "0.0.0.0:8000", "app:app"]
