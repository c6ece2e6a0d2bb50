FROM golang:1.24 AS build
ENV CGO_ENABLED=0 \
    GOFLAGS=-buildvcs=false
WORKDIR /app
COPY go.mod /app/
COPY . /app/
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build go build -trimpath -ldflags="-s -w" -o bin/go-http .

FROM debian:trixie-slim AS run
ENV PORT=8080
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app
WORKDIR /app
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /app/bin/go-http ./go-http
USER 10001:10001
EXPOSE 8080
LABEL org.opencontainers.image.title="go-http-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["./go-http"]
