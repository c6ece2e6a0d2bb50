FROM maven:3.9-eclipse-temurin-21 AS build
WORKDIR /app
COPY . /app/
# Downloads stay in a cache mount: a change of code does not fetch them again.
RUN --mount=type=cache,target=/root/.m2 mvn -B -DskipTests package
RUN mkdir -p /out && find target -maxdepth 1 -name '*.jar' \
        ! -name '*-plain.jar' ! -name '*-sources.jar' ! -name '*-javadoc.jar' ! -name '*-tests.jar' ! -name 'original-*.jar' \
        -exec cp {} /out/app.jar \;

FROM eclipse-temurin:21-jre AS run
ENV JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=75 -XX:+ExitOnOutOfMemoryError"
ENV PORT=8080
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app
WORKDIR /app
COPY --from=build --chown=10001:10001 /out/ ./
USER 10001:10001
EXPOSE 8080
LABEL org.opencontainers.image.title="java-maven-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["java", "-jar", "app.jar"]
