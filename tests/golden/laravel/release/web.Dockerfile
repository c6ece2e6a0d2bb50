FROM node:22-slim AS assets
WORKDIR /app
COPY package.json package-lock.json /app/
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY . /app/
RUN npm run build

FROM composer:2 AS vendor
ENV COMPOSER_CACHE_DIR=/tmp/composer
WORKDIR /app
COPY composer.json composer.lock /app/
RUN --mount=type=cache,target=/tmp/composer composer install --no-dev --no-scripts --no-autoloader \
    --prefer-dist --no-interaction --no-progress --ignore-platform-reqs
COPY . /app/
RUN composer dump-autoload --no-dev --optimize --no-scripts --no-interaction

FROM php:8.3-apache AS run
# The official image compiles extensions; one made from Debian's packages installs Debian's.
# hadolint ignore=DL3008
RUN set -e; \
    apt-get update; \
    if command -v docker-php-ext-install > /dev/null; then \
        apt-get install --yes --no-install-recommends libfreetype6-dev libicu-dev libjpeg62-turbo-dev libpng-dev libwebp-dev; \
        docker-php-ext-configure gd --with-freetype --with-jpeg --with-webp; \
        docker-php-ext-install -j"$(nproc)" pdo_mysql gd intl; \
        pecl install redis; \
        docker-php-ext-enable redis; \
    else \
        apt-get install --yes --no-install-recommends php-gd php-intl php-mysql php-redis; \
    fi; \
    rm -rf /var/lib/apt/lists/*
RUN if [ -n "${PHP_INI_DIR:-}" ]; then \
        cp "$PHP_INI_DIR/php.ini-production" "$PHP_INI_DIR/php.ini"; \
    fi
ENV PORT=8080
# hadolint ignore=SC2016
RUN a2enmod rewrite headers \
    && rm -f /etc/apache2/conf-enabled/other-vhosts-access-log.conf \
    && printf '%s\n' 'Listen ${PORT}' 'ServerName localhost' 'ServerTokens Prod' > /etc/apache2/ports.conf \
    && printf '%s\n' \
    '<VirtualHost *:${PORT}>' \
    '    DocumentRoot "/app/public"' \
    '    ErrorLog /dev/stderr' \
    '    CustomLog /dev/stdout combined' \
    '    <Directory "/app/public">' \
    '        Options -Indexes +FollowSymLinks' \
    '        AllowOverride All' \
    '        Require all granted' \
    '        DirectoryIndex index.php index.html' \
    '        FallbackResource /index.php' \
    '    </Directory>' \
    '    <DirectoryMatch "/\.(?!well-known)">' \
    '        Require all denied' \
    '    </DirectoryMatch>' \
    '    <FilesMatch "^(\.|composer\.(json|lock)$)">' \
    '        Require all denied' \
    '    </FilesMatch>' \
    '</VirtualHost>' > /etc/apache2/sites-available/000-default.conf
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app /var/run/apache2 /var/lock/apache2 /var/log/apache2
WORKDIR /app
COPY --from=vendor --chown=10001:10001 /app/ /app/
COPY --from=assets --chown=10001:10001 /app/public/ /app/public/
RUN mkdir -p storage bootstrap/cache && chown -R 10001:10001 storage bootstrap/cache
STOPSIGNAL SIGWINCH
USER 10001:10001
EXPOSE 8080
LABEL org.opencontainers.image.title="laravel-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["sh", "-c", ". /etc/apache2/envvars && exec apache2 -D FOREGROUND"]
