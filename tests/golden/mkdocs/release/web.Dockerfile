FROM python:3.13-slim AS build
WORKDIR /app
# hadolint ignore=DL3013,DL3028
RUN --mount=type=cache,target=/root/.cache/pip pip install mkdocs-material
COPY . /app/
RUN mkdocs build

FROM caddy:2-alpine AS run
ENV XDG_CONFIG_HOME=/tmp \
    XDG_DATA_HOME=/tmp
RUN printf '%s\n' \
    '{' \
    '    admin off' \
    '}' \
    ':8080 {' \
    '    root * /srv' \
    '    encode gzip' \
    '    file_server' \
    '    header X-Content-Type-Options nosniff' \
    '}' > /etc/caddy/Caddyfile
COPY --from=build /app/site/ /srv/
USER 10001:10001
EXPOSE 8080
LABEL org.opencontainers.image.title="mkdocs-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
