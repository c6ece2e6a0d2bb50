FROM node:22-slim AS dependencies
WORKDIR /app/apps/shop
COPY package.json package-lock.json /app/
COPY apps/shop/package.json /app/apps/shop/
COPY packages/ui/package.json /app/packages/ui/
WORKDIR /app
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
WORKDIR /app/apps/shop

FROM dependencies AS build
ENV PATH=/app/apps/shop/node_modules/.bin:/app/node_modules/.bin:$PATH
COPY . /app/
RUN npm run build

FROM node:22-slim AS run
ENV NODE_ENV=production \
    PATH=/app/apps/shop/node_modules/.bin:/app/node_modules/.bin:$PATH
ENV PORT=3000 \
    HOSTNAME=0.0.0.0
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app/apps/shop
WORKDIR /app/apps/shop
COPY --from=build --chown=10001:10001 /app/ /app/
USER 10001:10001
EXPOSE 3000
LABEL org.opencontainers.image.title="node-workspace-shop" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["next", "start"]
