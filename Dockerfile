# Two stages: one that builds, one that holds the binary and what it is linked to, no shell.

FROM rust:1.95.0-slim-bookworm AS build
WORKDIR /build
# The image's toolchain is the pinned one, so rust-toolchain.toml is left out: nothing is to be fetched.
COPY Cargo.toml Cargo.lock ./
COPY .cargo .cargo
COPY commands commands
COPY src src
RUN cargo build --release --locked && strip target/release/gatehouse

# TLS roots are compiled into the binary: of this image it needs only the C library.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /build/target/release/gatehouse /gatehouse
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["/gatehouse"]
CMD ["serve"]
