FROM debian:trixie-slim AS build
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates hugo \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY . /app/
RUN hugo --minify

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
COPY --from=build /app/public/ /srv/
USER 10001:10001
EXPOSE 8080
LABEL org.opencontainers.image.title="hugo-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
