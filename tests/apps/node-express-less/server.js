'use strict'

const fs = require('node:fs')
const http = require('node:http')
const path = require('node:path')
const escapeHtml = require('escape-html')

const version = fs.readFileSync(path.join(__dirname, 'VERSION'), 'utf8').trim()
const port = Number(process.env.PORT || 3000)

const server = http.createServer((request, response) => {
  if (request.url === '/health') {
    response.writeHead(200, { 'content-type': 'text/plain' })
    response.end('ok\n')
    return
  }
  if (request.url === '/') {
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end(`<h1>node-express-less ${escapeHtml(version)}</h1>\n`)
    return
  }
  response.writeHead(404)
  response.end()
})

process.on('SIGTERM', () => server.close(() => process.exit(0)))
server.listen(port, '0.0.0.0', () => console.log(`listening on ${port}`))
