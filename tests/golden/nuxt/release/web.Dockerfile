FROM node:22-slim AS tools
ENV YARN_NODE_LINKER=node-modules \
    YARN_ENABLE_GLOBAL_CACHE=true \
    YARN_GLOBAL_FOLDER=/yarn \
    YARN_ENABLE_TELEMETRY=false
RUN --mount=type=cache,target=/root/.npm npm install --global --force @yarnpkg/cli-dist@4.12.0

FROM tools AS dependencies
WORKDIR /app
COPY package.json yarn.lock .yarnrc.yml /app/
# hadolint ignore=DL3060
RUN --mount=type=cache,target=/yarn yarn install --immutable

FROM dependencies AS build
ENV PATH=/app/node_modules/.bin:$PATH
COPY . /app/
RUN yarn run build

FROM node:22-slim AS run
ENV NODE_ENV=production
ENV PORT=3000 \
    HOSTNAME=0.0.0.0
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app
WORKDIR /app
COPY --from=build --chown=10001:10001 /app/.output ./.output
USER 10001:10001
EXPOSE 3000
LABEL org.opencontainers.image.title="nuxt-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["node", ".output/server/index.mjs"]
