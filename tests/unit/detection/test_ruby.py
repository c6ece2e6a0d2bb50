from __future__ import annotations

from pathlib import Path

from tests.unit.detection.trees import Files, found, only


def test_rails(tmp_path: Path) -> None:
    files: Files = {
        "Gemfile": 'source "x"\nruby "3.2.2"\ngem "rails", "~> 7.1"\ngem "pg"\ngem "puma"\ngem "propshaft"\n'
        'gem "bootsnap", require: false\n',
        "Gemfile.lock": "GEM\n  specs:\n    rails (7.1.3)\n\nBUNDLED WITH\n   2.5.6\n",
        "config.ru": "run Rails.application",
        "config/application.rb": "module Shop\nend\n",
        "config/puma.rb": 'port ENV.fetch("PORT") { 3000 }\n',
        "config/database.yml": "default:\n  adapter: postgresql\n",
        "config/routes.rb": 'Rails.application.routes.draw do\n  get "up" => "rails/health#show"\nend\n',
        "package.json": {"devDependencies": {"esbuild": "0.20"}},
    }
    detection = found(tmp_path, files)
    (web,) = detection.components
    assert (web.stack, web.framework, web.runtime_version) == ("ruby", "rails", "3.2")
    assert web.start_command == "bundle exec puma -C config/puma.rb"
    assert (web.port, web.facts["port_env"], web.health_path) == (3000, "PORT", "/up")
    assert web.build_command == "SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile"
    assert (web.facts["bundler_version"], web.facts["bootsnap"], web.facts["migrate"]) == (
        "2.5.6",
        "1",
        "bundle exec rails db:prepare",
    )
    assert "SECRET_KEY_BASE" in web.required_env
    assert "libpq5" in web.system_packages
    assert [s.kind for s in detection.backing_services] == ["postgres"]


def test_sinatra_with_and_without_rackup(tmp_path: Path) -> None:
    gemfile = 'gem "sinatra"\ngem "puma"\n'
    app = "require 'sinatra'\nset :port, 4568\nget '/ping' do\n  'pong'\nend\n"
    web = only(tmp_path, {"Gemfile": gemfile, "app.rb": app})
    assert (web.framework, web.port, web.health_path) == ("sinatra", 4568, "/ping")
    assert web.start_command == "bundle exec ruby app.rb -o 0.0.0.0 -p 4568"
    web = only(tmp_path, {"config.ru": "run App"})
    assert web.start_command == "bundle exec puma -b tcp://0.0.0.0:4568"
    assert web.facts["rackup"] == "config.ru"


def test_a_script(tmp_path: Path) -> None:
    worker = only(tmp_path, {"Gemfile": 'gem "redis"\n', "worker.rb": "loop do\n  sleep 1\nend\n"})
    assert (worker.kind, worker.start_command) == ("worker", "bundle exec ruby worker.rb")
