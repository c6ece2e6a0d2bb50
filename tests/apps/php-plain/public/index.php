<?php

declare(strict_types=1);

require __DIR__ . '/../vendor/autoload.php';

header('Content-Type: text/plain');
echo (new Plain\Page(dirname(__DIR__)))->answer(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/');
