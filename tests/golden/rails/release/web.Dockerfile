FROM node:22-slim AS node
RUN --mount=type=cache,target=/root/.npm npm install --global --force yarn@1.22.22

FROM ruby:3.3-slim AS build
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpq5 \
    && rm -rf /var/lib/apt/lists/*
ENV GEM_HOME=/usr/local/bundle \
    BUNDLE_APP_CONFIG=/usr/local/bundle \
    BUNDLE_WITHOUT=development:test \
    BUNDLE_FROZEN=1 \
    BUNDLE_SILENCE_ROOT_WARNING=1 \
    PATH=/usr/local/bundle/bin:$PATH
ENV RAILS_ENV=production
WORKDIR /app
COPY Gemfile Gemfile.lock /app/
# A base image that holds these gems already needs neither compiler nor registry.
# hadolint ignore=DL3008
RUN --mount=type=cache,target=/usr/local/bundle/cache mkdir -p /usr/local/bundle/gems; bundle check || { \
        apt-get update \
        && apt-get install --yes --no-install-recommends build-essential gcc git libpq-dev libpq5 libyaml-dev make pkg-config \
        && rm -rf /var/lib/apt/lists/* \
        && bundle install --jobs 4; \
    }
COPY --from=node /usr/local/ /usr/local/
COPY package.json yarn.lock /app/
RUN --mount=type=cache,target=/yarn yarn install --frozen-lockfile --non-interactive --cache-folder /yarn
COPY . /app/
RUN SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile

FROM ruby:3.3-slim AS run
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpq5 \
    && rm -rf /var/lib/apt/lists/*
ENV GEM_HOME=/usr/local/bundle \
    BUNDLE_APP_CONFIG=/usr/local/bundle \
    BUNDLE_WITHOUT=development:test \
    BUNDLE_FROZEN=1 \
    BUNDLE_SILENCE_ROOT_WARNING=1 \
    PATH=/usr/local/bundle/bin:$PATH
ENV RACK_ENV=production \
    APP_ENV=production
ENV PORT=3000 \
    RAILS_ENV=production \
    RAILS_LOG_TO_STDOUT=1 \
    RAILS_SERVE_STATIC_FILES=1
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app
WORKDIR /app
COPY --from=build /usr/local/bundle /usr/local/bundle
COPY --from=build --chown=10001:10001 /app/ /app/
RUN mkdir -p log tmp storage && chown -R 10001:10001 log tmp storage
USER 10001:10001
EXPOSE 3000
LABEL org.opencontainers.image.title="rails-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["bundle", "exec", "puma", "-C", "config/puma.rb"]
