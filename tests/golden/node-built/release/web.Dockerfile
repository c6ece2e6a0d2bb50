FROM node:24-slim AS base
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libvips-dev openssl \
    && rm -rf /var/lib/apt/lists/*

FROM base AS tools
RUN --mount=type=cache,target=/root/.npm npm install --global --force pnpm@9.5.0

FROM tools AS dependencies
WORKDIR /app
COPY package.json pnpm-lock.yaml /app/
RUN --mount=type=cache,target=/pnpm pnpm install --frozen-lockfile --store-dir /pnpm

FROM dependencies AS build
ENV PATH=/app/node_modules/.bin:$PATH
COPY . /app/
RUN npm run build
RUN --mount=type=cache,target=/pnpm CI=true pnpm prune --prod

FROM node:24-slim AS run
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends openssl \
    && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production \
    PATH=/app/node_modules/.bin:$PATH
ENV PORT=3000
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app /app/uploads
WORKDIR /app
COPY --from=build --chown=10001:10001 /app/ /app/
USER 10001:10001
EXPOSE 3000
LABEL org.opencontainers.image.title="node-built-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["node", "dist/main.js"]
