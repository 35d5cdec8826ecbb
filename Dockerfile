# syntax=docker/dockerfile:1
FROM node:24-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# There is no git in here: docker build --build-arg REVISION="$(git rev-parse --short HEAD)"
ARG REVISION=unknown
RUN REVISION="$REVISION" npm run build

FROM node:24-slim
# ping_type = "socket", and "udp" where the kernel closes ICMP sockets, go through the ping program; syslog through logger.
RUN apt-get update && apt-get install -y --no-install-recommends iputils-ping bsdutils && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force
COPY --from=build /src/dist dist
COPY bin bin
COPY --from=build /src/visualizations visualizations
COPY LICENSE ./
USER node
ENTRYPOINT ["/app/bin/consul-esm"]
