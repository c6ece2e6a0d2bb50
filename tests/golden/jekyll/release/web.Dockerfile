FROM ruby:3.3-slim AS build
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends build-essential git \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY Gemfile Gemfile.lock /app/
# hadolint ignore=DL3013,DL3028
RUN --mount=type=cache,target=/root/.cache bundle install
COPY . /app/
RUN bundle exec jekyll build

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
COPY --from=build /app/_site/ /srv/
USER 10001:10001
EXPOSE 8080
LABEL org.opencontainers.image.title="jekyll-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
