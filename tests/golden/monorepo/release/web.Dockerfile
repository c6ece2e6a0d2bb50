FROM node:22-slim AS build
WORKDIR /app
COPY package.json /app/
RUN --mount=type=cache,target=/root/.npm npm install --omit=dev --no-audit --no-fund
COPY . /app/

FROM node:22-slim AS run
ENV NODE_ENV=production \
    PATH=/app/node_modules/.bin:$PATH
ENV PORT=3000
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app
WORKDIR /app
COPY --from=build --chown=10001:10001 /app/ /app/
USER 10001:10001
EXPOSE 3000
LABEL org.opencontainers.image.title="monorepo-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["node", "server.js"]
