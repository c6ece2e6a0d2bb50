FROM golang:1.24 AS build
ENV CGO_ENABLED=1 \
    GOFLAGS=-buildvcs=false
WORKDIR /app/services/api
COPY go.work /app/
COPY lib/go.mod /app/lib/
COPY services/api/go.mod services/api/go.sum /app/services/api/
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . /app/
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build go build -o bin/api ./cmd/api

FROM debian:trixie-slim AS run
ENV PORT=8080
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app/services/api
WORKDIR /app/services/api
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build --chown=10001:10001 /app/services/api/templates /app/services/api/templates
COPY --from=build /app/services/api/bin/api ./api
USER 10001:10001
EXPOSE 8080
LABEL org.opencontainers.image.title="go-workspace-api" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["./api"]
