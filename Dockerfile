# Waybill in a container: the README's `make build`, and the one binary it makes on a small system.
FROM rust:1.95-bookworm AS build
WORKDIR /waybill
COPY . .
RUN make build

FROM debian:bookworm-slim
# Roots to check a database's certificate by, and what asks whether it is ready.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/waybill waybill
COPY --from=build /waybill/target/release/waybill /usr/local/bin/waybill
USER waybill
WORKDIR /var/lib/waybill
VOLUME /var/lib/waybill
# Another address than loopback needs a proxy with TLS in front (docs/operations.md).
ENV WAYBILL_DATABASE_URL=sqlite:///var/lib/waybill/waybill.db WAYBILL_LISTEN=0.0.0.0:3000 WAYBILL_BEHIND_PROXY=true
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD curl -fsS http://127.0.0.1:3000/readyz
STOPSIGNAL SIGTERM
ENTRYPOINT ["waybill"]
CMD ["serve"]
