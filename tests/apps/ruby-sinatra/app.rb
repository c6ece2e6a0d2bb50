# frozen_string_literal: true

require "sinatra/base"

# Answers with its name and version.
class App < Sinatra::Base
  VERSION = File.read(File.join(__dir__, "VERSION")).strip

  get("/") { "ruby-sinatra #{VERSION}\n" }
  get("/health") { "ok\n" }
end
