FROM node:22-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json /app/
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund

FROM dependencies AS build
ENV PATH=/app/node_modules/.bin:$PATH
ARG VITE_API_URL
COPY . /app/
RUN npm run build

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
    '    try_files {path} {path}/index.html /index.html' \
    '    file_server' \
    '    header X-Content-Type-Options nosniff' \
    '}' > /etc/caddy/Caddyfile
COPY --from=build /app/dist/ /srv/
USER 10001:10001
EXPOSE 8080
LABEL org.opencontainers.image.title="vite-spa-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
