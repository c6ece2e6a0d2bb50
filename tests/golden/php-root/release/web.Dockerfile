FROM php:8.4-apache AS run
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
    '    DocumentRoot "/app"' \
    '    ErrorLog /dev/stderr' \
    '    CustomLog /dev/stdout combined' \
    '    <Directory "/app">' \
    '        Options -Indexes +FollowSymLinks' \
    '        AllowOverride All' \
    '        Require all granted' \
    '        DirectoryIndex index.php index.html' \
    '    </Directory>' \
    '    <DirectoryMatch "/\.(?!well-known)">' \
    '        Require all denied' \
    '    </DirectoryMatch>' \
    '    <FilesMatch "^(\.|composer\.(json|lock)$)">' \
    '        Require all denied' \
    '    </FilesMatch>' \
    '    <Directory "/app/vendor">' \
    '        Require all denied' \
    '    </Directory>' \
    '</VirtualHost>' > /etc/apache2/sites-available/000-default.conf
RUN groupadd --gid 10001 runner \
    && useradd --no-log-init --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin runner \
    && install -d -o 10001 -g 10001 /app /var/run/apache2 /var/lock/apache2 /var/log/apache2
WORKDIR /app
COPY --chown=10001:10001 . /app/
STOPSIGNAL SIGWINCH
USER 10001:10001
EXPOSE 8080
LABEL org.opencontainers.image.title="php-root-web" \
      org.opencontainers.image.source="https://git.example/team/app.git" \
      org.opencontainers.image.revision="0123456789abcdef0123456789abcdef01234567"
CMD ["sh", "-c", ". /etc/apache2/envvars && exec apache2 -D FOREGROUND"]
