FROM rust:1-slim AS build
ENV CARGO_HOME=/cargo
WORKDIR /app
COPY . /app/
# The target folder is a cache mount and not part of the layer, so the program is copied out of it. Cargo goes by
# the times of files, and a layer that comes from the build cache has those of another day.
RUN --mount=type=cache,target=/cargo/registry --mount=type=cache,target=/cargo/git \
    --mount=type=cache,target=/app/target,id=rust-http-web-target \
    find /app -path /app/target -prune -o -type f -exec touch {} + && \
    cargo build --release --locked --bin rust-http && install -D /app/target/release/rust-http /out/rust-http

FROM debian:trixie-slim AS run
ENV PORT=8080
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app
WORKDIR /app
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/rust-http ./rust-http
USER 10001:10001
EXPOSE 8080
LABEL org.opencontainers.image.title="rust-http-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["./rust-http"]
