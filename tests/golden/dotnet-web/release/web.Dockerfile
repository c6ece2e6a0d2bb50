FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 \
    DOTNET_NOLOGO=1
WORKDIR /app
COPY DotnetWeb.csproj /app/
RUN --mount=type=cache,target=/root/.nuget/packages dotnet restore DotnetWeb.csproj
COPY . /app/
RUN --mount=type=cache,target=/root/.nuget/packages dotnet publish DotnetWeb.csproj --configuration Release \
    --no-restore --output /out /p:UseAppHost=false

FROM mcr.microsoft.com/dotnet/aspnet:8.0 AS run
ENV DOTNET_EnableDiagnostics=0
ENV ASPNETCORE_HTTP_PORTS=8080 \
    PORT=8080
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app
WORKDIR /app
COPY --from=build --chown=10001:10001 /out/ ./
USER 10001:10001
EXPOSE 8080
LABEL org.opencontainers.image.title="dotnet-web-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["dotnet", "DotnetWeb.dll"]
