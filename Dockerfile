# A node of pgscript. It keeps nothing: give it DATABASE_URL and PGSCRIPT_SECRET.
FROM node:26-bookworm-slim

WORKDIR /app
ENV NODE_ENV=production \
    PGSCRIPT_HOST=0.0.0.0 \
    PORT=3000

# Packages first: they change less often than our own files.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force

COPY migrations migrations
COPY sql sql
COPY examples/scripts examples/scripts
COPY src src

# The image's own user without rights; it can write nothing in /app.
USER node
EXPOSE 3000

HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# Not through npm: SIGTERM must reach the node itself, which drains.
CMD ["node", "src/cli/launch.js", "start"]
