FROM ruby:3.3-slim AS build
ENV GEM_HOME=/usr/local/bundle \
    BUNDLE_APP_CONFIG=/usr/local/bundle \
    BUNDLE_WITHOUT=development:test \
    BUNDLE_SILENCE_ROOT_WARNING=1 \
    PATH=/usr/local/bundle/bin:$PATH
WORKDIR /app
COPY Gemfile /app/
# A base image that holds these gems already needs neither compiler nor registry.
# hadolint ignore=DL3008
RUN --mount=type=cache,target=/usr/local/bundle/cache mkdir -p /usr/local/bundle/gems; bundle check || { \
        apt-get update \
        && apt-get install --yes --no-install-recommends build-essential git libyaml-dev pkg-config \
        && rm -rf /var/lib/apt/lists/* \
        && bundle install --jobs 4; \
    }
COPY . /app/

FROM ruby:3.3-slim AS run
ENV GEM_HOME=/usr/local/bundle \
    BUNDLE_APP_CONFIG=/usr/local/bundle \
    BUNDLE_WITHOUT=development:test \
    BUNDLE_SILENCE_ROOT_WARNING=1 \
    PATH=/usr/local/bundle/bin:$PATH
ENV RACK_ENV=production \
    APP_ENV=production
ENV PORT=4567
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app
WORKDIR /app
COPY --from=build /usr/local/bundle /usr/local/bundle
COPY --from=build --chown=10001:10001 /app/ /app/
USER 10001:10001
EXPOSE 4567
LABEL org.opencontainers.image.title="ruby-sinatra-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["bundle", "exec", "puma", "-b", "tcp://0.0.0.0:4567"]
