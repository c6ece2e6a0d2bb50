FROM node:22-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json /app/
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund

FROM dependencies AS build
ENV PATH=/app/node_modules/.bin:$PATH
ARG NEXT_PUBLIC_API
COPY . /app/
RUN npm run build

FROM node:22-slim AS run
ENV NODE_ENV=production
ENV PORT=3000 \
    HOSTNAME=0.0.0.0
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app
WORKDIR /app
COPY --from=build --chown=10001:10001 /app/.next/standalone /app/
COPY --from=build --chown=10001:10001 /app/.next/static ./.next/static
COPY --from=build --chown=10001:10001 /app/public ./public
USER 10001:10001
EXPOSE 3000
LABEL org.opencontainers.image.title="next-standalone-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["node", "server.js"]
