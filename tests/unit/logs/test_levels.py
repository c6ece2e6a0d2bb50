from __future__ import annotations

import pytest

from machete_tui.logs.levels import DEBUG, ERROR, FATAL, INFO, MORE, NONE, TRACE, WARN, inherit, own

TABLE: list[tuple[int, str]] = [
    # Plain
    (INFO, "INFO server started"),
    (ERROR, "ERROR Internal Server Error: /healthz"),
    (WARN, "WARNING: deprecated option"),
    (WARN, "warn  - Fast Refresh had to perform a full reload"),
    (ERROR, "error: cannot open file"),
    (ERROR, "Error: connect ECONNREFUSED 127.0.0.1:5432"),
    (FATAL, "fatal: not a git repository"),
    (DEBUG, "DEBUG 17 items in queue"),
    (TRACE, "TRACE entering main"),
    (NONE, "listening on 0.0.0.0:8000"),
    (NONE, "ready"),
    (NONE, "0 errors found in 12 files"),
    (NONE, "User typed ERROR into the field"),
    (NONE, "the last error was forgotten"),
    # The word in a message is not the level (dozzle #4768)
    (INFO, "2026-01-01T10:00:00Z INFO handled error: retrying, 0 ERROR left"),
    (INFO, "INFO no error occurred"),
    (INFO, "[INFO] ERROR rate is 0 %"),
    (INFO, '{"level":"info","msg":"error error ERROR"}'),
    (INFO, 'level=info msg="error while flushing" err=none'),
    (DEBUG, "2026-01-01 10:00:00,123 DEBUG app.errors: fatal=0"),
    (INFO, '203.0.113.7 - - [01/Jan/2026:10:00:00 +0000] "GET /error/ERROR HTTP/1.1" 200 12'),
    # logfmt
    (INFO, 'time="2026-01-01T10:00:00Z" level=info msg="Starting"'),
    (WARN, 'ts=2026-01-01T10:00:00Z caller=main.go:12 level=warn msg="slow"'),
    (ERROR, 'lvl=eror msg="no peers"'),
    (ERROR, "severity=ERROR component=web"),
    (FATAL, 'level="fatal" msg=x'),
    (INFO, 'level=info msg="level=error inside"'),
    (ERROR, "at=error code=H12 level=error"),
    # JSON
    (INFO, '{"level":"info","ts":1767260000.1,"caller":"main.go:3","msg":"zap"}'),
    (WARN, '{"level":"warn","msg":"x"}'),
    (FATAL, '{"level":"dpanic","msg":"zap panics in development"}'),
    (INFO, '{"level":30,"time":1767260000000,"pid":1,"hostname":"a","msg":"pino"}'),
    (ERROR, '{"name":"app","hostname":"a","pid":1,"level":50,"msg":"bunyan","v":0}'),
    (FATAL, '{"level":60,"msg":"pino fatal"}'),
    (TRACE, '{"level":10,"msg":"pino trace"}'),
    (DEBUG, '{"level":20,"msg":"pino debug"}'),
    (WARN, '{"level": 40, "msg": "pino warn"}'),
    (ERROR, '{"message":"x","context":{},"level":400,"level_name":"ERROR","channel":"app"}'),
    (WARN, '{"severity":"WARNING","message":"cloud"}'),
    (ERROR, '{"@timestamp":"2026-01-01T10:00:00Z","log.level":"ERROR","message":"ecs"}'),
    (ERROR, '{"@timestamp":"2026","log":{"level":"error"},"message":"ecs"}'),
    (ERROR, '{"asctime":"2026","levelname":"ERROR","message":"python"}'),
    (ERROR, '{"@t":"2026-01-01T10:00:00Z","@m":"x","@l":"Error"}'),
    (INFO, '{"EventId":14,"LogLevel":"Information","Category":"Host"}'),
    (INFO, '{"t":{"$date":"2026"},"s":"I","c":"NETWORK","id":1,"ctx":"listener","msg":"x"}'),
    (ERROR, '{"t":{"$date":"2026"},"s":"E","c":"NETWORK","id":1,"ctx":"listener","msg":"x"}'),
    (INFO, '{"ctx":{"level":"error"},"level":"info"}'),
    (ERROR, '{"version":"1.1","host":"a","short_message":"gelf","level":3}'),
    (NONE, '{"msg":"no level here"}'),
    (NONE, '{"msg":"\\"level\\":\\"error\\""}'),
    (NONE, "{not json at all"),
    # Python
    (ERROR, "ERROR:root:it failed"),
    (WARN, "WARNING:urllib3.connectionpool:Retrying"),
    (ERROR, "2026-01-01 10:00:00,123 - myapp.db - ERROR - no connection"),
    (INFO, "[2026-01-01 10:00:00 +0000] [7] [INFO] Listening at: http://0.0.0.0:8000 (7)"),
    (FATAL, "[2026-01-01 10:00:00 +0000] [1] [CRITICAL] WORKER TIMEOUT (pid:9)"),
    (INFO, 'INFO:     127.0.0.1:5000 - "GET / HTTP/1.1" 200 OK'),
    (INFO, "[2026-01-01 10:00:00,123: INFO/MainProcess] celery@a ready."),
    (WARN, "[2026-01-01 10:00:00,123: WARNING/ForkPoolWorker-1] slow"),
    (ERROR, "Traceback (most recent call last):"),
    (MORE, '  File "/app/main.py", line 3, in <module>'),
    (ERROR, "KeyError: 'SMTP_URL'"),
    (ERROR, 'django.db.utils.ProgrammingError: relation "x" does not exist'),
    (MORE, "During handling of the above exception, another exception occurred:"),
    # Java
    (INFO, "2026-01-01 10:00:00.123  INFO 1 --- [           main] c.e.Application : Started"),
    (INFO, "2026-01-01T10:00:00.123Z  INFO 1 --- [demo] [main] c.e.Application : Started"),
    (ERROR, "10:00:00.123 [http-nio-8080-exec-1] ERROR c.e.Controller - failed"),
    (WARN, "2026-01-01 10:00:00,123 WARN  [main] org.foo.Bar - careful"),
    (INFO, " INFO 2026-01-01 [main] x"),
    (ERROR, "SEVERE: Servlet.service() threw exception"),
    (INFO, "[2026-01-01 10:00:00,123] INFO [KafkaServer id=1] started (kafka.server.KafkaServer)"),
    (WARN, "[2026-01-01T10:00:00,123][WARN ][o.e.c.r.a.DiskThresholdMonitor] [node] low disk"),
    (ERROR, "java.lang.IllegalStateException: no"),
    (ERROR, 'Exception in thread "main" java.lang.NullPointerException'),
    (MORE, "\tat com.example.Foo.bar(Foo.java:12)"),
    (MORE, "Caused by: java.io.IOException: broken pipe"),
    (MORE, "\t... 12 more"),
    # Node
    (ERROR, "TypeError: Cannot read properties of undefined"),
    (MORE, "    at Object.<anonymous> (/app/index.js:3:9)"),
    (ERROR, "npm ERR! code ELIFECYCLE"),
    (WARN, "npm warn deprecated a@1"),
    (ERROR, "UnhandledPromiseRejection [Error]: x"[len("UnhandledPromiseRejection [") : -4] + ": x"),
    (MORE, "}"),
    # Go
    (INFO, "I0101 10:00:00.123456       1 main.go:12] klog"),
    (WARN, "W0101 10:00:00.123456       1 main.go:12] klog"),
    (ERROR, "E0101 10:00:00.123456       1 main.go:12] klog"),
    (FATAL, "F0101 10:00:00.123456       1 main.go:12] klog"),
    (FATAL, "panic: runtime error: index out of range [5] with length 3"),
    (MORE, "goroutine 1 [running]:"),
    (INFO, "10:00AM INF listening port=8080"),
    (ERROR, "2026-01-01T10:00:00Z ERR failed error=timeout"),
    # Rust
    (INFO, "2026-01-01T10:00:00.123456Z  INFO app::server: listening"),
    (WARN, "[2026-01-01T10:00:00Z WARN  app] careful"),
    (FATAL, "thread 'main' panicked at src/main.rs:3:5:"),
    (MORE, "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace"),
    # .NET
    (INFO, "info: Microsoft.Hosting.Lifetime[14]"),
    (MORE, "      Now listening on: http://[::]:8080"),
    (ERROR, "fail: Microsoft.AspNetCore.Server.Kestrel[13]"),
    (FATAL, "crit: Microsoft.AspNetCore.Hosting[6]"),
    (DEBUG, "dbug: App[0]"),
    (WARN, "[10:00:00 WRN] Serilog"),
    (FATAL, "[10:00:00 FTL] Serilog"),
    # Ruby
    (INFO, "I, [2026-01-01T10:00:00.123456 #7]  INFO -- : Started GET"),
    (ERROR, "E, [2026-01-01T10:00:00.123456 #7] ERROR -- : boom"),
    (FATAL, "F, [2026-01-01T10:00:00.123456 #7] FATAL -- : gone"),
    (INFO, "2026-01-01T10:00:00.123Z pid=1 tid=abc INFO: Booted Rails"),
    (MORE, "from /usr/lib/ruby/x.rb:12:in `require'"),
    # PHP
    (WARN, "PHP Warning:  Undefined variable $x in /app/index.php on line 3"),
    (FATAL, "PHP Fatal error:  Uncaught Exception: x in /app/index.php:3"),
    (ERROR, "[2026-01-01 10:00:00] production.ERROR: no query results"),
    (INFO, "[2026-01-01T10:00:00.1+00:00] app.INFO: Matched route"),
    # Elixir
    (ERROR, "10:00:00.123 [error] GenServer terminating"),
    (INFO, "10:00:00.123 request_id=F1 [info] GET /"),
    (ERROR, "** (RuntimeError) boom"),
    # Servers
    (ERROR, "2026/01/01 10:00:00 [error] 7#7: *1 open() failed (2: No such file or directory)"),
    (INFO, "2026/01/01 10:00:00 [notice] 1#1: using the epoll event method"),
    (FATAL, "2026/01/01 10:00:00 [emerg] 1#1: bind() to 0.0.0.0:80 failed"),
    (ERROR, "[Thu Jan 01 10:00:00.123456 2026] [core:error] [pid 7:tid 9] AH00126: Invalid URI"),
    (INFO, "[Thu Jan 01 10:00:00.123456 2026] [mpm_event:notice] [pid 1] AH00489: Apache configured"),
    (WARN, "[WARNING]  (1) : Server web/a is DOWN"),
    (FATAL, "[ALERT]    (1) : parsing failed"),
    (INFO, '1.2.3.4 - - [01/Jan/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 612 "-" "curl"'),
    (WARN, '1.2.3.4 - - [01/Jan/2026:10:00:00 +0000] "GET /x HTTP/1.1" 404 12 "-" "curl"'),
    (ERROR, '1.2.3.4 - - [01/Jan/2026:10:00:00 +0000] "GET /x HTTP/2.0" 502 12 "-" "curl"'),
    # Databases
    (INFO, "2026-01-01 10:00:00.123 UTC [1] LOG:  database system is ready to accept connections"),
    (ERROR, '2026-01-01 10:00:00.123 UTC [33] ERROR:  relation "x" does not exist at character 15'),
    (MORE, "2026-01-01 10:00:00.123 UTC [33] STATEMENT:  select * from x"),
    (FATAL, '2026-01-01 10:00:00.123 UTC [34] FATAL:  role "root" does not exist'),
    (INFO, "LOG:  checkpoint complete: wrote 12 buffers (0.1%)"),
    (INFO, "1:M 01 Jan 2026 10:00:00.123 * Ready to accept connections tcp"),
    (WARN, "1:M 01 Jan 2026 10:00:00.123 # WARNING Memory overcommit must be enabled!"),
    (DEBUG, "1:M 01 Jan 2026 10:00:00.123 - DB 0: 1 keys"),
    (INFO, "2026-01-01 10:00:00 0 [Note] mariadbd: ready for connections."),
    (WARN, "2026-01-01T10:00:00.123456Z 0 [Warning] [MY-010068] [Server] CA certificate is self signed."),
    (INFO, "2026-01-01T10:00:00.123456Z 0 [System] [MY-010931] [Server] ready for connections."),
    (INFO, "2026-01-01 10:00:00.123456+00:00 [info] <0.9.0> Server startup complete"),
    # Syslog
    (ERROR, "<11>Jan  1 10:00:00 host app: x"),
    (INFO, "<14>Jan  1 10:00:00 host app: x"),
    # Odd
    (MORE, ""),
    (NONE, "\u2713 done"),
    (NONE, "x" * 1000 + " ERROR"),
    (NONE, "ERRORS=0"),
    (NONE, "/var/log/ERROR.txt was rotated"),
    (INFO, '\ufeff{"level":"info"}'),
]


@pytest.mark.parametrize(("level", "line"), TABLE, ids=[line[:40] for _, line in TABLE])
def test_levels(level: int, line: str) -> None:
    assert own(line) == level


def test_lines_of_a_stack_trace_have_the_level_of_their_line() -> None:
    level, seen = NONE, []
    for line in (
        "10:00:00 [main] WARN c.e.Foo - retrying",
        "java.io.IOException: x"[5:] and "\tat com.example.Foo.bar(Foo.java:12)",
        "Caused by: java.io.IOException: broken",
        "\t... 3 more",
        "10:00:01 [main] INFO c.e.Foo - done",
    ):
        level = inherit(own(line), level)
        seen.append(level)

    assert seen == [WARN, WARN, WARN, WARN, INFO]
