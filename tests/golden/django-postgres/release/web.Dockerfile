FROM python:3.12-slim AS build
# A base image made from Debian's packages has Python's headers in a package of their own.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends build-essential gcc git libpq-dev libpq5 \
    && { command -v python3-config > /dev/null || apt-get install --yes --no-install-recommends python3-dev; } \
    && rm -rf /var/lib/apt/lists/*
ENV VIRTUAL_ENV=/opt/venv \
    PATH=/opt/venv/bin:$PATH
RUN python -m venv /opt/venv
WORKDIR /app
COPY requirements/production.txt requirements/base.txt /app/requirements/
# hadolint ignore=DL3013
RUN --mount=type=cache,target=/root/.cache/pip pip install --requirement requirements/production.txt gunicorn
COPY . /app/
# The code insists on these names; the values serve this one command only.
RUN SECRET_KEY=placeholder DATABASE_URL=sqlite:////tmp/build.db sh -c 'python manage.py collectstatic --noinput'

FROM python:3.12-slim AS run
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpq5 \
    && rm -rf /var/lib/apt/lists/*
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
ENV PORT=8000 \
    GUNICORN_CMD_ARGS="--graceful-timeout=8 --worker-tmp-dir=/dev/shm" \
    DJANGO_SETTINGS_MODULE=shop.settings
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build --chown=10001:10001 /app/ /app/
USER 10001:10001
EXPOSE 8000
LABEL org.opencontainers.image.title="django-postgres-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "shop.wsgi:application"]
