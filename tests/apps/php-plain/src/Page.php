<?php

declare(strict_types=1);

namespace Plain;

final class Page
{
    public function __construct(private string $root)
    {
    }

    public function answer(string $path): string
    {
        if ($path === '/health') {
            return "ok\n";
        }
        if ($path !== '/') {
            http_response_code(404);
            return "not found\n";
        }
        $version = trim((string) file_get_contents($this->root . '/VERSION'));
        return "php-plain {$version}\n";
    }
}
